"""One file that holds a whole store, sealed with a digest; and back from it into any store.

The file is a SQLite database. Of a SQLite store it is a copy page by page, made while others write;
of any other store its rows are copied into it. What it holds is compared with the store before the
file appears under its name, and the seal in it tells later whether anything has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from nsm.errors import InputError, StoreError, StoreUnavailable
from nsm.plaintext import harmless
from nsm.store import migrate, sqlite
from nsm.store.copying import Progress, copy_store, replace_store, row_counts
from nsm.store.transactions import reading

SEAL = "nsm_backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: its rows by table, the digest it was sealed with, and when (UTC).

    A copy that the program made before an upgrade has no seal: no digest and no moment.
    """

    rows: dict[str, int]
    digest: str
    made_at: dt.datetime | None


def back_up(
    engine: sa.Engine, file: Path, now: dt.datetime, progress: Progress | None = None
) -> Backup:
    """Write all of a store into a new file, while others read and write; it appears whole.

    ``now`` is UTC. Raises InputError for a file that is there already, StoreUnavailable where it
    cannot be written, StoreError when it does not hold what the store does.
    """
    if file.exists():
        raise InputError(
            f"{harmless(file)} is there already.", "Name a new file: nothing is overwritten."
        )
    draft = sqlite.draft_of(file)
    with _clear_file_errors(file):
        try:
            if sqlite.is_sqlite(engine):
                _copy_pages(engine, draft)
            else:
                _copy_rows(engine, draft, progress)
            _seal(draft, now)
            draft.chmod(0o600)  # It holds all that the store does, for nobody else to read.
            with opened(draft) as (_, backup):
                draft.rename(file)
            return backup
        finally:
            for leftover in (draft, *sqlite.side_files(draft)):
                with suppress(OSError):
                    leftover.unlink()


def restore(backup: sa.Engine, target: sa.Engine, progress: Progress | None = None) -> None:
    """Put what is in an opened backup in the place of all that is in a store; both or nothing.

    A SQLite store with something in it is first copied into ``backups/`` beside it. Others read the
    old content until the new one is there. Raises as :func:`nsm.store.copying.replace_store` does.
    """
    if sqlite.is_sqlite(target) and row_counts(target):
        sqlite.back_up(sqlite.file_of(target.url), "before-restore")
    replace_store(backup, target, progress)


@contextmanager
def opened(file: Path) -> Iterator[tuple[sa.Engine, Backup]]:
    """A backup to read from, checked against its seal and brought to this version's tables.

    The file itself is only read. Raises InputError when there is none, or when it is damaged or no
    backup; SchemaTooNew for one of a newer version.
    """
    if not file.is_file():
        raise InputError(f"There is no file {harmless(file)}.", "Name what nsm backup wrote.")
    if any(side.exists() for side in sqlite.side_files(file)):
        raise InputError(
            f"{harmless(file)} is a store in use, no backup.", "Make a backup of it: nsm backup."
        )
    with tempfile.TemporaryDirectory(prefix="nsm-") as folder:
        copy = Path(folder) / "backup.db"
        with _clear_file_errors(file):
            shutil.copyfile(file, copy)
            digest, made_at = _checked(copy, file)
        engine = sqlite.make_engine(copy)
        try:
            try:
                migrate.upgrade(engine)
            except StoreUnavailable as error:
                raise InputError(
                    f"{harmless(file)} holds no store of this program.",
                    "Name what nsm backup wrote.",
                ) from error
            yield engine, Backup(row_counts(engine), digest, made_at)
        finally:
            engine.dispose()


def _copy_pages(engine: sa.Engine, draft: Path) -> None:
    with reading(engine) as connection, closing(_new_file(draft)) as target:
        raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        # One transaction: what is copied and what it is compared with are of one moment.
        connection.begin()
        before = _digest(raw)
        raw.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        if _digest(target) != before:
            raise StoreError("The copy is not what the store holds.", "Check the disk.")


def _copy_rows(engine: sa.Engine, draft: Path, progress: Progress | None) -> None:
    sqlite.create(draft, migrate.upgrade)
    store = sqlite.make_engine(draft)
    try:
        copy_store(engine, store, progress)
    finally:
        store.dispose()
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _new_file(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600, exist_ok=False)
    return sqlite3.connect(path)


def _seal(draft: Path, now: dt.datetime) -> None:
    with closing(sqlite3.connect(draft)) as connection, connection:
        digest = _digest(connection)
        connection.execute(f"CREATE TABLE {SEAL} (digest TEXT NOT NULL, made_at TEXT NOT NULL)")
        connection.execute(
            f"INSERT INTO {SEAL} VALUES (?, ?)",  # noqa: S608 -- our own name
            (digest, now.isoformat(timespec="seconds")),
        )


def _checked(copy: Path, file: Path) -> tuple[str, dt.datetime | None]:
    """The seal of a backup, after what it holds was held against it."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sealed = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = ?", (SEAL,)
            ).fetchone()
            if sound and not sealed:
                return "", None
            digest, made_at = connection.execute(f"SELECT * FROM {SEAL}").fetchone()  # noqa: S608
            if sound and _digest(connection) == digest:
                # Of the copy; the seal is no table of a store.
                with connection:
                    connection.execute(f"DROP TABLE {SEAL}")
                return digest, dt.datetime.fromisoformat(made_at)
    except (sqlite3.Error, TypeError, ValueError):
        pass
    raise InputError(
        f"{harmless(file)} is damaged or is no backup: it does not hold what it was sealed with.",
        "Nothing was changed; use another backup.",
    )


def _digest(connection: sqlite3.Connection) -> str:
    """A digest of every row of every table, as SQLite holds them."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name <> ? ORDER BY name",
        (SEAL,),
    ).fetchall()
    digest = hashlib.sha256()
    for (name,) in tables:
        quoted = '"' + name.replace('"', '""') + '"'
        digest.update(f"{name}\n".encode())
        # In the order of the keys: that of a copy is the same.
        for row in connection.execute(f"SELECT * FROM {quoted}"):  # noqa: S608 -- quoted
            digest.update(f"{row!r}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@contextmanager
def _clear_file_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreUnavailable(
            f"{harmless(file)} cannot be read or written: {reason}.",
            "Check its folder, the permissions and the free space.",
        ) from error
