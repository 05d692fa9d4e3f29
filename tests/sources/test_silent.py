"""A source that has gone silent is given up in time, with one line and no thread left."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.errors import SourceError, SourceUnavailable
from nsm.sources.asking import try_connection
from nsm.sources.guards import opened
from tests.engines.servers import DatabaseServer
from tests.sources.plays import READER_PASSWORD, make_source
from tests.sources.silent import Line, line_to

SERVERS = ["postgresql", "mariadb"]
# Far from for ever, and no judge of a machine that many share.
PATIENCE = 12


@pytest.mark.parametrize("engine", SERVERS)
def test_a_server_that_never_greets_is_given_up(engine: str) -> None:
    dialect = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[engine]
    with line_to(None) as line:
        url = sa.make_url(f"{dialect}://reader:{READER_PASSWORD}@127.0.0.1:{line.port}/plays")
        began = time.monotonic()
        with pytest.raises(SourceUnavailable) as caught:
            try_connection("lake", url, seconds=2)
        assert time.monotonic() - began < PATIENCE
        assert watches() == []
    assert READER_PASSWORD not in str(caught.value)


@pytest.mark.parametrize("engine", SERVERS)
def test_a_server_that_falls_silent_is_cut_off(
    engine: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = sa.make_url(make_source(engine, tmp_path, request))
    server: DatabaseServer = request.getfixturevalue(f"{engine}_server")
    with line_to(server.port) as line:
        away = url.set(port=line.port)
        try_connection("lake", away, seconds=20)
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="did not answer within 2 seconds"):
            ask_a_line_that_falls_silent(away, line)
        assert time.monotonic() - began < PATIENCE
    assert watches() == []
    # Nor does the pool tell the terminal, with a trace, that it could not roll back.
    assert caplog.text == ""


def ask_a_line_that_falls_silent(url: sa.URL, line: Line) -> None:
    with opened("lake", url, 2) as connection:
        assert connection.exec_driver_sql("select 1").all()
        line.silent.set()
        connection.exec_driver_sql("select * from plays").all()


def watches() -> list[threading.Thread]:
    """The threads that wait for a deadline."""
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_a_query_that_starts_after_the_deadline_is_ended_too(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "lake.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(SourceUnavailable, match=r"did not answer within 0\.3 seconds"):
        ask_too_late(sa.make_url(f"duckdb:///{path}"))
    assert watches() == []


def ask_too_late(url: sa.URL) -> None:
    with opened("lake", url, 0.3) as connection:
        # The interrupt at the deadline meets nothing that it could end.
        time.sleep(0.5)
        connection.exec_driver_sql(
            "select count(*) from range(100000000) a(i), range(100000000) b(j) where i * j % 7 = 3"
        ).all()


ENDLESS = "select generate_series(1, 50000000) as n, repeat('x', 1000) as t"


def test_a_server_that_falls_silent_between_rows_is_not_waited_for(
    tmp_path: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    url = sa.make_url(make_source("postgresql", tmp_path, request))
    server: DatabaseServer = request.getfixturevalue("postgresql_server")
    with line_to(server.port) as line:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="did not answer within 2 seconds"):
            read_until_it_is_silent(url.set(port=line.port), line)
        # Nor is a request to cancel waited for, which takes psycopg five seconds.
        assert time.monotonic() - began < 2 + 4
    assert watches() == []
    assert caplog.text == ""


def read_until_it_is_silent(url: sa.URL, line: Line) -> None:
    with opened("lake", url, 2) as connection:
        rows = connection.exec_driver_sql(ENDLESS)
        rows.fetchmany(3)
        line.silent.set()
        rows.all()


@pytest.mark.parametrize("left", ["raise", "ask"])
def test_rows_that_nobody_reads_hold_no_connection(
    tmp_path: Path, request: pytest.FixtureRequest, left: str
) -> None:
    url = sa.make_url(make_source("postgresql", tmp_path, request))
    began = time.monotonic()
    with pytest.raises((KeyError, SourceError)):
        leave_rows_unread(url, left)
    assert time.monotonic() - began < PATIENCE


def leave_rows_unread(url: sa.URL, left: str) -> None:
    with opened("lake", url, 60) as connection:
        connection.exec_driver_sql(ENDLESS).fetchone()
        if left == "ask":
            connection.exec_driver_sql("select 1").all()
        raise KeyError


def test_a_server_that_is_still_sending_at_the_deadline_is_left_with_nothing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sa.make_url(make_source("postgresql", tmp_path, request))
    server: DatabaseServer = request.getfixturevalue("postgresql_server")
    with pytest.raises(SourceUnavailable):
        read_slowly(url)
    busy = (
        "select count(*) from pg_stat_activity where state = 'active' and query like '%%repeat%%' "
        "and pid <> pg_backend_pid()"
    )
    owner = sa.create_engine(server.new_database(), poolclass=sa.NullPool)
    until = time.monotonic() + PATIENCE
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.exec_driver_sql(busy).scalar_one() and time.monotonic() < until:
            time.sleep(0.2)
        assert connection.exec_driver_sql(busy).scalar_one() == 0
    owner.dispose()


def read_slowly(url: sa.URL) -> None:
    with opened("lake", url, 1) as connection:
        for _ in connection.exec_driver_sql(ENDLESS):
            time.sleep(0.001)
