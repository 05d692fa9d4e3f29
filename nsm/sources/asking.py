"""Asks a source: which columns there are, what each period comes to, the first rows of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from nsm.errors import QueryRefused, SourceError
from nsm.model import Grain, Metric, SourceQuery, Star, Take
from nsm.plaintext import harmless, shown
from nsm.sources.calendar_sql import DATE, MOMENT, TEXT, UNKNOWN
from nsm.sources.guards import opened
from nsm.sources.reading import Periods, parts_of, periods_of
from nsm.sources.statement import (
    Shape,
    Window,
    probe,
    roll_up,
    rows_of,
    sample,
)
from nsm.store.segments import Parts

PREVIEW_ROWS = 100
NO_COLUMNS = "The query gives no columns."
_LONGEST_CELL = 200
_STREAMED = {"stream_results": True, "max_row_buffer": 1_000}
# The codes by which drivers tell a date and a moment.
_DATES = {"postgresql": {1082}, "mysql": {10, 14}, "mariadb": {10, 14}}
# Texts, sets and days, which these add up to something without a word.
_ADDED_AS_TEXT = {7, 10, 11, 12, 13, 14, 15, 245, 247, 248, 249, 250, 251, 252, 253, 254}
# real and double precision, which are rounded with every addition.
_ROUNDED = {"postgresql": {700, 701}}
_TEXTS = {"mysql": _ADDED_AS_TEXT, "mariadb": _ADDED_AS_TEXT}
_MOMENTS = {"postgresql": {1114, 1184}, "mysql": {7, 12}, "mariadb": {7, 12}}
_CHARACTERS = {"mysql": {15, 249, 250, 251, 252, 253, 254}, "postgresql": {18, 19, 25, 1042, 1043}}
_CHARACTERS["mariadb"] = _CHARACTERS["mysql"]


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
            every = partial(roll_up, query, star, backend, grain, window)
            read = partial(periods_of, query=query)
            found[grain], shape = _read(connection, every, shape, read)
            rows += len(found[grain][0])
            for column in query.segments:
                by_part = partial(every, segment=column)
                read_parts = partial(parts_of, query=query, segment=column)
                apart[column][grain], shape = _read(connection, by_part, shape, read_parts)
                rows += len(apart[column][grain].part)
    return Answer(found, apart, rows)


Found = TypeVar("Found")


class _NotWhole(Exception):
    """A sum is no whole number, though what was looked at were."""


def _read(
    connection: sa.Connection,
    asking: Callable[[Shape], sa.Select[Any]],
    shape: Shape,
    read: Callable[[Iterable[Any]], Found],
) -> tuple[Found, Shape]:
    """What ``read`` makes of the streamed rows; asked again where sums may have texts in them.

    The shape that comes back is what is known of them then.
    """
    streamed = connection.execution_options(**_STREAMED)
    try:
        with streamed.execute(asking(shape)) as rows:
            return read(_whole(rows) if shape.whole else rows), shape
    except _NotWhole:
        return _read(connection, asking, replace(shape, whole=False), read)


def _whole(rows: Iterable[Any]) -> Iterator[Any]:
    for row in rows:
        # None may be what infinities come to, with a text among them.
        if not isinstance(row.value, int):
            raise _NotWhole
        yield row


def preview(query: SourceQuery, url: sa.URL, seconds: float = 5.0) -> Preview:
    """The first hundred rows of the query, as they are in the source; SourceError when refused."""
    backend = url.get_backend_name()
    rows = rows_of(query, backend)
    statement: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(rows)
    with opened(query.source, url, seconds) as connection:
        # One row at a time: a cell may be large, and only its beginning is shown.
        streamed = connection.execution_options(stream_results=True, max_row_buffer=1)
        with streamed.execute(statement.limit(PREVIEW_ROWS + 1)) as result:
            if not result.returns_rows:
                raise QueryRefused(NO_COLUMNS)
            names = tuple(harmless(name, 128) for name in result.keys())  # noqa: SIM118
            found = tuple(tuple(_cell(cell) for cell in row) for row in result)
    return Preview(names, found[:PREVIEW_ROWS], len(found) > PREVIEW_ROWS)


def try_connection(source: str, url: sa.URL, seconds: float = 5.0) -> None:
    """Ask the source for the number one; SourceError when it does not answer in time."""
    with opened(source, url, seconds) as connection:
        connection.execute(sa.select(sa.literal_column("1"))).all()


def _shape(connection: sa.Connection, query: SourceQuery, backend: str) -> Shape:
    """How the source spells the columns of the query, and of what kind is the one of dates."""
    with connection.execute(probe(query, backend)) as result:
        columns = result.cursor.description if result.cursor else ()
        described = [(str(column[0]), column[1]) for column in columns]
    if not described:
        raise QueryRefused(NO_COLUMNS)
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
    if query.column and codes[spelled[query.column]] in _ROUNDED.get(backend, ()):
        # Several workers would add them in another order each time, and round otherwise.
        one_worker = sa.func.set_config("max_parallel_workers_per_gather", "0", sa.false())
        connection.execute(sa.select(one_worker)).all()
    kind = _kind(code, backend)
    if backend != "sqlite":
        return Shape(spelled, kind, repeats=kind == DATE)
    # It has no types of columns: what the first rows look like. Only speed hangs on it.
    rows = connection.execute(sample(query, backend, spelled)).all()
    return Shape(
        spelled,
        kind,
        repeats=kind == DATE or {row.length for row in rows} == {10},
        whole=query.take in (Take.SUM, Take.MEAN)
        and {row.type for row in rows} <= {"integer", "null"},
    )


def _kind(code: object, backend: str) -> str:
    if isinstance(code, int):
        if code in _DATES.get(backend, ()):
            return DATE
        if code in _CHARACTERS.get(backend, ()):
            return TEXT
        return MOMENT if code in _MOMENTS.get(backend, ()) else UNKNOWN
    said = str(code or "").upper()
    if "TIME" in said:
        return MOMENT
    if any(name in said for name in ("CHAR", "STRING", "TEXT")):
        # SQLite has no types of columns.
        return UNKNOWN if backend == "sqlite" else TEXT
    return DATE if "DATE" in said else UNKNOWN


def _cell(value: object) -> str:
    if isinstance(value, str | bytes):
        value = value[: 2 * _LONGEST_CELL]
    return "" if value is None else harmless(value, _LONGEST_CELL)
