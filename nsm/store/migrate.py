"""Brings a database to the tables of this version, after a copy; refuses what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from nsm.errors import SchemaTooNew, StoreUnavailable
from nsm.store import servers, sqlite
from nsm.store.schema import metadata
from nsm.store.transactions import clear_errors, place, reading

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision in MIGRATIONS, written down so that opening a store at head needs no Alembic.
HEAD = "0010"

_VERSION = sa.table("alembic_version", sa.column("version_num"))


def upgrade(engine: sa.Engine) -> None:
    """Make the tables of this version, or bring an older database to them.

    A SQLite file with something in it is first copied into ``backups/`` beside it. Any number of
    processes may do this at once. Raises SchemaTooNew for a database of a newer version,
    StoreUnavailable for a foreign or damaged one.
    """
    with reading(engine) as connection:
        found = _version(connection)
    if found == HEAD:
        return
    _refuse_unknown(engine, found)
    with _changing_schema(engine) as connection:
        # Another process may have been quicker.
        found = _version(connection)
        if found == HEAD:
            return
        if found is not None and sqlite.is_sqlite(engine):
            sqlite.back_up(sqlite.file_of(engine.url), f"before-{HEAD}")
        _run(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(sa.select(_VERSION.c.version_num))


def _refuse_unknown(engine: sa.Engine, found: str | None) -> None:
    with reading(engine) as connection:
        tables = set(sa.inspect(connection).get_table_names())
    begun = _VERSION.name in tables and not sqlite.is_sqlite(engine)
    tables.discard(_VERSION.name)
    if found is None and begun and tables <= set(metadata.tables):
        return  # The making of a new store was cut short, on a server that keeps the half of it.
    ours = {"star", "metric", "observation"} <= tables
    if not ours and tables:
        names = ", ".join(sorted(tables)[:3])
        raise StoreUnavailable(
            f"The database {place(engine.url)} belongs to another program: it has tables {names}.",
            "Point NSM_DATABASE_URL at a database of its own.",
        )
    if found is None and ours:
        raise StoreUnavailable(
            f"The database {place(engine.url)} does not say which version made its tables.",
            "Restore a copy, or start with a new database.",
        )
    if found is not None and found not in _known_revisions():
        raise SchemaTooNew(
            f"The database {place(engine.url)} was written by a newer version of this program "
            f"(schema {found[:20]}, this version knows up to {HEAD}).",
            "Update this program, or use another database.",
        )


@contextmanager
def _changing_schema(engine: sa.Engine) -> Iterator[sa.Connection]:
    change = (sqlite if sqlite.is_sqlite(engine) else servers).changing_schema
    with clear_errors(engine), change(engine) as connection:
        yield connection


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _run(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
