"""Weeks and months of every metric of a star, from its roll-ups: what each period added up to.

A period has a value only when it is complete: over, with every day there. Formulas are evaluated
after their parts are aggregated - a ratio of sums, never a sum of ratios - for weeks, months and
to-date spans alike.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from nsm.formula import evaluate, evaluation_order, parse_formula
from nsm.model import Aggregate, Grain, Metric, Role, Star
from nsm.periods import days_in, months_and_edge, period_end

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

Span = tuple[dt.date, dt.date]  # the first and the last of some days

UNEVEN = -1


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What each period of one grain came to, for every metric of a star.

    Frames with one row a period (``DatetimeIndex[us]`` of first days, regular, no holes) and one
    column a metric, in the star's order. ``values`` is NaN unless the period is complete;
    ``so_far`` is what the days that are there come to while it is not (a formula only where all its
    parts reach to the same day). ``days`` are there, of ``expected``; a metric recorded by week has
    1 of 1, and no months.
    """

    grain: Grain
    values: pd.DataFrame
    so_far: pd.DataFrame
    days: pd.DataFrame
    expected: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """What spans of days came to: one row for each of ``spans``, one column a metric.

    ``values`` is NaN unless every day of the span is there; ``days`` are there, of ``expected``.
    """

    spans: tuple[Span, ...]
    values: pd.DataFrame
    days: pd.DataFrame
    expected: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One metric over all periods: values whether complete or not, and how much is there.

    ``reach`` counts the days from the first of the period without a gap, else it is UNEVEN.
    """

    value: Floats
    days: Counts
    expected: Counts
    reach: Counts
    computed: bool = False

    def finite(self) -> Floats:
        """Sums that no number holds are unknown, as everywhere else."""
        return np.where(np.isfinite(self.value), self.value, np.nan)

    def so_far(self) -> Floats:
        """A formula says something about a part of a period only where its parts reach alike."""
        unequal = self.computed & (self.reach == UNEVEN)
        return np.where(unequal, np.nan, self.finite())


def grains(star: Star) -> dict[str, Grain]:
    """The finest grain of every metric: a formula over anything weekly is itself weekly."""
    found: dict[str, Grain] = {}
    for key in _parts_first(star):
        metric = star.metric(key)
        if metric.formula is None:
            found[key] = metric.grain or Grain.DAY
        else:
            parts = {found[part] for part in parse_formula(metric.formula).references}
            found[key] = Grain.WEEK if Grain.WEEK in parts else Grain.DAY
    return found


def build_history(star: Star, rollups: pd.DataFrame, grain: Grain, today: dt.date) -> History:
    """What did each week (or month) of this star come to, known on ``today``?

    ``rollups`` has the columns metric, start, days, sum, min, max, first, last, last_date, one row
    a metric and period, in any order; starts are first days of the star's periods.
    """
    rows = rollups[rollups["start"] <= pd.Timestamp(today)]
    index = _regular(rows["start"], grain)
    over = np.array([period_end(day.date(), grain) < today for day in index], dtype=bool)
    lengths = np.array([days_in(day.date(), grain) for day in index], dtype=np.int64)
    by_metric = dict(tuple(rows.groupby("metric", observed=True)))
    parts: dict[str, _Part] = {}
    for key in _parts_first(star):
        metric = star.metric(key)
        if metric.formula is None:
            parts[key] = _measured(metric, by_metric.get(key), index, lengths, grain)
        else:
            parts[key] = _computed(metric.formula, parts, lengths)
    keys = [metric.key for metric in star.metrics]
    complete = {key: over & (parts[key].days >= parts[key].expected) for key in keys}

    def frame(columns: Mapping[str, npt.NDArray[np.generic]]) -> pd.DataFrame:
        return pd.DataFrame(columns, index=index, columns=keys)

    return History(
        grain=grain,
        values=frame({key: np.where(complete[key], parts[key].finite(), np.nan) for key in keys}),
        so_far=frame({key: np.where(complete[key], np.nan, parts[key].so_far()) for key in keys}),
        days=frame({key: parts[key].days for key in keys}),
        expected=frame({key: parts[key].expected for key in keys}),
    )


def last_complete_week(history: History, metric: str) -> pd.Timestamp | None:
    """The newest period in which the metric has a value; None when there is none."""
    if metric not in history.values:
        return None
    found = history.values[metric].last_valid_index()
    return None if found is None else cast("pd.Timestamp", found)


def newest_begun(star: Star, history: History) -> pd.Timestamp | None:
    """The newest period of which a metric of the star has a day; candidates decide nothing."""
    keys = [metric.key for metric in star.metrics if metric.role is not Role.CANDIDATE]
    begun = history.days.index[(history.days[keys] > 0).any(axis=1)]
    return begun[-1] if len(begun) else None


def aggregate_spans(
    star: Star, months: History, days: pd.DataFrame, spans: Sequence[Span]
) -> Spans:
    """What did each span, from the first of a month to any day, come to?

    Whole months come from ``months``; the days of a month that is not whole from ``days`` (columns
    metric, date, value; see :func:`daily_edges`). Formulas are evaluated on the spans' totals. A
    metric recorded by week has no days and so no value.
    """
    lengths = np.array([(last - first).days + 1 for first, last in spans], dtype=np.int64)
    measured = [metric for metric in star.metrics if metric.formula is None]
    edges = {edge: _days_together(days, edge, measured) for edge in daily_edges(spans)}
    totals = [_span_totals(measured, months, edges, span) for span in spans]
    parts: dict[str, _Part] = {}
    for column, metric in enumerate(measured):
        value = np.array([values[column] for values, _ in totals])
        known = np.array([known[column] for _, known in totals])
        parts[metric.key] = _Part(value, known, lengths, known)
    for key in evaluation_order(star.metrics):
        parts[key] = _computed(str(star.metric(key).formula), parts, lengths)
    keys = [metric.key for metric in star.metrics]
    whole = {key: parts[key].days >= parts[key].expected for key in keys}
    return Spans(
        spans=tuple(spans),
        values=pd.DataFrame(
            {key: np.where(whole[key], parts[key].finite(), np.nan) for key in keys}, columns=keys
        ),
        days=pd.DataFrame({key: parts[key].days for key in keys}, columns=keys),
        expected=pd.DataFrame({key: parts[key].expected for key in keys}, columns=keys),
    )


def daily_edges(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Which days must be read beside the months to know these spans: at most a month for each."""
    found = (months_and_edge(first, last)[1] for first, last in spans)
    return tuple(dict.fromkeys(edge for edge in found if edge is not None))


