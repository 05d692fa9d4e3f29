"""Files that are damaged, and stores that are older, newer or no stores."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tests.engines.servers import DatabaseServer
from tests.faults.killed import kept, old_store
from tests.faults.outcome import Row
from tests.faults.running import Commands, commands
from tests.faults.shop import Shop, engines, look, new_store, shop
from tests.store.test_upgrades import OLDER

_PAGE = 4096


def measure(folder: Path, times: int) -> Iterator[Row]:
    with engines(folder) as found:
        for name, (server, _) in found.items():
            own = folder / name
            own.mkdir()
            with shop(new_store(server, own), own) as one:
                if server is None:
                    yield damaged(one, own, times)
                    yield cut_short(one, own, max(times // 4, 1))
                yield newer(one, name)
            with commands("") as run:
                yield older(run, server, name, own)
                yield foreign(run, server, name, own)


def _dump(one: Shop) -> tuple[Path, bytes]:
    """The store's file and what it holds, with nothing left beside it."""
    path = Path(one.store.removeprefix("sqlite:///"))
    engine = sa.create_engine(one.store)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path, path.read_bytes()


def _tried(one: Shop, row: Row, path: Path, damage: bytes, whole: bytes, right: str) -> None:
    """Both a reader and a writer meet the damage; then the file comes back from its backup."""
    path.write_bytes(damage)
    reads = one.commands.run("review", "--star", "shop", "--json")
    clear = reads.is_clear and (reads.code == 1 or reads.out == right)
    writes = one.commands.run(*one.load("b"))
    clear = clear and writes.is_clear
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    path.write_bytes(whole)
    after = one.commands.run("review", "--star", "shop", "--json")
    told = next((done.told for done in (reads, writes) if done.code), "")
    row.note(clear and after.out == right, f"{reads} {writes}"[:1500], told)


def damaged(one: Shop, folder: Path, times: int) -> Row:
    row = Row("a page of the database file overwritten with noise", "SQLite")
    path, whole = _dump(one)
    right = one.commands.ok("review", "--star", "shop", "--json").out
    chance = random.Random(23)
    for _ in range(times):
        place = chance.randrange(len(whole) // _PAGE) * _PAGE
        noise = chance.randbytes(_PAGE)
        _tried(one, row, path, whole[:place] + noise + whole[place + _PAGE :], whole, right)
    return row


def cut_short(one: Shop, folder: Path, times: int) -> Row:
    row = Row("database file cut short, or empty", "SQLite")
    path, whole = _dump(one)
    right = one.commands.ok("review", "--star", "shop", "--json").out
    chance = random.Random(29)
    for turn in range(times):
        _tried(one, row, path, whole[: chance.randrange(len(whole)) if turn else 0], whole, right)
    return row


def newer(one: Shop, name: str) -> Row:
    row = Row("store of a newer version", name)
    before = look(one.store)
    engine = sa.create_engine(one.store, poolclass=sa.NullPool)
    with engine.begin() as connection:
        head = connection.exec_driver_sql("select version_num from alembic_version").scalar()
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    for arguments in (one.load("b"), one.sync(), ("review", "--star", "shop")):
        row.note_refusal(one.commands.run(*arguments), True, "newer version")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"update alembic_version set version_num = '{head}'")
    if look(one.store) != before:
        row.note(False, "the store was changed")
    return row


def older(run: Commands, server: DatabaseServer | None, name: str, folder: Path) -> Row:
    """Each revision that ever was, with a row in every table, opened by this version."""
    row = Row("store of an older version: each revision so far, with data", name)
    row.told.append("nothing: it is upgraded (a file after a copy into backups/)")
    for revision in OLDER:
        url = server.new_database() if server else f"sqlite:///{folder / revision}.db"
        before = old_store(url, revision)
        run.environment["NSM_DATABASE_URL"] = url
        done = run.run("stars")
        row.note(done.code == 0 and kept(url, before), done.err)
    return row


def foreign(run: Commands, server: DatabaseServer | None, name: str, folder: Path) -> Row:
    row = Row("database of another program", name)
    url = server.new_database() if server else f"sqlite:///{folder / 'photos.db'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table photo (id integer)")
        connection.exec_driver_sql("insert into photo values (7)")
    run.environment["NSM_DATABASE_URL"] = url
    for arguments in (("stars",), ("demo",)):
        done = run.run(*arguments)
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            rows = connection.exec_driver_sql("select id from photo").all()
        row.note_refusal(done, tables == ["photo"] and rows == [(7,)], "another program")
    shutil.rmtree(folder / "backups", ignore_errors=True)
    return row
