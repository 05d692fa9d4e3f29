"""Each week against what the weeks before it made usual: ranges, signals, and what breaks them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nsm.signals.model import TINY, Course, Floats, learn
from nsm.signals.rules import RUN_WEEKS, SPAN, Rule, broken_rules, limit_sigmas

# While a signal stands, and so many weeks after it, the weeks teach nothing; for a year at most,
# and not before a year is known: until then what looks like a shift may be the season.
HELD_FROM_WEEKS = 52
QUIET_WEEKS = 8
HELD_AT_MOST_WEEKS = 52


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


class Chart:
    """The weeks of one metric, each against what those before it made usual.

    ``values`` are complete weeks since the last recorded change, oldest first, NaN where a week is
    missing. Every week is judged by what the weeks before it taught, so that what was said of a
    week never changes later. Once a year is known, limits stand still while a signal stands: its
    weeks do not teach until eight in a row gave none, so that a change that is there to stay stays
    a signal until somebody records it. With ``locked`` weeks the limits are learned from those
    first weeks alone and hold for all later ones. Weeks are numbered from 0; ``values.size`` is
    the one to come.
    """

    def __init__(self, values: Floats, locked: int | None = None) -> None:
        self.values = np.asarray(values, dtype=float)
        self.locked = locked
        self._ranges: list[UsualRange | None] | None = None
        self._signals: list[Signal] = []
        self._learned: list[int] = []

    def usual(self, week: int) -> UsualRange | None:
        """Where that week usually lies; None with fewer than 15 known weeks before it."""
        ranges = self._judged()
        return ranges[week] if 0 <= week < len(ranges) else None

    def signal(self, week: int) -> Signal:
        """How that week stands, and which rules it breaks."""
        self._judged()
        return self._signals[week] if 0 <= week < len(self._signals) else Signal("unknown", None, 0)

    def learned(self, week: int) -> int:
        """The week before which ended what the range of that week was learned from."""
        self._judged()
        return self._learned[week]

    def _judged(self) -> list[UsualRange | None]:
        """All ranges, the one of the week to come the last; the signals beside them."""
        if self._ranges is not None:
            return self._ranges
        course = learn(self.values)
        ranges: list[UsualRange | None] = []
        signals: list[Signal] = []
        places = np.full(self.values.size, np.nan)
        held, since, quiet = None, 0, 0
        for week in range(self.values.size + 1):
            learned = week if held is None else held
            if self.locked is not None:
                learned = min(week, self.locked)
            self._learned.append(learned)
            usual = _range(course, week, learned)
            ranges.append(usual)
            if week == self.values.size:
                break
            places[week] = _place(usual, float(self.values[week]))
            signal = self._signal(week, usual, int(course.weeks[week]), places)
            signals.append(signal)
            quiet = 0 if signal.is_unusual else quiet + 1
            if held is None and signal.rules and course.weeks[week] >= HELD_FROM_WEEKS:
                held, since = _last_before(course, week, signal.rules[0]), week
            elif held is not None and (quiet >= QUIET_WEEKS or week - since >= HELD_AT_MOST_WEEKS):
                held = None
        self._signals, self._ranges = signals, ranges
        return ranges

    def _signal(self, week: int, usual: UsualRange | None, weeks: int, places: Floats) -> Signal:
        value = float(self.values[week])
        if usual is None or not math.isfinite(value):
            return Signal("unknown", usual, weeks)
        status = "below" if value < usual.low else "above" if value > usual.high else "inside"
        rules, side = broken_rules(places[max(week - RUN_WEEKS + 1, 0) : week + 1])
        return Signal(status, usual, weeks, rules, side)


def judge(values: Floats) -> Signal:
    """How the last of these weekly values stands to what the earlier ones make usual.

    ``values`` are complete weeks, oldest first, NaN where a week is missing.
    """
    return Chart(values).signal(values.size - 1)


def usual_range(earlier: Floats) -> UsualRange | None:
    """Where the week after these weeks usually lies; None with fewer than 15 known weeks."""
    return Chart(earlier).usual(earlier.size)


def widened(sigmas: float, freedom: float) -> float:
    """As many standard errors as ``sigmas`` standard deviations, when the spread is an estimate.

    The quantile of Student's t that a quantile of the normal is (Fisher & Cornish 1960).
    """
    z = sigmas
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _range(course: Course, week: int, learned: int) -> UsualRange | None:
    if not course.knows(learned):
        return None
    ahead, weeks = course.ahead(week, learned), int(course.weeks[learned])
    half = widened(limit_sigmas(weeks), ahead.freedom) * ahead.error
    return UsualRange(
        low=ahead.expected - half,
        high=ahead.expected + half,
        expected=ahead.expected,
        weeks=weeks,
        nature=course.nature(learned),
    )


def _place(usual: UsualRange | None, value: float) -> float:
    """Where a week stands within its range: 0 in the middle, 1 and -1 at the ends."""
    if usual is None or not math.isfinite(value):
        return math.nan
    half = usual.high / 2 - usual.low / 2
    if usual.low <= value <= usual.high and half <= TINY * abs(value):
        return 0.0
    return (value - usual.expected) / half if half > 0 else math.copysign(2.0, value)


def _last_before(course: Course, week: int, rule: Rule) -> int:
    """The week before which one had learned nothing yet of what broke the rule."""
    first = week - SPAN[rule] + 1
    while not course.knows(first):
        first += 1
    return first