def _parts_first(star: Star) -> tuple[str, ...]:
    measured = (metric.key for metric in star.metrics if metric.formula is None)
    return (*measured, *evaluation_order(star.metrics))


def _regular(starts: pd.Series, grain: Grain) -> pd.DatetimeIndex:
    if starts.empty:
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    frequency = "MS" if grain is Grain.MONTH else "7D"
    return pd.date_range(starts.min(), starts.max(), freq=frequency, unit="us")


def _measured(
    metric: Metric,
    rows: pd.DataFrame | None,
    index: pd.DatetimeIndex,
    lengths: Counts,
    grain: Grain,
) -> _Part:
    """A measured metric laid on the regular index; periods without a row have no days."""
    weekly = metric.grain is Grain.WEEK
    part = _Part(
        value=np.full(len(index), np.nan),
        days=np.zeros(len(index), dtype=np.int64),
        expected=np.ones_like(lengths) if weekly and grain is Grain.WEEK else lengths,
        reach=np.zeros(len(index), dtype=np.int64),
    )
    if rows is None or (weekly and grain is not Grain.WEEK):
        return part
    at = index.get_indexer(pd.DatetimeIndex(rows["start"]))
    rows, at = rows[at >= 0], at[at >= 0]
    days = rows["days"].to_numpy(np.int64)
    part.value[at] = _aggregated(metric.aggregate, rows)
    part.days[at] = days
    if weekly:
        part.reach[at] = days * 7
    else:
        reach = (rows["last_date"] - rows["start"]).dt.days.to_numpy(np.int64) + 1
        part.reach[at] = np.where(reach == days, days, UNEVEN)
    return part


