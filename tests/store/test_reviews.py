"""The review log keeps what was said, and follow-ups stay open until somebody closes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from nsm.errors import InputError, UnknownStar
from nsm.model import ReviewEntry
from nsm.store.digests import FORGOTTEN_AFTER, claim, give_back, sent, sent_digests
from nsm.store.reviews import add_entry, close_entry, read_entries

WEEK = dt.date(2026, 11, 9)
NOW = dt.datetime.fromisoformat("2026-11-16T09:30")
ENTRY = ReviewEntry(
    0, "orders", WEEK, "<b>Rain</b>\nall week", True, "Call ☂ shops", "ann", None, "bob", NOW
)


def test_entries_come_newest_week_first_and_exactly_as_they_were_written(engine, bakery):
    key = bakery.key
    entry = replace(ENTRY, metric=bakery.north_star, due=dt.date(2026, 11, 30))
    unknown = replace(entry, week=WEEK - dt.timedelta(7), known=False, explanation="", decision="")

    first = add_entry(engine, key, entry)
    second = add_entry(engine, key, unknown)

    assert read_entries(engine, key) == (replace(entry, id=first), replace(unknown, id=second))
    assert read_entries(engine, key, until=unknown.week) == (replace(unknown, id=second),)


def test_a_follow_up_is_open_until_it_is_closed_once(engine, bakery):
    key = bakery.key
    number = add_entry(engine, key, replace(ENTRY, metric=bakery.north_star))
    assert read_entries(engine, key)[0].is_open

    close_entry(engine, key, number, "ann", NOW, "They sell umbrellas now")

    closed = read_entries(engine, key)[0]
    assert not closed.is_open
    assert (closed.closed_by, closed.closed_at, closed.outcome) == (
        "ann",
        NOW,
        "They sell umbrellas now",
    )
    with pytest.raises(InputError, match="closed already"):
        close_entry(engine, key, number, "ann", NOW)


def test_not_knowing_is_an_answer_that_stays_open_and_an_explanation_alone_does_not(engine, bakery):
    key, star = bakery.key, bakery.north_star
    explained = add_entry(engine, key, replace(ENTRY, metric=star, decision=""))
    add_entry(engine, key, replace(ENTRY, metric=star, known=False, explanation="", decision=""))

    assert [one.is_open for one in read_entries(engine, key)] == [True, False]
    with pytest.raises(InputError, match="leaves nothing open"):
        close_entry(engine, key, explained, "ann", NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"explanation": " "}, "needs an explanation"),
        ({"written_by": ""}, "needs a name"),
        ({"decision": "a\x00b"}, "The decision"),
        ({"explanation": "x" * 4_001}, "longer than 4,000"),
        ({"decision": "", "due": WEEK}, "needs a decision"),
        ({"due": dt.date(9999, 1, 1)}, "cannot be due"),
    ],
)
def test_an_entry_that_says_nothing_or_cannot_be_kept_is_refused(engine, bakery, change, said):
    with pytest.raises(InputError, match=said):
        add_entry(engine, bakery.key, replace(ENTRY, metric=bakery.north_star, **change))

    assert read_entries(engine, bakery.key) == ()


def test_unknown_metrics_and_numbers_are_named(engine, bakery):
    with pytest.raises(UnknownStar, match="no metric 'nothing'"):
        add_entry(engine, bakery.key, replace(ENTRY, metric="nothing"))
    with pytest.raises(InputError, match="no entry 7"):
        close_entry(engine, bakery.key, 7, "ann", NOW)


def test_a_digest_is_claimed_by_one_and_sent_once(engine, bakery):
    key = bakery.key

    assert claim(engine, key, WEEK, "mail:1", NOW)
    assert not claim(engine, key, WEEK, "mail:1", NOW), "another program is sending it"
    assert claim(engine, key, WEEK, "mail:2", NOW)
    sent(engine, key, WEEK, "mail:1", NOW)
    give_back(engine, key, WEEK, "mail:1")
    give_back(engine, key, WEEK, "mail:2")

    assert sent_digests(engine, key) == {(WEEK, "mail:1"): NOW}
    later = NOW + 2 * FORGOTTEN_AFTER
    assert not claim(engine, key, WEEK, "mail:1", later)
    assert claim(engine, key, WEEK, "mail:2", NOW), "what failed is tried again"
    assert claim(engine, key, WEEK, "mail:2", later), "who claimed it has died"
