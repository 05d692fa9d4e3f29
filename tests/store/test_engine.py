"""Opening the store: new, busy, read-only, damaged, foreign; one transaction for writing."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.errors import ConfigError, NsmError, SchemaTooNew, StoreUnavailable
from nsm.model import Star
from nsm.store import sqlite
from nsm.store.engine import open_store, reading, writing
from nsm.store.schema import star
from nsm.store.stars import list_stars
from tests.store.conftest import BAKERY

ROOT = Path(__file__).parents[2]


@pytest.fixture
def engine(file_store: sa.Engine) -> sa.Engine:
    """Here: a file."""
    return file_store


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-B", "-W", "error", "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def one_line(error: NsmError) -> str:
    line = str(error)
    assert "\n" not in line
    assert error.hint
    return line


def test_a_new_store_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "far" / "away" / "nsm.db"
    open_store(f"sqlite:///{path}").dispose()
    assert path.is_file()
    assert [child.name for child in path.parent.iterdir()] == ["nsm.db"]


def test_the_store_uses_a_write_ahead_log_and_checks_foreign_keys(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_many_processes_open_the_same_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    code = """
import sys
from nsm.store import migrate
from nsm.store.engine import open_store
import alembic.command
sys.stdin.readline()
engine = open_store(sys.argv[1])
import sqlalchemy as sa
print(len(sa.inspect(engine).get_table_names()))
"""
    racers = [
        subprocess.Popen(
            [sys.executable, "-B", "-c", code, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 4, answers
    assert len({out for out, _ in answers}) == 1
    assert [child.name for child in tmp_path.iterdir()] == ["nsm.db"]


def test_opening_a_store_that_is_up_to_date_does_not_import_alembic(
    engine: sa.Engine, address: str
) -> None:
    code = """
import sys
from nsm.store.engine import open_store
open_store(sys.argv[1])
print(sorted(name for name in sys.modules if name.split(".")[0] in ("alembic", "pandas")
             and "." not in name))
"""
    out, err = python(code, address).communicate(timeout=60)
    assert "alembic" not in out, err
    assert out.startswith("[")


def test_a_new_store_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nsm.db"

    def stop(engine: sa.Engine) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE half (a INTEGER)")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        sqlite.create(path, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_new_store_that_is_killed_half_way_leaves_no_store(tmp_path: Path) -> None:
    code = """
import sys, time
from nsm.store import migrate
from nsm.store.engine import open_store
run = migrate._run
def slow(connection):
    run(connection)
    print("half way", flush=True)
    time.sleep(60)
