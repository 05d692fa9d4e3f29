"""What the faults happen to: a shop fed by files and by a source, each value in two editions."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from nsm.errors import NsmError
from nsm.periods import today_in
from nsm.store import schema
from nsm.store.engine import open_store
from tests.engines.servers import DatabaseServer, mariadb, postgresql
from tests.faults.running import Commands, commands

DAYS = 5_000
FROM_FILES = ("items", "returns")
FROM_LAKE = ("orders", "visits")
EDITIONS = ("a", "b")
DEFINITION = """
star: shop
name: Shop
sources: {lake: {url_env: LAKE_URL}}
north_star: orders
metrics:
  orders: {name: Orders, source: lake, table: sales, date: at, value: {sum: n}, segments: [country]}
  visits: {name: Visits, role: input, source: lake, table: sales, date: at, value: {max: n}}
  items: {name: Items, role: input, aggregate: sum}
  returns: {name: Returns, role: input, aggregate: sum}
"""


def days() -> list[dt.date]:
    """The days of every metric, the last one yesterday."""
    last = today_in("UTC") - dt.timedelta(days=1)
    return [last - dt.timedelta(days=DAYS - 1 - place) for place in range(DAYS)]


def value(metric: str, place: int, edition: str) -> int:
    """What a metric comes to on a day; no day has the same value in both editions."""
    number = (*FROM_FILES, *FROM_LAKE).index(metric)
    return 100 + 7 * number + place % 11 + (500 if edition == "b" else 0)


def write_files(folder: Path) -> dict[str, Path]:
    """A file for each edition of what comes from files."""
    found = {}
    for edition in EDITIONS:
        lines = ["date," + ",".join(FROM_FILES)]
        for place, day in enumerate(days()):
            values = (str(value(metric, place, edition)) for metric in FROM_FILES)
            lines.append(f"{day},{','.join(values)}")
        found[edition] = folder / f"{edition}.csv"
        found[edition].write_text("\n".join(lines))
    return found


def write_lake(path: Path, edition: str) -> None:
    """The source as a SQLite file: visits are the largest number of a day, orders the sum."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("drop table if exists sales")
        connection.execute("create table sales (at text, n int, country text)")
        connection.executemany("insert into sales values (?, ?, ?)", lake_rows(edition))
        connection.commit()


def lake_rows(edition: str) -> list[tuple[str, int, str]]:
    rows = []
    for place, day in enumerate(days()):
        most = value("visits", place, edition)
        rest = value("orders", place, edition) - most
        rows += [(f"{day} 09:00:00", most, "de"), (f"{day} 21:00:00", rest, "se")]
    return rows


def fill_server_lake(server: DatabaseServer, edition: str = "a") -> tuple[str, str]:
    """The source on a server; its address for the owner, and that of an account that may read."""
    url = server.new_database()
    name = sa.make_url(url).database or ""
    kind = "timestamp" if server.name == "PostgreSQL" else "datetime"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table sales (at {kind}, n int, country varchar(9))")
        connection.exec_driver_sql("insert into sales values (%s, %s, %s)", lake_rows(edition))
    account = f"reader_{name}"[:32]
    if server.name == "PostgreSQL":
        server.run(
            f"create role {account} login password 'canary-7f3a19'",
            f"grant select on sales to {account}",
            database=name,
        )
    else:
        server.run(
            f"create user {account}@'127.0.0.1' identified by 'canary-7f3a19'",
            f"grant select on {name}.* to {account}@'127.0.0.1'",
        )
    return url, server.url(name, account, "canary-7f3a19")


