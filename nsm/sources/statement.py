"""The query of a metric inside a grouped roll-up: only grouped rows leave the source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from nsm.model import Grain, SourceQuery, Star, Take
from nsm.sources.calendar_sql import (
    DATE,
    MOMENT,
    TEXT,
    calendar_of,
    local_day,
    order_of,
    period_of,
)
from nsm.sources.gate import checked_condition, checked_query, checked_table

_LARGEST = "largest_of_period"
_MOMENT = "moment_"
# What the sums, counts and extremes of parts say about the whole.
_IN_STAGES = (Take.SUM, Take.COUNT, Take.MEAN, Take.MIN, Take.MAX)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a source says of a query: ``columns`` by the names that the definition uses.

    ``kind`` is that of the column that says when; ``repeats``: it holds the same values again and
    again, as dates do; ``whole``: what is added up are whole numbers, as far as was looked.
    """

    columns: Mapping[str, str]
    kind: str
    repeats: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The days to ask for: from ``first`` (None: from the beginning) to before ``end``."""

    first: dt.date | None
    end: dt.date


def rows_of(query: SourceQuery, backend: str) -> sa.FromClause:
    """The rows that a query is about, checked by the gate, as a subquery named q."""
    if query.sql:
        text = checked_query(query.sql, backend)
        # A column is taken by its name alone: the text is not understood beyond the gate.
        return sa.text(text.replace(":", "\\:")).columns().subquery("q")
    *above, name = checked_table(query.table, backend)
    schema = sa.sql.quoted_name(".".join(above), quote=len(above) == 1) if above else None
    found: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(
        sa.table(name, schema=schema)
    )
    if query.where:
        condition = checked_condition(query.where, backend)
        found = found.where(sa.text(f"({condition})".replace(":", "\\:")))
    return found.subquery("q")


def probe(query: SourceQuery, backend: str) -> sa.Select[Any]:
    """Its columns and no row: says which there are and of what kind."""
    rows = rows_of(query, backend)
    return sa.select(sa.literal_column("*")).select_from(rows).where(sa.literal_column("1 = 0"))


def sample(query: SourceQuery, backend: str, columns: Mapping[str, str]) -> sa.Select[Any]:
    """How long the first dates are as text, ten characters are a day; of what type the values."""
    length = sa.func.length(sa.cast(_column(columns[query.date]), sa.Text())).label("length")
    value = _column(columns[query.column]) if query.column else sa.literal_column("1")
    kind = sa.func.typeof(value).label("type")
    return sa.select(length, kind).select_from(rows_of(query, backend)).limit(20)


def roll_up(
    query: SourceQuery,
    star: Star,
    backend: str,
    grain: Grain,
    window: Window,
    shape: Shape,
    segment: str = "",
) -> sa.Select[Any]:
    """What the rows of each period come to: columns period, (with ``segment``) part, value, and of
    a mean the rows of the period.

    Days are those of the star's time zone; moments without a zone are UTC.
    """
    rows = rows_of(query, backend)
    when = _column(shape.columns[query.date])
    taken = _column(shape.columns[query.column]) if query.column else None
    # SQLite adds a text as zero. Texts are larger than all numbers, so the largest value shows one;
    # and a sum with one in it is no whole number, unless it says one: then that is what is added.
    texts = backend == "sqlite" and not shape.whole
    parts: list[sa.ColumnElement[Any]] = []
    if segment:
        parts = [_column(shape.columns[segment]).label("part")]
    staged = shape.repeats and query.take in _IN_STAGES
    if staged:
        # A day's many rows are grouped as they stand, and each day is understood once.
        stage = (
            sa.select(when.label("moment"), *parts, *_taken(query.take, taken, texts))
            .select_from(rows)
            .where(*_coarse(when, window, backend, shape.kind))
            .group_by(when, *parts)
        )
        if backend == "sqlite":
            # It would move the condition on the day in here, and understand the day of every row.
            stage = stage.limit(-1)
        staged_rows = stage.subquery("m")
        values = [
            column for name, column in staged_rows.c.items() if name not in ("moment", "part")
        ]
        when, rows = staged_rows.c.moment, staged_rows
        parts = [staged_rows.c.part] if segment else []
    elif query.take is Take.LAST:
        values = [_column(shape.columns[query.column]).label("taken")]
        order = order_of(when, backend, shape.kind)
        values += [key.label(f"{_MOMENT}{place}") for place, key in enumerate(order)]
    else:
        values = [] if taken is None else [taken.label("taken")]
    span = (window.first, window.end)
    day = local_day(when, backend, star.timezone, span, kind=shape.kind)
    inner = (
        sa.select(period_of(day, backend, grain, star.week_start).label("period"), *parts, *values)
        .select_from(rows)
        .where(
            *_exact(when, day, window, backend, shape.kind),
            *_coarse(when, window, backend, shape.kind),
        )
        .subquery("p")
    )
    groups = [inner.c.period, inner.c.part] if segment else [inner.c.period]
    if query.take is Take.LAST:
        return _last(inner, groups)
    if staged:
        extremes: dict[Take, Any] = {Take.MIN: sa.func.min, Take.MAX: sa.func.max}
        again = extremes.get(query.take, sa.func.sum)
        names = [name for name in inner.c.keys() if name not in ("period", "part")]  # noqa: SIM118
        found = [
            (sa.func.max if name == _LARGEST else again)(inner.c[name]).label(name)
            for name in names
        ]
    else:
        found = _taken(query.take, inner.c.taken if taken is not None else None, texts)
    return sa.select(*groups, *found).group_by(*groups).order_by(*groups)


def _last(inner: sa.Subquery, groups: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """The value of the latest row of each period; of equally late ones the largest."""
    latest = [column.desc() for name, column in inner.c.items() if name.startswith(_MOMENT)]
    place = sa.func.row_number().over(partition_by=groups, order_by=(*latest, inner.c.taken.desc()))
    numbered = (
        sa.select(*groups, inner.c.taken.label("value"), place.label("place"))
        .where(inner.c.taken.is_not(None))
        .subquery("n")
    )
    kept = [numbered.c[one.key] for one in groups if one.key is not None]
    return sa.select(*kept, numbered.c.value).where(numbered.c.place == 1).order_by(*kept)


def _taken(
    take: Take, taken: sa.ColumnElement[Any] | None, texts: bool
) -> list[sa.ColumnElement[Any]]:
    """What is asked of the rows of a group; with ``texts``, what shows one among what is added."""
    if taken is None:
        return [sa.func.count().label("value")]
    if take in (Take.SUM, Take.MEAN):
        found: list[sa.ColumnElement[Any]] = [sa.func.sum(taken).label("value")]
        if take is Take.MEAN:
            # Divided here and not there: MariaDB would round to four more digits.
            found.append(sa.func.count(taken).label("rows_of_period"))
        if texts:
            found.append(sa.func.max(taken).label(_LARGEST))
        return found
    if take is Take.COUNT_DISTINCT:
        return [sa.func.count(taken.distinct()).label("value")]
    by_name: dict[Take, Any] = {Take.MIN: sa.func.min, Take.MAX: sa.func.max}
    return [by_name.get(take, sa.func.count)(taken).label("value")]


def _exact(
    when: sa.ColumnElement[Any],
    day: sa.ColumnElement[Any],
    window: Window,
    backend: str,
    kind: str,
) -> list[sa.ColumnElement[bool]]:
    """Exactly the days of the window."""
    inside = day < _day(window.end, backend)
    if window.first is not None:
        inside &= day >= _day(window.first, backend)
    if backend != "sqlite" and kind != TEXT:
        return [inside]
    # What cannot be read as a date must be heard of, not left out.
    return [inside | (day.is_(None) & when.is_not(None))]


def _coarse(
    when: sa.ColumnElement[Any], window: Window, backend: str, kind: str
) -> list[sa.ColumnElement[bool]]:
    """A condition on the bare column that leaves a margin, and that an index can serve."""
    if window.first is None:
        return []
    early = window.first - dt.timedelta(days=2)
    if backend == "sqlite":
        # Numbers sort before text. What begins like no year since 1900 is no date, and heard of. No
        # bound looks like a number: a column of numbers would make one of it.
        no_year = (when >= sa.literal_column("'1a'")) & (when < sa.literal_column("'200-'"))
        recent = when >= sa.literal_column(f"'{early}'")
        return [recent | (when < sa.literal_column("'1900-'")) | no_year]
    if kind == DATE:
        return [when >= _day(early, backend)]
    if kind == MOMENT:
        instant = calendar_of(backend).instant.replace("{0}", f"{early} 00:00:00")
        return [when >= sa.literal_column(instant)]
    return []


def _day(day: dt.date, backend: str) -> sa.ColumnElement[Any]:
    if backend == "sqlite":
        return sa.literal_column(f"'{day}'")
    if backend == "clickhousedb":
        return sa.literal_column(f"toDate('{day}')")
    if backend == "mssql":
        return sa.literal_column(f"CAST('{day}' AS DATE)")
    return sa.literal_column(f"DATE '{day}'")


def _column(name: str) -> sa.ColumnElement[Any]:
    # Always quoted: the name is spelled as the source told it, and may be a word of its SQL.
    column: sa.ColumnElement[Any] = sa.column(sa.sql.quoted_name(name, quote=True))
    return column
