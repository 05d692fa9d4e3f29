"""One reading or writing transaction, whose failures are one clear line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from nsm.errors import StoreUnavailable
from nsm.plaintext import harmless

# An execution option: such a transaction begins by waiting for its turn (sqlite.py, servers.py).
WRITES = "nsm_writes"
# PostgreSQL's snapshot would be older than the turn it waited for, and its writes refused.
_ISOLATION = {"postgresql": {"isolation_level": "READ COMMITTED"}}

# What databases say (patterns, lower case) -> what happened and what to do next; the first counts.
_REASONS = (
    (
        ("database is locked", "database table is locked", "lock wait timeout", "lock timeout"),
        "is busy: another program has been writing to it for too long.",
        "Nothing was changed; try again when the other load has ended.",
    ),
    (
        ("readonly database", "read-only", "permission denied for", "command denied"),
        "can be read but not written.",
        "Nothing was changed; give this account write access to the file and its folder.",
    ),
    (
        ("disk is full", "no space left", "disk full", r"\(1114,"),
        "could not be written: the disk is full.",
        "Nothing was changed; free some space and try again.",
    ),
    (
        ("malformed", "not a database", "unsupported file format", "file is encrypted"),
        "is damaged or is not a SQLite database.",
        "Restore a copy (the backups folder beside it may hold one) or move the file away.",
    ),
    (
        ("no such table", "no such column", r"relation \".*\" does not exist", r"\((1146|1054),"),
        "lacks a table that this version made in it: something else changed it.",
        "Restore a copy (the backups folder beside it may hold one) or name a new database.",
    ),
    (
        ("unable to open database file",),
        "cannot be opened.",
        "Check that the file is there and that this account may read it.",
    ),
)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to read with: everything read in it is of one moment.

    Raises StoreUnavailable when the database does not answer.
    """
    with clear_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in one transaction: committed at the end of the block, else nothing happened.

    Writers take turns from the start of the block, so that what is read in it still holds when it
    is written. Raises StoreUnavailable when the database is busy, full or read-only.
    """
    isolation = _ISOLATION.get(engine.dialect.name, {})
    with clear_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True}, **isolation)
        with connection.begin():
            yield connection


@contextmanager
def clear_errors(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database driver raises into StoreUnavailable, one line, no password."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        raise unavailable(engine.url, error) from error


def unavailable(url: sa.URL, error: Exception) -> StoreUnavailable:
    """The one line that says what is wrong with the database at ``url``."""
    said = str(getattr(error, "orig", None) or error)
    for signs, what, hint in _REASONS:
        if any(re.search(sign, said.lower()) for sign in signs):
            return StoreUnavailable(f"The database {place(url)} {what}", hint)
    first_line = (said.strip().splitlines() or [type(error).__name__])[0][:300]
    if url.password:
        first_line = first_line.replace(str(url.password), "***")
    return StoreUnavailable(
        f"The database {place(url)} refused: {first_line.rstrip('.')}.",
        "Check that it is running and that NSM_DATABASE_URL is right.",
    )


def place(url: sa.URL) -> str:
    """Where a database is, as users know it: the file, or the address without the password."""
    if url.get_backend_name() == "sqlite":
        return harmless(url.database)
    bare = sa.URL.create(url.drivername, url.username, None, url.host, url.port, url.database)
    return bare.render_as_string()
