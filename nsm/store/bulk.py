"""Many rows at once: arrays in and out of the database without an object a cell.

SQLAlchemy's own `execute` of a million dictionaries takes three times as long as the driver; here
it writes the statement and the driver gets plain tuples.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from nsm.rows import Days

ROWS_AT_ONCE = 500
_EPOCH = dt.date(1970, 1, 1).toordinal()


@cache
def _iso(day: int) -> str:
    """A day number as an ISO date, which every database takes; written out once each."""
    return dt.date.fromordinal(day + _EPOCH).isoformat()


def execute_many(
    connection: sa.Connection,
    statement: sa.Insert | sa.Update | sa.Delete,
    columns: Mapping[str, npt.NDArray[Any] | Sequence[Any]],
) -> None:
    """Run a statement once for each place in the columns, which are named as its parameters."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    text, order = _compiled(statement, connection.dialect)
    for begin in range(0, count, ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        cells = [_plain(columns[name][part]) for name in order]
        connection.exec_driver_sql(text, list(zip(*cells, strict=True)))


@lru_cache(maxsize=64)
def _compiled(
    statement: sa.Insert | sa.Update | sa.Delete, dialect: sa.Dialect
) -> tuple[str, list[str]]:
    """The SQL text with parameters by position, and their names in order."""
    # Named parameters would need a dictionary a row; every driver here takes positions too.
    style = "qmark" if dialect.paramstyle == "qmark" else "format"
    positional: sa.Dialect = type(dialect)(paramstyle=style)  # type: ignore[call-arg]
    compiled = statement.compile(dialect=positional)
    return str(compiled), compiled.positiontup or []


def as_stored(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A date column as the driver returns it, for `to_days`: no date object by date object."""
    return sa.type_coerce(column, sa.String())


def to_days(stored: Sequence[Any]) -> Days:
    """Dates as the driver returned them (text or date objects) as an array."""
    return np.array(stored, dtype="datetime64[D]")


def _plain(values: npt.NDArray[Any] | Sequence[Any]) -> list[Any]:
    if not isinstance(values, np.ndarray):
        return list(values)
    if values.dtype.kind == "M":
        return [_iso(day) for day in values.astype("datetime64[D]").astype(np.int64).tolist()]
    plain: list[Any] = values.tolist()
    return plain
