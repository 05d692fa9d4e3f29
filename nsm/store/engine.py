"""Opens the store: the one door to the database for the command line, the server and the tests."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import sqlalchemy as sa

from nsm.errors import ConfigError, StoreUnavailable
from nsm.plaintext import harmless
from nsm.store import migrate, servers, sqlite
from nsm.store.transactions import reading, writing

__all__ = ["open_store", "reading", "writing"]


def open_store(url: str) -> sa.Engine:
    """The database at ``url``, made if there is none and upgraded if it is older.

    Raises ConfigError for an address that cannot be used, StoreUnavailable for a database that
    does not answer, is damaged or belongs to something else, SchemaTooNew for one of a newer
    version of this program. None of them shows the password.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_file(parsed)
    return _upgraded(servers.make_engine(parsed))


def _upgraded(engine: sa.Engine) -> sa.Engine:
    try:
        migrate.upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        parsed.get_dialect()
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigError(
            "NSM_DATABASE_URL is not the address of a database this program knows.",
            "It looks like sqlite:///data/nsm.db or postgresql+psycopg://user:password@host/name.",
        ) from error
    return parsed


def _open_file(url: sa.URL) -> sa.Engine:
    path = sqlite.file_of(url)
    found = _stat(path)
    if found is None:
        sqlite.create(path, migrate.upgrade)
    elif stat.S_ISDIR(found.st_mode):
        raise StoreUnavailable(
            f"{harmless(path)} is a folder, not a database.", "Name a file in it, such as nsm.db."
        )
    elif not stat.S_ISREG(found.st_mode):
        raise StoreUnavailable(
            f"{harmless(path)} is not a regular file, so no database.",
            "Name a file that is not there yet, or a database.",
        )
    elif found.st_size == 0:
        # Our own new stores appear whole, so an empty file is the remains of one, or a mistake.
        raise StoreUnavailable(
            f"{harmless(path)} is an empty file: if it was a store, its content is lost.",
            "Restore a copy (see backups beside it), or delete the file to start a new store.",
        )
    return _upgraded(sqlite.make_engine(path))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        raise StoreUnavailable(
            f"The database {harmless(path)} cannot be reached: {reason}.",
            "Check the path and the permissions of its folders.",
        ) from error