def _aggregated(aggregate: Aggregate | None, rows: pd.DataFrame) -> Floats:
    if aggregate is Aggregate.MEAN:
        days = rows["days"].to_numpy(np.float64)
        mean: Floats = rows["sum"].to_numpy(np.float64) / np.where(days > 0, days, np.nan)
        return mean
    if aggregate is Aggregate.SOURCE:
        # Its roll-ups hold what the source said, in every column.
        aggregate = Aggregate.LAST
    column: Floats = rows[(aggregate or Aggregate.SUM).value].to_numpy(np.float64)
    return column


def _computed(formula: str, parts: Mapping[str, _Part], lengths: Counts) -> _Part:
    """A formula over parts that are aggregated already; as complete as its least complete part."""
    parsed = parse_formula(formula)
    used = [parts[key] for key in sorted(parsed.references)]
    result = evaluate(parsed, {key: pd.Series(parts[key].value) for key in parsed.references})
    by_week = all((part.expected == 1).all() for part in used)
    expected = np.ones_like(lengths) if by_week else lengths
    days = np.min([part.days * (expected // part.expected) for part in used], axis=0)
    reaches = np.array([part.reach for part in used])
    return _Part(
        value=result.to_numpy(np.float64),
        days=days,
        expected=expected,
        reach=np.where((reaches == reaches[0]).all(axis=0), reaches[0], UNEVEN),
        computed=True,
    )


def _days_together(days: pd.DataFrame, edge: Span, measured: Sequence[Metric]) -> pd.DataFrame:
    """What the days of an edge come to: one row a measured metric, as value and days."""
    first, last = (pd.Timestamp(day) for day in edge)
    inside = days[(days["date"] >= first) & (days["date"] <= last)].sort_values("date")
    aggregates = [one.value for one in Aggregate if one is not Aggregate.SOURCE]
    by_metric = inside.groupby("metric", observed=True)["value"].agg(["count", *aggregates])
    rows = by_metric.reindex([metric.key for metric in measured])
    wanted = [(metric.aggregate or Aggregate.SUM).value for metric in measured]
    column = rows.columns.get_indexer(pd.Index(wanted))
    value = np.where(
        # Several days of what only the source can put together come to nothing we know.
        (column >= 0) | (rows["count"].to_numpy() == 1),
        rows.to_numpy()[np.arange(len(rows)), np.where(column >= 0, column, 1)],
        np.nan,
    )
    return pd.DataFrame({"value": value, "days": rows["count"].fillna(0).astype("int64")})


def _span_totals(
    measured: Sequence[Metric], months: History, edges: Mapping[Span, pd.DataFrame], span: Span
) -> tuple[list[float], Counts]:
    """Value and days of every measured metric over one span, from its months and its edge.

    The value means nothing where a day is missing. A metric recorded by week has no days.
    """
    keys = [metric.key for metric in measured]
    starts, edge = months_and_edge(*span)
    at = months.values.index.get_indexer(pd.DatetimeIndex(list(starts)))
    values = months.values[keys].to_numpy()[at[at >= 0]]
    days = months.days[keys].to_numpy()[at[at >= 0]]
    if edge is not None:
        values = np.vstack([values, edges[edge]["value"].to_numpy(np.float64)])
        days = np.vstack([days, edges[edge]["days"].to_numpy(np.int64)])
    with np.errstate(over="ignore"):
        joined = [
            _joined(metric.aggregate, values[:, column], days[:, column])
            for column, metric in enumerate(measured)
        ]
    by_day = np.array([metric.grain is not Grain.WEEK for metric in measured])
    return joined, days.sum(axis=0) * by_day


def _joined(aggregate: Aggregate | None, values: Floats, days: Counts) -> float:
    """Values of neighbouring parts of a span, oldest first, as one; NaN when one is missing."""
    if not len(values) or np.isnan(values).any():
        return math.nan
    if aggregate is Aggregate.SOURCE:
        return float(values[0]) if len(values) == 1 else math.nan
    if aggregate is Aggregate.MEAN:
        return float((values * days).sum() / days.sum())
    if aggregate is Aggregate.MIN:
        return float(values.min())
    if aggregate is Aggregate.MAX:
        return float(values.max())
    if aggregate in (Aggregate.FIRST, Aggregate.LAST):
        return float(values[0 if aggregate is Aggregate.FIRST else -1])
    return float(values.sum())
