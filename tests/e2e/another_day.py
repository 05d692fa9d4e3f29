"""The dashboard on the day, and as the program, that a file says: what happens at midnight and at
an upgrade, without waiting for either. Started as ``uvicorn tests.e2e.another_day:app``."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from app import app
from nsm.server import editions, plain
from nsm.wall import document

__all__ = ["app"]

_SAID = Path(os.environ["NSM_TEST_DAY"])


def _day(timezone: str) -> dt.date:
    return dt.date.fromisoformat(_SAID.read_text(encoding="utf-8").split()[0])


def _program() -> str:
    return _SAID.read_text(encoding="utf-8").split()[1]


editions.today_in = _day
for module in (editions, plain, document):
    module.program = _program  # type: ignore[attr-defined]
