"""Honest axes: where they start, which values are marked, how a week and a month are written."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from nsm.charts.theme import chart_text
from nsm.words.figures import MINUS, MONTH_NAMES, number

# An axis never spans less than this share of its largest value: a wobble of one per cent must not
# look like a mountain.
LEAST_SPAN = 0.10
HEADROOM = 0.16
TINIEST = 1e-300
MOST_DIGITS = 12
FEWEST_MARKS = 2


def honest_range(values: Iterable[float | None]) -> tuple[float, float]:
    """From where to where an axis runs: zero included when the values come near it."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    largest = max(abs(low), abs(high))
    if largest < TINIEST:
        return (0.0 if low >= 0 else -1.0), 1.0
    missing = LEAST_SPAN * largest - (high - low)
    if missing > 0:
        low, high = low - missing / 2, high + missing / 2
    room = HEADROOM * (high - low)
    if min(known) >= 0 and low - room < 0.35 * high:
        return 0.0, high + room
    if max(known) <= 0 and high + room > 0.35 * low:
        return low - room, 0.0
    return low - room, high + room


def marks(low: float, high: float, unit: str, about: int = 3) -> dict[str, list[float] | list[str]]:
    """Round values between the ends of an axis, with how they are said."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return {"tickvals": [], "ticktext": []}
    factor = 100.0 if unit == "percent" else 1.0
    step, places = 0.0, []
    # One mark alone is no scale: then the next smaller step.
    for step in _round_steps(span * factor / about):
        step /= factor
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        places = [place * step for place in range(first, last + 1)]
        if len(places) >= FEWEST_MARKS:
            break
    texts = [number(value, symbol(unit), short=True) for value in places]
    if len(set(texts)) < len(texts):
        # Three digits do not tell 128,010 from 128,020: as many as the step needs do.
        digits = min(max(0, 1 - math.floor(math.log10(step * factor))), MOST_DIGITS)
        texts = [f"{value * factor:,.{digits}f}".replace("-", MINUS) for value in places]
    return {"tickvals": places, "ticktext": [chart_text(text) for text in texts]}


def symbol(unit: str) -> str:
    """A unit where there is little room: a sign or a per cent, but no word."""
    return unit if unit == "percent" or len(unit) == 1 else ""


def _round_steps(about: float) -> list[float]:
    """Round steps of at least ``about``, then smaller ones."""
    power = 10.0 ** math.floor(math.log10(about))
    sizes = (10.0, 5.0, 2.5, 2.0, 1.0, 0.5, 0.25)
    at_least = next(place for place in range(4, -1, -1) if sizes[place] * power >= about * 0.999)
    return [size * power for size in sizes[at_least:]]


def week_ticks(starts: Sequence[dt.date]) -> list[str]:
    """Weeks in little room: the day, and the month below it where it changes."""
    return [
        f"{start.day}<br>{MONTH_NAMES[start.month - 1]}"
        if place == 0 or start.month != starts[place - 1].month
        else str(start.day)
        for place, start in enumerate(starts)
    ]


def month_ticks(starts: Sequence[dt.date], every: int) -> tuple[list[dt.date], list[str]]:
    """Every so many months counted from the last; the year below the first mark of each year."""
    shown = sorted(starts[place] for place in range(len(starts) - 1, -1, -every))
    texts = [
        f"{MONTH_NAMES[start.month - 1]}<br>{start.year}"
        if place == 0 or start.year != shown[place - 1].year
        else MONTH_NAMES[start.month - 1]
        for place, start in enumerate(shown)
    ]
    return shown, texts
