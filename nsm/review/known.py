"""One figure at a time: its value, or why there is none."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nsm.formula import leaves
from nsm.history import History, Spans
from nsm.model import Aggregate, Grain, Metric, Star
from nsm.periods import period_end

BPS = 10_000  # a metric in percent holds fractions: 0.037 is 3.7 %, and 0.001 more is 10 bps
NO_DATA = "no complete data"
NO_RESULT = "no result (a division by zero, or a number too large)"
BY_SOURCE = "its source counts weeks and months, which do not add up to other spans"
BY_SOURCE_OF_PART = (
    "a part of it is counted by its source in weeks and months, which do not add up to other spans"
)
BY_WEEK = "recorded by week, and a week does not say on which of its days"


@dataclass(frozen=True, slots=True)
class Known:
    """A figure, or None with what is the matter (``state``) with which period (``named``)."""

    value: float | None
    state: str = ""
    named: str = ""

    @property
    def reason(self) -> str:
        """Why there is no value; empty when there is one."""
        return f"{self.named}: {self.state}" if self.named else self.state


class Periods:
    """Some periods of a history, for every metric, as known at the end of the day ``ending``."""

    def __init__(self, history: History, starts: Sequence[dt.date], ending: dt.date) -> None:
        self.by_month = history.grain is Grain.MONTH
        self.named = [f"{day:%Y-%m}" if self.by_month else f"week of {day}" for day in starts]
        self.over = [period_end(start, history.grain) <= ending for start in starts]
        self.not_over = f"not over on {ending}"
        at = pd.DatetimeIndex(list(starts))
        self.values = history.values.reindex(at)
        self.days = history.days.reindex(at, fill_value=0)
        self.expected = history.expected.reindex(at, fill_value=1)

    def known(self, metric: Metric, grain: Grain) -> list[Known]:
        """The metric in each of the periods; ``grain`` is the finest it is recorded by."""
        if self.by_month and grain is Grain.WEEK:
            return [Known(None, BY_WEEK, named) for named in self.named]
        frames = (self.values, self.days, self.expected)
        columns = [frame[metric.key].tolist() for frame in frames]
        return [
            _known(named, *row) if over else Known(None, self.not_over, named)
            for named, over, *row in zip(self.named, self.over, *columns, strict=True)
        ]


def spans_known(spans: Spans, star: Star, metric: Metric, grain: Grain) -> list[Known]:
    """The metric in each of the spans."""
    named = [f"{first} to {last}" for first, last in spans.spans]
    if grain is Grain.WEEK:
        return [Known(None, BY_WEEK, name) for name in named]
    frames = (spans.values, spans.days, spans.expected)
    rows = zip(*(frame[metric.key].tolist() for frame in frames), strict=True)
    known = [_known(name, *row) for name, row in zip(named, rows, strict=True)]
    by_source = BY_SOURCE if metric.aggregate is Aggregate.SOURCE else ""
    if any(star.metric(part).aggregate is Aggregate.SOURCE for part in leaves(star, metric.key)):
        by_source = BY_SOURCE_OF_PART
    return [
        Known(None, by_source, name) if by_source and one.state == NO_RESULT else one
        for name, one in zip(named, known, strict=True)
    ]


def change(now: Known, base: Known, metric: Metric) -> Known:
    """The change from ``base`` to ``now`` in per cent, or in bps for a metric in percent.

    From a base of zero or less there is no per cent: its size or its sign would mislead.
    """
    if now.value is None or base.value is None:
        unknown = now if now.value is None else base
        return Known(None, unknown.state, unknown.named)
    if metric.is_percent:
        return _finite((now.value - base.value) * BPS)
    if base.value <= 0:
        size = "zero" if base.value == 0 else "below zero"
        return Known(None, f"the base is {size}, and a change from there has no per cent")
    return _finite((now.value / base.value - 1) * 100)


def reasons_together(known: Sequence[Known]) -> str:
    """Why figures are missing in several periods, each reason once; empty when none is."""
    found: dict[str, list[str]] = {}
    for one in known:
        if one.state:
            found.setdefault(one.state, []).append(one.named)
    if [len(named) for named in found.values()] == [len(known)]:
        return f"all of them: {next(iter(found))}"
    return "; ".join(f"{', '.join(named)}: {state}" for state, named in found.items())


def _known(named: str, value: float, days: int, expected: int) -> Known:
    if days == 0:
        return Known(None, NO_DATA, named)
    if days < expected:
        return Known(None, f"only {days} of {expected} days are complete", named)
    if math.isnan(value):
        return Known(None, NO_RESULT, named)
    return Known(float(value))


def _finite(change: float) -> Known:
    return Known(change) if math.isfinite(change) else Known(None, "the change is too large")
