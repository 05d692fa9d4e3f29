"""The dashboard on the day, and as the program, that a file says: what happens at midnight and at
an upgrade, without waiting for either. Started as ``uvicorn tests.e2e.another_day:app``."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

from app import app
from nsm.server import editions, plain
from nsm.wall import document

__all__ = ["app"]

_SAID = Path(os.environ["NSM_TEST_DAY"])
FLIP_SECONDS = 0.05


def _day(timezone: str) -> dt.date:
    """The day that the file says; of two, in turns, so that every picture is soon another."""
    days = _SAID.read_text(encoding="utf-8").split()[0].split("/")
    return dt.date.fromisoformat(days[int(time.monotonic() / FLIP_SECONDS) % len(days)])


def _program() -> str:
    return _SAID.read_text(encoding="utf-8").split()[1]


editions.today_in = _day
for module in (editions, plain, document):
    module.program = _program  # type: ignore[attr-defined]
