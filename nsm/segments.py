"""The weeks of a metric by what its rows have in a column: country, plan, platform.

A part without rows in a week that is known came to nothing: where rows are added or counted that
is a zero, elsewhere it is unknown. Parts are never added to a whole here: the whole is what its
source said of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nsm.model import Aggregate, Grain, Metric, Star, Take
from nsm.rows import Flags, Floats, PartRows, weeks_of

# The weeks over which parts are compared in size.
RECENT_WEEKS = 13
_DAYS = 7
_ADDED = (Take.SUM, Take.COUNT)
# Of no rows these are zero; of all else they say nothing.
_ZERO_OF_NOTHING = (Take.SUM, Take.COUNT, Take.COUNT_DISTINCT)
_LINEAR = (Aggregate.SUM, Aggregate.MEAN, Aggregate.FIRST, Aggregate.LAST)


@dataclass(frozen=True, slots=True, eq=False)
class BySegment:
    """The complete weeks of a metric by the parts of one column.

    ``whole`` has the weeks in which the metric itself is known (``DatetimeIndex[us]``), ``values``
    the same rows and a column a part, the largest first; NaN where it is not known. ``weights`` are
    of how many rows each is the mean, 0 where there are none; None where they are no means.
    ``left_out`` parts are too small to be here.
    """

    metric: Metric
    segment: str
    whole: pd.Series
    values: pd.DataFrame
    weights: pd.DataFrame | None = None
    left_out: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.values.columns)

    def share(self, part: str) -> float | None:
        """Which share of the whole had a part in the last weeks? None where that means nothing.

        Of a mean the share of its rows; of a distinct count that of the distinct, and those shares
        come to more than one where somebody is in several parts.
        """
        if self.weights is not None:
            of_all = float(self.weights.tail(RECENT_WEEKS).to_numpy().sum())
            mine = float(self.weights[part].tail(RECENT_WEEKS).sum())
            return mine / of_all if of_all > 0 else None
        if not (adds_up(self.metric) or is_distinct(self.metric)):
            return None
        recent = pd.DataFrame({"part": self.values[part], "whole": self.whole}).tail(RECENT_WEEKS)
        recent = recent.dropna()
        whole = float(recent["whole"].sum())
        return float(recent["part"].sum()) / whole if len(recent) and whole > 0 else None


def segments_of(metric: Metric) -> tuple[str, ...]:
    """The columns by which the history of a metric is kept apart."""
    return metric.query.segments if metric.query is not None else ()


def segmented(star: Star) -> tuple[Metric, ...]:
    """The metrics of a star whose history is kept by segment."""
    return tuple(metric for metric in star.metrics if segments_of(metric))


def adds_up(metric: Metric) -> bool:
    """Whether the parts of a metric add up to it: sums and counts of rows do, nothing else does."""
    query = metric.query
    return query is not None and query.take in _ADDED and metric.aggregate in _LINEAR


def is_distinct(metric: Metric) -> bool:
    """Whether the same may be counted in several parts."""
    return metric.query is not None and metric.query.take is Take.COUNT_DISTINCT


def is_mean(metric: Metric) -> bool:
    """Whether a week of the metric is the mean of its rows: a ratio of a sum and a count."""
    query = metric.query
    return query is not None and query.take is Take.MEAN and metric.aggregate is Aggregate.SOURCE


def grain_of_parts(metric: Metric) -> Grain:
    """In which periods the parts of a metric are kept that make its weeks."""
    weekly = metric.grain is Grain.WEEK or metric.aggregate is Aggregate.SOURCE
    return Grain.WEEK if weekly else Grain.DAY


def weeks_by_segment(
    metric: Metric,
    segment: str,
    rows: PartRows,
    whole: pd.Series,
    week_start: int,
    most: int | None = None,
) -> BySegment:
    """What did each part of a metric come to in the weeks in which the metric is known?

    ``whole`` are the complete weeks of the metric (NaN: not known). Only the ``most`` largest parts
    are kept.
    """
    whole = whole.dropna()
    starts = whole.index.to_numpy().astype("datetime64[D]")
    rows, sizes = _inside(rows, starts, week_start)
    at = np.searchsorted(starts, weeks_of(rows.start, week_start))
    told = np.bincount(at, minlength=len(starts)) > 0
    # By name first: equally large parts stand in a fixed order.
    order = np.lexsort((np.array(rows.names), -sizes)) if rows.names else np.empty(0, np.int64)
    kept = order[:most]
    place = np.full(len(rows.names), -1)
    place[kept] = np.arange(len(kept))
    column = place[rows.code]
    there = column >= 0
    grid = _Grid(len(starts), len(kept), at[there], column[there])
    values = _values(metric, rows, rows.value[there], rows.start[there], starts, grid)
    zero = metric.query is not None and metric.query.take in _ZERO_OF_NOTHING
    # Of a week of which no part has a row nothing is known, unless it came to nothing at all.
    known = told | (zero & (whole.to_numpy() == 0))
    if zero:
        values = np.where(np.isnan(values), 0.0, values)
    values[~known] = np.nan
    names = [rows.names[code] for code in kept]
    weights = None
    if is_mean(metric):
        counted = grid.last(rows.weight[there])
        weights = pd.DataFrame(np.nan_to_num(counted), index=whole.index, columns=names)
    return BySegment(
        metric,
        segment,
        whole,
        pd.DataFrame(values, index=whole.index, columns=names),
        weights,
        len(order) - len(kept),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Weeks and parts, and to which of both each row belongs."""

    weeks: int
    parts: int
    week: npt.NDArray[np.int64]
    part: npt.NDArray[np.int64]

    def sums(self, value: Floats) -> Floats:
        cell = self.week * self.parts + self.part
        found = np.bincount(cell, weights=value, minlength=self.weeks * self.parts)
        return np.asarray(found, dtype=np.float64).reshape(self.weeks, self.parts)

    def last(self, value: Floats, rows: Flags | slice = slice(None)) -> Floats:
        """The one value of each week and part among these rows; NaN where there is none."""
        found = np.full((self.weeks, self.parts), np.nan)
        found[self.week[rows], self.part[rows]] = value[rows]
        return found

    def extreme(self, value: Floats, which: np.ufunc, worst: float) -> Floats:
        found = np.full((self.weeks, self.parts), worst)
        which.at(found, (self.week, self.part), value)
        return np.where(np.isfinite(found), found, np.nan)


