"""Limits on the page of the week: what is usual, how far it moved, and locking with a preview."""

from __future__ import annotations

import datetime as dt

from nsm.store.engine import open_store
from nsm.store.limits import read_locks


def opened(screen):
    test = screen("this_week")
    test.session_state["limits_part"] = True
    return test.run()


def box(parts, start):
    return next(one for one in parts if (one.key or "").startswith(start))


def texts(parts):
    return [one.value.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ") for one in parts]


def test_a_range_is_locked_after_a_preview_with_who_when_and_why_and_given_back(screen, shop):
    test = opened(screen)
    assert not test.exception
    assert any("has locked this range" in text for text in texts(test.caption))
    assert any("since the week before" in text for text in texts(test.markdown))

    box(test.button_group, "limits_do").set_value("Lock it").run()
    box(test.date_input, "limits_last").set_value(dt.date(2026, 6, 28)).run()
    assert any("usual range of this week would be" in text for text in texts(test.info))
    box(test.button, "limits_write").click().run()
    assert "needs a reason" in texts(test.error)[0]
    assert read_locks(open_store(shop), "shop") == ()

    box(test.text_input, "limits_why").set_value("Before the *summer*")
    box(test.text_input, "limits_by").set_value("ann")
    box(test.button, "limits_write").click().run()

    (lock,) = read_locks(open_store(shop), "shop")
    assert (lock.metric, lock.first, lock.last) == ("orders", None, dt.date(2026, 6, 28))
    assert (lock.set_by, lock.why) == ("ann", "Before the *summer*")
    assert any(
        "by ann on" in text and "Before the *summer*" in text for text in texts(test.caption)
    )

    box(test.button_group, "limits_do").set_value("Let every week teach again").run()
    box(test.text_input, "limits_why").set_value("It was one summer")
    box(test.text_input, "limits_by").set_value("bob")
    box(test.button, "limits_write").click().run()

    assert not test.exception
    last = read_locks(open_store(shop), "shop")[-1]
    assert (last.last, last.set_by) == (None, "bob")


def test_limits_are_built_only_when_somebody_looks(screen, shop):
    drawn = [one.proto.id.split("-")[-1] for one in screen("this_week").get("plotly_chart")]

    assert "limits_picture" not in drawn
