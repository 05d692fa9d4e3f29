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
    connection = _kind(deadline).connect(
        **parameters | {"connect_timeout": max(int(deadline.remaining), 2)},
        options=f"{given} {options}".strip(),
    )
    deadline.cut_socket(connection.fileno())
    connection.server_cursor_factory = _Cursor
    return connection


def _kind(deadline: Deadline) -> Any:
    """A connection that ends what is still coming before it is used for anything else."""
    from psycopg import Connection

    class Guarded(Connection[Any]):
        coming: Any = None

        def end_coming(self) -> None:
            """Rows that nobody reads would hold the connection: the server is told to stop."""
            coming, self.coming = self.coming, None
            if coming is not None:
                coming.close()

        def cancel_safe(self, *, timeout: float = 30.0) -> None:
            # A server that is silent would not hear of it either.
            if deadline.remaining:
                super().cancel_safe(timeout=min(timeout, deadline.remaining))

        def rollback(self) -> None:
            self.end_coming()
            super().rollback()

        def close(self) -> None:
            self.end_coming()
            super().close()

    return Guarded


class _Cursor:
    """A query declared and then streamed: behind a cursor the server plans nothing in parallel."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: Any, name: str, **_: object) -> None:
        from psycopg import Cursor, ServerCursor

        self._connection = connection
        self._declared = ServerCursor(connection, name)
        self._streamed = Cursor(connection)
        self._rows: Any = iter(())
        self.description: Any = None

    def execute(self, query: Any, parameters: Any) -> None:
        self._connection.end_coming()
        with self._declared:
            self._declared.execute(query, parameters)
            self.description = self._declared.description
        self._connection.coming = self._rows = self._streamed.stream(query, parameters)

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        if self._connection.coming is self._rows:
            self._connection.end_coming()
