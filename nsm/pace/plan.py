"""Actual against plan, period by period: so far, of what was planned for so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from nsm.formula import evaluate, evaluation_order, parse_formula
from nsm.model import Aggregate, Metric, Star, Target
from nsm.periods import DAY, WEEK, month_end, months_later, period_start
from nsm.review import MetricReview

# The first period with a plan is the one that is told: the quarter is what executives are held to.
PERIODS = ("quarter", "month", "year", "week")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
FINER = {"year": ("month", "quarter"), "quarter": ("month",), "month": (), "week": ()}
FIGURE = {"week": "last_week", "month": "mtd", "quarter": "qtd", "year": "ytd"}

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


@dataclass(frozen=True, slots=True)
class Pace:
    """Actual against plan in the period of a target, from ``start`` to ``end``.

    For what adds up, ``planned`` is the share of the target that falls to the days gone by: as the
    targets of its months say, else at an even pace. For anything else it is the target itself.
    ``share`` is actual / planned.
    """

    period: str
    target: float
    planned: float
    actual: float
    share: float
    start: dt.date = dt.date.min
    end: dt.date = dt.date.max


def paces(
    star: Star,
    metric: Metric,
    figures: MetricReview,
    targets: Sequence[Target],
    week_ending: dt.date,
) -> tuple[Pace, ...]:
    """How far along each of its plans the metric is: its quarter, month, year and week."""
    plans = {(one.period, one.start): one.value for one in targets if one.metric == metric.key}
    if not plans:
        return ()
    adds_up = how_it_adds(star, metric) == "sum"
    found = []
    for period in PERIODS:
        start, end = period_of(star, period, week_ending)
        target = plans.get((period, start))
        actual: float | None = getattr(figures, FIGURE[period])
        if target is None or actual is None:
            continue
        planned = target
        if adds_up and week_ending < end:
            planned = target * _part(plans, period, start, end, week_ending)
        if planned > 0:
            share = actual / planned
            found.append(Pace(period, target, planned, actual, share, start, end))
    return tuple(found)


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


def _part(plans: Plans, period: str, start: dt.date, end: dt.date, last: dt.date) -> float:
    """The share of a target that falls to the days up to ``last``."""
    for finer in FINER[period]:
        starts = [start]
        while (following := months_later(starts[-1], MONTHS[finer])) <= end:
            starts.append(following)
        values = [plans.get((finer, one)) for one in starts]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or sum(known) <= 0 or min(known) < 0:
            continue
        gone = 0.0
        for one, value in zip(starts, known, strict=True):
            ending = month_end(months_later(one, MONTHS[finer] - 1))
            if ending <= last:
                gone += value
            elif one <= last:
                gone += value * _even(one, ending, last)
        return gone / sum(known)
    return _even(start, end, last)


def _even(start: dt.date, end: dt.date, last: dt.date) -> float:
    return ((last - start).days + 1) / ((end - start).days + 1)
