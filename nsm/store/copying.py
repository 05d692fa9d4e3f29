"""Moves all rows of a store to another one, on any engine, and makes sure that they arrived.

Everything is read at one moment and written in one transaction; before it is committed, each table
is read back and compared, by its number of rows and by a digest of what is in them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from nsm.errors import InputError, StoreError
from nsm.store import servers
from nsm.store.schema import metadata, star
from nsm.store.transactions import place, reading, writing

ROWS_AT_ONCE = 5_000
_MODULUS = 2**256

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a table: its rows, and a digest of them in any order."""

    rows: int
    digest: str


def copy_store(
    source: sa.Engine, target: sa.Engine, progress: Progress | None = None
) -> dict[str, Content]:
    """Write everything of one store into another, empty one; what was copied, by table.

    Moments are kept to the second, which is what every engine holds. ``progress`` is told the table
    and its rows so far. Raises InputError when the target has rows already, StoreUnavailable when
    one of them does not answer, StoreError when what arrived is not what was sent; then nothing was
    written.
    """
    with reading(source) as there, writing(target) as here:
        _refuse_filled(target, here)
        return _written(there, here, progress)


def replace_store(
    source: sa.Engine, target: sa.Engine, progress: Progress | None = None
) -> dict[str, Content]:
    """Put everything of one store in the place of all that is in another; both or nothing.

    The stars' versions are given anew, so that no picture of what was there before is shown.
    Raises as :func:`copy_store` does.
    """
    with reading(source) as there, writing(target) as here:
        for table in reversed(metadata.sorted_tables):
            here.execute(sa.delete(table))
        copied = _written(there, here, progress)
        for key in here.scalars(sa.select(star.c.id)).all():
            version = secrets.randbelow(2**30) + 1
            here.execute(sa.update(star).where(star.c.id == key).values(version=version))
    return copied


def row_counts(engine: sa.Engine) -> dict[str, int]:
    """How many rows are in each table of a store; tables without any are left out."""
    with reading(engine) as connection:
        return _counted(connection)


def content_of(connection: sa.Connection, table: sa.Table) -> Content:
    """What is in a table now."""
    return _content(row for rows in _read(connection, table) for row in rows)


def _counted(connection: sa.Connection) -> dict[str, int]:
    counts = {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
    }
    return {name: rows for name, rows in counts.items() if rows}


def _refuse_filled(target: sa.Engine, connection: sa.Connection) -> None:
    counts = _counted(connection)
    if counts:
        name, rows = next(iter(counts.items()))
        raise InputError(
            f"The database {place(target.url)} is not empty: rows in {name}: {rows:,}.",
            "Nothing was copied; name a database of its own.",
        )


def _written(
    there: sa.Connection, here: sa.Connection, progress: Progress | None
) -> dict[str, Content]:
    copied = {}
    for table in metadata.sorted_tables:
        sent = _content(_passed_on(there, here, table, progress))
        servers.continue_numbers(here, table)
        arrived = content_of(here, table)
        if sent != arrived:
            raise StoreError(
                f"What arrived in {place(here.engine.url)} is not what was sent: {table.name} has "
                f"{arrived.rows:,} rows for {sent.rows:,}, or other values.",
                "Nothing was written; report this.",
            )
        copied[table.name] = sent
    return copied


def _passed_on(
    there: sa.Connection, here: sa.Connection, table: sa.Table, progress: Progress | None
) -> Iterator[tuple[Any, ...]]:
    """Each row on its way from one to the other."""
    names = [column.name for column in table.columns]
    done = 0
    for rows in _read(there, table):
        here.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        done += len(rows)
        if progress:
            progress(table.name, done)
        yield from rows


def _read(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    # A table of millions of rows never stands in memory.
    streamed = sa.select(table).execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
    with connection.execute(streamed) as result:
        for part in result.partitions():
            yield [tuple(_portable(value) for value in row) for row in part]


def _portable(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0)
    return value + 0.0 if isinstance(value, float) else value  # -0.0 is 0.0 on some engines


def _content(rows: Iterable[tuple[Any, ...]]) -> Content:
    """Engines do not agree on the order of texts: the sum of the rows' digests has none."""
    count, total = 0, 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(row).encode("utf-8")).digest())
    return Content(count, f"{total % _MODULUS:064x}")
