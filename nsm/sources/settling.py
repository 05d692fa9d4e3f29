"""What an answer settles: which periods without rows are zeros, which are known no longer, and what
is odd about the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nsm.errors import SourceError
from nsm.model import Grain, Metric, Star
from nsm.rows import Days, Flags, Floats, ends_of, months_of, on_one_weekday, weeks_of
from nsm.sources.fingerprint import Lapse
from nsm.sources.reading import Periods
from nsm.sources.statement import Window


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """What is known of periods of one grain: first days, sorted, values, and which of them a source
    said first, and no file."""

    start: Days
    value: Floats
    by_source: Flags

    def at(self, places: Any) -> Earlier:
        """Those at these places, or for which these flags stand."""
        return Earlier(self.start[places], self.value[places], self.by_source[places])


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What an answer says of each period by grain, zeros with it, and what is known no longer."""

    found: Mapping[Grain, Periods]
    lapsed: Mapping[Grain, Days]
    warnings: tuple[str, ...]


def settle(
    star: Star,
    metric: Metric,
    windows: Mapping[Grain, Window],
    answered: Mapping[Grain, Periods],
    known: Mapping[Grain, Earlier],
    lapse: Lapse,
    due: dt.date | None,
    today: dt.date,
) -> Settled:
    """What holds now of each period that was asked for; the finest grain comes first.

    ``known`` may hold grains that are not asked for any more.

    What was known and is not answered stays known: a source may keep a few months only, and a day
    without rows may be a broken pipeline. It lapses where it answered another question; but what
    files brought from before the answer's first day does not. Where days without rows are zeros,
    they are from the answer's first day on, and from ``due`` on, the first day that the last sync
    left open. SourceError where the source has no rows any more.
    """
    finest = next(iter(windows))
    window, first = windows[finest], answered[finest][0][:1]
    known = {
        grain: earlier.at(earlier.start < np.datetime64(window.end))
        for grain, earlier in known.items()
    }
    days = known[finest].start
    since = known[finest]
    if window.first is not None:
        since = since.at(days >= np.datetime64(window.first))
    if not len(first):
        _refuse_emptied(metric, finest, since)
    begun = first
    if due is not None and len(days):
        begun = np.append(first, max(days[0], np.datetime64(due)))
    found = _with_zeros(star, metric, answered, begun, today)
    lapsed = {}
    for grain, earlier in known.items():
        goes = _lapses(earlier, first, lapse)
        if grain is Grain.WEEK:
            # Asked for when weeks began on another day.
            goes |= weeks_of(earlier.start, star.week_start) != earlier.start
        said = found[grain][0] if grain in found else first[:0]
        lapsed[grain] = np.setdiff1d(earlier.start[goes], said)
    warnings = _warnings_of(metric, finest, found[finest][0], since.start, len(lapsed[finest]))
    return Settled(found, lapsed, warnings)


def _refuse_emptied(metric: Metric, grain: Grain, known: Earlier) -> None:
    """SourceError where there were rows and are none: a table that is being filled again is no
    source of zeros."""
    assert metric.query is not None
    had = known.start[known.value != 0] if metric.query.empty_is_zero else known.start
    if len(had):
        those = f"1 {grain} is" if len(had) == 1 else f"{len(had):,} {grain}s are"
        raise SourceError(
            f"The query finds no rows since {had[0]}, where {those} known.",
            "Nothing was changed. Look at whether the table lost its rows.",
        )


def _lapses(earlier: Earlier, first: Days, lapse: Lapse) -> Flags:
    """Which are known no longer, if they are not answered? ``first`` is the answer's first day."""
    if lapse is Lapse.ALL and len(first):
        return np.asarray(earlier.by_source | (earlier.start >= first), dtype=np.bool_)
    if lapse is Lapse.ZEROS:
        return np.asarray(earlier.by_source & (earlier.value == 0), dtype=np.bool_)
    return np.zeros(len(earlier.start), dtype=np.bool_)


def _with_zeros(
    star: Star,
    metric: Metric,
    answered: Mapping[Grain, Periods],
    begun: Days,
    today: dt.date,
) -> dict[Grain, Periods]:
    """What was answered, and where the definition says so a zero for each period without rows.

    From the first of these days on; what may still be late is no zero yet.
    """
    assert metric.query is not None
    if not metric.query.empty_is_zero or not len(begun):
        return dict(answered)
    settled = np.datetime64(today - dt.timedelta(days=1 + metric.lateness_days), "D")
    days = np.arange(begun.min(), max(settled + 1, begun.min()))
    return {
        grain: _filled(periods, _over(days, grain, star.week_start, settled))
        for grain, periods in answered.items()
    }


def _over(days: Days, grain: Grain, week_start: int, last: np.datetime64) -> Days:
    """The periods of these days that ended by the ``last`` one."""
    if grain is Grain.DAY:
        return days
    starts = np.unique(weeks_of(days, week_start) if grain is Grain.WEEK else months_of(days))
    return starts[ends_of(starts, grain) <= last]


def _filled(found: Periods, starts: Days) -> Periods:
    missing = np.setdiff1d(starts, found[0])
    day = np.concatenate([found[0], missing])
    order = np.argsort(day)
    return day[order], np.concatenate([found[1], np.zeros(len(missing))])[order]


def _warnings_of(
    metric: Metric, grain: Grain, day: Days, known: Days, lapsed: int
) -> tuple[str, ...]:
    """What is odd about the days of an answer; ``known`` are those known of the time asked for."""
    assert metric.query is not None
    if not len(day):
        return ("the query finds no rows",)
    warnings: list[str] = []
    missing = np.setdiff1d(np.arange(day[0], day[-1] + 1), day)
    if len(missing) and grain is Grain.DAY and not metric.query.empty_is_zero:
        warnings.append(
            f"days without rows, which stay unknown: {len(missing):,} (from {missing[0]}); "
            "'empty: zero' would count them as zero"
        )
    if grain is Grain.DAY and metric.grain is None and len(day) > 1 and on_one_weekday(day):
        warnings.append(
            "its rows stand on one day of the week: if they are weeks, say 'grain: week'"
        )
    kept = len(np.setdiff1d(known, day)) - lapsed
    if kept:
        warnings.append(f"known days without rows any more, which are kept: {kept:,}")
    if lapsed:
        warnings.append(
            "known no longer, because they answered another question and this one has no rows "
            f"there: {lapsed:,} {grain}s (as of earlier days they are still shown; '--keep' leaves "
            "such days)"
        )
    return tuple(warnings)
