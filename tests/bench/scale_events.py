"""Weekly distinct users of ever more events: a Spark cluster and one DuckDB process, same Parquet.

Both are asked as `nsm sync` asks, and both answers are those that numpy counts. EVENTS is the
largest number tried (10 million by default; 100 million wants 4 GB of disk and half an hour).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from nsm.model import Aggregate, Grain, Metric, Role, SourceQuery, Star, Take
from nsm.periods import today_in
from nsm.sources.asking import ask
from nsm.sources.statement import Window
from tests.engines.packages import NotInstalled
from tests.engines.spark import spark
from tests.spark.events import distinct_users, write_lake

SIZES = (1_000_000, 10_000_000, 100_000_000)
LARGEST = int(os.environ.get("EVENTS", "10000000"))
ROUNDS = 3
ZONE = "Europe/Berlin"


def measure() -> Iterator[dict[str, object]]:
    sizes = [size for size in SIZES if size <= LARGEST]
    try:
        with tempfile.TemporaryDirectory(prefix="nsm-scale-") as name, spark() as cluster:
            took: dict[str, list[float]] = {"Spark": [], "DuckDB": []}
            for size in sizes:
                lake = write_lake(Path(name) / str(size), size)
                cluster.run(f"create table plays_{size} using parquet location '{lake}'")
                one_file = Path(name) / f"lake-{size}"
                one_file.mkdir()
                _joined(lake, one_file / f"plays_{size}.parquet")
                counted = distinct_users(size, ZONE)
                sides = {"Spark": cluster.url, "DuckDB": f"duckdb:///{one_file}"}
                seconds: dict[str, list[float]] = {name: [] for name in sides}
                for turn in range(ROUNDS + 1):
                    for side, url in sides.items():
                        began = time.perf_counter()
                        found = _asked(url, f"plays_{size}")
                        # The first one of each warms it.
                        seconds[side] += [time.perf_counter() - began] if turn else []
                        if found != counted:
                            raise RuntimeError(f"{side} counts other users than numpy")
                for side, values in seconds.items():
                    took[side].append(median(values))
                yield _row(
                    f"weekly distinct users of {size:,} events, Spark (two executors)",
                    "one DuckDB process, same Parquet",
                    took["Spark"][-1],
                    took["DuckDB"][-1],
                )
            for side, values in took.items():
                for place in range(1, len(values)):
                    yield _row(
                        f"{side}: {sizes[place]:,} events",
                        f"{side}: {sizes[place - 1]:,} events",
                        values[place],
                        values[place - 1],
                    )
    except NotInstalled as none:
        print(f"Spark is not measured: {none}")


def _joined(lake: Path, file: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"copy (select * from '{lake}/*.parquet') to '{file}'")


def _asked(url: str, table: str) -> dict[object, float]:
    query = SourceQuery("lake", "at", Take.COUNT_DISTINCT, "user_id", table=table)
    metric = Metric("m", "m", Role.INPUT, Aggregate.SOURCE, query=query)
    star = Star("s", "s", "m", (metric,), timezone=ZONE)
    windows = {Grain.WEEK: Window(None, today_in("UTC"))}
    answer = ask(star, metric, sa.make_url(url), windows, seconds=3_600)
    days, values = answer.periods[Grain.WEEK]
    return dict(zip(days.tolist(), values.tolist(), strict=True))


def _row(name: str, against: str, value: float, floor: float) -> dict[str, object]:
    return {
        "name": name,
        "against": against,
        "value": f"{value:.1f} s",
        "floor": f"{floor:.1f} s",
        "ratio": value / floor,
    }
