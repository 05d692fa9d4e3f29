"""Actual against plan, period by period: so far, of what was planned for so far."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from nsm.formula import evaluate, evaluation_order, parse_formula
from nsm.history import grains
from nsm.model import Aggregate, Grain, Metric, Star, Target
from nsm.periods import DAY, WEEK, month_end, months_later, period_start
from nsm.review import MetricReview

# The first period with a plan is the one that is told: the quarter is what executives are held to.
PERIODS = ("quarter", "month", "year", "week")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
FINER = {"year": ("month", "quarter"), "quarter": ("month",), "month": (), "week": ()}
FIGURE = {"week": "last_week", "month": "mtd", "quarter": "qtd", "year": "ytd"}

NOT_EVERY_WEEK = "not every week of it is known"
Adds = Literal["sum", "mean", "last", "first", "max", "min"]
BY_AGGREGATE: dict[Aggregate, Adds] = {
    Aggregate.SUM: "sum",
    Aggregate.MEAN: "mean",
    Aggregate.LAST: "last",
    Aggregate.FIRST: "first",
    Aggregate.MIN: "min",
    Aggregate.MAX: "max",
}
Plans = Mapping[tuple[str, dt.date], float]
Gone = Callable[[dt.date, dt.date], float]


@dataclass(frozen=True, slots=True)
class Pace:
    """Actual against plan in the period of a target, from ``start`` to ``end``.

    For what adds up, ``planned`` is the share of the target that falls to the days gone by: as the
    targets of its months say, else at an even pace. For anything else it is the target itself.
    ``share`` is actual / planned. A metric that is recorded by week has no days: its weeks count to
    the period that they end in, and ``weeks`` says how many are over, of how many; else None.
    """

    period: str
    target: float
    planned: float
    actual: float
    share: float
    start: dt.date = dt.date.min
    end: dt.date = dt.date.max
    weeks: tuple[int, int] | None = None

    def is_over(self, week_ending: dt.date) -> bool:
        """Whether nothing of the period is left after that week."""
        if self.weeks is not None:
            return self.weeks[0] >= self.weeks[1]
        return self.end <= week_ending


def paces(
    star: Star,
    metric: Metric,
    figures: MetricReview,
    targets: Sequence[Target],
    week_ending: dt.date,
    weekly: pd.DataFrame | None = None,
) -> tuple[Pace, ...]:
    """How far along each of its plans the metric is: its quarter, month, year and week.

    ``weekly`` are the weeks of all metrics, by first day, where this one is recorded by week: it
    has no days, so its months, quarters and years are those of the weeks that end in them.
    """
    plans = {(one.period, one.start): one.value for one in targets if one.metric == metric.key}
    if not plans:
        return ()
    adds = how_it_adds(star, metric)
    found = []
    for period in PERIODS:
        start, end = period_of(star, period, week_ending)
        target = plans.get((period, start))
        actual: float | None = getattr(figures, FIGURE[period])
        weeks, gone = None, _days_gone
        if weekly is not None and period != "week":
            weeks, gone = _weeks_of(start, end, week_ending), _weeks_gone
            actual = _together(star, _last(weekly, week_ending, weeks[0]), metric.key)
        if target is None or actual is None:
            continue
        planned = target
        if adds == "sum":
            planned = target * _part(plans, period, start, end, partial(gone, last=week_ending))
        if planned > 0:
            share = actual / planned
            found.append(Pace(period, target, planned, actual, share, start, end, weeks))
    return tuple(found)


def silent(
    star: Star, metric: Metric, figures: MetricReview, targets: Sequence[Target], ending: dt.date
) -> tuple[str, float, str] | None:
    """The first plan of the running periods that nothing can be held to: its period, its target,
    and why; None where all can, or where there is none."""
    plans = {(one.period, one.start): one.value for one in targets if one.metric == metric.key}
    by_week = grains(star)[metric.key] is Grain.WEEK
    for period in PERIODS:
        target = plans.get((period, period_of(star, period, ending)[0]))
        if target is None or getattr(figures, FIGURE[period]) is not None:
            continue
        reason = figures.reasons.get(FIGURE[period], "")
        return period, target, NOT_EVERY_WEEK if by_week and period != "week" else reason
    return None


def _weeks_of(start: dt.date, end: dt.date, week_ending: dt.date) -> tuple[int, int]:
    """How many weeks that end in a period are over, and how many there are in all."""
    over = (week_ending - start).days // WEEK.days + 1
    return over, over + (end - week_ending).days // WEEK.days


def _last(weekly: pd.DataFrame, week_ending: dt.date, many: int) -> pd.DataFrame:
    days = pd.date_range(end=str(week_ending - WEEK + DAY), periods=many, freq="7D", unit="us")
    return weekly.reindex(days)


def _together(star: Star, weeks: pd.DataFrame, key: str) -> float | None:
    """What these weeks of a metric come to: a formula of what its parts come to, never a mean of
    ratios. None where a week is missing or does not add up."""
    formula = star.metric(key).formula
    if formula is not None:
        parsed = parse_formula(formula)
        parts = {part: _together(star, weeks, part) for part in sorted(parsed.references)}
        series = {part: pd.Series([value], dtype=float) for part, value in parts.items()}
        found = float(evaluate(parsed, series).iloc[0])
        return found if math.isfinite(found) else None
    adds, values = how_it_adds(star, star.metric(key)), weeks[key].to_numpy(dtype=float)
    if adds is None or not np.isfinite(values).all():
        return None
    if adds in ("first", "last"):
        return float(values[0 if adds == "first" else -1])
    return float(getattr(np, adds)(values))


def period_of(star: Star, period: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the week, month, quarter or year of a day, on the star's calendar."""
    start = period_start(period, day, star.week_start, star.fiscal_year_end)
    if period == "week":
        return start, start + WEEK - DAY
    return start, months_later(start, MONTHS[period]) - DAY


