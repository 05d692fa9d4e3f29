"""A store of an older revision, with data in it, comes to this version on every engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from nsm.ingest import load_file
from nsm.model import Annotation
from nsm.store import migrate, schema
from nsm.store.annotations import read_annotations, save_annotations
from nsm.store.engine import open_store, reading
from nsm.store.stars import read_star, save_star
from tests.engines.servers import DatabaseServer
from tests.engines.stores import ENGINES
from tests.store.conftest import BAKERY, MONDAY

REVISIONS = sorted(
    script.revision for script in ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()
)
OLDER = REVISIONS[:-1]
# The last that did not tell loads of sources from those of files.
UNTOLD = "0009"


@pytest.fixture
def old_stores(request: pytest.FixtureRequest, tmp_path) -> dict[str, str]:
    """By revision, an address where a store of that revision shall be."""
    if request.param == "sqlite":
        return {revision: f"sqlite:///{tmp_path / revision}.db" for revision in OLDER}
    server: DatabaseServer = request.getfixturevalue(f"{request.param}_server")
    # Some: all of them would take a minute.
    return {revision: server.new_database() for revision in {OLDER[0], UNTOLD, OLDER[-1]}}


def fill_old(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Put a row into every table there is, whatever its columns are; what is in it then."""
    with engine.begin() as connection:
        old = sa.MetaData()
        old.reflect(connection)
        tables = [table for table in old.sorted_tables if table.name != "alembic_version"]
        for table in tables:
            # Numbers are given by the database, as they were: 1.
            columns = [column for column in table.columns if column.name != "id"]
            row = {column.name: _value(table.name, column) for column in columns}
            connection.execute(sa.insert(table).values(row))
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in tables
        }


def _value(table: str, column: sa.Column[Any]) -> Any:
    known = {"role": "north_star", "aggregate": "sum", "better": "up", "week_start": 0}
    known |= {"timezone": "UTC", "fiscal_year_end": 12, "take": "sum", "formula": None}
    known |= {"grain": "day", "grain_found": "day", "kind": "note", "believed_direction": None}
    known |= {"believed_confidence": None, "period": "week", "retired": False}
    if column.name in known and not (table == "source" and column.name == "key"):
        return known[column.name]
    if isinstance(column.type, sa.Date | sa.DateTime):
        return (
            dt.datetime.fromisoformat("2026-01-05")
            if column.type.python_type is dt.datetime
            else MONDAY
        )
    if isinstance(column.type, sa.String):
        return "ä🌊"[: column.type.length or 2] if column.name != "unit" else ""
    return 1


@pytest.mark.parametrize("old_stores", ENGINES, indirect=True)
def test_a_store_of_an_older_revision_comes_to_this_version_with_its_data(
    old_stores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for revision, url in old_stores.items():
        with monkeypatch.context() as then:
            then.setattr(migrate, "HEAD", revision)
            store = open_store(url)
        before = fill_old(store)
        store.dispose()

        store = open_store(url)

        with reading(store) as connection:
            now = sa.MetaData()
            now.reflect(connection)
            for name, rows in before.items():
                old_columns = len(rows[0])
                found = connection.execute(sa.select(now.tables[name])).all()
                assert len(found) == 1, (revision, name)
                assert set(map(str, rows[0])) <= set(map(str, found[0])), (revision, name)
                assert len(found[0]) >= old_columns
        with store.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, schema.metadata) == []
        # And it is one to work with.
        save_star(store, BAKERY, MONDAY)
        load_file(
            store,
            "bakery",
            b"date,loaves\n2026-01-01,1",
            source="a",
            loaded_by="b",
            today=MONDAY,
        )
        save_annotations(store, "bakery", [Annotation(0, MONDAY, "new oven 🌊")])
        assert read_star(store, "bakery").key == "bakery"
        assert len(read_annotations(store, "bakery")) == 1
        store.dispose()


@pytest.mark.parametrize("old_stores", ENGINES, indirect=True)
def test_loads_of_sources_are_told_from_those_of_files(
    old_stores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = old_stores[UNTOLD]
    with monkeypatch.context() as then:
        then.setattr(migrate, "HEAD", UNTOLD)
        store = open_store(url)
    fill_old(store)
    with store.begin() as connection:
        old = sa.MetaData()
        old.reflect(connection)
        load, metric, query = (old.tables[name] for name in ("load", "metric", "metric_query"))
        connection.execute(sa.update(metric).values(key="hours"))
        connection.execute(sa.update(query).values(source="lake"))
        connection.execute(sa.update(load).values(source="lake: hours"))
        row = connection.execute(sa.select(load)).one()._asdict()
        for number, name in ((2, "lake: visits"), (3, "hours.csv")):
            connection.execute(sa.insert(load).values(row | {"id": number, "source": name}))
    store.dispose()

    store = open_store(url)

    with reading(store) as connection:
        found = connection.execute(sa.select(schema.load.c.source, schema.load.c.asked)).all()
    asked = {row.source: row.asked for row in found}
    assert asked == {"lake: hours": "", "lake: visits": None, "hours.csv": None}
    store.dispose()


@pytest.mark.parametrize("cut", [2, 11])
def test_on_mariadb_an_upgrade_that_was_cut_short_goes_on(
    cut: int, mariadb_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = mariadb_server.new_database()
    made = 0

    def power_cut(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        nonlocal made
        if statement.lstrip().startswith(("CREATE", "ALTER")):
            made += 1
            if made > cut:
                raise RuntimeError("power cut")

    sa.event.listen(sa.Engine, "after_cursor_execute", power_cut)
    try:
        with pytest.raises(RuntimeError, match="power cut"):
            open_store(url)
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", power_cut)

    store = open_store(url)

    save_star(store, BAKERY, MONDAY)
    assert read_star(store, "bakery") == BAKERY
    store.dispose()
