"""A disk that is full, and one that takes no more writes: a small file system of memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.serving import answer, serving
from tests.faults.outcome import Row
from tests.faults.shop import Shop, look, shop

_SIZE = "64m"
_LEFT_KB = 200


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own in this folder; only the administrator may make one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def measure(folder: Path, times: int) -> Iterator[Row]:
    if os.geteuid() != 0:
        print("a full and a read-only disk: not done, it takes the administrator to make one")
        return
    few = max(times // 4, 1)
    away = folder / "away"
    away.mkdir()
    with small_disk(folder / "disk") as disk, shop(f"sqlite:///{disk / 'nsm.db'}", away) as one:
        yield full(one, disk, "load", few)
        yield full(one, disk, "sync", few)
        yield full_backup(one, disk, few)
        yield full_page(one, disk, away, few)
        yield read_only(one, disk, "load", few)
        yield read_only(one, disk, "sync", few)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk is full but for a little, as long as the block lasts."""
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - _LEFT_KB * 1024
    with (disk / "filler").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    try:
        yield
    finally:
        (disk / "filler").unlink()


def full(one: Shop, disk: Path, command: str, times: int) -> Row:
    row = Row(f"full disk under the store in a {command}", "SQLite")
    for _ in range(times):
        before, arguments = look(one.store), _other(one, command)
        with filled(disk):
            done = one.commands.run(*arguments)
            reads = one.commands.run("review", "--star", "shop", "--json")
        untouched = look(one.store).editions == before.editions and reads.code == 0
        after = one.commands.run(*arguments)
        whole = look(one.store)
        held = untouched and after.code == 0 and whole.editions != before.editions and whole.sound
        row.note_refusal(done, held, "disk is full")
    return row


def full_backup(one: Shop, disk: Path, times: int) -> Row:
    row = Row("full disk under a backup", "SQLite")
    for turn in range(times):
        file = disk / f"{turn}.backup"
        with filled(disk):
            done = one.commands.run("backup", str(file))
        left = [path for path in disk.iterdir() if not path.name.startswith("nsm.db")]
        after = one.commands.run("backup", str(file))
        held = not left and after.code == 0
        row.note_refusal(done, held, file.name, "disk is full")
        row.wrong += [] if held else [f"left {left}, then {after}"]
        file.unlink(missing_ok=True)
    return row


def full_page(one: Shop, disk: Path, folder: Path, times: int) -> Row:
    row = Row("full disk under the store of a running dashboard", "SQLite")
    row.told.append("nothing: the pages go on")
    with serving(folder, one.store) as app:
        route = f"{app.url}/api/v1/stars/shop/review"
        for _ in range(times):
            whole = answer(route)
            with filled(disk):
                without = answer(route)
            held = without[0] == whole[0] == 200 and "Traceback" not in app.log()
            row.note(held, f"{without} {app.log()[-500:]}")
    return row


def read_only(one: Shop, disk: Path, command: str, times: int) -> Row:
    """The whole file system, so file and folder: what the administrator cannot write either."""
    row = Row(f"read-only file and folder under a {command}", "SQLite")
    for _ in range(times):
        before, arguments = look(one.store), _other(one, command)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        try:
            done = one.commands.run(*arguments)
            reads = one.commands.run("review", "--star", "shop", "--json")
            same = look(one.store).editions == before.editions
        finally:
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        after = one.commands.run(*arguments)
        held = same and reads.code == 0 and after.code == 0
        held = held and look(one.store).follows(before)
        row.note_refusal(done, held, "not written")
    return row


def _other(one: Shop, command: str) -> tuple[str, ...]:
    """A command that changes every value that it is about."""
    from tests.faults.shop import write_lake

    metric = "items" if command == "load" else "orders"
    edition = "b" if look(one.store).editions[metric] == "a" else "a"
    if command == "load":
        return one.load(edition)
    write_lake(one.lake, edition)
    return one.sync()
