"""The migrations make the tables of schema.py, and bring older stores there without loss."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import mysql, postgresql

from nsm.errors import StoreUnavailable
from nsm.model import Star
from nsm.store import migrate, schema
from nsm.store.engine import open_store, reading
from nsm.store.stars import read_star
from tests.store.conftest import BAKERY, MONDAY, record


@pytest.fixture
def engine(file_store: sa.Engine) -> sa.Engine:
    """Here: a file."""
    return file_store


NEXT = '''
"""Give stars a motto."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "HEAD"


def upgrade():
    # Rebuilds both tables that everything else hangs on.
    with op.batch_alter_table("star", recreate="always") as star:
        star.add_column(sa.Column("motto", sa.Text(), nullable=False, server_default="bread"))
    with op.batch_alter_table("metric", recreate="always") as metric:
        metric.add_column(sa.Column("colour", sa.String(8)))
'''
HEAD = migrate.HEAD
BROKEN = NEXT + '    raise RuntimeError("the upgrade is broken")\n'


@pytest.fixture
def next_version(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this program the next version, with one more migration; where its file is."""
    folder = tmp_path_factory.mktemp("program") / "100% new"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    revision = folder / "versions" / "r9999_give_stars_a_motto.py"
    revision.write_text(NEXT.replace("HEAD", HEAD))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(migrate, "HEAD", "next")
    return revision


def tables(path: Path) -> dict[str, list[str]]:
    """By table or index, the lines of the SQL that made it, in any order."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
        ).fetchall()
    connection.close()
    # SQLite quotes the name of a table that was renamed.
    return {
        name: sorted(line.strip(" ,\t") for line in sql.replace('"', "").splitlines())
        for name, sql in rows
    }


def test_the_migrations_make_exactly_the_tables_of_the_schema(
    engine: sa.Engine, tmp_path: Path
) -> None:
    direct = tmp_path / "direct.db"
    schema.metadata.create_all(sa.create_engine(f"sqlite:///{direct}"))
    assert tables(tmp_path / "nsm.db") == tables(direct)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


@pytest.mark.parametrize("dialect", [postgresql.dialect(), mysql.dialect()], ids=["pg", "maria"])
def test_the_tables_can_be_made_on_other_databases(dialect: sa.Dialect) -> None:
    for table in schema.metadata.sorted_tables:
        made = str(sa.schema.CreateTable(table).compile(dialect=dialect))
        assert "ROWID" not in made
        indexed = [column for column in table.columns if column.primary_key or column.unique]
        assert not [column for column in indexed if isinstance(column.type, sa.Text)]


def test_a_store_of_the_first_version_becomes_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with monkeypatch.context() as first_version:
        first_version.setattr(migrate, "HEAD", "0001")
        open_store(f"sqlite:///{old}").dispose()
    with sqlite3.connect(old) as connection:
        connection.execute("INSERT INTO star VALUES (1, 'bakery', 'B', '', 0, 'UTC', 12, 0, 1)")
        connection.execute(
            "INSERT INTO metric VALUES (1, 1, 'loaves', 0, 'Loaves', 'north_star', 'sum', NULL, "
            "'', 'up', NULL, NULL, '', '', '', 0, 3, 1, 0)"
        )
    connection.close()

    store = open_store(f"sqlite:///{old}")
    open_store(f"sqlite:///{new}").dispose()

    assert tables(old) == tables(new)
    metric = read_star(store, "bakery").star_metric
    assert (metric.key, metric.believed_lead_weeks) == ("loaves", 3)
    assert (metric.believed_direction, metric.believed_confidence) == (None, None)


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head() == migrate.HEAD


def test_migrations_are_frozen() -> None:
    for revision in (migrate.MIGRATIONS / "versions").glob("*.py"):
        assert "nsm" not in revision.read_text(), f"{revision.name} would change with the program"


def test_an_older_store_is_upgraded_after_a_copy_and_nothing_is_lost(
    engine: sa.Engine, bakery: Star, address: str, tmp_path: Path, next_version: Path
) -> None:
    record(engine, "loaves", {MONDAY: 12.0})
    engine.dispose()

    upgraded = open_store(address)

    with reading(upgraded) as connection:
        assert connection.execute(sa.text("SELECT motto FROM star")).scalars().all() == ["bread"]
        assert connection.scalars(sa.select(schema.observation.c.value)).all() == [12.0]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert read_star(upgraded, "bakery") == BAKERY
    copies = list((tmp_path / "backups").iterdir())
    assert [copy.name for copy in copies] == ["nsm-before-next.db"]
    copy = sqlite3.connect(copies[0])
    assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    assert copy.execute("SELECT value FROM observation").fetchall() == [(12.0,)]
    copy.close()


def test_a_store_up_to_date_is_not_copied_and_an_older_copy_is_kept(
    engine: sa.Engine, bakery: Star, address: str, tmp_path: Path, next_version: Path
) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "nsm-before-next.db").write_text("an earlier try")
    open_store(address).dispose()
    open_store(address).dispose()
    assert {copy.name for copy in (tmp_path / "backups").iterdir()} == {
        "nsm-before-next.db",
        "nsm-before-next-2.db",
    }
    assert (tmp_path / "backups" / "nsm-before-next.db").read_text() == "an earlier try"


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    engine: sa.Engine, bakery: Star, address: str, next_version: Path
) -> None:
    next_version.write_text(BROKEN.replace("HEAD", HEAD))
    with pytest.raises(RuntimeError, match="the upgrade is broken"):
        open_store(address)
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == HEAD
        columns = {column["name"] for column in sa.inspect(connection).get_columns("star")}
    assert "motto" not in columns
    assert read_star(engine, "bakery") == BAKERY


def test_without_a_copy_there_is_no_upgrade(
    engine: sa.Engine, bakery: Star, address: str, tmp_path: Path, next_version: Path
) -> None:
    (tmp_path / "backups").write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="No copy of"):
        open_store(address)
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == HEAD


def test_an_older_store_opened_twice_at_once_is_upgraded_once(
    engine: sa.Engine, bakery: Star, address: str, tmp_path: Path, next_version: Path
) -> None:
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            open_store(address).dispose()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_tables_of_ours_without_a_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "nsm.db"
    schema.metadata.create_all(sa.create_engine(f"sqlite:///{path}"))
    with pytest.raises(StoreUnavailable, match="does not say which version"):
        open_store(f"sqlite:///{path}")