def how_it_adds(star: Star, metric: Metric) -> Adds | None:
    """How weeks of a metric make a longer period; None where they do not.

    What a source counts for each week by itself, such as distinct users, does not add up.

    A formula that doubles where all its sums double adds up, one that stays is a ratio. It is asked
    with numbers, since only they tell orders * items / orders from a ratio.
    """
    if metric.formula is None:
        return BY_AGGREGATE.get(metric.aggregate or Aggregate.SUM)
    once, twice = (_with_sums_times(star, metric.key, factor) for factor in (1.0, 2.0))
    if abs(twice - 2 * once) <= 1e-9 * abs(once):
        return "sum"
    return "mean" if abs(twice - once) <= 1e-9 * abs(once) else None


def _with_sums_times(star: Star, key: str, factor: float) -> float:
    """The formula over made-up values, with everything that is summed so many times as large."""
    series: dict[str, pd.Series] = {}
    for place, metric in enumerate(star.metrics):
        if metric.formula is None:
            value = 1.7 + 0.61803 * place
            value *= factor if metric.aggregate is Aggregate.SUM else 1.0
            series[metric.key] = pd.Series([value])
    for computed in evaluation_order(star.metrics):
        series[computed] = evaluate(parse_formula(str(star.metric(computed).formula)), series)
        if computed == key:
            break
    return float(series[key].iloc[0])


def _part(plans: Plans, period: str, start: dt.date, end: dt.date, gone: Gone) -> float:
    """The share of a target that falls to what is over of its period."""
    for finer in FINER[period]:
        starts = [start]
        while (following := months_later(starts[-1], MONTHS[finer])) <= end:
            starts.append(following)
        values = [plans.get((finer, one)) for one in starts]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or sum(known) <= 0 or min(known) < 0:
            continue
        ends = [month_end(months_later(one, MONTHS[finer] - 1)) for one in starts]
        over = sum(
            value * gone(one, ending)
            for one, ending, value in zip(starts, ends, known, strict=True)
        )
        return over / sum(known)
    return gone(start, end)


def _days_gone(start: dt.date, end: dt.date, last: dt.date) -> float:
    """Which share of the days of a period is over."""
    return _between(((last - start).days + 1) / ((end - start).days + 1))


def _weeks_gone(start: dt.date, end: dt.date, last: dt.date) -> float:
    """Which share of the weeks that end in a period is over."""
    over, of = _weeks_of(start, end, last)
    return _between(over / of)


def _between(share: float) -> float:
    return min(max(share, 0.0), 1.0)
