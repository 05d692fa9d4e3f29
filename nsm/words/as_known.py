"""What is said of a week as it was known on an earlier day, and of what came since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from nsm.model import Restatement, Star
from nsm.standing import Standing
from nsm.words.data import restated_period
from nsm.words.figures import NOTHING, change, count, day, number
from nsm.words.review import capital, judgement, short_name

MOST_RESTATED = 10_000  # on a page; the command line has them all
_OF_NOW = "This is what is known now."
NOTES_OF_TODAY = "The definition is that of today; so are plans and notes whose day nobody kept."


def as_known_sentence(as_of: dt.date, restated: Sequence[Restatement], changed: int) -> str:
    """How much of this is known differently today; ``changed`` metrics differ in the week.

    "As known on 1 Oct 2026. Since then 3 past values changed; this week is another in 1 metric."
    """
    said = f"As known on {day(as_of, weekday=False, year=True)}. "
    if not restated:
        values = "Since then no past value changed"
    elif len(restated) >= MOST_RESTATED:
        values = f"Since then {MOST_RESTATED:,} past values or more changed"
    else:
        values = f"Since then {count(len(restated), 'past value')} changed"
    if changed:
        return f"{said}{values}; this week reads differently now in {count(changed, 'metric')}."
    return f"{said}{values}; this week reads the same now."


def not_as_known(star: Star, asked: str, first: dt.date | None, today: dt.date) -> str:
    """That the address asks for a day of which nothing can be shown, and what is shown instead.

    Empty where it can be; ``first`` is the day since when anything of the star is known.
    """
    try:
        wanted = dt.date.fromisoformat(asked)
    except ValueError:
        return f"“{asked}” is no day like 2026-10-20. {_OF_NOW}"
    said = day(wanted, weekday=False, year=True)
    if wanted > today:
        return f"What will be known on {said} is not here. {_OF_NOW}"
    if wanted == today or (first is not None and wanted >= first):
        return ""
    nothing = f"Nothing was known of {star.name} on {said}."
    if first is None:
        return f"{nothing} {_OF_NOW}"
    since = day(first, weekday=False, year=True)
    return f"{nothing} Its first values are known since {since}. {_OF_NOW}"


def then_and_now(then: Mapping[str, Standing], now: Mapping[str, Standing]) -> pd.DataFrame:
    """The week of every metric as it was known then, beside what is known of it now."""
    return pd.DataFrame(
        [
            {
                "Metric": short_name(one.metric),
                "Known then": number(one.review.last_week, one.metric.unit),
                "Known now": number(now[key].review.last_week, one.metric.unit),
                "Difference": _difference(one, now[key]),
                "Judged then": capital(judgement(one.signal)),
                "Judged now": capital(judgement(now[key].signal)),
            }
            for key, one in then.items()
            if key in now
        ]
    )


def differing(then: Mapping[str, Standing], now: Mapping[str, Standing]) -> int:
    """In how many metrics the week is known differently now."""
    return sum(
        one.review.last_week != now[key].review.last_week for key, one in then.items() if key in now
    )


def restated_table(star: Star, restated: Sequence[Restatement]) -> pd.DataFrame:
    """The values that were known then and changed since, of any metric, last found first."""
    rows = []
    for one in restated:
        metric = star.metric(one.metric)
        rows.append(
            {
                "Metric": short_name(metric),
                "Day": restated_period(one),
                "Was": number(one.old_value, metric.unit),
                "Is": number(one.new_value, metric.unit),
                "Changed": day(one.as_of, weekday=False, year=True),
            }
        )
    return pd.DataFrame(rows)


def _difference(then: Standing, now: Standing) -> str:
    old, new = then.review.last_week, now.review.last_week
    if old is None or new is None:
        return NOTHING
    if then.metric.is_percent:
        return change((new - old) * 10_000, "bps")
    return change((new / old - 1) * 100) if old > 0 else number(new - old, then.metric.unit)
