"""What happens when the program or its database is killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from nsm.store import migrate
from nsm.store.engine import open_store
from tests.bench.views import View, visit
from tests.e2e.serving import answer, serving
from tests.engines.servers import DatabaseServer
from tests.faults.outcome import Row, reason
from tests.faults.running import commands
from tests.faults.shop import (
    FROM_FILES,
    FROM_LAKE,
    Look,
    Shop,
    engines,
    fill_server_lake,
    look,
    new_store,
    shop,
    write_lake,
)
from tests.store.test_upgrades import OLDER, fill_old

QUIET = "nothing: nobody is there any more; the next command goes on from what was whole"


def measure(folder: Path, times: int) -> Iterator[Row]:
    with engines(folder) as found:
        for name, (server, _) in found.items():
            own = folder / name
            own.mkdir()
            store = new_store(server, own)
            with shop(store, own, server=server) as one:
                yield kills(one, name, "load", times)
                yield kills(one, name, "sync", times)
                if server is not None:
                    few = max(times // 10, 1)
                    yield cuts(one, server, name, "load", few)
                    yield cuts(one, server, name, "sync", few)
                    yield views(one, server, name, own, few)
            yield migrations(server, name, own, max(times // 10, 1))
            if server is not None:
                yield source_cuts(server, name, own, max(times // 10, 1))


class Turns:
    """Commands that change every value of what they are about."""

    def __init__(self, one: Shop, command: str) -> None:
        self.shop, self.command = one, command
        self.mine = FROM_LAKE if command == "sync" else FROM_FILES
        self.edition = "a"

    def next(self, now: Look) -> tuple[str, ...]:
        """The command for the edition that the store does not hold."""
        self.edition = "b" if now.editions[self.mine[0]] == "a" else "a"
        if self.command == "sync":
            write_lake(self.shop.lake, self.edition)
            return self.shop.sync()
        return self.shop.load(self.edition)

    def settled(self, before: Look) -> bool:
        """Whether the same command, once more, brings everything to the newest edition."""
        again = self.shop.sync() if self.command == "sync" else self.shop.load(self.edition)
        if self.shop.commands.run(*again).code:
            return False
        now = look(self.shop.store)
        return now.follows(before) and {now.editions[one] for one in self.mine} == {self.edition}


def kills(one: Shop, name: str, command: str, times: int) -> Row:
    """SIGKILL of a command at random moments; each one begins where the last one was killed."""
    row = Row(f"SIGKILL of a {command} at a random moment", name, told=[QUIET])
    turns, chance = Turns(one, command), random.Random(7)
    takes = one.commands.ok(*turns.next(look(one.store))).seconds
    before = look(one.store)
    for _ in range(times):
        process = one.commands.start(*turns.next(before))
        time.sleep(chance.uniform(0.02, takes))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        one.commands.end()
        now = look(one.store)
        row.note(now.follows(before), f"{before} then {now}")
        before = now
    if not turns.settled(before):
        row.note(False, "after all of them a whole one did not bring the newest values")
    return row


def cuts(one: Shop, server: DatabaseServer, name: str, command: str, times: int) -> Row:
    """SIGKILL of the store's server in the middle of a command, and its restart."""
    row = Row(f"server of the store killed in the middle of a {command}, and started again", name)
    turns, chance = Turns(one, command), random.Random(11)
    takes = one.commands.ok(*turns.next(look(one.store))).seconds
    before = look(one.store)
    for _ in range(times):
        one.commands.start(*turns.next(before))
        time.sleep(chance.uniform(0.02, takes))
        server.kill()
        server.start()
        done = one.commands.end()
        now = look(one.store)
        held = done.is_clear and now.follows(before) and turns.settled(now)
        row.note(held, f"{done} {before} {now}", reason(done) if done.code else "")
        before = look(one.store)
    return row


