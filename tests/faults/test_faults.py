"""The judge of the faults sees what is half, lost or doubled; the table says what was counted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.faults.__main__ import DOCS, KEPT, PARTS
from tests.faults.outcome import Row, page
from tests.faults.running import Done
from tests.faults.shop import DAYS, FROM_FILES, FROM_LAKE, Look

BEFORE = Look(dict.fromkeys((*FROM_FILES, *FROM_LAKE), "a"), loads=3, restated=0, sound=True)


def after(loads: int, restated: int, **editions: str) -> Look:
    return replace(
        BEFORE,
        editions=BEFORE.editions | editions,
        loads=BEFORE.loads + loads,
        restated=BEFORE.restated + restated,
    )


def test_whole_loads_and_syncs_follow() -> None:
    assert BEFORE.follows(BEFORE)
    assert after(1, 2 * DAYS, items="b", returns="b").follows(BEFORE)
    assert after(1, DAYS, orders="b").follows(BEFORE)


@pytest.mark.parametrize(
    "now",
    [
        after(1, 2 * DAYS, items="b", returns="?"),
        after(1, DAYS, items="b"),
        after(0, DAYS, orders="b"),
        after(1, DAYS - 1, orders="b"),
        after(1, 2 * DAYS, orders="b"),
        after(0, 1),
        replace(BEFORE, sound=False),
    ],
)
def test_half_lost_or_doubled_does_not(now: Look) -> None:
    assert not now.follows(BEFORE)


@pytest.mark.parametrize(
    ("code", "err", "clear"),
    [
        (0, "", True),
        (1, "Error: The database is busy. Try again.", True),
        (1, "", False),
        (2, "Error: that is a fault of the program", False),
        (1, 'Traceback\n  File "x.py"\nError: x', False),
        (-9, "", False),
    ],
)
def test_a_refusal_is_clear_or_not(code: int, err: str, clear: bool) -> None:
    assert Done(code, "", err, 0.0).is_clear is clear


def test_what_did_not_hold_is_said_in_bold_and_told_without_this_machines_names() -> None:
    row = Row("full disk", "SQLite")
    row.note(True, said="Error: /tmp/x-1/nsm.db is full")
    row.note(False, "lost")
    assert row.line() == "| full disk | SQLite | 2 | **1** | .../nsm.db is full |"


def test_the_table_is_what_was_counted() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    lines = [line for part in PARTS for line in kept.get(part, [])]
    assert (DOCS / "reliability.md").read_text(encoding="utf-8") == page(lines, DAYS)
