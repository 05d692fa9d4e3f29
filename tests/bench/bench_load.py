"""A million daily rows into a new store, against `csv.reader` and one `executemany` upsert.

Both sides read the same long file and end in one committed transaction of a SQLite file in WAL
mode, each in a process of its own as on the command line: what ran before in this one (statsmodels
for the leads, say) would slow its garbage collector. Seconds are of CPU, so that a busy machine
does not decide; memory is the most that the process held while loading.
"""

from __future__ import annotations

import csv
import datetime as dt
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from nsm.ingest import load_file
from nsm.model import Aggregate, Metric, Role, Star
from nsm.store.engine import open_store
from nsm.store.stars import save_star

METRICS = 300
DAYS = 3_400
ROUNDS = 3
MEMORY_MB = 300
TODAY = dt.date(2026, 1, 1)
FIRST = dt.date(2016, 1, 1)
KEYS = [f"metric_{place:03d}" for place in range(METRICS)]
STAR = Star(
    key="bench",
    name="Bench",
    north_star=KEYS[0],
    metrics=tuple(
        Metric(key, key, Role.CANDIDATE if place else Role.NORTH_STAR, Aggregate.SUM)
        for place, key in enumerate(KEYS)
    ),
)


def write_table(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("date,metric,value\n")
        for day in range(DAYS):
            date = FIRST + dt.timedelta(days=day)
            file.writelines(
                f"{date},{key},{(day * 7919 + place * 104729) % 1_000_003 / 100}\n"
                for place, key in enumerate(KEYS)
            )


def ours(table: Path, folder: Path) -> float:
    """Seconds of CPU for a load into a new store, which is made before."""
    engine = open_store(f"sqlite:///{folder / 'ours.db'}")
    save_star(engine, STAR, TODAY)
    began = time.process_time()
    report = load_file(engine, "bench", table, source="table", loaded_by="bench", today=TODAY)
    took = time.process_time() - began
    engine.dispose()
    assert report.new == METRICS * DAYS
    return took


def floor(table: Path, folder: Path) -> float:
    """Seconds of CPU for the plainest way into an equivalent table."""
    with closing(sqlite3.connect(folder / "floor.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE observation (metric_id INTEGER NOT NULL, date DATE NOT NULL, "
            "value DOUBLE NOT NULL, load_id INTEGER NOT NULL, PRIMARY KEY (metric_id, date)) "
            "WITHOUT ROWID"
        )
        ids = {key: place for place, key in enumerate(KEYS)}
        began = time.process_time()
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO observation VALUES (?, ?, ?, 1) ON CONFLICT (metric_id, date) "
                "DO UPDATE SET value = excluded.value, load_id = excluded.load_id",
                ((ids[metric], date, float(value)) for date, metric, value in rows),
            )
            connection.execute("COMMIT")
        return time.process_time() - began


def measure() -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "table.csv"
        write_table(table)
        mine, plain = [], []
        for turn in range(ROUNDS):
            folder = Path(name) / str(turn)
            folder.mkdir()
            plain.append(_alone("floor", table, folder)[0])
            mine.append(_alone("ours", table, folder))
    seconds, memory = median(one[0] for one in mine), max(one[1] for one in mine)
    return [
        {
            "name": "load of a million daily rows",
            "against": "csv.reader and one executemany upsert",
            "value": f"{seconds:.1f} s CPU",
            "floor": f"{median(plain):.1f} s CPU",
            "ratio": seconds / median(plain),
            "goal": 2.0,
        },
        {
            "name": "memory of that load",
            "against": f"{MEMORY_MB} MB",
            "value": f"{memory:.0f} MB",
            "floor": f"{MEMORY_MB} MB",
            "ratio": memory / MEMORY_MB,
            "goal": 1.0,
        },
    ]


def _alone(side: str, table: Path, folder: Path) -> tuple[float, float]:
    """Seconds of CPU and megabytes of one side in a fresh process."""
    command = [sys.executable, "-m", __spec__.name, side, str(table), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    took, held = done.stdout.split()
    return float(took), float(held)


def _held() -> float:
    """The most megabytes that this process held.

    Not ``ru_maxrss``: that starts from what the parent held when it made this process, and the
    parent may just have measured statsmodels.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    took = {"ours": ours, "floor": floor}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    print(took, _held())
