"""Backups and restores under a running dashboard, while loads go on."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.serving import answer, serving
from tests.faults.outcome import Row
from tests.faults.running import commands
from tests.faults.shop import FROM_FILES, Shop, engines, look, new_store, shop


def measure(folder: Path, times: int) -> Iterator[Row]:
    with engines(folder) as found:
        for name, (server, _) in found.items():
            own = folder / name
            own.mkdir()
            with shop(new_store(server, own), own) as one:
                yield under_load(one, name, own, max(times // 4, 1))
                yield restored(one, name, own, max(times // 4, 1))


def under_load(one: Shop, name: str, folder: Path, times: int) -> Row:
    """Backups while loads change every value; each is restored into a new store and looked at."""
    row = Row("backup while loads go on and pages are read", name)
    row.told.append("nothing: it is of one moment, and its seal holds")
    over = threading.Event()
    with commands(one.store) as writer, serving(folder, one.store) as app:
        codes: list[int] = []

        def write() -> None:
            for edition in itertools.cycle("ba"):
                if over.is_set():
                    return
                codes.append(writer.run(*one.load(edition)).code)

        writing = threading.Thread(target=write)
        writing.start()
        try:
            for turn in range(times):
                file = folder / f"{turn}.backup"
                made = one.commands.run("backup", str(file))
                status = answer(f"{app.url}/api/v1/stars/shop/review")[0]
                target = f"sqlite:///{folder / f'restored-{turn}.db'}"
                one.commands.environment["NSM_DATABASE_URL"] = target
                back = one.commands.run("restore", str(file), "--yes")
                one.commands.environment["NSM_DATABASE_URL"] = one.store
                held = (made.code, back.code, status) == (0, 0, 200)
                if held:
                    found = look(target)
                    files = {found.editions[metric] for metric in FROM_FILES}
                    held = found.sound and "?" not in found.editions.values() and len(files) == 1
                row.note(held, f"{made} {back} {status}")
        finally:
            over.set()
            writing.join()
    if any(codes):
        row.note(False, f"loads beside it ended with {codes}")
    return row


def restored(one: Shop, name: str, folder: Path, times: int) -> Row:
    """A store goes back to its backup while it is served; the pages say so without a restart."""
    row = Row("restore under a running dashboard", name)
    row.told.append("nothing: the next click shows what was restored")
    one.commands.ok(*one.load("a"))
    file = folder / "a.backup"
    one.commands.ok("backup", str(file))
    with serving(folder, one.store) as app:
        route = f"{app.url}/api/v1/stars/shop/review"
        first = _figures(route)
        for _ in range(times):
            one.commands.ok(*one.load("b"))
            second = _figures(route)
            done = one.commands.run("restore", str(file), "--yes")
            again = _figures(route)
            now = look(one.store)
            held = (
                done.code == 0
                and second != first
                and again == first
                and now.sound
                and now.editions["items"] == "a"
            )
            row.note(held, f"{done} {again}")
    return row


def _figures(route: str) -> object:
    """The review that the route answers; a busy machine may take more than one attempt."""
    for _ in range(5):
        status, _, body = answer(route)
        if status == 200:
            return json.loads(body)["metrics"]
    return f"{status} {body}"
