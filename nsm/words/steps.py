"""In which steps an effect is told: "+1 % now, then +0.4 %", "+1 pt", "+1 song"."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsm.model import Metric
from nsm.words.figures import MINUS, NO_BREAK, number

YEAR_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a metric: ``size`` in its own values; ``kind`` is percent, points or unit."""

    kind: str
    size: float
    unit: str = ""

    def said(self, steps: float) -> str:
        """So many steps: "+0.4 %", "−0.25 pt", "+12 minutes"."""
        sign = MINUS if steps < 0 else "+"
        if self.kind == "unit":
            return f"{sign}{number(abs(steps), self.unit)}"
        return f"{sign}{_figure(abs(steps))}{NO_BREAK}{'%' if self.kind == 'percent' else 'pt'}"

    def bare(self, steps: float) -> str:
        """The figure alone where its unit was just said: "0.1", "−0.7"; with the unit if it may
        mislead without."""
        if self.kind == "unit":
            return self.said(steps).removeprefix("+")
        return f"{MINUS if steps < 0 else ''}{_figure(abs(steps))}"


def step_of(metric: Metric, weeks: pd.Series) -> Step:
    """The step that suits a metric, given its weeks.

    A point for one in percent; a hundredth of the last year's middle week (median) for one that
    is always above zero, whose per cent mean something; else one of its own unit.
    """
    if metric.is_percent:
        return Step("points", 0.01)
    known = weeks.dropna().to_numpy(dtype=float)
    level = float(np.median(known[-YEAR_WEEKS:])) if known.size else 0.0
    if known.size and known.min() > 0 and math.isfinite(level):
        return Step("percent", level / 100)
    return Step("unit", 1.0, metric.unit)


def logged_step() -> Step:
    """The step of a metric whose logarithms were tested: one per cent."""
    return Step("percent", 0.01)


def _figure(size: float) -> str:
    """Two figures that count: 0.42, 1.3, 12; a whole number as it is."""
    if size == 0 or not math.isfinite(size):
        return "0"
    if size == int(size):
        return f"{size:,.0f}"
    places = min(max(0, 1 - math.floor(math.log10(size))), 6)
    return f"{size:,.{places}f}"
