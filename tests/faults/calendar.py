"""Weeks 53 and the nights in which clocks change, from the source to the page's figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from nsm.model import Grain, Metric, Role, SourceQuery, Star, Take
from nsm.periods import today_in
from nsm.sources.asking import ask
from nsm.sources.statement import Window
from tests.engines.servers import DatabaseServer
from tests.faults.outcome import Row
from tests.faults.shop import engines

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
# Days around which something happens: years of 53 weeks, and clocks that change in some zone.
TURNS = (
    *("2015-12-31", "2020-12-31", "2021-01-03", "2024-12-30"),
    *("2025-03-09", "2025-03-30", "2025-04-05", "2025-10-04", "2025-10-26", "2025-11-02"),
    *("2026-03-08", "2026-03-29", "2026-04-04", "2026-10-03", "2026-10-25", "2026-11-01"),
)


def moments() -> list[dt.datetime]:
    """Every ten minutes of the three days around each turn, in UTC, none twice."""
    found = set()
    for turn in TURNS:
        first = dt.datetime.fromisoformat(turn).replace(tzinfo=dt.UTC) - dt.timedelta(days=1)
        found |= {first + dt.timedelta(minutes=10 * step) for step in range(3 * 144)}
    return sorted(found)


def expected(zone: str, grain: Grain, week_start: int) -> dict[dt.date, float]:
    """How many moments lie in each period, counted by Python alone."""
    counted: dict[dt.date, float] = {}
    for moment in moments():
        day = moment.astimezone(ZoneInfo(zone)).date()
        if grain is Grain.WEEK:
            day -= dt.timedelta(days=(day.weekday() - week_start) % 7)
        if grain is Grain.MONTH:
            day = day.replace(day=1)
        counted[day] = counted.get(day, 0.0) + 1
    return counted


def measure(folder: Path, times: int) -> Iterator[Row]:
    with engines(folder) as found:
        for name, (server, _) in found.items():
            url = _put(server, folder)
            row = Row("weeks 53 and nights in which clocks change", name)
            row.told.append("nothing: days, weeks and months are those of the star's time zone")
            for zone in ZONES:
                for week_start in range(7):
                    row.note(_same(url, zone, week_start), f"{zone}, weeks from {week_start}")
            yield row


def _same(url: str, zone: str, week_start: int) -> bool:
    query = SourceQuery("lake", "at", Take.COUNT, "", table="moments")
    metric = Metric("m", "m", Role.INPUT, query=query)
    star = Star("s", "s", "m", (metric,), week_start=week_start, timezone=zone)
    window = Window(None, today_in("UTC"))
    answer = ask(star, metric, sa.make_url(url), dict.fromkeys(Grain, window), seconds=120)
    return all(
        dict(zip(*(part.tolist() for part in answer.periods[grain]), strict=True))
        == expected(zone, grain, week_start)
        for grain in Grain
    )


def _put(server: DatabaseServer | None, folder: Path) -> str:
    url = server.new_database() if server else f"sqlite:///{folder / 'moments.db'}"
    kind = {"PostgreSQL": "timestamp", "MariaDB": "datetime"}.get(
        server.name if server else "", "text"
    )
    rows = [(f"{moment:%Y-%m-%d %H:%M:%S}",) for moment in moments()]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table moments (at {kind})")
        sign = "%s" if server else "?"
        connection.exec_driver_sql(f"insert into moments values ({sign})", rows)
    return url
