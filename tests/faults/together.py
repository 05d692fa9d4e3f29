"""Two loads and a sync at once; a store that somebody else holds locked."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from tests.faults.outcome import Row
from tests.faults.running import Done, commands
from tests.faults.shop import Shop, engines, look, new_store, shop, write_lake


def measure(folder: Path, times: int) -> Iterator[Row]:
    with engines(folder) as found:
        for name, (server, _) in found.items():
            own = folder / name
            own.mkdir()
            with shop(new_store(server, own), own) as one:
                yield at_once(one, name, max(times // 4, 1))
                if server is None:
                    yield locked_for_a_while(one, max(times // 4, 1))
                    yield locked_for_long(one, 2 if times > 4 else 1)


def at_once(one: Shop, name: str, times: int) -> Row:
    """Two loads of different editions and a sync begin together: each waits for its turn."""
    row = Row("two loads and a sync at once", name, told=["nothing: each waits for its turn"])
    chance = random.Random(3)
    with ExitStack() as stack:
        environment = one.commands.environment
        lake = environment["LAKE_URL"]
        others = [stack.enter_context(commands(one.store, lake)) for _ in range(2)]
        for turn in range(times):
            before = look(one.store)
            write_lake(one.lake, "b" if turn % 2 == 0 else "a")
            asked = [one.load("a"), one.load("b"), one.sync()]
            chance.shuffle(asked)
            begun = [(one.commands, asked[0]), (others[0], asked[1]), (others[1], asked[2])]
            for running, arguments in begun:
                running.start(*arguments)
            done = [running.end() for running, _ in begun]
            now = look(one.store)
            held = (
                [each.code for each in done] == [0, 0, 0]
                and "?" not in now.editions.values()
                and now.sound
                and now.editions["orders"] == ("b" if turn % 2 == 0 else "a")
                # Two loads, and the two metrics of the sync.
                and now.loads == before.loads + 4
            )
            row.note(held, f"{[(each.code, each.err) for each in done]} {before} {now}")
    return row


class Lock:
    """Holds the store's file as a writer does, for so many seconds."""

    def __init__(self, url: str, seconds: float) -> None:
        self.held = threading.Event()
        self._url, self._seconds = url, seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def __enter__(self) -> Lock:
        self._thread.start()
        self.held.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _hold(self) -> None:
        path = self._url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            connection.execute("update star set name = 'held'")
            self.held.set()
            self._over.wait(self._seconds)
            connection.execute("rollback")


def locked_for_a_while(one: Shop, times: int) -> Row:
    row = Row("store locked by another program for two seconds", "SQLite")
    row.told.append("nothing: the load waits")
    edition = look(one.store).editions["items"]
    for _ in range(times):
        edition = "b" if edition == "a" else "a"
        with Lock(one.store, 2):
            done = one.commands.run(*one.load(edition))
        now = look(one.store)
        row.note(done.code == 0 and now.editions["items"] == edition and now.sound, done.err)
    return row


def locked_for_long(one: Shop, times: int) -> Row:
    """Longer than a writer waits; what is read meanwhile is read."""
    row = Row("store locked by another program for more than half a minute", "SQLite")
    for _ in range(times):
        before = look(one.store)
        edition = "b" if before.editions["items"] == "a" else "a"
        with Lock(one.store, 90):
            reads = one.commands.run("review", "--star", "shop", "--json")
            began = time.monotonic()
            done = one.commands.run(*one.load(edition))
            waited = time.monotonic() - began
        after: Done = one.commands.run(*one.load(edition))
        held = reads.code == 0 and waited < 60 and look(one.store).follows(before)
        row.note_refusal(done, held and after.code == 0, "is busy")
    return row
