"""What an answer settles: which periods without rows are zeros, and what is odd about the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from nsm.errors import SourceError
from nsm.model import Grain, Metric, Star
from nsm.rows import Days, months_of, on_one_weekday, weeks_of
from nsm.sources.reading import Periods
from nsm.sources.statement import Window
from nsm.store.restating import ends_of


def with_zeros(
    star: Star,
    metric: Metric,
    windows: Mapping[Grain, Window],
    found: Mapping[Grain, Periods],
    known: Days,
    today: dt.date,
) -> dict[Grain, Periods]:
    """What was found, and where the definition says so a zero for each period without rows.

    From the first row on that was ever found; what may still be late is no zero yet.
    """
    assert metric.query is not None
    finest = next(iter(windows))
    day, window = found[finest][0], windows[finest]
    begun = np.concatenate([day[:1], known[:1]])
    nothing = not len(day) and window.first is None
    if not metric.query.empty_is_zero or not len(begun) or nothing:
        return dict(found)
    first = begun.min()
    if window.first is not None:
        first = max(first, np.datetime64(window.first, "D"))
    settled = np.datetime64(today - dt.timedelta(days=1 + metric.lateness_days), "D")
    days = np.arange(first, max(settled + 1, first))
    return {
        grain: _filled(periods, _over(days, grain, star.week_start, settled))
        for grain, periods in found.items()
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


def warnings_of(
    metric: Metric, grain: Grain, window: Window, found: Periods, known: Days, *, other: bool
) -> tuple[str, ...]:
    """Holes by name; SourceError where all that was known would be gone.

    ``other``: what is known was the answer to another question.
    """
    assert metric.query is not None
    inside = known[known < np.datetime64(window.end)]
    if window.first is not None:
        inside = inside[inside >= np.datetime64(window.first)]
    day = found[0]
    if not len(day):
        if len(inside):
            raise SourceError(
                f"The query finds no rows since {inside[0]}, where {len(inside):,} days are known.",
                "Nothing was changed. Look at whether the table lost its rows.",
            )
        return ("the query finds no rows",)
    warnings: tuple[str, ...] = ()
    missing = np.setdiff1d(np.arange(day[0], day[-1] + 1), day)
    if len(missing) and grain is Grain.DAY and not metric.query.empty_is_zero:
        warnings = (
            f"days without rows, which stay unknown: {len(missing):,} (from {missing[0]}); "
            "'empty: zero' would count them as zero",
        )
    if grain is Grain.DAY and metric.grain is None and len(day) > 1 and on_one_weekday(day):
        warnings = (
            *warnings,
            "its rows stand on one day of the week: if they are weeks, say 'grain: week'",
        )
    gone = np.setdiff1d(inside, day)
    if len(gone):
        kept = "kept as the question before answered them" if other else "which are kept"
        warnings = (*warnings, f"known days without rows any more, {kept}: {len(gone):,}")
    return warnings
