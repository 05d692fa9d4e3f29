"""A load that is killed leaves the store as it was, unless it was through already."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent.parent
# Imports once, then forks a process a load: what is killed is the load alone.
SCRIPT = """
import datetime as dt, os, sys
from nsm.ingest import load_file
from nsm.store.engine import open_store

def load(url, file):
    engine = open_store(url)
    print(f"reading {os.getpid()}", flush=True)
    told = False
    def progress(part):
        nonlocal told
        if part > 0.5 and not told:
            told = True
            print("writing", flush=True)
    load_file(engine, "shop", file, source="x", loaded_by="x",
              today=dt.date(2026, 11, 18), progress=progress)

for line in sys.stdin:
    child = os.fork()
    if not child:
        load(*line.rstrip("\\n").split("\\t"))
        os._exit(0)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
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


class Loads:
    """Starts loads one after the other, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, url: str, file: Path) -> int:
        """Begin a load; the id of its process, which is about to read."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{url}\t{file}\n")
        self.process.stdin.flush()
        return int(self.wait_for("reading"))

    def wait_for(self, word: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said, _, rest = line.strip().partition(" ")
            if said == word:
                return rest
            assert said != "ended", f"the load ended before {word}"
        raise AssertionError(f"no load is running; {word} will not come")

    def end(self) -> int:
        """The exit code of the load, or minus the signal that ended it."""
        assert self.process.stdout is not None
        ended = next(line for line in self.process.stdout if line.startswith("ended"))
        return int(ended.split()[1])


@pytest.fixture
def loads() -> Iterator[Loads]:
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield Loads(process)


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
    engine: sa.Engine, tmp_path: Path, loads: Loads
) -> None:
    first_file, file, path = tmp_path / "first.csv", tmp_path / "x.csv", engine.url.database
    write_table(first_file, 0)
    write_table(file, 1)  # changes every value: rows, restatements and roll-ups are rewritten
    loads.start(str(engine.url), first_file)
    assert loads.end() == 0
    engine.dispose()
    assert path is not None
    before = everything(path)

    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    loads.start(f"sqlite:///{copy}", file)
    loads.wait_for("writing")
    began = time.monotonic()
    assert loads.end() == 0
    writing_takes = time.monotonic() - began
    assert everything(str(copy)) != before

    chance = random.Random(7)
    killed_while_writing = 0
    for attempt in range(12):
        moment = "writing" if attempt % 4 else "reading"
        process = loads.start(str(engine.url), file)
        if moment == "writing":
            loads.wait_for(moment)
        time.sleep(chance.uniform(0, writing_takes * 0.6))
        with suppress(ProcessLookupError):  # the load was quicker than the killer
            os.kill(process, signal.SIGKILL)
        loads.end()
        now = everything(path)
        if now == before:
            killed_while_writing += moment == "writing"
        else:  # written in time; then the other table is news again
            assert_whole(before, now)
            before, file, first_file = now, first_file, file

    assert killed_while_writing >= 5