@dataclass(frozen=True)
class Look:
    """What a store holds: by metric the edition that all its days are of ("?" for a mixture)."""

    editions: dict[str, str]
    loads: int
    restated: int
    sound: bool

    def follows(self, before: Look) -> bool:
        """Whether nothing or something whole happened since: no value lost, none half written."""
        changed = [one for one in self.editions if self.editions[one] != before.editions[one]]
        old = [one for one in changed if before.editions[one] != "none"]
        by_file = any(one in FROM_FILES for one in changed)
        loads = sum(one in FROM_LAKE for one in changed) + by_file
        return (
            self.sound
            and "?" not in self.editions.values()
            and len({self.editions[one] for one in FROM_FILES}) == 1
            and self.restated - before.restated == len(old) * DAYS
            # A load or sync that changes nothing is written down too.
            and self.loads - before.loads >= loads
        )


def look(url: str) -> Look:
    """Open the store as the program does, and look at everything in it."""
    engine = open_store(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                sa.select(
                    schema.metric.c.key, schema.observation.c.date, schema.observation.c.value
                )
                .join_from(schema.observation, schema.metric)
                .order_by(schema.metric.c.key, schema.observation.c.date)
            ).all()
            counts = [
                connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in (schema.load, schema.restatement)
            ]
            sums = connection.execute(
                sa.select(schema.metric.c.key, sa.func.sum(schema.rollup.c["sum"]))
                .join_from(schema.rollup, schema.metric)
                .where(schema.rollup.c.grain == "week")
                .group_by(schema.metric.c.key)
            ).all()
            sound = True
            if engine.dialect.name == "sqlite":
                sound = connection.exec_driver_sql("pragma integrity_check").scalar() == "ok"
    finally:
        engine.dispose()
    values: dict[str, list[float]] = {}
    for row in rows:
        values.setdefault(row.key, []).append(row.value)
    weekly = {row[0]: row[1] for row in sums}
    sound = sound and all(abs(weekly[key] - sum(found)) < 0.5 for key, found in values.items())
    editions = {
        metric: _edition(metric, values.get(metric)) for metric in (*FROM_FILES, *FROM_LAKE)
    }
    return Look(editions, *counts, sound)


def _edition(metric: str, found: list[float] | None) -> str:
    if not found:
        return "none"
    for edition in EDITIONS:
        if found == [value(metric, place, edition) for place in range(DAYS)]:
            return edition
    return "?"


@dataclass
class Shop:
    """A store with the shop in it, the commands that work on it, and what feeds it."""

    store: str
    commands: Commands
    files: dict[str, Path]
    lake: Path
    server: DatabaseServer | None = None

    def load(self, edition: str) -> tuple[str, ...]:
        return ("load", str(self.files[edition]), "--star", "shop")

    def sync(self, *more: str) -> tuple[str, ...]:
        return ("sync", "--star", "shop", "--full", *more)

    def fill(self) -> None:
        """The definition and the first edition of everything."""
        definition = self.commands.folder / "shop.yaml"
        definition.write_text(DEFINITION)
        self.commands.ok("apply", str(definition))
        self.commands.ok(*self.load("a"))
        self.commands.ok(*self.sync())


@contextmanager
def shop(
    store: str, folder: Path, lake: str = "", server: DatabaseServer | None = None
) -> Iterator[Shop]:
    """The shop in a new store at this address, filled with the first edition."""
    path = folder / "lake.db"
    write_lake(path, "a")
    with commands(store, lake or f"sqlite:///{path}") as running:
        made = Shop(store, running, write_files(folder), path, server)
        made.fill()
        yield made


@contextmanager
def engines(folder: Path) -> Iterator[dict[str, tuple[DatabaseServer | None, str]]]:
    """By the name of an engine, its server (none for a file)."""
    with postgresql() as one, mariadb() as two:
        yield {
            "SQLite": (None, f"sqlite:///{folder}"),
            "PostgreSQL": (one, ""),
            "MariaDB": (two, ""),
        }


def new_store(server: DatabaseServer | None, folder: Path) -> str:
    """The address of a store that does not exist yet."""
    return server.new_database() if server else f"sqlite:///{folder / 'nsm.db'}"


def said(action: object) -> str:
    """What a call of the program refuses with; empty when it works."""
    try:
        action()  # type: ignore[operator]
    except NsmError as error:
        return str(error)
    return ""
