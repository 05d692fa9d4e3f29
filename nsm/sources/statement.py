"""The query of a metric inside a grouped roll-up: only grouped rows leave the source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from nsm.model import Grain, SourceQuery, Star, Take
from nsm.sources.calendar_sql import calendar_of, local_day, period_of
from nsm.sources.gate import checked_condition, checked_query, checked_table

# Kinds of the column that says when, as drivers tell them.
DATE, MOMENT, UNKNOWN = "date", "moment", "unknown"


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


def roll_up(
    query: SourceQuery,
    star: Star,
    backend: str,
    grain: Grain,
    window: Window,
    columns: Mapping[str, str],
    kind: str,
) -> sa.Select[Any]:
    """What the rows of each period come to: columns period, value and (of a mean) count.

    ``columns`` are the names that a query uses, as its source spells them; ``kind`` is that of the
    column that says when. Days are those of the star's time zone, moments without a zone are UTC.
    """
    rows = rows_of(query, backend)
    when: sa.ColumnElement[Any] = _column(columns[query.date])
    span = (window.first, window.end)
    day = local_day(when, backend, star.timezone, span, is_date=kind == DATE)
    column = _column(columns[query.column]) if query.column else None
    inner = (
        sa.select(
            period_of(day, backend, grain, star.week_start).label("period"),
            *([] if column is None else [column.label("taken")]),
            *([when.label("moment")] if query.take is Take.LAST else []),
        )
        .select_from(rows)
        .where(*_within(when, day, window, backend, kind))
        .subquery("p")
    )
    period, taken = inner.c.period, inner.c.taken if column is not None else None
    if query.take is Take.LAST:
        return _last(inner)
    grouped = sa.select(period, *_taken(query.take, taken)).group_by(period)
    return grouped.order_by(period)


def _last(inner: sa.Subquery) -> sa.Select[Any]:
    """The value of the latest row of each period; of equally late ones the largest."""
    place = sa.func.row_number().over(
        partition_by=inner.c.period, order_by=(inner.c.moment.desc(), inner.c.taken.desc())
    )
    numbered = (
        sa.select(inner.c.period, inner.c.taken.label("value"), place.label("place"))
        .where(inner.c.taken.is_not(None))
        .subquery("n")
    )
    found = sa.select(numbered.c.period, numbered.c.value).where(numbered.c.place == 1)
    return found.order_by(numbered.c.period)


def _taken(take: Take, taken: sa.ColumnElement[Any] | None) -> list[sa.ColumnElement[Any]]:
    if taken is None:
        return [sa.func.count().label("value")]
    if take is Take.MEAN:
        # Divided here and not there: MariaDB would round to four more digits.
        return [sa.func.sum(taken).label("value"), sa.func.count(taken).label("rows_of_period")]
    if take is Take.COUNT_DISTINCT:
        return [sa.func.count(taken.distinct()).label("value")]
    by_name: dict[Take, Any] = {Take.SUM: sa.func.sum, Take.MIN: sa.func.min, Take.MAX: sa.func.max}
    return [by_name.get(take, sa.func.count)(taken).label("value")]


def _within(
    when: sa.ColumnElement[Any], day: sa.ColumnElement[Any], window: Window, backend: str, kind: str
) -> list[sa.ColumnElement[bool]]:
    """Exactly these days, and a coarse condition on the bare column, which an index can serve."""
    found: list[sa.ColumnElement[bool]] = [day < _day(window.end, backend)]
    if window.first is None:
        # SQLite keeps any text as a date; what it cannot read must be heard of, not left out.
        unread = day.is_(None) & when.is_not(None)
        return [found[0] | unread] if backend == "sqlite" else found
    found.append(day >= _day(window.first, backend))
    early = window.first - dt.timedelta(days=2)
    if backend == "sqlite":
        # Numbers sort before text: the empty text is a bound that all of them stay below.
        coarse = (when >= sa.literal_column(f"'{early}'")) | (when < sa.literal_column("''"))
        found.append(coarse)
    elif kind in (DATE, MOMENT):
        instant = calendar_of(backend).instant.replace("{0}", f"{early} 00:00:00")
        bound = _day(early, backend) if kind == DATE else sa.literal_column(instant)
        found.append(when >= bound)
    return found


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
