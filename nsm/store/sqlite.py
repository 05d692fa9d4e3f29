"""The only place that knows SQLite: files, locks, pragmas, copies."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from nsm.errors import ConfigError, StoreUnavailable
from nsm.plaintext import harmless
from nsm.store.transactions import WRITES

BUSY_SECONDS = 30.0


class _Frozen(sqlite3.Connection):
    """A connection to a file in a place where nothing can be written, not even a lock."""


def is_sqlite(engine: sa.Engine) -> bool:
    return engine.dialect.name == "sqlite"


def file_of(url: sa.URL) -> Path:
    """The file a SQLite address names; ConfigError for a database in memory or a file: URI."""
    in_memory = not url.database or url.database == ":memory:"
    if in_memory or url.query or str(url.database).startswith("file:"):
        raise ConfigError(
            "The address of a SQLite store names a file and nothing else.",
            "Write sqlite:///path/to/nsm.db; a store in memory would be lost.",
        )
    return Path(str(url.database))


def make_engine(path: Path) -> sa.Engine:
    """An engine on an existing file; it never creates one."""
    path = path.absolute()
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, creator=lambda: _connect(path))
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "checkin", _forget_frozen)
    return engine


def create(path: Path, fill: Callable[[sa.Engine], None]) -> None:
    """Make a new database at ``path``, filled by ``fill``; it appears there whole or not at all.

    When another process makes it at the same moment, the first one counts. Raises StoreUnavailable
    when the folder cannot be made or written.
    """
    if _beside(path, "-wal").exists() and not path.exists():
        # SQLite would play the old changes into the new file and damage it.
        raise StoreUnavailable(
            f"{harmless(path)} is gone, but its last changes (the -wal file) are still there.",
            "Put the database file back, or delete the -wal file to start a new store.",
        )
    draft = draft_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        engine = make_engine(draft)
        try:
            fill(engine)
        finally:
            engine.dispose()
        _publish(draft, path)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreUnavailable(
            f"The database {harmless(path)} cannot be created: {reason}.",
            "Check the folder's path, its permissions and the free space.",
        ) from error
    finally:
        for leftover in (draft, *side_files(draft)):
            with suppress(OSError):  # a read-only disk refuses even what is not there
                leftover.unlink()


def back_up(path: Path, name: str) -> Path:
    """A real copy of the database in ``backups/`` beside it, also while others are writing."""
    folder = path.parent / "backups"
    copy = folder / f"{path.stem}-{name}{path.suffix}"
    number = 2
    while copy.exists():
        copy = folder / f"{path.stem}-{name}-{number}{path.suffix}"
        number += 1
    draft = draft_of(copy)
    try:
        folder.mkdir(exist_ok=True)
        with closing(_connect(path)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
        draft.replace(copy)
    except (OSError, sqlite3.Error) as error:
        for leftover in (draft, *side_files(draft)):
            with suppress(OSError):
                leftover.unlink()
        raise StoreUnavailable(
            f"No copy of {harmless(path)} could be made in {harmless(folder)}: {error}.",
            "The database was not upgraded; check permissions and free space.",
        ) from error
    return copy


def draft_of(path: Path) -> Path:
    """Where to make a file that shall appear at ``path`` whole: hidden, beside it.

    It has the same ending, so that what ignores databases ignores what a kill left.
    """
    return path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")


def side_files(path: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside a database that is in use, or leaves there on a full disk."""
    return tuple(_beside(path, ending) for ending in ("-wal", "-shm", "-journal"))


@contextmanager
def changing_schema(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A writing transaction in which tables may be rebuilt.

    Dropping the old half of a rebuilt table would delete, by cascade, all that refers to it:
    foreign keys rest meanwhile and are checked before the commit.
    """
    with engine.connect() as plain:
        raw: sqlite3.Connection = plain.connection.driver_connection  # type: ignore[assignment]
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise StoreUnavailable(
                        f"The upgrade would leave rows of table {broken[0]} without their parent.",
                        "Nothing was changed; report this with a copy of the database.",
                    )
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _connect(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    try:
        connection = _opened(f"{address}?mode=rw", sqlite3.Connection)
    except sqlite3.OperationalError as error:
        if not _is_unwritable_place(error) or not os.access(path, os.R_OK):
            raise
        # A WAL database needs its side files; on a read-only or full disk they cannot be made.
        connection = _opened(f"{address}?mode=ro&immutable=1", _Frozen)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _is_unwritable_place(error: sqlite3.OperationalError) -> bool:
    kind = error.sqlite_errorcode & 0xFF
    return kind in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


def _opened(uri: str, kind: type[sqlite3.Connection]) -> sqlite3.Connection:
    # isolation_level None: the driver begins no transactions of its own, `_begin` does.
    connection = sqlite3.connect(
        uri,
        uri=True,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        isolation_level=None,
        factory=kind,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget_frozen(dbapi_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
    # It would never notice that somebody else wrote to the file: the next reader opens it anew.
    if isinstance(dbapi_connection, _Frozen):
        record.invalidate()


def _publish(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links.
        if not path.exists():
            draft.rename(path)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
