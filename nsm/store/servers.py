"""The only place that knows database servers: their sessions, their locks, their way with tables.

On a server the store behaves as it does in a file: writers take turns, what is read in one block is
of one moment, moments are UTC, a text that does not fit is refused, and of all the processes that
find an older schema one changes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from nsm.errors import ConfigError, StoreUnavailable
from nsm.store.transactions import WRITES, place

CONNECT_SECONDS = 5
BUSY_SECONDS = 30

# Who holds this row writes; it goes free with the transaction, also when its process was killed.
_TAKE_TURN = "SELECT version_num FROM alembic_version FOR UPDATE"
# MariaDB commits each change of a table by itself, so half an upgrade may be left by a power cut:
# what it changed already is passed over by the next one. Any letters, and "a" is not "A".
_MARIADB_TABLES = (
    (r"^\s*CREATE TABLE (?!IF)(.*)$", r"CREATE TABLE IF NOT EXISTS \1"),
    (r"^\s*(CREATE (?:UNIQUE )?INDEX) (?!IF)(.*)$", r"\1 IF NOT EXISTS \2"),
    (r"^\s*(ALTER TABLE \S+ ADD COLUMN) (?!IF)(.*)$", r"\1 IF NOT EXISTS \2"),
)
_ANY_LETTERS = " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


def make_engine(url: sa.URL) -> sa.Engine:
    """An engine on a server; ConfigError when its driver is not installed."""
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    if _is_mariadb(url.get_backend_name()):
        arguments["init_command"] = (
            f"SET time_zone = '+00:00', innodb_lock_wait_timeout = {BUSY_SECONDS}, "
            "sql_mode = 'TRADITIONAL'"
        )
        url = url.set(query={**url.query, "charset": "utf8mb4"})
    try:
        engine = sa.create_engine(
            url, pool_pre_ping=True, connect_args=arguments, isolation_level="REPEATABLE READ"
        )
    except ImportError as error:
        raise ConfigError(
            f"The database driver {url.get_driver_name()} is not installed.",
            f"Install it beside this program: pip install {url.get_driver_name()}",
        ) from error
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _new_session)
    sa.event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def changing_schema(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which tables may be made and changed, by one process at a time.

    PostgreSQL takes all of it back when it fails. MariaDB cannot, but a second try goes on where
    the first one ended.
    """
    if _is_mariadb(engine.dialect.name):
        with engine.connect() as connection, _alone(connection), connection.begin():
            sa.event.listen(connection, "before_cursor_execute", _repeatable, retval=True)
            yield connection
        return
    # Another isolation, to see what was made while this one waited.
    isolated = engine.execution_options(isolation_level="READ COMMITTED")
    with isolated.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('nsm schema'))")
        yield connection


def continue_numbers(connection: sa.Connection, table: sa.Table) -> None:
    """Let the next row be numbered after those that were written with their numbers."""
    if connection.dialect.name == "postgresql" and "id" in table.primary_key.columns:
        name = connection.dialect.identifier_preparer.quote(table.name)
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name} "  # noqa: S608 -- a table of schema.py
            "HAVING max(id) IS NOT NULL"
        )


def _is_mariadb(name: str) -> bool:
    return name in ("mariadb", "mysql")


@contextmanager
def _alone(connection: sa.Connection) -> Iterator[None]:
    """MariaDB's lock by name, held until what was written under it is committed."""
    url = connection.engine.url
    lock = {"name": "nsm " + hashlib.sha256(str(url.database).encode()).hexdigest()[:40]}
    taken = connection.scalar(sa.text("SELECT GET_LOCK(:name, 60)"), lock)
    connection.commit()
    if taken != 1:
        raise StoreUnavailable(
            f"The database {place(url)} is being upgraded by another program.",
            "Try again when it is done.",
        )
    try:
        yield
    finally:
        # The lock belongs to the connection, which goes back to the pool.
        connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), lock)


def _new_session(connection: Any, record: object) -> None:
    # What is set in a transaction would go with it.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.autocommit = False


def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(_TAKE_TURN)


def _repeatable(
    connection: sa.Connection, cursor: object, statement: str, *rest: Any
) -> tuple[str, Any]:
    for pattern, instead in _MARIADB_TABLES:
        changed = re.sub(pattern, instead, statement, flags=re.DOTALL | re.IGNORECASE)
        if changed != statement:
            tables = "CREATE TABLE" in changed
            return changed.rstrip() + (_ANY_LETTERS if tables else ""), rest[0]
    return statement, rest[0]
