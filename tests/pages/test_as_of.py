"""This week as it was known on an earlier day, run through the router on a real store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from nsm.ingest import load_file
from nsm.model import ReviewEntry
from nsm.store.engine import open_store
from nsm.store.reviews import add_entry, close_entry
from tests.conftest import TODAY, fill

MONDAY = TODAY - dt.timedelta(days=2)
moment = dt.datetime.fromisoformat


def said(test):
    return [one.value.replace("\\", "") for one in test.info]


def texts_with(test, word):
    """In how many texts of the page a word stands."""
    return sum(word in one.value.replace("\\", "") for one in test.markdown)


def test_the_address_says_on_which_day_and_the_page_what_came_since(screen, database):
    fill(database, until=MONDAY - dt.timedelta(days=1), today=MONDAY)
    changed = b"date,orders\n2026-11-12,1\n"
    load_file(open_store(database), "shop", changed, source="b.csv", loaded_by="me", today=TODAY)

    now, then = screen("this_week"), screen("this_week", as_of=MONDAY.isoformat())

    assert not now.exception
    assert not then.exception
    assert not said(now)
    assert said(then)[0].startswith("As known on 16 Nov 2026. Since then 1 past value changed;")
    assert then.header[0].value != now.header[0].value
    assert "What is known now" in [one.label for one in then.button]
    drawn = {one.proto.id.split("-")[-1] for one in then.get("plotly_chart")}
    assert {"outlook_fan", "why_week"} <= drawn
    labels = {one.label.replace("\\", "") for one in then.expander}
    assert {"This week then, and as it is known now", "Values that changed since"} <= labels


def test_the_review_log_is_the_one_of_that_day_and_cannot_be_written_in(screen, database):
    fill(database, until=MONDAY - dt.timedelta(days=1), today=MONDAY)
    engine, week = open_store(database), MONDAY - dt.timedelta(days=7)
    on_monday, later = moment("2026-11-16T12:00"), moment("2026-11-18T08:00")
    entry = ReviewEntry(0, "orders", week, "Rain", False, "Wait", "Ann", None, "bob", on_monday)
    closed = add_entry(engine, "shop", entry)
    close_entry(engine, "shop", closed, "bob", later, "Sun")
    add_entry(
        engine,
        "shop",
        replace(entry, explanation="Snow", known=True, decision="", written_at=later),
    )

    now, then = screen("this_week"), screen("this_week", as_of=MONDAY.isoformat())

    assert not then.exception
    assert [texts_with(now, word) for word in ("Rain", "Sun", "Snow")] == [1, 1, 1]
    assert [texts_with(then, word) for word in ("Rain", "Sun", "Snow")] == [1, 0, 0]
    assert texts_with(then, "follow-ups open: 1") == 1
    assert "Write it down" in [one.label for one in now.button]
    assert "Write it down" not in [one.label for one in then.button]


def test_a_star_that_came_today_has_no_earlier_day(screen, shop):
    test = screen("this_week", as_of="2026-11-01")

    assert not test.exception
    assert not said(test)


@pytest.mark.parametrize(
    ("asked", "warned"),
    [
        ("2026-10-20", "Nothing was known of Shop on 20 Oct 2026. Its first values are known"),
        ("2030-01-01", "What will be known on 1 Jan 2030 is not here."),
        ("<b>x</b>", "“<b>x</b>” is no day like 2026-10-20."),
    ],
)
def test_an_address_that_asks_for_a_day_in_vain_says_so(screen, database, asked, warned):
    fill(database, until=MONDAY - dt.timedelta(days=1), today=MONDAY)

    page = screen("this_week", as_of=asked)

    assert not page.exception
    [text] = [one.value.replace("\\", "") for one in page.warning]
    assert warned in text
    assert text.endswith("This is what is known now.")
    assert not said(page)
