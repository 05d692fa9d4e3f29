"""Asks a source: which columns there are, what each period comes to, the first rows of a query."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.errors import SourceError
from nsm.model import Grain, Metric, SourceQuery, Star, Take
from nsm.plaintext import harmless, shown
from nsm.rows import FIRST_DAY, LAST_DAY, Days, Floats
from nsm.sources.guards import opened
from nsm.sources.statement import (
    DATE,
    MOMENT,
    UNKNOWN,
    Shape,
    Window,
    probe,
    roll_up,
    rows_of,
    sample,
)
from nsm.store.segments import UNNAMED, Parts

# More periods than any history has; what exceeds it is a query that groups nothing.
MOST_PERIODS = 100_000
PREVIEW_ROWS = 100
_STREAMED = {"stream_results": True, "max_row_buffer": 1_000}
# The codes by which drivers tell a date and a moment.
_DATES = {"postgresql": {1082}, "mysql": {10, 14}, "mariadb": {10, 14}}
# Texts, sets and days, which these add up to something without a word.
_ADDED_AS_TEXT = {7, 10, 11, 12, 13, 14, 15, 245, 247, 248, 249, 250, 251, 252, 253, 254}
_TEXTS = {"mysql": _ADDED_AS_TEXT, "mariadb": _ADDED_AS_TEXT}
_MOMENTS = {"postgresql": {1114, 1184}, "mysql": {7, 12}, "mariadb": {7, 12}}

# What one column may split a history into, days times parts: bounds the memory of a sync.
MOST_SEGMENT_ROWS = 500_000

Periods = tuple[Days, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a source says: by grain the periods, and by column and grain those of each part.

    ``rows`` is how many travelled.
    """

    periods: dict[Grain, Periods]
    segments: dict[str, dict[Grain, Parts]]
    rows: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a query as text, and whether there are more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: bool


def ask(
    star: Star,
    metric: Metric,
    url: sa.URL,
    windows: Mapping[Grain, Window],
    seconds: float,
) -> Answer:
    """What does the source say that each period of each window came to?

    First days of periods and their values, sorted; periods without a value are not there. Raises
    SourceError when the query cannot be asked or its answer is no history.
    """
    query = metric.query
    assert query is not None
    backend = url.get_backend_name()
    found: dict[Grain, Periods] = {}
    apart: dict[str, dict[Grain, Parts]] = {column: {} for column in query.segments}
    rows = 0
    with opened(query.source, url, seconds) as connection:
        shape = _shape(connection, query, backend)
        for grain, window in windows.items():
            statement = roll_up(query, star, backend, grain, window, shape)
            with connection.execution_options(**_STREAMED).execute(statement) as result:
                found[grain] = _periods(result, query)
                rows += len(found[grain][0])
            for column in query.segments:
                statement = roll_up(query, star, backend, grain, window, shape, column)
                with connection.execution_options(**_STREAMED).execute(statement) as result:
                    apart[column][grain] = _parts(result, query, column)
                    rows += len(apart[column][grain].part)
    return Answer(found, apart, rows)


def preview(query: SourceQuery, url: sa.URL, seconds: float = 5.0) -> Preview:
    """The first hundred rows of the query, as they are in the source; SourceError when refused."""
    backend = url.get_backend_name()
    rows = rows_of(query, backend)
    statement: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(rows)
    with opened(query.source, url, seconds) as connection:
        streamed = connection.execution_options(**_STREAMED)
        with streamed.execute(statement) as result:
            names = tuple(harmless(name, 128) for name in result.keys())  # noqa: SIM118
            found = result.fetchmany(PREVIEW_ROWS + 1)
    shown_rows = tuple(tuple(_cell(cell) for cell in row) for row in found[:PREVIEW_ROWS])
    return Preview(names, shown_rows, len(found) > PREVIEW_ROWS)


def try_connection(source: str, url: sa.URL, seconds: float = 5.0) -> None:
    """Ask the source for the number one; SourceError when it does not answer in time."""
    with opened(source, url, seconds) as connection:
        connection.execute(sa.select(sa.literal_column("1"))).all()


def _shape(connection: sa.Connection, query: SourceQuery, backend: str) -> Shape:
    """How the source spells the columns of the query, and of what kind is the one of dates."""
    with connection.execute(probe(query, backend)) as result:
        assert result.cursor is not None
        described = [(str(column[0]), column[1]) for column in result.cursor.description]
    spelled: dict[str, str] = {}
    for wanted in (query.date, query.column, *query.segments):
        if not wanted:
            continue
        same = [name for name, _ in described if name == wanted]
        alike = [name for name, _ in described if name.casefold() == wanted.casefold()]
        if not same and len(alike) != 1:
            known = ", ".join(harmless(name, 40) for name, _ in described[:12])
            raise SourceError(
                f"The query gives no column {shown(wanted)}.",
                f"It gives: {known}{', ...' if len(described) > 12 else ''}.",
            )
        spelled[wanted] = (same or alike)[0]
    codes = dict(described)
    code = codes[spelled[query.date]]
    if query.take in (Take.SUM, Take.MEAN) and codes[spelled[query.column]] in _TEXTS.get(
        backend, ()
    ):
        raise SourceError(
            f"The column {shown(query.column)} holds texts, which its database would add as zeros.",
            "Make numbers of them in the query (cast ... as).",
        )
    kind = _kind(code, backend)
    lengths: set[object] = set()
    if backend == "sqlite":
        # It knows no dates: whether these are, their text shows. Only speed hangs on it.
        rows = connection.execute(sample(query, backend, spelled[query.date]))
        lengths = {row.length for row in rows}
    return Shape(spelled, kind, repeats=kind == DATE or lengths == {10})


def _kind(code: object, backend: str) -> str:
    if isinstance(code, int):
        if code in _DATES.get(backend, ()):
            return DATE
        return MOMENT if code in _MOMENTS.get(backend, ()) else UNKNOWN
    said = str(code or "").upper()
    if "TIME" in said:
        return MOMENT
    return DATE if "DATE" in said else UNKNOWN


def _parts(rows: Iterable[Any], query: SourceQuery, segment: str) -> Parts:
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
        known = (type(part), part)
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
    if query.take is Take.MEAN and value is not None:
        return value / float(row[1]) if row[1] else None
    return value


def _periods(rows: Iterable[Any], query: SourceQuery) -> Periods:
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


def _cell(value: object) -> str:
    return "" if value is None else harmless(value, 200)
