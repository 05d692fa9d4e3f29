"""A usual range is locked, and a week shown as it was known, from the command line."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.cli.conftest import Shell, definition

FIRST = dt.date(2024, 1, 1)
DAYS = 7 * 30
KNOWN = FIRST + dt.timedelta(days=DAYS)
LATER = KNOWN + dt.timedelta(days=3)


@pytest.fixture(scope="module")
def shop(shared_shell: Shell) -> Shell:
    """Thirty weeks, of which one day changed three days later."""
    folder = shared_shell.folder
    (folder / "shop.yaml").write_text(definition("shop", "orders", ["visits"]))
    rows = [f"{FIRST + dt.timedelta(days=n)},{100 + n * n % 11},{900 + n % 7}" for n in range(DAYS)]
    (folder / "a.csv").write_text("\n".join(["date,orders,visits", *rows, ""]))
    last = KNOWN - dt.timedelta(days=1)
    (folder / "b.csv").write_text(f"date,orders\n{last},700\n")
    shared_shell.ok("apply", "shop.yaml")
    for name, day in (("a.csv", KNOWN), ("b.csv", LATER)):
        shared_shell.ok("load", name, "--star", "shop", "--as-of", day)
    return shared_shell


def test_the_week_as_it_was_known_beside_what_is_known_now(shop: Shell) -> None:
    now = json.loads(shop.ok("review", "--star", "shop", "--json"))
    then = json.loads(shop.ok("review", "--star", "shop", "--as-of", KNOWN, "--json"))
    text = shop.ok("review", "--star", "shop", "--as-of", KNOWN)

    orders = then["metrics"]["orders"]
    assert set(now["metrics"]["orders"]) < set(orders)
    assert orders["last_week_now"] == now["metrics"]["orders"]["last_week"]
    assert then["as_of"] == str(KNOWN)
    assert [one["new_value"] for one in then["restatements"]] == [700]
    assert "Since then 1 past value changed" in text
    # The odd value makes the week a signal now, which it was not then.
    assert orders["signals"] == []
    assert [one["rule"] for one in now["metrics"]["orders"]["signals"]] == ["outside"]
    key = f"shop/orders/{KNOWN - dt.timedelta(days=7)}/outside"
    assert now["metrics"]["orders"]["signals"][0]["key"] == key
    assert "Nothing was known of shop" in shop.refused(
        "review", "--star", "shop", "--as-of", "2024-01-01"
    )


def test_a_lock_says_who_when_and_why_and_can_be_released(shop: Shell) -> None:
    to = KNOWN - dt.timedelta(days=36)
    asked = ("lock", "orders", "--star", "shop")

    assert "needs a reason" in shop.refused(*asked)
    assert "never locked" in shop.ok(*asked, "--list")
    shop.ok(*asked, "--to", to, "--by", "Ann", "--why", "before the price change")

    listed = shop.ok(*asked, "--list")
    assert "by Ann" in listed
    assert "before the price change" in listed
    shop.ok(*asked, "--release", "--why", "settled")
    assert shop.ok(*asked, "--list").count("\n") == 2
    assert "fewer than 15" in shop.refused(*asked, "--from", to, "--to", KNOWN, "--why", "x")
    assert "no metric" in shop.refused("lock", "nothing", "--star", "shop", "--why", "x")
