"""How old is a metric's history, is it late by its own rhythm, and where are its holes?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsm.formula import leaves
from nsm.history import History
from nsm.model import Grain, Metric, Star
from nsm.periods import DAY, WEEK, week_end


@dataclass(frozen=True, slots=True)
class Freshness:
    """``data_to`` is the last day the history covers, None without any; ``days_late`` counts from
    the day on which more was due (0: on time)."""

    data_to: dt.date | None
    days_late: int

    @property
    def is_late(self) -> bool:
        return self.days_late > 0 or self.data_to is None


def freshness(
    newest: dt.date | None, grain: Grain, lateness_days: int, today: dt.date
) -> Freshness:
    """Whether more history of a metric was due by ``today``.

    A day's value is due on the next day, a week's on the day after the week, each plus the
    metric's usual lateness. ``newest`` is the newest date there is; for a weekly metric the first
    day of its week.
    """
    if newest is None:
        return Freshness(None, 0)
    weekly = grain is Grain.WEEK
    data_to = week_end(newest) if weekly else newest
    following = data_to + (WEEK if weekly else DAY)
    due = following + (1 + lateness_days) * DAY
    return Freshness(data_to, max((today - due).days, 0))


def newest_of(star: Star, metric: Metric, newest: Mapping[str, dt.date]) -> dt.date | None:
    """The newest date of a metric; of a formula the oldest of its parts, which holds it back."""
    if metric.formula is None:
        return newest.get(metric.key)
    dates = [newest[key] for key in leaves(star, metric.key) if key in newest]
    return min(dates) if dates and len(dates) == len(leaves(star, metric.key)) else None


@dataclass(frozen=True, slots=True)
class Gap:
    """A week, over by now, in which days are missing: ``days`` are there, of ``expected``."""

    week: dt.date
    days: int
    expected: int


def gaps(weeks: History, metric: str) -> tuple[Gap, ...]:
    """The weeks between a metric's first and newest data that are not complete, oldest first.

    The week in which its history starts and the one in which it ends are no gaps: the one began
    late, the other is not all there yet.
    """
    days = weeks.days[metric].to_numpy()
    expected = weeks.expected[metric].to_numpy()
    there = np.flatnonzero(days > 0)
    if not there.size:
        return ()
    inside = np.arange(there[0] + 1, there[-1])
    found = inside[days[inside] < expected[inside]]
    return tuple(Gap(weeks.days.index[at].date(), int(days[at]), int(expected[at])) for at in found)


def missing_days(
    gaps: Sequence[Gap], days: pd.DataFrame, metrics: Collection[str]
) -> dict[dt.date, tuple[dt.date, ...]]:
    """Which days of these weeks are not known of all of these metrics, by the week's first day?

    ``days`` has the columns metric and date. Of a week that is recorded as one there are none.
    """
    known = [set(days.loc[days["metric"] == key, "date"].dt.date) for key in metrics]
    there = set.intersection(*known)
    return {
        gap.week: tuple(day for day in _days_of(gap.week) if day not in there)
        for gap in gaps
        if gap.expected == WEEK // DAY
    }


def _days_of(week: dt.date) -> list[dt.date]:
    return [week + place * DAY for place in range(WEEK // DAY)]
