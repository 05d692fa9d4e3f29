"""A source of visits by day and user, and a store that asks for them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from nsm.answers import StarHistory, histories, histories_as_of
from nsm.definitions import parse_definition
from nsm.ingest import load_file
from nsm.segmented import by_segment
from nsm.sources.sync import SyncResult, Wanted, sync_star
from nsm.store.observations import read_days
from nsm.store.stars import save_star
from tests.stores import new_store

DAY = dt.timedelta(days=1)
HEAD = """
star: shop
sources: {lake: {url_env: LAKE_URL}}
north_star: visits
metrics:
  visits: {source: lake, table: visits, date: at, """


HEAD_OF_FILES = """
star: shop
north_star: visits
metrics:
  visits: {aggregate: sum, grain: week}
"""


class Lake:
    """A table of visits by day and user, and a store that asks for them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lake.db"
        self.engine: sa.Engine = new_store(f"sqlite:///{folder / 'nsm.db'}")
        self.day = dt.date(2026, 11, 16)

    def define(self, value: str, head: str = HEAD) -> None:
        text = f"{head}value: {value}}}\n" if value else head
        star = parse_definition(text, "shop.yaml").star
        save_star(self.engine, star, self.day)

    def hold(self, *rows: tuple[dt.date, int]) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("drop table if exists visits")
            connection.execute("create table visits (at text, user int)")
            connection.executemany(
                "insert into visits values (?, ?)", [(str(a), b) for a, b in rows]
            )

    def sync(self, day: dt.date | None = None, **wanted: object) -> SyncResult:
        self.day = day or self.day
        (found,) = sync_star(self.engine, "shop", self.day, Wanted(**wanted))  # type: ignore[arg-type]
        assert found.error == ""
        return found

    def days(self) -> dict[dt.date, float]:
        rows = read_days(self.engine, "shop", [(dt.date(2000, 1, 1), dt.date(2100, 1, 1))])
        return dict(zip(rows["date"].dt.date, rows["value"], strict=True))

    def files(self, values: dict[dt.date, float]) -> None:
        table = "date,visits\n" + "".join(f"{day},{value}\n" for day, value in values.items())
        load_file(
            self.engine, "shop", table.encode(), source="f.csv", loaded_by="t", today=self.day
        )

    def weeks(self, as_of: dt.date | None = None) -> dict[dt.date, float]:
        values = self._histories(as_of).weeks.values["visits"].dropna()
        return {day.date(): value for day, value in values.items()}

    def parts(self, as_of: dt.date | None = None) -> dict[dt.date, dict[str, float]]:
        """By week, what each user came to."""
        values = by_segment(self.engine, self._histories(as_of), "visits", "user").values
        return {day.date(): row.dropna().to_dict() for day, row in values.iterrows()}

    def _histories(self, as_of: dt.date | None) -> StarHistory:
        if as_of is None:
            return histories(self.engine, "shop", self.day)
        return histories_as_of(self.engine, "shop", as_of, self.day)


def each(first: dt.date, last: dt.date, user: int = 1) -> list[tuple[dt.date, int]]:
    return [(first + place * DAY, user) for place in range((last - first).days + 1)]


OCTOBER, NOVEMBER = dt.date(2026, 10, 5), dt.date(2026, 11, 2)
SUNDAY = dt.date(2026, 11, 15)
