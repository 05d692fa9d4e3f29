"""Who locked a usual range, when and why is kept, and never overwritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from nsm.errors import InputError, UnknownStar
from nsm.model import LimitLock
from nsm.store.limits import read_locks, save_lock
from nsm.store.stars import star_versions

LOCK = LimitLock(
    "orders",
    dt.date(2026, 1, 5),
    dt.date(2026, 6, 28),
    "ann",
    dt.datetime.fromisoformat("2026-07-01T09:30"),
    "The level after the price change; see the review of 1 July.",
)


def test_locks_stay_in_their_order_and_make_pictures_old(engine, bakery):
    key = bakery.key
    lock = replace(LOCK, metric=bakery.north_star)
    ended = replace(lock, first=None, last=None, why="Back to learning", set_by="bob")
    before = star_versions(engine)[key]

    save_lock(engine, key, lock)
    save_lock(engine, key, ended)

    assert read_locks(engine, key) == (lock, ended)
    assert star_versions(engine)[key] > before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"why": " "}, "needs a reason"),
        ({"set_by": ""}, "needs a name"),
        ({"why": "a\x00b"}, "The reason"),
        ({"last": dt.date(2026, 2, 1)}, "fewer than 15 weeks"),
        ({"last": None}, "no first week"),
    ],
)
def test_a_lock_without_reason_name_or_weeks_is_refused(engine, bakery, change, said):
    lock = replace(LOCK, metric=bakery.north_star, **change)

    with pytest.raises(InputError, match=said):
        save_lock(engine, bakery.key, lock)

    assert read_locks(engine, bakery.key) == ()


def test_a_lock_of_an_unknown_metric_names_those_there_are(engine, bakery):
    with pytest.raises(UnknownStar, match="no metric"):
        save_lock(engine, bakery.key, replace(LOCK, metric="nothing"))
