"""Each week against what the weeks before it made usual: ranges, signals, and what breaks them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from nsm.signals.model import FEWEST_WEEKS, LONGEST_MEMORY_WEEKS, TINY, Floats, OwnModel, learn
from nsm.signals.rules import RUN_WEEKS, Rule, broken_rules, limit_sigmas


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Between which values a week usually lies, judged from ``weeks`` earlier complete weeks.

    ``nature`` says what the metric's own past showed of "trend", "season" and "memory"; without
    any of them the range is that of the XmR chart.
    """

    low: float
    high: float
    expected: float
    weeks: int
    nature: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """How a week stands to its usual range.

    ``status`` is inside, above, below, or unknown: with fewer than ``FEWEST_WEEKS`` earlier weeks,
    or without a value, nothing is claimed. ``weeks`` is how many earlier weeks there are. ``rules``
    are those that the week breaks, ``side`` on which side of what was expected: a week inside its
    range is a signal too when it is the eighth in a row on one side.
    """

    status: str
    usual: UsualRange | None
    weeks: int
    rules: tuple[Rule, ...] = ()
    side: str = ""

    @property
    def is_unusual(self) -> bool:
        return self.status in ("above", "below") or bool(self.rules)

    @property
    def standing(self) -> str:
        """Status, or for a signal inside the range its rule and side, as "run_above"."""
        if self.status == "inside" and self.rules:
            return f"{self.rules[0]}_{self.side}"
        return self.status


@dataclass(slots=True, eq=False)
class Chart:
    """The weeks of one metric, each against what those before it made usual.

    ``values`` are complete weeks since the last recorded change, oldest first, NaN where a week is
    missing. With ``locked`` weeks the range is learned from those first weeks alone and holds for
    all later ones; else every week is judged by all weeks before it, so that what was said of a
    week never changes later. Weeks are numbered from 0; ``values.size`` is the one to come.
    """

    values: Floats
    locked: int | None = None
    _models: dict[int, OwnModel | None] = field(default_factory=dict)
    _ranges: dict[int, UsualRange | None] = field(default_factory=dict)

    def usual(self, week: int) -> UsualRange | None:
        """Where that week usually lies; None with fewer than 15 known weeks before it."""
        if week not in self._ranges:
            self._ranges[week] = self._reckoned(week)
        return self._ranges[week]

    def signal(self, week: int) -> Signal:
        """How that week stands, and which rules it breaks."""
        usual = self.usual(week)
        weeks = int(np.isfinite(self.values[: max(week, 0)]).sum())
        value = self.values[week] if 0 <= week < self.values.size else math.nan
        if usual is None or not math.isfinite(value):
            return Signal("unknown", usual, weeks)
        status = "below" if value < usual.low else "above" if value > usual.high else "inside"
        first = max(week - RUN_WEEKS + 1, 0)
        rules, side = broken_rules(np.array([self._place(at) for at in range(first, week + 1)]))
        return Signal(status, usual, weeks, rules, side)

    def _place(self, week: int) -> float:
        """Where a week stands within its range: 0 in the middle, 1 and -1 at the ends."""
        usual, value = self.usual(week), float(self.values[week])
        if usual is None or not math.isfinite(value):
            return math.nan
        if usual.low <= value <= usual.high and usual.high - usual.low <= TINY * abs(value):
            return 0.0
        half = usual.high / 2 - usual.low / 2
        return (value - usual.expected) / half if half > 0 else math.copysign(2.0, value)

    def _reckoned(self, week: int) -> UsualRange | None:
        first, last = self._learned(week)
        if first not in self._models or self.locked is None:
            self._models[first] = learn(self.values[first:last])
        model = self._models[first]
        found = model.ahead(self.values[first:week]) if model else None
        if model is None or found is None:
            return None
        half = widened(limit_sigmas(model.weeks), found.freedom) * found.error
        return UsualRange(
            low=found.expected - half,
            high=found.expected + half,
            expected=found.expected,
            weeks=model.weeks,
            nature=model.nature,
        )

    def _learned(self, week: int) -> tuple[int, int]:
        """From which week on, and up to which, one learns what is usual for a week."""
        last = week
        if self.locked is not None and week > self.locked:
            last = self.locked
        return max(last - LONGEST_MEMORY_WEEKS, 0), last


def judge(values: Floats) -> Signal:
    """How the last of these weekly values stands to what the earlier ones make usual.

    ``values`` are complete weeks, oldest first, NaN where a week is missing.
    """
    return Chart(np.asarray(values, dtype=float)).signal(values.size - 1)


def usual_range(earlier: Floats) -> UsualRange | None:
    """Where the week after these weeks usually lies; None with fewer than 15 known weeks."""
    return Chart(np.asarray(earlier, dtype=float)).usual(earlier.size)


def widened(sigmas: float, freedom: float) -> float:
    """As many standard errors as ``sigmas`` standard deviations, when the spread is an estimate.

    The quantile of Student's t that a quantile of the normal is (Fisher & Cornish 1960).
    """
    z = sigmas
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


__all__ = ["FEWEST_WEEKS", "Chart", "Signal", "UsualRange", "judge", "usual_range", "widened"]
