"""As many events as wanted, by arithmetic alone, and what their weeks come to, counted by numpy."""

from __future__ import annotations

import csv
import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
import sqlalchemy as sa

from tests.engines.servers import DatabaseServer

START = "2024-10-01 00:00:00"
DAYS = 770
USERS = 20_011
# Factors that share no divisor with what they are taken modulo: every value comes up.
_AT, _SECONDS = 48_271, 7_919
_LONGEST = 4_001
_COUNTRIES = ("de", "se", "日本")


def write_lake(folder: Path, count: int, files: int = 4) -> Path:
    """Parquet files of events in a folder ``plays``; the folder."""
    lake = folder / "plays"
    lake.mkdir(parents=True)
    each = -(-count // files)
    moment = f"timestamp '{START}' + to_seconds(i * {_AT} % {DAYS * 86_400})"
    countries = ", ".join(f"'{name}'" for name in _COUNTRIES)
    with duckdb.connect() as connection:
        for number in range(files):
            first, last = number * each, min((number + 1) * each, count)
            connection.execute(
                f"copy (select {moment} as at, cast({moment} as date) as day,"
                f" cast((i * i + i // 7) % {USERS} as integer) as user_id,"
                f" cast(i * {_SECONDS} % {_LONGEST} as integer) as seconds,"
                f" [{countries}][1 + i % {len(_COUNTRIES)}] as country"
                f" from range({first}, {last}) t(i)) to '{lake / f'{number}.parquet'}'"
            )
    return lake


def weeks(count: int, timezone: str) -> dict[str, dict[dt.date, float]]:
    """By metric, what each Monday's week comes to in local time; no database has a part in it."""
    week, user, seconds = _rows(0, count, timezone)
    starts, which = np.unique(week, return_inverse=True)
    plays = np.bincount(which)
    listened = np.bincount(which, weights=seconds)
    pairs = np.unique(which.astype(np.int64) * USERS + user) // USERS
    found = {
        "seconds": listened,
        "plays": plays,
        "users": np.bincount(pairs),
        "length": listened / plays,
    }
    dates = starts.astype(object)
    return {
        name: {date: float(value) for date, value in zip(dates, values, strict=True)}
        for name, values in found.items()
    }


def distinct_users(count: int, timezone: str) -> dict[dt.date, float]:
    """How many users each Monday's week has in local time; a piece at a time, for any number."""
    first = np.datetime64(START, "D") - 14
    first -= (first.astype(np.int64) + 3) % 7
    seen = np.zeros((DAYS // 7 + 5, USERS), dtype=bool)
    for begin in range(0, count, 4_000_000):
        week, user, _ = _rows(begin, min(begin + 4_000_000, count), timezone)
        seen[(week - first).astype(np.int64) // 7, user] = True
    return {
        (first + 7 * place).astype(object): float(users)
        for place, users in enumerate(seen.sum(axis=1))
        if users
    }


def _rows(begin: int, end: int, timezone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Week, user and seconds of these events."""
    place = np.arange(begin, end, dtype=np.int64)
    utc = np.datetime64(START, "s") + place * _AT % (DAYS * 86_400)
    user, seconds = (place * place + place // 7) % USERS, place * _SECONDS % _LONGEST
    # The offset of each hour, since zones change at full hours.
    hours, hour = np.unique(utc.astype("datetime64[h]"), return_inverse=True)
    zone = ZoneInfo(timezone)
    offset = np.array(
        [
            int(one.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset().total_seconds())
            for one in hours.astype("datetime64[s]").astype(object)
        ]
    )
    day = (utc + offset[hour]).astype("datetime64[D]")
    return day - (day.astype(np.int64) + 3) % 7, user, seconds


def put_into(engine: str, lake: Path, folder: Path, request: pytest.FixtureRequest) -> str:
    """The events of a lake in another engine; the address of their database."""
    if engine == "duckdb":
        path = folder / "plays.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"create table plays as select * from '{lake}/*.parquet'")
        return f"duckdb:///{path}"
    if engine == "clickhouse":
        return _clickhouse(lake, folder)
    rows = folder / "plays.csv"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select * from '{lake}/*.parquet') to '{rows}' (header false)")
    if engine == "sqlite":
        return _sqlite(rows, folder)
    server: DatabaseServer = request.getfixturevalue(f"{engine}_server")
    return _server(server, rows)


_COLUMNS = "day date, user_id int, seconds int, country varchar(20)"


def _clickhouse(lake: Path, folder: Path) -> str:
    url = f"clickhousedb://?interface=chdb&path={folder / 'house'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "create table plays (at DateTime('UTC'), day Date, user_id Int32, seconds Int32, "
            "country String) engine = MergeTree order by at"
        )
        connection.exec_driver_sql(f"insert into plays select * from file('{lake}/*.parquet')")
    return url


def _sqlite(rows: Path, folder: Path) -> str:
    path = folder / "plays.db"
    with closing(sqlite3.connect(path)) as connection, rows.open(encoding="utf-8") as file:
        connection.execute(f"create table plays (at text, {_COLUMNS})")
        connection.executemany("insert into plays values (?, ?, ?, ?, ?)", csv.reader(file))
        connection.commit()
    return f"sqlite:///{path}"


def _server(server: DatabaseServer, rows: Path) -> str:
    url = sa.make_url(server.new_database())
    if server.name == "PostgreSQL":
        import psycopg

        where = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(where) as line:
            line.execute(f"create table plays (at timestamp, {_COLUMNS})")
            with line.cursor().copy("copy plays from stdin (format csv)") as copy:
                copy.write(rows.read_bytes())
    else:
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"local_infile": True})
        server.run("set global local_infile = 1")
        with engine.begin() as connection:
            connection.exec_driver_sql(f"create table plays (at datetime, {_COLUMNS})")
            connection.exec_driver_sql(
                f"load data local infile '{rows}' into table plays character set utf8mb4 "
                "fields terminated by ',' optionally enclosed by '\"'"
            )
    return url.render_as_string(hide_password=False)
