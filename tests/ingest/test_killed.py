"""A load that is killed leaves the store as it was, unless it was through already."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """
import datetime as dt, sys
from nsm.ingest import load_file
from nsm.store.engine import open_store
engine = open_store(sys.argv[1])
print("reading", flush=True)
told = False
def progress(part):
    global told
    if part > 0.5 and not told:
        told = True
        print("writing", flush=True)
load_file(engine, "shop", sys.argv[2], source="x", loaded_by="x",
          today=dt.date(2026, 11, 18), progress=progress)
print("done", flush=True)
"""


Tables = list[list[tuple[object, ...]]]


def everything(path: str) -> Tables:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = ["star", "load", "observation", "restatement", "rollup", "rejected_row"]
        rows = "SELECT * FROM {} ORDER BY 1, 2, 3"
        return [connection.execute(rows.format(name)).fetchall() for name in tables]


def assert_whole(before: Tables, now: Tables) -> None:
    """A load that changes every value is there with all of them, or the test fails."""
    observations, restatements = 2, 3
    newest = max(row[0] for row in now[1])
    assert {row[3] for row in now[observations]} == {newest}
    assert len(now[restatements]) - len(before[restatements]) == len(now[observations])


def start(url: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, url, str(file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    assert word in (line.strip() for line in process.stdout), f"the load ended before {word}"


def write_table(path: Path, shift: int) -> None:
    with path.open("w") as file:
        file.write("date,orders,visits,page_views\n")
        for year in range(1985, 2020):
            for month in range(1, 13):
                for day in range(1, 29):
                    n = year + month + day + shift
                    file.write(f"{year}-{month:02d}-{day:02d},{n},{n * 2},{n * 3}\n")


@pytest.mark.slow
def test_a_load_killed_at_any_moment_happened_whole_or_not_at_all(
    engine: sa.Engine, tmp_path: Path
) -> None:
    first_file, file, path = tmp_path / "first.csv", tmp_path / "x.csv", engine.url.database
    write_table(first_file, 0)
    write_table(file, 1)  # changes every value: rows, restatements and roll-ups are rewritten
    with start(str(engine.url), first_file) as process:
        assert process.wait() == 0
    engine.dispose()
    assert path is not None
    before = everything(path)

    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with start(f"sqlite:///{copy}", file) as process:
        wait_for(process, "writing")
        began = time.monotonic()
        assert process.wait() == 0
    writing_takes = time.monotonic() - began
    assert everything(str(copy)) != before

    chance = random.Random(7)
    killed_while_writing = 0
    for attempt in range(12):
        moment = "writing" if attempt % 4 else "reading"
        with start(str(engine.url), file) as process:
            wait_for(process, moment)
            time.sleep(chance.uniform(0, writing_takes * 0.6))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        now = everything(path)
        if now == before:
            killed_while_writing += moment == "writing"
        else:  # the load was quicker than the killer; then the other table is news again
            assert_whole(before, now)
            before, file, first_file = now, first_file, file

    assert killed_while_writing >= 5
