"""Checked rows, how they meet what is already known, and what they add up to. Pure numpy.

Days are ``datetime64[D]`` arrays. Everything here works on the rows of one file or one metric and
knows neither files nor databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nsm.model import Grain, RejectedRow

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

FIRST_DAY = np.datetime64("1900-01-01", "D")
LAST_DAY = np.datetime64("2200-12-31", "D")

# Sums of the same parts in another order differ by this much of their size: 0.1 + 0.2 is not 0.3.
NOISE = 1e-12
# Below this every whole number has its own double, and counts have no noise.
_WHOLE = 2.0**53


@dataclass(frozen=True)
class CheckedRows:
    """What a file says, one entry a value, sorted by metric and day, each pair once.

    ``metric`` counts in ``metrics`` (keys of the star), ``line`` is the line in the file.
    ``rejected`` is what was refused: the first ten thousand of ``rejected_count``.
    """

    metrics: tuple[str, ...]
    metric: Integers
    day: Days
    value: Floats
    line: Integers
    rejected: tuple[RejectedRow, ...] = ()
    rejected_count: int = 0
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.value)

    def parts(self) -> Iterator[tuple[str, slice]]:
        """Each metric with the place of its rows."""
        bounds = np.searchsorted(self.metric, np.arange(len(self.metrics) + 1)).tolist()
        for place, key in enumerate(self.metrics):
            yield key, slice(bounds[place], bounds[place + 1])


@dataclass(frozen=True)
class Known:
    """What the store knows of one metric, sorted by day; ``as_of`` is when each became known."""

    day: Days
    value: Floats
    as_of: Days
    load: npt.NDArray[np.int64]

    def where(self, places: Any) -> Known:
        """Those at these places, or for which these flags stand."""
        return Known(self.day[places], self.value[places], self.as_of[places], self.load[places])


@dataclass(frozen=True)
class Merge:
    """What new rows do to a metric.

    The first four are masks over the new rows: not seen before, another value (see `differs`), the
    same value that only now is final, and another value where the old one was final (a
    restatement). ``at`` says
    where in the known rows a seen row stands. ``final_day``/``final_value`` are all final values
    afterwards, and ``touched`` the days whose periods add up to something else now.
    """

    new: Flags
    changed: Flags
    confirmed: Flags
    restated: Flags
    at: npt.NDArray[np.int64]
    final_day: Days
    final_value: Floats
    touched: Days


@dataclass(frozen=True)
class PartRows:
    """What the parts of a metric came to, one entry a day (or week) and part, in any order.

    ``code`` counts in ``names``; ``weight`` is of how many rows each is the mean, NaN where it is
    none.
    """

    grain: Grain
    names: tuple[str, ...]
    start: Days
    code: npt.NDArray[np.int64]
    value: Floats
    weight: Floats


@dataclass(frozen=True)
class PeriodTotals:
    """What the values in each period add up to, one entry a period, sorted."""

    start: Days
    days: Integers
    sum: Floats
    min: Floats
    max: Floats
    first: Floats
    last: Floats
    last_date: Days


def weeks_of(days: Days, week_start: int) -> Days:
    """On which day did the week of each day start? ``week_start`` is 0 for Monday."""
    # Day 0 of the count, 1970-01-01, was a Thursday.
    return days - (days.astype(np.int64) + 3 - week_start) % 7


def months_of(days: Days) -> Days:
    """On which day did the month of each day start?"""
    return days.astype("datetime64[M]").astype("datetime64[D]")


def ends_of(start: Days, grain: Grain) -> Days:
    """The last day of each period."""
    if grain is Grain.MONTH:
        ends: Days = (start.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
        return ends
    return start + (6 if grain is Grain.WEEK else 0)


def stand_alone(starts: Days) -> Flags:
    """Which stand there once? A week that holds several values is of days, or of other weeks."""
    _, place, times = np.unique(starts, return_inverse=True, return_counts=True)
    return np.asarray(times[place] == 1, dtype=np.bool_)


def weekdays_of(days: Days) -> npt.NDArray[np.int64]:
    """Which weekday is each day? 0 for Monday ... 6 for Sunday."""
    return (days.astype(np.int64) + 3) % 7


def finals(days: Days, as_of: Days | np.datetime64, grain: Grain, week_start: int) -> Flags:
    """Which values are final: recorded after their day (weekly source: their week) was over?"""
    if grain is Grain.WEEK:
        return np.asarray(weeks_of(days, week_start) + 6 < as_of, dtype=np.bool_)
    return np.asarray(days < as_of, dtype=np.bool_)


def grain_of(days: Days) -> Grain:
    """What grain do these dates show? Three or more, all on one weekday, are weeks."""
    if on_one_weekday(days) and len(np.unique(days)) >= 3:
        return Grain.WEEK
    return Grain.DAY


def on_one_weekday(days: Days) -> bool:
    """Do all these days share their weekday?"""
    weekdays = weekdays_of(days)
    return bool((weekdays == weekdays[:1]).all())


def differs(one: Floats, other: Floats | float) -> Flags:
    """Which values are not the same? Whole numbers differ at once, others beyond `NOISE`."""
    unequal = np.asarray(one != other, dtype=np.bool_)
    if not unequal.any():
        return unequal
    size = np.maximum(np.abs(one), np.abs(other))
    whole = (np.trunc(one) == one) & (np.trunc(other) == other) & (size < _WHOLE)
    return np.asarray(unequal & (whole | (np.abs(one - other) > NOISE * size)), dtype=np.bool_)


def merge(
    known: Known,
    day: Days,
    value: Floats,
    as_of: np.datetime64,
    grain: Grain,
    week_start: int,
) -> Merge:
    """What do these rows (sorted, one a day; weekly: one a week) change in what is known?"""
    known_key, key = known.day, day
    if grain is Grain.WEEK:
        known_key, key = weeks_of(known.day, week_start), weeks_of(day, week_start)
    at = np.searchsorted(known_key, key)
    seen = np.zeros(len(day), dtype=np.bool_)
    inside = at < len(known_key)
    seen[inside] = known_key[at[inside]] == key[inside]
    at[~seen] = 0

    was_final = finals(known.day, known.as_of, grain, week_start)
    now_final = finals(day, as_of, grain, week_start)
    changed, confirmed, restated = (np.zeros(len(day), dtype=np.bool_) for _ in range(3))
    old = at[seen]
    other = differs(value[seen], known.value[old])
    changed[seen] = other
    restated[seen] = other & was_final[old]
    confirmed[seen] = ~other & ~was_final[old] & now_final[seen]

    values, final = known.value.copy(), was_final.copy()
    rewritten = changed | confirmed
    values[at[rewritten]] = value[rewritten]
    final[at[rewritten]] = now_final[rewritten]
    new = ~seen
    every_day = np.concatenate([known.day[final], day[new & now_final]])
    every_value = np.concatenate([values[final], value[new & now_final]])
    order = np.argsort(every_day, kind="stable")
    touched = (new & now_final) | (changed & now_final) | restated | confirmed
    return Merge(
        new=new,
        changed=changed,
        confirmed=confirmed,
        restated=restated,
        at=at,
        final_day=every_day[order],
        final_value=every_value[order],
        touched=day[touched],
    )


def roll_up(day: Days, value: Floats, grain: Grain, week_start: int, weekly: bool) -> PeriodTotals:
    """What do these final values (sorted by day) add up to per week or month?

    A weekly source has one value a week: nothing is known of a week that holds several.
    """
    starts = weeks_of(day, week_start) if grain is Grain.WEEK else months_of(day)
    if weekly:
        alone = stand_alone(starts)
        day, value, starts = day[alone], value[alone], starts[alone]
    if not len(starts):
        none = np.empty(0)
        return PeriodTotals(
            starts, np.empty(0, dtype=np.int32), none, none, none, none, none, starts
        )
    begin = np.flatnonzero(np.append(True, starts[1:] != starts[:-1]))
    end = np.append(begin[1:], len(starts)) - 1
    return PeriodTotals(
        start=starts[begin],
        days=(end - begin + 1).astype(np.int32),
        sum=np.add.reduceat(value, begin),
        min=np.minimum.reduceat(value, begin),
        max=np.maximum.reduceat(value, begin),
        first=value[begin],
        last=value[end],
        last_date=starts[end] if weekly else day[end],
    )
