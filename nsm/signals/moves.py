"""How much a metric moves from one week to the next, and how much of that is usual.

The lower half of an XmR chart (Wheeler 1993): the moving range and its limit, 3.27 times its mean.
Where a metric has trend, season or memory, the moves are those of what its own model leaves
unexplained, as its usual range is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsm.signals.judging import Chart
from nsm.signals.model import FEWEST_WEEKS, LONGEST_MEMORY_WEEKS, Floats

# Of two independent normal values: the mean of their distance plus three of its standard
# deviations, in units of that mean.
RANGE_LIMIT = 3.27


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The moves up to one week, oldest first, in the unit of the metric.

    ``sizes`` has one entry a week, NaN where the week or the one before is not known. ``mean`` is
    their usual size and ``limit`` the largest usual one. ``unexplained`` says that these are moves
    of what the metric's own model leaves over, not of the metric itself.
    """

    sizes: Floats
    mean: float
    limit: float
    unexplained: bool


def moves(chart: Chart, week: int) -> Moves | None:
    """How did the metric move up to that week? None where too few weeks teach what is usual.

    The limit is learned from the same weeks as the usual range of that week.
    """
    usual = chart.usual(week)
    if usual is None or week >= chart.values.size:
        return None
    values = chart.values[: week + 1]
    if usual.nature:
        expected = [chart.usual(place) for place in range(week + 1)]
        values = values - np.array([np.nan if one is None else one.expected for one in expected])
    sizes = np.abs(np.diff(values, prepend=np.nan))
    learned = chart.learned(week)
    taught = sizes[max(learned - LONGEST_MEMORY_WEEKS, 0) : learned]
    taught = taught[np.isfinite(taught)]
    if taught.size < FEWEST_WEEKS - 1:
        return None
    mean = float(taught.mean())
    return Moves(sizes, mean, RANGE_LIMIT * mean, bool(usual.nature))
