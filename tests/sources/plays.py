"""The same rows in every engine, and what they come to, computed by Python alone."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from nsm.model import Grain, Take
from tests.engines.servers import DatabaseServer

ENGINES = ("sqlite", "duckdb", "parquet", "postgresql", "mariadb", "clickhouse")
READER, READER_PASSWORD = "reader", "canary-7f3a19"


@dataclass(frozen=True)
class Play:
    at: dt.datetime
    user: int
    seconds: int
    country: str


def _plays() -> list[Play]:
    """Two years of moments in UTC, dense where local days change length, none twice."""
    dice = random.Random(5)
    start = dt.datetime(2024, 12, 20, tzinfo=dt.UTC)
    moments = {start + dt.timedelta(minutes=dice.randrange(60 * 24 * 500)) for _ in range(1200)}
    # The nights in which clocks change in Berlin and in New York, and the turn of a year.
    for night in ("2025-03-30", "2025-10-26", "2025-03-09", "2025-11-02", "2025-12-31"):
        first = dt.datetime.fromisoformat(night).replace(tzinfo=dt.UTC) - dt.timedelta(hours=2)
        moments |= {first + dt.timedelta(minutes=20 * step) for step in range(100)}
    return [
        Play(at, dice.randint(1, 60), dice.randint(1, 4000), dice.choice(["de", "se", "日本"]))
        for at in sorted(moments)
    ]


PLAYS = _plays()


def expected(take: Take, grain: Grain, timezone: str, week_start: int) -> dict[dt.date, float]:
    """What the plays of each period come to, by its first day in local time."""
    zone = ZoneInfo(timezone)
    by_period: dict[dt.date, list[Play]] = {}
    for play in PLAYS:
        day = play.at.astimezone(zone).date()
        if grain is Grain.WEEK:
            day -= dt.timedelta(days=(day.weekday() - week_start) % 7)
        by_period.setdefault(day.replace(day=1) if grain is Grain.MONTH else day, []).append(play)
    result: dict[Take, Callable[[list[Play]], float]] = {
        Take.SUM: lambda plays: sum(play.seconds for play in plays),
        Take.COUNT: len,
        Take.COUNT_DISTINCT: lambda plays: len({play.user for play in plays}),
        Take.MEAN: lambda plays: sum(play.seconds for play in plays) / len(plays),
        Take.MIN: lambda plays: min(play.seconds for play in plays),
        Take.MAX: lambda plays: max(play.seconds for play in plays),
        Take.LAST: lambda plays: plays[-1].seconds,
    }
    return {period: float(result[take](plays)) for period, plays in sorted(by_period.items())}


def make_source(engine: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Put the plays into an engine; the address under which a reading account finds them."""
    rows = [
        (_bare(one.at), one.at.date(), one.user, one.seconds, one.country, told(one.at, place))
        for place, one in enumerate(PLAYS)
    ]
    if engine == "sqlite":
        path = folder / "plays.db"
        with sqlite3.connect(path) as connection:
            connection.execute(
                "create table plays "
                "(at text, day text, user_id int, seconds int, country text, told text)"
            )
            texts = [(str(at), str(day), *rest) for at, day, *rest in rows]
            connection.executemany("insert into plays values (?, ?, ?, ?, ?, ?)", texts)
        connection.close()
        return f"sqlite:///{path}"
    if engine in ("duckdb", "parquet"):
        return _duckdb(engine, folder, rows)
    if engine == "clickhouse":
        return _clickhouse(folder, rows)
    server: DatabaseServer = request.getfixturevalue(f"{engine}_server")
    return _server(server, rows)


def _duckdb(engine: str, folder: Path, rows: list[tuple[object, ...]]) -> str:
    import duckdb

    with duckdb.connect(str(folder / "plays.duckdb")) as connection:
        connection.execute(
            'create table plays ("at" timestamp, day date, user_id int, seconds int, '
            "country text, told text)"
        )
        # One statement: DuckDB takes milliseconds for each.
        values = ", ".join(_literal(row) for row in rows)
        connection.execute(f"insert into plays values {values}")
        if engine == "duckdb":
            return f"duckdb:///{folder / 'plays.duckdb'}"
        lake = folder / "lake"
        lake.mkdir()
        connection.execute(f"copy plays to '{lake / 'plays.parquet'}' (format parquet)")
    return f"duckdb:///{lake}"


def _clickhouse(folder: Path, rows: list[tuple[object, ...]]) -> str:
    url = f"clickhousedb://?interface=chdb&path={folder / 'house'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "create table plays (at DateTime('UTC'), day Date, user_id Int32, seconds Int32, "
            "country String, told String) engine = MergeTree order by at"
        )
        values = ", ".join(_literal(row) for row in rows)
        connection.exec_driver_sql(f"insert into plays values {values}")
    return url


def _server(server: DatabaseServer, rows: list[tuple[object, ...]]) -> str:
    url = server.new_database()
    name = sa.make_url(url).database or ""
    kind = "timestamp" if server.name == "PostgreSQL" else "datetime"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"create table plays (at {kind}, day date, user_id int, seconds int, "
            "country varchar(20), told varchar(40))"
        )
        connection.exec_driver_sql("insert into plays values (%s, %s, %s, %s, %s, %s)", rows)
    if server.name == "PostgreSQL":
        account = f"{READER}_{name}"
        server.run(
            f"create role {account} login password '{READER_PASSWORD}'",
            f"grant select on all tables in schema public to {account}",
            database=name,
        )
    else:
        account = f"{READER}_{name}"[:32]
        server.run(
            f"create user {account}@'127.0.0.1' identified by '{READER_PASSWORD}'",
            f"grant select on {name}.* to {account}@'127.0.0.1'",
        )
    return server.url(name, account, READER_PASSWORD)


def _literal(row: tuple[object, ...]) -> str:
    at, day, user, seconds, country, text = row
    return f"('{at}', '{day}', {user}, {seconds}, '{country}', '{text}')"


def told(at: dt.datetime, place: int) -> str:
    """The moment as a text, each in another of the ways in which people write them."""
    hours = (0, 5.5, -7, 0, 0)[place % 5]
    there = at.astimezone(dt.timezone(dt.timedelta(hours=hours)))
    if place % 5 < 3:
        return there.isoformat(" " if place % 2 else "T")
    return f"{_bare(at)}.250" if place % 5 == 3 else f"{_bare(at).isoformat()}Z"


def _bare(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=None)
