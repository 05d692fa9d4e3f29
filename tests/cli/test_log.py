"""What a review said is added, listed and closed from the command line."""

from __future__ import annotations

import json
import sqlite3

import pytest

from nsm.periods import DAY, WEEK, last_complete_week, today_in
from tests.cli.conftest import Shell, definition

TODAY = today_in("UTC")
LAST = last_complete_week(TODAY, 0)


@pytest.fixture(scope="module")
def shop(shared_shell: Shell) -> Shell:
    """Forty calm weeks; in the last one the visits fall by half."""
    folder = shared_shell.folder
    (folder / "shop.yaml").write_text(definition("shop", "orders", ["visits"]))
    first = LAST - 39 * WEEK
    rows = []
    for place in range(40 * 7):
        day = first + place * DAY
        visits = (900 + place * place % 7) // (2 if day >= LAST else 1)
        rows.append(f"{day},{100 + place * place % 11},{visits}")
    shared_shell.ok("apply", "shop.yaml")
    for name, some, known in (("a.csv", rows[:-7], LAST), ("b.csv", rows[-7:], TODAY)):
        (folder / name).write_text("\n".join(["date,orders,visits", *some, ""]))
        shared_shell.ok("load", name, "--star", "shop", "--as-of", known)
    return shared_shell


def test_a_signal_asks_until_it_is_explained_and_a_follow_up_stays_until_closed(shop):
    asked = json.loads(shop.ok("log", "--star", "shop", "--json"))
    assert asked["asked"] == ["visits"]
    assert {
        "key": f"shop/visits/{LAST}/outside",
        "metric": "visits",
        "rule": "outside",
        "explained": False,
    } in asked["signals"]

    before = LAST - DAY
    shop.ok(
        *("log", "add", "--star", "shop", "--metric", "visits", "--unknown", "--owner", "bob"),
        *("--week-ending", before, "--by", "ann"),
    )
    said = shop.ok(
        *("log", "add", "--star", "shop", "--metric", "visits", "--why", "The shop was\nclosed."),
        *("--decision", "Open it", "--owner", "ann", "--due", "2001-01-01", "--by", "eve"),
    )

    assert "Signals this week: 1 · explanations asked: 0 · follow-ups open: 2" in said
    assert "visits: The shop was closed (eve). Open it (ann, by 1 Jan 2001)." in said
    assert "(ann, by 1 Jan 2001 – overdue)" in said
    assert "visits: We do not know yet (ann)." in said.partition("Last week:")[2]

    week = ("log", "--star", "shop", "--week-ending", before)
    assert "We do not know yet" in shop.ok(*week)
    assert "We do not know yet" in shop.ok(*week, "--as-of", TODAY)
    assert "We do not know yet" not in shop.ok(*week, "--as-of", LAST), "nobody had said so then"

    entries = json.loads(shop.ok("log", "--star", "shop", "--json"))["open"]
    for entry in entries:
        said = shop.ok(
            *("log", "close", "--star", "shop", "--number", entry["id"], "--outcome", "done")
        )
    assert "follow-ups open: 0" in said
    assert ": done." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add"], "needs an explanation"),
        (["add", "--why", "a\x1b[31mb"], "control character"),
        (["add", "--why", "x", "--metric", "nothing"], "no metric 'nothing'"),
        (["add", "--why", "x", "--week-ending", "2001-01-08"], "2001-01-08"),
        (["close", "--number", "999"], "no entry 999"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line(shop, arguments, said):
    path = shop.folder / "nsm.db"
    with sqlite3.connect(path) as store:
        before = store.execute("select count(*) from review_entry").fetchone()

    assert said in shop.refused("log", *arguments, "--star", "shop")

    with sqlite3.connect(path) as store:
        assert store.execute("select count(*) from review_entry").fetchone() == before


def test_closing_without_a_number_is_a_wrong_call(shop):
    assert "--number" in shop.refused("log", "close", "--star", "shop", code=2)


def test_nothing_is_written_in_the_past(shop):
    said = shop.refused("log", "add", "--star", "shop", "--why", "x", "--as-of", LAST, code=2)

    assert "--as-of is only for list" in said