def source_cuts(server: DatabaseServer, name: str, folder: Path, times: int) -> Row:
    """The same of the server that a source is on; the store is a file."""
    row = Row("server of a source killed in the middle of a sync, and started again", name)
    own = folder / "source"
    own.mkdir()
    _, reader = fill_server_lake(server)
    with shop(f"sqlite:///{own / 'nsm.db'}", own, reader) as one:
        chance = random.Random(13)
        takes = one.commands.ok(*one.sync()).seconds
        before = look(one.store)
        for _ in range(times):
            one.commands.start(*one.sync())
            time.sleep(chance.uniform(0.02, takes))
            server.kill()
            server.start()
            done = one.commands.end()
            now = look(one.store)
            again = one.commands.run(*one.sync())
            held = done.is_clear and now.follows(before) and again.code == 0
            told = reason(done) if done.code else ""
            row.note(held, f"{done.err} {done.out} {again.err}", told)
            before = look(one.store)
    return row


def views(one: Shop, server: DatabaseServer, name: str, folder: Path, times: int) -> Row:
    """The server killed while a page is being made; the program goes on running."""
    row = Row("server of the store killed in the middle of a page view, and started again", name)
    chance = random.Random(17)
    with serving(folder, one.store) as app:
        whole = visit(app.port)
        for _ in range(times):
            seen: list[View] = []
            # Another edition each time, so that the page has to ask.
            one.commands.ok(*one.load(chance.choice("ab")))
            viewer = threading.Thread(target=_see, args=(app.port, seen))
            viewer.start()
            time.sleep(chance.uniform(0, 0.4))
            server.kill()
            viewer.join(60)
            without = visit(app.port)
            plain = answer(f"{app.url}/healthz")
            server.start()
            after = visit(app.port)
            held = (
                bool(seen)
                and plain[0] == 503
                and all("\n" not in line for line in (*seen[0].errors, *without.errors))
                and (after.charts, after.errors) == (whole.charts, ())
                and "Traceback" not in app.log()
            )
            told = [*seen[0].errors, *without.errors] if seen else []
            row.note(held, f"{seen} {without} {plain} {after}", told[0] if told else "")
    return row


def _see(port: int, seen: list[View]) -> None:
    seen.append(visit(port))


def migrations(server: DatabaseServer | None, name: str, folder: Path, times: int) -> Row:
    """An upgrade of a store with data, killed in the middle (its server, or itself for a file)."""
    row = Row("killed in the middle of an upgrade of the oldest store", name)
    chance = random.Random(19)
    with commands("") as run:
        takes = 0.0
        for turn in range(times + 1):
            url = server.new_database() if server else f"sqlite:///{folder / f'old-{turn}.db'}"
            before = old_store(url, OLDER[0])
            run.environment["NSM_DATABASE_URL"] = url
            process = run.start("stars")
            if turn == 0:
                takes = run.end().seconds
                continue
            time.sleep(chance.uniform(0.05, takes))
            if server:
                server.kill()
                server.start()
            else:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            done = run.end()
            told = QUIET if server is None else (done.told if done.code else "")
            clear = server is None or done.is_clear
            row.note(clear and kept(url, before), done.err, told)
    return row


def old_store(url: str, revision: str) -> dict[str, list[tuple[object, ...]]]:
    """A store of an older revision with a row in every table; the rows."""
    newest, migrate.HEAD = migrate.HEAD, revision
    try:
        store = open_store(url)
    finally:
        migrate.HEAD = newest
    rows = fill_old(store)
    store.dispose()
    return rows


def kept(url: str, before: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether the store opens in this version, with every value that it had."""
    store = open_store(url)
    try:
        with store.connect() as connection:
            now = sa.MetaData()
            now.reflect(connection)
            for name, rows in before.items():
                found = connection.execute(sa.select(now.tables[name])).all()
                if len(found) != 1 or not set(map(str, rows[0])) <= set(map(str, found[0])):
                    return False
    finally:
        store.dispose()
    return True
