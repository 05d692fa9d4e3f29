"""How does each metric stand in the week under review: usual or not, extreme, on plan?

Joins the figures of the review with the metric's own past and its targets; pure, and what the
sentences, the pictures and the wall say is said from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from nsm.history import History, grains, newest_begun
from nsm.history import last_complete_week as newest_week
from nsm.limits import Limits, limits_of
from nsm.limits import weeks_since_break as weeks_since_break
from nsm.model import (
    Annotation,
    DefinitionChange,
    Grain,
    LimitLock,
    Metric,
    Role,
    Star,
    Target,
)
from nsm.pace import Pace, paces
from nsm.periods import (
    WEEK,
    last_complete_week,
    month_start,
    months_later,
    week_end,
    year_ago_week,
)
from nsm.review import MetricReview, Review, SameDays
from nsm.signals import Extreme, Signal, UsualRange, extreme

WEEKS_IN_A_YEAR = 52


@dataclass(frozen=True, slots=True)
class Year:
    """A year of weeks: their first days, what is known of each, and of the same week a year ago."""

    starts: tuple[dt.date, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """A period that is not complete yet: what its days so far come to.

    ``against`` compares them with the same days of the week before; None for a month.
    """

    start: dt.date
    value: float
    days: int
    expected: int
    against: SameDays | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One metric in the week under review.

    ``limits`` holds its weeks since the last recorded break, change of meaning or lock, each
    against its usual range. ``running`` is the week after the one under review, ``month`` the month
    that it falls in, each None when complete or without data.
    """

    metric: Metric
    review: MetricReview
    signal: Signal
    extreme: Extreme | None
    pace: Pace | None
    running: Partial | None
    month: Partial | None
    days: int
    expected: int
    limits: Limits = field(repr=False, compare=False)

    @property
    def comparable(self) -> pd.Series:
        """The weeks that may be compared with the one under review, itself the last."""
        return self.limits.weeks

    def usual_in(self, week: dt.date) -> UsualRange | None:
        """The range that was usual for the week that starts on that day, given those before it."""
        return self.limits.usual_in(week)


def standings(
    star: Star,
    review: Review,
    weeks: History,
    targets: Sequence[Target] = (),
    annotations: Sequence[Annotation] = (),
    changes: Sequence[DefinitionChange] = (),
    locks: Sequence[LimitLock] = (),
) -> dict[str, Standing]:
    """How does every metric but the candidates stand, in the order of the definition?"""
    start = review.week_starts[-1]
    found, grain_of, begun = {}, grains(star), newest_begun(star, weeks)
    for metric in star.metrics:
        if metric.role is Role.CANDIDATE:
            continue
        values = known_weeks(weeks, metric.key, start)
        limits = limits_of(star, metric, values, annotations, changes, locks)
        since = limits.weeks
        figures = review.metrics[metric.key]
        weekly = weeks.values if grain_of[metric.key] is Grain.WEEK else None
        found[metric.key] = Standing(
            metric=metric,
            review=figures,
            signal=limits.signal_in(start),
            extreme=record(values, since),
            pace=next(
                iter(paces(star, metric, figures, targets, review.week_ending, weekly)), None
            ),
            running=_running(weeks, metric.key, start + WEEK, begun, figures.running),
            month=_running_month(figures, review.week_ending),
            days=_at(weeks.days, metric.key, start),
            expected=_at(weeks.expected, metric.key, start),
            limits=limits,
        )
    return found


def known_weeks(weeks: History, key: str, last: dt.date) -> pd.Series:
    """The metric's complete weeks up to and with the one that starts on ``last``; NaN where not."""
    values = weeks.values[key].loc[: pd.Timestamp(last)]
    first = values.first_valid_index()
    values = values.loc[first:] if first is not None else values.iloc[:0]
    if not len(values) or values.index[-1] < pd.Timestamp(last):
        begin = values.index[0] if len(values) else pd.Timestamp(last)
        values = values.reindex(pd.date_range(begin, pd.Timestamp(last), freq="7D", unit="us"))
    return values


def year_of(values: pd.Series, last: dt.date) -> Year:
    """The 52 weeks up to that which starts on ``last``; ``values`` by first day, NaN for holes."""
    known = {
        pd.Timestamp(at).date(): float(value)
        for at, value in zip(values.index, values.to_numpy(), strict=True)
        if np.isfinite(value)
    }
    starts = tuple(last - back * WEEK for back in range(WEEKS_IN_A_YEAR - 1, -1, -1))
    return Year(
        starts,
        tuple(known.get(start) for start in starts),
        tuple(known.get(year_ago_week(start)) for start in starts),
    )


def newer_weeks(
    star: Star, weeks: History, shown: dt.date, today: dt.date
) -> tuple[int, int, int] | None:
    """How many weeks are over since the star's newest, and the days there of the last, of how many.

    None where no week is, or where the week shown is not the star's newest.
    """
    over = last_complete_week(today, star.week_start)
    newest = newest_week(weeks, star.north_star)
    if newest is None or newest.date() != shown or over <= shown:
        return None
    return (over - shown).days // 7, *days_there(weeks, star.north_star, over)


def reviewable_weeks(star: Star, weeks: History, today: dt.date) -> tuple[dt.date, ...]:
    """The last days of the weeks that are over and in which some metric is known, newest first.

    They begin with the newest that the north star has: before that there is no review of it yet.
    """
    values = weeks.values
    keys = [metric.key for metric in star.metrics if metric.role is not Role.CANDIDATE]
    newest = values[star.north_star].last_valid_index()
    known = values.loc[:newest].index[values.loc[:newest, keys].notna().any(axis=1)]
    endings = (week_end(day.date()) for day in reversed(known))
    return tuple(ending for ending in endings if ending < today)


def record(values: pd.Series, since: pd.Series) -> Extreme | None:
    """What record the last week is among the weeks it may be compared with.

    After a break it may be the highest in so many weeks, but it is no record of all weeks.
    """
    found = extreme(since.to_numpy())
    if found is None or values.notna().sum() == since.notna().sum():
        return found
    return replace(found, on_record=False)


def _running(
    weeks: History,
    key: str,
    start: dt.date,
    begun: pd.Timestamp | None,
    against: SameDays | None,
) -> Partial | None:
    """The week that starts then, if it is the newest that has ``begun``.

    An older one with missing days is not running: it stays a hole.
    """
    at = pd.Timestamp(start)
    if at != begun:
        return None
    value = float(weeks.so_far[key].to_numpy()[weeks.so_far.index.get_loc(at)])
    days = _at(weeks.days, key, start)
    if not np.isfinite(value) or not days:
        return None
    return Partial(start, value, days, _at(weeks.expected, key, start), against)


def _running_month(figures: MetricReview, week_ending: dt.date) -> Partial | None:
    start = month_start(week_ending)
    length = (months_later(start, 1) - start).days
    if figures.mtd is None or week_ending.day == length:
        return None
    return Partial(start, figures.mtd, week_ending.day, length)


def days_there(weeks: History, key: str, start: dt.date) -> tuple[int, int]:
    """How many days of a week are there, of how many expected; (0, 0) for a week unknown."""
    return _at(weeks.days, key, start), _at(weeks.expected, key, start)


def _at(frame: pd.DataFrame, key: str, start: dt.date) -> int:
    at = pd.Timestamp(start)
    return int(frame[key].to_numpy()[frame.index.get_loc(at)]) if at in frame.index else 0
