"""SQLite: the file is opened read-only, an authorizer allows reading alone, a handler ends it.

``mode=ro`` by itself lets ATTACH and VACUUM INTO write other files; the authorizer refuses them,
and every PRAGMA, before they run. The progress handler asks for the time now and then.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from nsm.errors import SourceUnavailable
from nsm.plaintext import harmless
from nsm.sources.deadline import Deadline

_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_SCHEMA = {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}
_NEVER_CALLED = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}
_STEPS = 100_000
_LONGEST_VALUE = 1_000_000
_LONGEST_PATTERN = 1_000


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections can only read this file."""
    path = Path(url.database or "")
    if not path.is_file():
        raise SourceUnavailable(f"There is no SQLite database {harmless(path)}.")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, check_same_thread=False
        )
        # SQLite waits by itself for a busy writer, and would wait longer than the deadline.
        connection.execute(f"pragma busy_timeout = {int(min(deadline.remaining, 5) * 1000)}")
        connection.execute("pragma trusted_schema = off")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        # Nobody looks at the time inside of one LIKE.
        connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN)
        connection.set_progress_handler(lambda: deadline.remaining <= 0, _STEPS)
        deadline.cut(connection.interrupt)
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)
    sa.event.listen(engine, "engine_connect", _authorize)
    return engine


def _authorize(connection: sa.Connection) -> None:
    """After SQLAlchemy has asked its own questions, and before anybody else's."""
    connection.connection.driver_connection.set_authorizer(_authorized)  # type: ignore[union-attr]


def _authorized(
    action: int, one: str | None, two: str | None, database: str | None, trigger: str | None
) -> int:
    if action not in _READS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and (one or "").lower() in _SCHEMA:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _NEVER_CALLED:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
