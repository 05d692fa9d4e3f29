"""A store moved to another engine, backed up and restored: the same rows, all of them or none."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.errors import InputError, StoreError
from nsm.ingest import load_file
from nsm.model import Annotation, LimitLock, Target
from nsm.store import backups, copying, schema, servers
from nsm.store.annotations import read_annotations, save_annotations
from nsm.store.backups import back_up, opened, restore
from nsm.store.copying import content_of, copy_store, row_counts
from nsm.store.engine import open_store, reading, writing
from nsm.store.limits import read_locks, save_lock
from nsm.store.observations import as_known_on, read_days
from nsm.store.screens import add_screen, open_keys
from nsm.store.stars import list_stars, save_star, star_versions
from nsm.store.targets import read_targets, save_targets
from tests.engines.stores import ENGINES, store_on
from tests.store.conftest import BAKERY, MONDAY

NOW = dt.datetime.fromisoformat("2026-02-03T04:05:06")
EVER = [(dt.date(1900, 1, 1), dt.date(2200, 1, 1))]
TEXT = "söndag 🌊 \u202e 'quoted' \\ %s :name\nand \"more\" " + "🎵" * 5_000
ODD = (0.1 + 0.2, 1e308, -1e-300, -0.0, 5e-324, 2.0**53 + 1, 1 / 3)


def fill(store: sa.Engine) -> None:
    """Something of each kind, awkward wherever it may be."""
    save_star(store, BAKERY, MONDAY)
    save_star(store, replace(BAKERY, key="cafe", name=TEXT[:200], simulated=True), MONDAY)
    lines = [f"2025-12-{day:02d},{value!r},{day}" for day, value in enumerate(ODD, start=1)]
    for as_of, changed in ((MONDAY, 0), (MONDAY + dt.timedelta(days=1), 7)):
        rows = "\n".join(["date,loaves,guests", *lines, f"2025-12-20,{changed},x"])
        load_file(
            store,
            *("bakery", rows.encode()),
            source="till.csv",
            loaded_by="anna",
            skip_bad=True,
            today=as_of,
            as_of=as_of,
        )
    save_annotations(store, "bakery", [Annotation(0, MONDAY, TEXT), Annotation(0, MONDAY, TEXT)])
    save_targets(store, "bakery", [Target("loaves", "month", dt.date(2026, 1, 1), 0.1)])
    save_lock(store, "bakery", LimitLock("loaves", None, None, "anna", NOW, "why\nnot"))
    add_screen(store, "Kitchen", "stars=bakery", NOW)


def contents(store: sa.Engine) -> dict[str, copying.Content]:
    with reading(store) as connection:
        return {
            table.name: content_of(connection, table) for table in schema.metadata.sorted_tables
        }


def answers(store: sa.Engine) -> tuple[object, ...]:
    """What the program says of the bakery, by its own functions."""
    days = read_days(store, "bakery", EVER)
    return (
        list_stars(store),
        read_annotations(store, "bakery"),
        read_targets(store, "bakery"),
        read_locks(store, "bakery"),
        open_keys(store),
        [tuple(row) for row in days.itertuples(index=False)],
        as_known_on(store, "bakery", "loaves", MONDAY).to_dict(),
    )


@pytest.fixture
def filled(file_store: sa.Engine) -> sa.Engine:
    fill(file_store)
    return file_store


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    (tmp_path / "target").mkdir()
    yield from store_on(request.param, request, tmp_path / "target")


every_target = pytest.mark.parametrize("target", ENGINES, indirect=True)


@every_target
def test_a_copy_says_the_same_and_goes_on_from_there(filled: sa.Engine, target: sa.Engine) -> None:
    told: dict[str, int] = {}

    copied = copy_store(filled, target, told.__setitem__)

    assert {name: one.rows for name, one in copied.items() if one.rows} == told
    assert told == row_counts(target) == row_counts(filled)
    assert {"restatement", "rejected_row", "rollup", "limit_lock", "screen"} <= set(told)
    assert copied == contents(filled) == contents(target)
    assert answers(target) == answers(filled)
    fill_more(target)
    with pytest.raises(InputError, match="is not empty: rows in"):
        copy_store(filled, target)


def fill_more(store: sa.Engine) -> None:
    """New rows get new numbers; two of everything are there afterwards."""
    save_star(store, replace(BAKERY, key="kiosk"), MONDAY)
    add_screen(store, "Hall", "stars=kiosk", NOW)
    load_file(store, "kiosk", b"date,loaves\n2025-12-01,1", source="a", loaded_by="b", today=MONDAY)
    assert len(open_keys(store)) == 2


@every_target
def test_a_copy_that_goes_wrong_leaves_the_target_empty(
    filled: sa.Engine, target: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(table: str, rows: int) -> None:
        if table == "observation":
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        copy_store(filled, target, power_cut)
    assert row_counts(target) == {}

    def one_value_off(connection: sa.Connection, table: sa.Table) -> None:
        if table is schema.observation:
            first = sa.select(sa.func.min(schema.observation.c.date)).scalar_subquery()
            day = connection.scalar(sa.select(first))
            connection.execute(sa.update(table).where(table.c.date == day).values(value=1.0))

    monkeypatch.setattr(servers, "continue_numbers", one_value_off)
    with pytest.raises(StoreError, match="not what was sent: observation"):
        copy_store(filled, target)
    assert row_counts(target) == {}


@pytest.mark.parametrize("target", ENGINES, indirect=True)
def test_a_backup_brings_any_store_back_and_says_nothing_else(
    target: sa.Engine, tmp_path: Path
) -> None:
    fill(target)
    before, versions = answers(target), star_versions(target)

    made = back_up(target, tmp_path / "all.backup", NOW)

    assert made.rows == row_counts(target)
    assert made.made_at == NOW
    assert (tmp_path / "all.backup").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.glob("*all*")] == ["all.backup"]
    fill_more(target)
    with opened(tmp_path / "all.backup") as (backup, found):
        assert found == made
        restore(backup, target)
    assert answers(target) == before
    assert set(star_versions(target)) == set(versions)
    assert all(star_versions(target)[key] != versions[key] for key in versions)
    fill_more(target)


def test_a_backup_goes_to_another_engine(
    filled: sa.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    back_up(filled, tmp_path / "a.backup", NOW)
    for target in store_on("mariadb", request, tmp_path):
        with opened(tmp_path / "a.backup") as (backup, _):
            restore(backup, target)
        assert answers(target) == answers(filled)


def test_a_backup_made_while_others_write_is_of_one_moment(
    filled: sa.Engine, tmp_path: Path
) -> None:
    done = threading.Event()

    def write() -> None:
        store = open_store(str(filled.url))
        number = 0
        while not done.is_set():
            number += 1
            with writing(store) as connection:
                for table in (schema.star, schema.metric):
                    connection.execute(sa.update(table).values(description=f"{number}"))
        store.dispose()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            file = tmp_path / f"{turn}.backup"
            back_up(filled, file, NOW)
            with opened(file) as (backup, _):
                said = {
                    one.description for star in list_stars(backup) for one in (star, *star.metrics)
                }
            assert len(said) == 1
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.99])
def test_a_damaged_backup_is_refused_and_the_store_stays(
    filled: sa.Engine, tmp_path: Path, part: float
) -> None:
    file = tmp_path / "a.backup"
    back_up(filled, file, NOW)
    content = bytearray(file.read_bytes())
    place = int(part * len(content))
    # A page of nothing somewhere; a single wrong value is the next test.
    content[place : place + 4096] = bytes(len(content[place : place + 4096]))
    file.write_bytes(content)
    with pytest.raises(InputError, match="is damaged or is no backup"), opened(file):
        pass


def test_a_backup_with_one_changed_value_is_refused(filled: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    back_up(filled, file, NOW)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE target SET value = value + 1e-9")
    connection.close()
    with pytest.raises(InputError, match="does not hold what it was sealed with"), opened(file):
        pass


def test_what_is_no_backup_is_refused_in_one_line(filled: sa.Engine, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("date,orders\n")
    with sqlite3.connect(tmp_path / "photos.db") as connection:
        connection.execute("CREATE TABLE photo (id INTEGER)")
    connection.close()
    wrong = {"text": "damaged or is no backup", "photos.db": "holds no store", "no": "no file"}
    for name, said in wrong.items():
        with pytest.raises(InputError, match=said), opened(tmp_path / name):
            pass
    with reading(filled) as connection:
        connection.execute(sa.select(schema.star))
        in_use = opened(Path(str(filled.url.database)))
        with pytest.raises(InputError, match="a store in use"), in_use:
            pass


def test_a_backup_never_overwrites_and_a_full_disk_leaves_nothing(
    filled: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.backup"
    file.write_text("precious")
    with pytest.raises(InputError, match="is there already"):
        back_up(filled, file, NOW)
    assert file.read_text() == "precious"

    def full(draft: Path, *_: object) -> None:
        # What SQLite leaves beside a file that it could not finish.
        Path(f"{draft}-journal").touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_seal", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="No space left"):
        back_up(filled, tmp_path / "b.backup", NOW)
    assert sorted(tmp_path.iterdir()) == before


def test_the_copy_made_before_an_upgrade_can_be_restored_too(
    filled: sa.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from nsm.store import sqlite

    copy = sqlite.back_up(Path(str(filled.url.database)), "before-0099")
    with sqlite3.connect(copy) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    with opened(copy) as (backup, found):
        assert (found.digest, found.made_at) == ("", None)
        assert answers(backup) == answers(filled)
