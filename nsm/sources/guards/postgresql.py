"""PostgreSQL: a read-only session, one statement through a cursor on the server, time limits.

A read-only session alone is no wall: a text without parameters goes by a protocol that takes many
statements, so ``; commit; drop table ...`` gets through. Through a server-side cursor of psycopg 3
(DECLARE ... FOR the query) nothing but one query is ever run. What is left to the role's grants
stands in docs/sources.md.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from nsm.sources.deadline import Deadline


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections read only, in UTC, and end on the server's side too."""
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        creator=lambda: _connect(url, deadline),
        poolclass=sa.NullPool,
    ).execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


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

    class Cursor(psycopg.ServerCursor[Any]):
        """Ends with its connection: one that a limit has ended cannot be closed by itself."""

        def __del__(self, *_: Any) -> None:
            pass

    connection.server_cursor_factory = Cursor
    return connection
