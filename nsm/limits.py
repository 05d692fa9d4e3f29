"""Which weeks of a metric may be compared with each other, and what is usual for each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nsm.model import Annotation, DefinitionChange, LimitLock, Metric, Star
from nsm.periods import DAY, WEEK, week_start_of
from nsm.signals import FEWEST_WEEKS, Chart, Moves, Signal, UsualRange, moves


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """The weeks of a metric that may be compared with each other, and what is usual for each.

    ``lock`` is what somebody decided about the range; None when it is learned week by week.
    """

    weeks: pd.Series
    chart: Chart
    lock: LimitLock | None = None

    def usual_in(self, week: dt.date) -> UsualRange | None:
        """The range that was usual for the week that starts on that day."""
        place = self._place(week)
        return self.chart.usual(place) if place >= 0 else None

    def signal_in(self, week: dt.date) -> Signal:
        """How the week that starts on that day stands, and which rules it breaks."""
        return self.chart.signal(self._place(week))

    def moves_to(self, week: dt.date) -> Moves | None:
        """How it moved from week to week up to the one that starts on that day."""
        return moves(self.chart, self._place(week))

    def _place(self, week: dt.date) -> int:
        if not len(self.weeks):
            return -1
        weeks = (week - self.weeks.index[0].date()).days // WEEK.days
        return min(int(weeks), len(self.weeks))


def limits_of(
    star: Star,
    metric: Metric,
    values: pd.Series,
    annotations: Sequence[Annotation] = (),
    changes: Sequence[DefinitionChange] = (),
    locks: Sequence[LimitLock] = (),
) -> Limits:
    """What is usual for each of these weeks, as :func:`known_weeks` gives them.

    Limits begin anew only at a recorded break or change of meaning, or where somebody locked them;
    of the locks of a metric the last one counts. A lock is not used while fewer than 15 of its
    weeks are known, and one on weeks before a recorded change has ended with it.
    """
    since = weeks_since_break(star, metric, values, annotations, changes)
    lock = next((one for one in reversed(locks) if one.metric == metric.key), None)
    if lock is not None and lock.last is not None:
        begin = since.index[0]
        if lock.first is not None:
            begin = max(begin, pd.Timestamp(week_start_of(lock.first, star.week_start)))
        base = since.loc[begin:]
        learned = base.loc[: pd.Timestamp(week_start_of(lock.last, star.week_start))]
        if learned.notna().sum() >= FEWEST_WEEKS:
            return Limits(base, Chart(base.to_numpy(), len(learned)), lock)
    return Limits(since, Chart(since.to_numpy()))


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What a lock would change: the limits as they are and as they would be.

    ``gained`` and ``lost`` are the weeks, by first day, of the last ``weeks`` that would become a
    signal, or would be none any more. ``used`` is False while too few of the lock's weeks are
    known.
    """

    now: Limits
    then: Limits
    weeks: int
    gained: tuple[dt.date, ...]
    lost: tuple[dt.date, ...]
    used: bool


PREVIEWED_WEEKS = 52


def preview_of(
    star: Star,
    metric: Metric,
    values: pd.Series,
    lock: LimitLock,
    annotations: Sequence[Annotation] = (),
    changes: Sequence[DefinitionChange] = (),
    locks: Sequence[LimitLock] = (),
) -> Preview:
    """What would become of the signals of the last year if somebody decided this?"""
    now, then = (
        limits_of(star, metric, values, annotations, changes, decided)
        for decided in (locks, (*locks, lock))
    )
    compared = [stamp.date() for stamp in then.weeks.index[-PREVIEWED_WEEKS:]]
    odd = {week: now.signal_in(week).is_unusual for week in compared}
    odd_then = {week: then.signal_in(week).is_unusual for week in compared}
    return Preview(
        now=now,
        then=then,
        weeks=len(compared),
        gained=tuple(week for week in compared if odd_then[week] and not odd[week]),
        lost=tuple(week for week in compared if odd[week] and not odd_then[week]),
        used=(then.lock is not None) == (lock.last is not None),
    )


def weeks_since_break(
    star: Star,
    metric: Metric,
    values: pd.Series,
    annotations: Sequence[Annotation],
    changes: Sequence[DefinitionChange],
) -> pd.Series:
    """The weeks that may be compared: from the last recorded break or change of meaning on."""
    dates = [one.date for one in changes if one.metric == metric.key]
    dates += [
        one.date for one in annotations if one.kind == "break" and one.metric in (None, metric.key)
    ]
    last = values.index[-1].date() + 6 * DAY
    dates = [date for date in dates if date <= last]
    if not dates:
        return values
    return values.loc[pd.Timestamp(week_start_of(max(dates), star.week_start)) :]
