"""The review log beside the figures of a week."""

import datetime as dt

from nsm.habit import log_on
from nsm.model import ReviewEntry

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
