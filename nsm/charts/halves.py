"""The two halves of the six-twelve picture as data: which periods, which values, what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nsm.model import Target
from nsm.periods import WEEK
from nsm.review import Review
from nsm.standing import Partial, Standing, year_of

# How many periods the unfinished one stands behind the last finished one.
APART = 2.0
# The columns of the table that hold values of the metric.
_NUMBERS = ["Value", "A year before", "Target", "Usually from", "Usually to"]

Value = float | None


@dataclass(frozen=True, slots=True)
class Half:
    """One scale of the picture: values by first day, those a year before, what is still open."""

    title: str
    starts: tuple[dt.date, ...]
    now: tuple[Value, ...]
    before: tuple[Value, ...]
    grain: str
    open: Partial | None = None
    targets: tuple[Value, ...] = ()
    usual: tuple[tuple[float, float] | None, ...] = ()
    length: dt.timedelta = WEEK

    @property
    def open_at(self) -> dt.date:
        """Where the unfinished period stands: apart from the finished ones."""
        return self.starts[-1] + self.length * APART


def halves_of(
    standing: Standing, review: Review, year: pd.Series, targets: Sequence[Target]
) -> tuple[Half, Half]:
    """Six weeks and twelve months of a metric; 52 weeks for one that has no months.

    ``year`` holds its complete weeks, NaN where not complete.
    """
    months = _months(standing, review, targets)
    return _weeks(standing, review, targets), months or _year(review, year)


def picture_rows(
    standing: Standing, review: Review, year: pd.Series, targets: Sequence[Target] = ()
) -> pd.DataFrame:
    """The table behind the picture: one row a period, exact values; ratios in per cent."""
    rows: list[dict[str, object]] = []
    for half in halves_of(standing, review, year, targets):
        for place, start in enumerate(half.starts):
            usual = half.usual[place] if half.usual else None
            rows.append(
                {
                    "Period": half.grain,
                    "First day": start,
                    "Value": half.now[place],
                    "A year before": half.before[place],
                    "Target": half.targets[place] if half.targets else None,
                    "Usually from": usual[0] if usual else None,
                    "Usually to": usual[1] if usual else None,
                    "Complete": half.now[place] is not None,
                    "Days so far": None,
                }
            )
        if half.open is not None:
            rows.append(
                {
                    "Period": half.grain,
                    "First day": half.open.start,
                    "Value": half.open.value,
                    "Complete": False,
                    "Days so far": f"{half.open.days} of {half.open.expected}",
                }
            )
    table = pd.DataFrame(rows)
    if standing.metric.is_percent:
        table[_NUMBERS] = table[_NUMBERS].astype(float) * 100
    return table


def _weeks(standing: Standing, review: Review, targets: Sequence[Target]) -> Half:
    plan = {
        one.start: one.value
        for one in targets
        if one.period == "week" and one.metric == standing.metric.key
    }
    return Half(
        title="Six weeks",
        starts=review.week_starts,
        now=standing.review.weeks,
        before=standing.review.prior_year_weeks,
        grain="week",
        open=standing.running,
        targets=tuple(plan.get(start) for start in review.week_starts) if plan else (),
        usual=tuple(
            (one.low, one.high) if (one := standing.usual_in(start)) else None
            for start in review.week_starts
        ),
    )


def _months(standing: Standing, review: Review, targets: Sequence[Target]) -> Half | None:
    figures = standing.review
    if not any(value is not None for value in (*figures.months, *figures.prior_year_months)):
        return None
    plan = {
        one.start: one.value
        for one in targets
        if one.period == "month" and one.metric == standing.metric.key
    }
    return Half(
        title="Twelve months",
        starts=review.month_starts,
        now=figures.months,
        before=figures.prior_year_months,
        grain="month",
        open=standing.month,
        targets=tuple(plan.get(start) for start in review.month_starts) if plan else (),
        length=dt.timedelta(days=30),
    )


def _year(review: Review, values: pd.Series) -> Half:
    year = year_of(values, review.week_starts[-1])
    return Half(
        title="52 weeks", starts=year.starts, now=year.now, before=year.before, grain="week"
    )