migrate._run = slow
open_store(sys.argv[1])
"""
    path = tmp_path / "nsm.db"
    victim = python(code, f"sqlite:///{path}")
    assert victim.stdout is not None
    assert victim.stdout.readline() == "half way\n"
    victim.kill()
    victim.communicate()
    assert not path.exists()
    assert list_stars(open_store(f"sqlite:///{path}")) == ()


def test_the_first_of_two_new_stores_counts(tmp_path: Path) -> None:
    path = tmp_path / "nsm.db"

    def slow(engine: sa.Engine) -> None:
        open_store(f"sqlite:///{path}").dispose()

    sqlite.create(path, slow)
    with open_store(f"sqlite:///{path}").connect() as connection:
        assert sa.inspect(connection).has_table("star")


def test_an_empty_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "nsm.db"
    path.touch()
    with pytest.raises(StoreUnavailable, match="empty file") as caught:
        open_store(f"sqlite:///{path}")
    assert "delete the file" in one_line(caught.value)
    assert path.stat().st_size == 0


def test_a_device_is_no_database() -> None:
    with pytest.raises(StoreUnavailable, match="not a regular file") as caught:
        open_store("sqlite:////dev/null")
    assert "delete" not in one_line(caught.value)


def test_a_disk_that_refuses_even_to_tidy_up_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    # What a read-only disk does; mounting one takes more rights than tests have.
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(StoreUnavailable, match=r"nm\.db cannot be created: Read-only") as caught:
        open_store(f"sqlite:///{tmp_path / 'nm.db'}")
    assert "permissions" in one_line(caught.value)


def _text_file(path: Path) -> None:
    path.write_text("date,metric,value\n" * 500)


def _torn_header(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(b"\0" * 100 + content[100:])


def _torn_pages(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def _torn_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("damage", [_text_file, _torn_header, _torn_pages, _torn_off])
def test_a_damaged_file_is_one_clear_line_and_stays_as_it_is(tmp_path: Path, damage) -> None:
    path = tmp_path / "nsm.db"
    open_store(f"sqlite:///{path}").dispose()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="damaged or is not a SQLite database") as caught:
        list_stars(open_store(f"sqlite:///{path}"))
    assert str(path) in one_line(caught.value)
    assert path.read_bytes() == before


def test_damage_found_while_reading_is_one_clear_line(engine: sa.Engine, bakery: Star) -> None:
    path = Path(str(engine.url.database))
    with reading(engine) as connection:
        root = connection.exec_driver_sql(
            "SELECT rootpage FROM sqlite_master WHERE name = 'metric'"
        ).scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    engine.dispose()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged"):
        list_stars(open_store(str(engine.url)))


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photo (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="belongs to another program") as caught:
        open_store(f"sqlite:///{path}")
    assert "photo" in one_line(caught.value)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_refused_and_left_alone(
    engine: sa.Engine, address: str, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    before = (tmp_path / "nsm.db").read_bytes()
    with pytest.raises(SchemaTooNew, match="newer version") as caught:
        open_store(address)
    assert "9999" in one_line(caught.value)
    assert (tmp_path / "nsm.db").read_bytes() == before


def test_a_write_ahead_log_without_its_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nsm.db-wal").write_bytes(b"changes")
    with pytest.raises(StoreUnavailable, match="is gone"):
        open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    assert (tmp_path / "nsm.db-wal").read_bytes() == b"changes"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///nsm.db?mode=ro",
        "nonsense",
        "",
        "postgres://anna:sesame@localhost/nsm",
        "nosuch+driver://anna:sesame@localhost/nsm",
        "oracle://anna:sesame@localhost/nsm",
    ],
)
def test_an_address_that_cannot_be_used_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert "sesame" not in one_line(caught.value)


def test_places_where_no_file_can_be_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    for place in (tmp_path, tmp_path / "file" / "nsm.db", tmp_path / ("x" * 300), "a%00b"):
        with pytest.raises(StoreUnavailable) as caught:
            open_store(f"sqlite:///{place}")
        one_line(caught.value)


def test_a_busy_store_says_so_and_can_still_be_read(
    engine: sa.Engine, address: str, bakery: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    impatient = open_store(address)
    with writing(engine):
        assert [found.key for found in list_stars(impatient)] == ["bakery"]
        with pytest.raises(StoreUnavailable, match="busy") as caught, writing(impatient):
            pass
    one_line(caught.value)


def test_a_busy_store_is_not_taken_for_a_read_only_one(
    engine: sa.Engine, bakery: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    path = Path(str(engine.url.database))
    engine.dispose()
    owner = sqlite3.connect(path, isolation_level=None)
    owner.execute("PRAGMA locking_mode=EXCLUSIVE")
    owner.execute("BEGIN IMMEDIATE")
    owner.execute("UPDATE star SET name = 'other'")
    with pytest.raises(StoreUnavailable, match="busy"):
        open_store(str(engine.url))
    owner.close()


def test_a_relative_address_stays_at_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = open_store("sqlite:///here.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    engine.pool.dispose()
    assert list_stars(engine) == ()


def test_a_full_disk_says_so_and_changes_nothing(engine: sa.Engine, bakery: Star) -> None:
    def write_much() -> None:
        with writing(engine) as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.execute(sa.update(star).values(description="x" * 5_000_000))

    with pytest.raises(StoreUnavailable, match="disk is full"):
        write_much()
    assert list_stars(engine)[0].description == ""


READER = """
import os, sys
from nsm.errors import StoreUnavailable
from nsm.store.engine import open_store
from nsm.store.stars import delete_star, list_stars
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
engine = open_store(sys.argv[1])
print([star.key for star in list_stars(engine)])
try:
    delete_star(engine, "bakery")
except StoreUnavailable as error:
    print(error)
print([star.key for star in list_stars(engine)])
"""


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o444), (0o755, 0o444)])
def test_a_read_only_store_can_be_read_and_says_why_it_is_not_written(
    engine: sa.Engine, bakery: Star, folder_mode: int, file_mode: int
) -> None:
    engine.dispose()
    # Not tmp_path: the reader, who is nobody when the tests run as root, may not enter that.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "nsm.db"
        path.write_bytes(Path(str(engine.url.database)).read_bytes())
        path.chmod(file_mode)
        folder.chmod(folder_mode)
        out, err = python(READER, f"sqlite:///{path}").communicate(timeout=60)
        folder.chmod(0o755)
    lines = out.splitlines()
    assert lines[0] == lines[2] == "['bakery']", err
    assert "can be read but not written" in lines[1]


def test_a_reader_who_cannot_write_sees_what_others_write(
    engine: sa.Engine, bakery: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(str(engine.url.database))
    engine.dispose()
    opened = sqlite._opened

    def without_side_files(uri: str, kind: type[sqlite3.Connection]) -> sqlite3.Connection:
        if "mode=rw" in uri:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return opened(uri, kind)

    monkeypatch.setattr(sqlite, "_opened", without_side_files)
    reader = sqlite.make_engine(path)
    assert list_stars(reader) == (BAKERY,)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE star SET name = 'Bakery and café'")
    other.close()
    assert list_stars(reader)[0].name == "Bakery and café"
