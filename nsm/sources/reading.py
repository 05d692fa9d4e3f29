"""What the streamed rows of a roll-up say: the value of each period, and of each part of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nsm.errors import SourceError
from nsm.model import SourceQuery, Take
from nsm.plaintext import harmless, shown
from nsm.rows import FIRST_DAY, LAST_DAY, Days, Floats
from nsm.store.segments import UNNAMED, Parts

# More periods than any history has; what exceeds it is a query that groups nothing.
MOST_PERIODS = 100_000
# What one column may split a history into, days times parts: bounds the memory of a sync.
MOST_SEGMENT_ROWS = 500_000

Periods = tuple[Days, Floats]


def periods_of(rows: Iterable[Any], query: SourceQuery) -> Periods:
    """The streamed rows as arrays; SourceError for what is no day, no number, or far too much."""
    days: list[dt.date] = []
    values: list[float] = []
    for row in rows:
        if len(days) >= MOST_PERIODS:
            raise SourceError(f"The answer has more than {MOST_PERIODS:,} periods.")
        day = _day(row[0], query.date)
        value = _taken(row[1:], day, query)
        if value is not None:
            days.append(day)
            values.append(value)
    day_array = np.array(days, dtype="datetime64[D]")
    if len(days) and (day_array.min() < FIRST_DAY or day_array.max() > LAST_DAY):
        raise SourceError(
            f"The column {shown(query.date)} has days from {day_array.min()} to {day_array.max()}.",
            f"Leave out of the query what lies before {FIRST_DAY} or after {LAST_DAY}.",
        )
    return day_array, np.array(values, dtype=np.float64)


def parts_of(rows: Iterable[Any], query: SourceQuery, segment: str) -> Parts:
    """The streamed rows of a roll-up by segment, sorted by day and part."""
    parts: list[str] = []
    days: list[dt.date] = []
    values: list[float] = []
    weights: list[float] = []
    # One text for all rows of a part; 1 and "1" and true are not the same value.
    named: dict[tuple[type, object], str] = {}
    of_day: set[str] = set()
    for period, part, *taken in rows:
        if len(days) >= MOST_SEGMENT_ROWS:
            raise SourceError(
                f"The column {shown(segment)} splits the history into more than "
                f"{MOST_SEGMENT_ROWS:,} values.",
                "Keep apart by a column with fewer values.",
            )
        day = _day(period, query.date)
        value = _taken(taken, day, query)
        if value is None:
            continue
        # Lists and objects are told by their text.
        plain = part if isinstance(part, str | int | float | None) else str(part)
        known = (type(part), plain)
        name = named.get(known) or named.setdefault(known, part_name(part))
        if not days or days[-1] != day:
            of_day.clear()
        if name in of_day:
            raise SourceError(
                f"The column {shown(segment)} has two values that read alike: {shown(name)}.",
                "Give the parts one type and one spelling in the query.",
            )
        of_day.add(name)
        parts.append(name)
        days.append(day)
        values.append(value)
        if query.take is Take.MEAN:
            weights.append(float(taken[1]))
    return Parts(
        np.array(days, dtype="datetime64[D]"),
        parts,
        np.array(values, dtype=np.float64),
        np.array(weights, dtype=np.float64) if query.take is Take.MEAN else None,
    )


def part_name(part: object) -> str:
    """What a part of a metric is called: its value on one line, and no two alike.

    Rows without a value are ``UNNAMED``; text that reads like that, or like nothing, is quoted;
    what cannot be shown whole carries a digest.
    """
    if part is None:
        return UNNAMED
    raw = str(part)
    if not raw.strip() or raw == UNNAMED:
        return shown(raw, 120)
    name = harmless(raw, 120)
    if name == raw:
        return name
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name} ({digest[:8]})"


def _taken(row: Sequence[Any], day: dt.date, query: SourceQuery) -> float | None:
    """The value of a row's last columns; of a mean, the sum over the count."""
    if isinstance(row[-1], str | bytes):
        # The largest value of a sum in SQLite; or the value itself.
        _number(row[-1], day, query.column)
    value = _number(row[0], day, query.column)
    if value is None and any(row[1:]):
        # There are values, and they add up to none: infinities of both signs.
        _number(math.nan, day, query.column)
    if query.take is Take.MEAN and value is not None:
        return value / float(row[1]) if row[1] else None
    return value


def _day(value: object, column: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        raise SourceError(
            f"The column {shown(column)} has values that are no dates.",
            "Give dates as 2026-11-15 or 2026-11-15 08:30:00, or seconds since 1970.",
        ) from None


def _number(value: object, day: dt.date, column: str) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, str | bytes) or not math.isfinite(number):
        raise SourceError(
            f"The column {shown(column)} comes to {shown(value)} on {day}, which is no number.",
            "Leave it out of the query, or make numbers of its texts there (cast ... as).",
        )
    return number
