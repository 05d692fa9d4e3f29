"""The review log on the page of the week: a signal asks, an answer is kept, a follow-up stays."""

from __future__ import annotations

import datetime as dt

import pytest

from nsm.model import ReviewEntry
from nsm.store.engine import open_store
from nsm.store.reviews import add_entry, read_entries
from tests.conftest import SHOP, TODAY, shop_history
from tests.stores import put

WEEK = dt.date(2026, 11, 9)
HOSTILE = "<img src=x onerror=alert(1)> [a](http://b) $x$ :material/home:\n# no"


@pytest.fixture
def fallen(database):
    """The shop, whose visits fell by half in the last complete week."""
    rows = []
    for row in shop_history(TODAY - dt.timedelta(days=1)).decode().splitlines():
        day, orders, visits, *rest = row.split(",")
        if str(WEEK) <= day < str(WEEK + dt.timedelta(7)):
            visits = str(int(visits) // 2)
        rows.append(",".join([day, orders, visits, *rest]))
    put(database, SHOP, "\n".join(rows).encode(), TODAY)
    return database


def said(test):
    return [one.value.replace("\\", "") for one in test.markdown]


def counts(test):
    return next(text for text in said(test) if text.startswith("Signals this week"))


def box(parts, start):
    return next(one for one in parts if (one.key or "").startswith(start))


def test_a_signal_asks_and_we_do_not_know_yet_is_an_answer_that_stays_open(screen, fallen):
    test = screen("this_week")
    assert not test.exception
    assert counts(test).endswith("explanations asked: 1 · follow-ups open: 0")
    assert any("Visits is below its usual range" in text and "Why?" in text for text in said(test))
    assert box(test.selectbox, "log_metric").value == "visits", "what asks comes first"

    box(test.checkbox, "log_unknown").check()
    box(test.text_input, "log_by").set_value("ann")
    box(test.button, "log_write").click()
    test.run()

    assert not test.exception
    assert counts(test).endswith("explanations asked: 0 · follow-ups open: 1")
    entry = read_entries(open_store(fallen), "shop")[0]
    assert (entry.metric, entry.week, entry.known, entry.written_by) == (
        "visits",
        WEEK,
        False,
        "ann",
    )

    box(test.text_input, "close_outcome").set_value("A holiday")
    box(test.text_input, "close_by").set_value("bob")
    box(test.button, "close_write").click()
    test.run()

    assert counts(test).endswith("follow-ups open: 0")
    assert read_entries(open_store(fallen), "shop")[0].outcome == "A holiday"


def test_an_answer_without_a_name_is_refused_and_not_lost(screen, shop):
    test = screen("this_week")
    box(test.text_area, "log_why").set_value("Rain")
    box(test.button, "log_write").click()
    test.run()

    assert "needs a name" in test.error[0].value
    assert box(test.text_area, "log_why").value == "Rain"
    assert read_entries(open_store(shop), "shop") == ()


def test_last_week_stands_beside_this_week_and_hostile_text_is_text(screen, shop):
    now = dt.datetime.fromisoformat("2026-11-10T09:00")
    before = ReviewEntry(
        0, "orders", WEEK - dt.timedelta(7), HOSTILE, True, HOSTILE, HOSTILE, WEEK, HOSTILE, now
    )
    add_entry(open_store(shop), "shop", before)

    test = screen("this_week")

    assert not test.exception
    raw = [one.value for one in test.markdown]
    title = raw.index("**Said of the week before**")
    shown = raw[title + 1]
    assert "Nothing" in raw[raw.index("**Said of this week**") + 1]
    assert shown.startswith("- Orders")
    assert "\\<img" in shown
    assert "\\[a\\]" in shown
    assert "\n" not in shown
    assert any("overdue" in text for text in said(test))
    assert "Signals this week" in counts(screen("this_week", week="2026-11-08"))
