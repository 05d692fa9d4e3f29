"""The review log beside the figures of a week."""

import datetime as dt

from nsm.habit import log_on
from nsm.model import Metric, ReviewEntry, Role, Star
from nsm.words.habit import closing

WEEK = dt.date(2026, 11, 9)
WRITTEN = dt.datetime.fromisoformat("2026-11-16T23:30")


def entry(**changes):
    said = {"explanation": "Rain", "known": False, "decision": "", "owner": "", "due": None}
    return ReviewEntry(
        id=1,
        metric="orders",
        week=WEEK,
        written_by="ann",
        **said,
        **{"written_at": WRITTEN} | changes,
    )


def test_the_log_of_a_day_ends_with_that_day_where_the_star_is():
    monday, tuesday = dt.date(2026, 11, 16), dt.date(2026, 11, 17)

    assert log_on([entry()], monday, "UTC") == (entry(),)
    assert log_on([entry()], monday, "Europe/Berlin") == ()
    assert log_on([entry()], tuesday, "Europe/Berlin") == (entry(),)


def test_what_was_closed_later_is_still_open_then():
    closed = entry(
        closed_by="bob", closed_at=dt.datetime.fromisoformat("2026-11-20T09:00"), outcome="Sun"
    )

    assert log_on([closed], dt.date(2026, 11, 19), "UTC") == (entry(),)
    assert log_on([closed], dt.date(2026, 11, 20), "UTC") == (closed,)


def test_the_day_that_is_told_is_the_one_that_counts():
    orders = Metric("orders", "Orders", Role.NORTH_STAR)
    star = Star("shop", "Shop", "orders", (orders,), timezone="Pacific/Auckland")
    ended = dt.datetime.fromisoformat("2026-11-19T20:00")
    closed = entry(closed_by="bob", closed_at=ended, outcome="Sun")

    assert closing(star, closed) == "Closed by bob on 20 Nov 2026: Sun."
    assert log_on([closed], dt.date(2026, 11, 19), star.timezone)[0].is_open
    assert not log_on([closed], dt.date(2026, 11, 20), star.timezone)[0].is_open