def _inside(rows: PartRows, starts: np.ndarray, week_start: int) -> tuple[PartRows, Floats]:
    """The rows of the weeks in question, and how large each part was of late."""
    week = weeks_of(rows.start, week_start)
    inside = np.isin(week, starts)
    recent = inside & np.isin(week, starts[-RECENT_WEEKS:])
    size = np.abs(np.where(np.isnan(rows.weight), rows.value, rows.weight))
    sizes = np.bincount(rows.code[recent], weights=size[recent], minlength=len(rows.names)).astype(
        np.float64
    )
    kept = PartRows(
        rows.grain,
        rows.names,
        rows.start[inside],
        rows.code[inside],
        rows.value[inside],
        rows.weight[inside],
    )
    return kept, sizes


def _values(
    metric: Metric,
    rows: PartRows,
    value: Floats,
    start: np.ndarray,
    starts: np.ndarray,
    grid: _Grid,
) -> Floats:
    """What the rows of each week and part come to; NaN where they do not say it."""
    aggregate = metric.aggregate
    if rows.grain is Grain.WEEK:
        return grid.last(value)
    zero = metric.query is not None and metric.query.take in _ZERO_OF_NOTHING
    days = grid.sums(np.ones(len(value)))
    if aggregate in (Aggregate.FIRST, Aggregate.LAST):
        day = starts[grid.week] + (0 if aggregate is Aggregate.FIRST else _DAYS - 1)
        return grid.last(value, start == day)
    if aggregate in (Aggregate.MIN, Aggregate.MAX):
        lowest = aggregate is Aggregate.MIN
        which, worst = (np.minimum, np.inf) if lowest else (np.maximum, -np.inf)
        found = grid.extreme(value, which, worst)
        # A day without rows is a zero among the others.
        return np.where(days < _DAYS, which(found, 0.0), found) if zero else found
    found = grid.sums(value)
    if aggregate is Aggregate.MEAN:
        whole_weeks = np.ones(days.shape, bool) if zero else days == _DAYS
        return np.where(whole_weeks, found / _DAYS, np.nan)
    return np.where(days > 0, found, np.nan)
