"""Ten million raw daily rows by segment: `nsm sync` against the engine's own two-stage GROUP BY.

Each side runs in a process of its own, in turns. The floor is the least that anybody could ask: a
sum for each day and of those one for each week, and nothing kept. Memory is what the process held
above what its imports had taken.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from tests.engines.servers import postgresql

ROWS, DAYS = int(os.environ.get("ROWS", "10000000")), 3_650
SEGMENTS = ROWS // DAYS
ROUNDS = 3
MEMORY_MB = 100
DEFINITION = """
star: shop
sources: {lake: {url_env: LAKE_URL}}
north_star: orders
metrics:
  orders: {source: lake, table: sales, date: day, value: {sum: n}}
"""
# Days are numbered so that ten years end before today; the value depends on day and segment.
_DAY = "date '2016-01-01' + cast({day} as integer)"
_TWO_STAGES = """
select {week} as week, sum(n) from
  (select day, sum(n) as n from sales group by day) as days
group by 1 order by 1
"""
_WEEK = {
    "sqlite": "date(day, 'weekday 0', '-6 days')",
    "duckdb": "cast(date_trunc('week', day) as date)",
    "postgresql": "cast(date_trunc('week', day) as date)",
}


def measure() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="nsm-scale-") as name:
        folder = Path(name)
        yield from _compared("DuckDB", _duckdb(folder), folder)
        yield from _compared("SQLite", _sqlite(folder), folder)
        with postgresql() as server:
            url = server.new_database(
                "create table sales as select d.date::date as day, s as segment, "
                "(d.nr * 7919 + s * 104729) %% 1009 as n from "
                "(select date '2016-01-01' + g as date, g as nr "
                f"from generate_series(0, {DAYS - 1}) g) d, generate_series(1, {SEGMENTS}) s",
                "vacuum analyze sales",
            )
            yield from _compared("PostgreSQL", url, folder)


def _duckdb(folder: Path) -> str:
    import duckdb

    path = folder / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table sales as select {_DAY.format(day='d')} as day, s as segment, "
            f"cast((d * 7919 + s * 104729) % 1009 as integer) as n "
            f"from range({DAYS}) a(d), range(1, {SEGMENTS + 1}) b(s)"
        )
    return f"duckdb:///{path}"


def _sqlite(folder: Path) -> str:
    """Keyed by day and segment, as a table of daily rows is."""
    path = folder / "sales.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = off")
        connection.execute(
            "create table sales (day text, segment int, n int, primary key (day, segment)) "
            "without rowid"
        )
        connection.execute(
            f"with recursive d(i) as (select 0 union all select i + 1 from d where i < {DAYS - 1}),"
            f" s(i) as (select 1 union all select i + 1 from s where i < {SEGMENTS})"
            " insert into sales select date('2016-01-01', d.i || ' days'), s.i,"
            " (d.i * 7919 + s.i * 104729) % 1009 from d cross join s"
        )
        connection.commit()
    return f"sqlite:///{path}"


def _compared(name: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    """Time and memory on one engine; also the asking alone, without the keeping."""
    runs: dict[str, list[dict[str, float]]] = {"floor": [], "sync": []}
    for turn in range(ROUNDS + 1):
        for side, found in runs.items():
            one = _alone(side, url, folder / f"{name}-{turn}.db")
            # The first round warms the system's cache of files.
            found += [one] if turn else []
    floor = median(one["seconds"] for one in runs["floor"])
    whole = median(one["seconds"] for one in runs["sync"])
    asked = median(one["asked"] for one in runs["sync"])
    held = max(one["held"] for one in runs["sync"])
    what = f"{ROWS:,} daily rows of {SEGMENTS:,} segments, {name}"
    against = "the bare two-stage GROUP BY"
    ask = {"name": f"roll-up asked by `nsm sync`: {what}", "against": against}
    yield ask | {
        "value": f"{asked:.2f} s",
        "floor": f"{floor:.2f} s",
        "ratio": asked / floor,
        "goal": 1.2,
    }
    yield {
        "name": f"the same, {DAYS:,} days, weeks and months written as well: {name}",
        "against": f"{against}, nothing written",
        "value": f"{whole:.2f} s",
        "floor": f"{floor:.2f} s",
        "ratio": whole / floor,
    }
    yield {
        "name": f"memory of the process for it: {name}",
        "against": f"{MEMORY_MB} MB",
        "value": f"{held:.0f} MB",
        "floor": f"{MEMORY_MB} MB",
        "ratio": held / MEMORY_MB,
        "goal": 1.0,
    }


def _alone(side: str, url: str, store: Path) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, side, url, str(store)]
    environment = os.environ | {"LAKE_URL": url}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _memory(what: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


def _floor(url: str) -> dict[str, float]:
    """The bare query over the driver's own connection, opened before."""
    week = _WEEK[sa.make_url(url).get_backend_name()]
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        began = time.perf_counter()
        rows = connection.exec_driver_sql(_TWO_STAGES.format(week=week)).all()
        seconds = time.perf_counter() - began
    assert sum(int(row[1]) for row in rows) == _total()
    return {"seconds": seconds}


def _sync(url: str, store: str) -> dict[str, float]:
    """What `nsm sync` does after its imports, and how much of it is the asking."""
    from nsm.definitions import parse_definition
    from nsm.periods import today_in
    from nsm.sources import sync
    from nsm.store.engine import open_store
    from nsm.store.stars import save_star

    engine = open_store(f"sqlite:///{store}")
    save_star(engine, parse_definition(DEFINITION, "shop.yaml").star, today_in("UTC"))
    took: list[float] = []
    asking = sync.ask

    def timed(*arguments: object, **named: object) -> object:
        began = time.perf_counter()
        try:
            return asking(*arguments, **named)  # type: ignore[arg-type]
        finally:
            took.append(time.perf_counter() - began)

    sync.ask = timed  # type: ignore[assignment]
    # What belongs to the imports and not to ten million rows: the driver, the parser of queries.
    before = _warm(url)
    began = time.perf_counter()
    [result] = sync.sync_star(engine, "shop", today_in("UTC"), sync.Wanted())
    seconds = time.perf_counter() - began
    assert not result.error, result.error
    assert result.new == DAYS
    return {"seconds": seconds, "asked": took[0], "held": _memory("VmHWM") - before}


def _warm(url: str) -> float:
    """Open the source once, and say what the process holds then."""
    from nsm.sources.asking import try_connection

    try_connection("lake", sa.make_url(url))
    # The highest mark of memory begins anew.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


def _total() -> int:
    """What all rows add up to, counted without a database."""
    import numpy as np

    of_day = np.arange(DAYS)[:, None] * 7919
    of_segment = np.arange(1, SEGMENTS + 1)[None, :] * 104729
    return int(((of_day + of_segment) % 1009).sum())


if __name__ == "__main__":
    side, url, store = sys.argv[1:]
    print(json.dumps(_floor(url) if side == "floor" else _sync(url, store)))
