"""What is said of a locked usual range."""

import datetime as dt

from nsm.model import LimitLock
from nsm.words.locks import lock_help, lock_line

EVENING = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
LOCK = LimitLock("orders", None, dt.date(2026, 6, 28), "ann", EVENING, "new\nprice")


def test_the_day_of_a_lock_is_that_of_the_star():
    assert lock_line(LOCK, "UTC") == (
        "orders: locked on the weeks to 28 Jun 2026, by ann on 1 Jul 2026: new price"
    )
    assert "by ann on 2 Jul 2026" in lock_line(LOCK, "Asia/Tokyo")
    assert "by ann on 2 Jul 2026" in lock_help(LOCK, "Asia/Tokyo")
    assert lock_help(None, "Asia/Tokyo") == ""
