"""PostgreSQL: a read-only session, what a cursor on the server can be declared for, time limits.

A read-only session alone is no wall: a text without parameters goes by a protocol that takes many
statements, so ``; commit; drop table ...`` gets through. The server declares a cursor for nothing
but one query (server-side cursors of psycopg 3). What is left to the role's grants stands in
docs/sources.md.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import sqlalchemy as sa

from nsm.sources.deadline import Deadline


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections read only, in UTC, and end on the server's side too."""
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        creator=lambda: _connect(url, deadline),
        poolclass=sa.NullPool,
    ).execution_options(
        postgresql_readonly=True,
        isolation_level="REPEATABLE READ",
        # Whatever is asked goes by `_cursor_of`, not only where the caller thinks of it.
        stream_results=True,
    )


def _connect(url: sa.URL, deadline: Deadline) -> Any:
    import psycopg

    # By this driver, whichever the address names for PostgreSQL.
    dialect = url.set(drivername="postgresql+psycopg").get_dialect()()
    _, found = dialect.create_connect_args(url)
    parameters = dict(found)
    milliseconds = max(int(deadline.remaining * 1000), 1)
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": milliseconds + 1_000,
        "timezone": "UTC",
        "datestyle": "ISO",
        "standard_conforming_strings": "on",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = str(parameters.pop("options", ""))
    connection: psycopg.Connection[Any] = psycopg.connect(
        **parameters | {"connect_timeout": max(int(deadline.remaining), 2)},
        options=f"{given} {options}".strip(),
    )
    deadline.cut_socket(connection.fileno())

    connection.server_cursor_factory = _Cursor  # type: ignore[assignment]
    return connection


class _Cursor:
    """A query declared and then streamed: behind a cursor the server plans nothing in parallel."""

    def __init__(self, connection: Any, name: str, **_: object) -> None:
        from psycopg import Cursor, ServerCursor

        self._declared = ServerCursor(connection, name)
        self._streamed = Cursor(connection)
        self._rows: Any = None
        self.description: Any = None

    def execute(self, query: Any, parameters: Any) -> None:
        with self._declared:
            self._declared.execute(query, parameters)
            self.description = self._declared.description
        self._rows = self._streamed.stream(query, parameters)

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        if self._rows is not None:
            # It holds the connection, and has the server stop what is not read.
            self._rows.close()
