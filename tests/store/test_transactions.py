"""One transaction for writing, one moment for reading, UTC: the same on every engine."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
import sqlalchemy as sa

from nsm.errors import StoreUnavailable
from nsm.ingest import load_file
from nsm.model import Annotation, Star
from nsm.store import servers
from nsm.store.annotations import read_annotations, save_annotations
from nsm.store.engine import open_store, reading, writing
from nsm.store.loads import recent_loads
from nsm.store.schema import star
from nsm.store.stars import list_stars, save_star, star_version
from tests.engines.servers import DatabaseServer
from tests.store.conftest import BAKERY, MONDAY

SERVERS = ("postgresql", "mariadb")


@pytest.fixture
def server(request: pytest.FixtureRequest) -> DatabaseServer:
    return request.getfixturevalue(f"{request.param}_server")


def test_a_failing_block_leaves_nothing_behind(engine: sa.Engine, bakery: Star) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(sa.delete(star))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [found.key for found in list_stars(engine)] == ["bakery"]


def test_writers_take_turns_so_that_no_change_is_lost(engine: sa.Engine, bakery: Star) -> None:
    before = star_version(engine, "bakery")

    def count_up() -> None:
        for _ in range(25):
            with writing(engine) as connection:
                version = connection.scalar(sa.select(star.c.version))
                connection.execute(sa.update(star).values(version=version + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert star_version(engine, "bakery") == before + 100


def test_what_is_read_in_one_block_is_of_one_moment(engine: sa.Engine, bakery: Star) -> None:
    with reading(engine) as reader:
        first = reader.scalar(sa.select(star.c.version))
        with writing(engine) as writer:
            writer.execute(sa.update(star).values(version=star.c.version + 1))
        assert reader.scalar(sa.select(star.c.version)) == first
    assert star_version(engine, "bakery") == first + 1


@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_a_busy_server_says_so_and_can_still_be_read(
    server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "BUSY_SECONDS", 1)
    store = open_store(server.new_database())
    save_star(store, BAKERY, MONDAY)
    with writing(store):
        assert [found.key for found in list_stars(store)] == ["bakery"]
        with pytest.raises(StoreUnavailable, match="busy"), writing(store):
            pass
    store.dispose()


@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_moments_are_utc_and_texts_whole_however_the_server_is_set_up(
    server: DatabaseServer,
) -> None:
    url = server.new_database()
    name = sa.make_url(url).database
    if server.name == "PostgreSQL":
        server.run(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    else:
        server.run(
            "SET GLOBAL time_zone = '+09:00'",
            "SET GLOBAL sql_mode = ''",
            f"ALTER DATABASE {name} CHARACTER SET latin1",
        )
    try:
        store = open_store(url)
        save_star(store, BAKERY, MONDAY)
        text = "söndag 🌊 \u202e" + "🎵" * 9_000
        save_annotations(store, "bakery", [Annotation(0, MONDAY, text)])
        load_file(
            store, "bakery", b"date,loaves\n2026-01-01,1", source="a", loaded_by="b", today=MONDAY
        )
        assert read_annotations(store, "bakery")[0].text == text
        (load,) = recent_loads(store, "bakery")
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        assert abs(load.loaded_at - now) < dt.timedelta(minutes=10)
        with pytest.raises(StoreUnavailable), writing(store) as connection:
            connection.execute(sa.update(star).values(timezone="x" * 65))
        store.dispose()
    finally:
        if server.name == "MariaDB":
            server.run("SET GLOBAL time_zone = 'SYSTEM'", "SET GLOBAL sql_mode = DEFAULT")


@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_many_programs_that_open_a_new_store_at_once_make_its_tables_once(
    server: DatabaseServer,
) -> None:
    url = server.new_database()
    wrong: list[Exception] = []

    def open_it() -> None:
        try:
            open_store(url).dispose()
        except Exception as error:
            wrong.append(error)

    def slowly(connection: sa.Connection) -> None:
        time.sleep(0.2)  # so that whoever comes between the last change and its commit is seen

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    sa.event.listen(sa.Engine, "commit", slowly)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sa.event.remove(sa.Engine, "commit", slowly)
    assert wrong == []
