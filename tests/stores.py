"""Stores that are made once in a process and copied: what most tests start from."""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nsm.demo import fill_demo
from nsm.ingest import load_file
from nsm.model import Star
from nsm.store.engine import open_store
from nsm.store.stars import save_star

SQLITE = "sqlite:///"


def new_store(url: str) -> Any:
    """An engine on a new store without stars; how a store is made is tested in tests/store."""
    _copy(_empty(), url)
    return open_store(url)


def put(url: str, star: Star, rows: bytes, today: dt.date) -> None:
    """Define the star in the store at ``url`` and load the rows, if there are any."""
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
        _copy(_filled(star, rows, today), url)
    else:
        _write(url, star, rows, today)


def put_demo(url: str, today: dt.date) -> None:
    """A new store with the demonstration as users see it on that day."""
    _copy(_demo(today), url)


def _copy(made: Path, url: str) -> None:
    path = Path(url.removeprefix(SQLITE))
    assert not path.exists(), path
    shutil.copyfile(made, path)


def _write(url: str, star: Star, rows: bytes, today: dt.date) -> None:
    engine = open_store(url)
    save_star(engine, star, today)
    if rows:
        load_file(engine, star.key, rows, source="test", loaded_by="test", today=today)
    engine.dispose()


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nsm-stores-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _empty() -> Path:
    path = _folder() / "empty.db"
    open_store(f"{SQLITE}{path}").dispose()
    return path


@functools.cache
def _demo(today: dt.date) -> Path:
    path = _folder() / f"demo-{today}.db"
    engine = open_store(f"{SQLITE}{path}")
    fill_demo(engine, today)
    engine.dispose()
    return path


@functools.lru_cache(maxsize=64)
def _filled(star: Star, rows: bytes, today: dt.date) -> Path:
    path = _folder() / f"{len(list(_folder().iterdir()))}.db"
    _copy(_empty(), f"{SQLITE}{path}")
    _write(f"{SQLITE}{path}", star, rows, today)
    return path
