"""The change of a metric from one week to another, and what it is made of."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

from nsm.model import Star
from nsm.periods import WEEK, year_ago_week
from nsm.why.split import CannotSplit, Part, split

Against = Literal["week", "year"]
Method = Literal["formula", "leads"]


@dataclass(frozen=True, slots=True)
class Why:
    """A change and its parts.

    ``against`` is the week before ("week") or 364 days before ("year"). ``method`` says what the
    parts are: of its formula, where they add up to ``change``; or what leading inputs would
    explain, where ``rest`` is what they do not. Without parts ``reason`` says why.
    """

    metric: str
    against: Against
    week: dt.date
    base: dt.date
    before: float | None = None
    now: float | None = None
    method: Method | None = None
    parts: tuple[Part, ...] = ()
    rest: float | None = None
    leaves: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.now is None else self.now - self.before

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; what cannot be known is null, with its reason."""
        return {
            "metric": self.metric,
            "week": self.week.isoformat(),
            "base": self.base.isoformat(),
            "before": self.before,
            "now": self.now,
            "change": self.change,
            "method": self.method,
            "parts": [_part(part) for part in self.parts],
            "rest": self.rest,
            "leaves": self.leaves,
            "reason": self.reason or None,
        }


def base_of(week: dt.date, against: Against) -> dt.date:
    """Which week a week is compared with, by first days."""
    return week - WEEK if against == "week" else year_ago_week(week)


def why_of(star: Star, values: pd.DataFrame, week: dt.date, against: Against = "week") -> Why:
    """What is the north star's change to the week that starts on ``week`` made of, by its formula?

    ``values`` are the weeks of every metric (:class:`nsm.history.History`), NaN where a week is not
    complete.
    """
    key, base = star.north_star, base_of(week, against)
    ends = known_ends(values, key, week, base)
    if isinstance(ends, str):
        return Why(key, against, week, base, reason=ends)
    if star.star_metric.formula is None:
        reason = "it is measured, so no formula splits it"
        return Why(key, against, week, base, *ends, reason=reason)
    before, now = (_row(values, day) for day in (base, week))
    try:
        found = split(star, key, before, now)
    except CannotSplit as error:
        return Why(key, against, week, base, *ends, reason=str(error))
    return Why(
        key,
        against,
        week,
        base,
        found.before,
        found.now,
        "formula",
        found.parts,
        leaves=dict(found.leaves),
    )


def known_ends(
    values: pd.DataFrame, key: str, week: dt.date, base: dt.date
) -> tuple[float, float] | str:
    """The metric in both weeks, or why there is no change to speak of."""
    column = values[key]
    pair = tuple(float(column.get(pd.Timestamp(day), math.nan)) for day in (base, week))
    for day, value in zip((base, week), pair, strict=True):
        if not math.isfinite(value):
            return f"{key} is not known for the week of {day}"
    return pair[0], pair[1]


def _row(values: pd.DataFrame, day: dt.date) -> dict[str, float]:
    place = values.index.get_loc(pd.Timestamp(day))
    row = values.to_numpy(dtype=float)[place].tolist()
    return dict(zip(values.columns, row, strict=True))


def _part(part: Part) -> dict[str, Any]:
    found = asdict(part)
    found["parts"] = [_part(one) for one in part.parts]
    return found
