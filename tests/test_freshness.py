"""Late by its own rhythm, and the holes in a history."""

from __future__ import annotations

import datetime as dt

import pytest

from nsm.freshness import Gap, freshness, gaps, missing_days, newest_of
from nsm.history import build_history
from nsm.model import Grain
from tests.days import (
    computed,
    daily_frame,
    each_day,
    measured,
    rollup_frame,
    star_of,
    without,
)

MONDAY = dt.date(2026, 11, 16)


@pytest.mark.parametrize(
    ("grain", "lateness", "today", "late"),
    [
        # The value of Sunday 15 is there; that of Monday is due on Tuesday.
        (Grain.DAY, 0, dt.date(2026, 11, 16), 0),
        (Grain.DAY, 0, dt.date(2026, 11, 17), 0),
        (Grain.DAY, 0, dt.date(2026, 11, 18), 1),
        (Grain.DAY, 2, dt.date(2026, 11, 19), 0),
        (Grain.DAY, 2, dt.date(2026, 11, 20), 1),
        # The week from Monday 9 is there; the next is over on Sunday 22 and due on the day after.
        (Grain.WEEK, 0, dt.date(2026, 11, 23), 0),
        (Grain.WEEK, 0, dt.date(2026, 11, 24), 1),
        (Grain.WEEK, 3, dt.date(2026, 11, 26), 0),
    ],
)
def test_late_counts_from_the_day_on_which_more_was_due(
    grain: Grain, lateness: int, today: dt.date, late: int
) -> None:
    newest = dt.date(2026, 11, 9) if grain is Grain.WEEK else dt.date(2026, 11, 15)
    found = freshness(newest, grain, lateness, today)

    assert found.data_to == dt.date(2026, 11, 15)
    assert found.days_late == late
    assert found.is_late is bool(late)


def test_without_data_nothing_is_on_time() -> None:
    assert freshness(None, Grain.DAY, 0, MONDAY).is_late


def test_a_formula_is_as_old_as_its_oldest_part() -> None:
    star = star_of(measured("orders"), measured("items"), computed("basket", "items / orders"))
    basket = star.metric("basket")
    newest = {"orders": MONDAY, "items": MONDAY - dt.timedelta(days=3)}

    assert newest_of(star, basket, newest) == MONDAY - dt.timedelta(days=3)
    assert newest_of(star, basket, {"orders": MONDAY}) is None
    assert newest_of(star, star.metric("orders"), newest) == MONDAY


def test_gaps_are_weeks_with_missing_days_between_the_first_and_the_newest() -> None:
    star = star_of(measured("orders"))
    days = without(each_day("2026-09-02", "2026-11-17"), "2026-10-07", "2026-10-08", "2026-10-20")
    days = {day: v for day, v in days.items() if not dt.date(2026, 10, 26) <= day < MONDAY}
    rollups = rollup_frame(star, {"orders": days}, Grain.WEEK)
    history = build_history(star, rollups, Grain.WEEK, dt.date(2026, 11, 18))

    assert gaps(history, "orders") == (
        Gap(dt.date(2026, 10, 5), 5, 7),
        Gap(dt.date(2026, 10, 19), 6, 7),
        Gap(dt.date(2026, 10, 26), 0, 7),
        Gap(dt.date(2026, 11, 2), 0, 7),
        Gap(dt.date(2026, 11, 9), 0, 7),
    )


def test_a_metric_without_data_has_no_gaps() -> None:
    star = star_of(measured("orders"), measured("items"))
    rollups = rollup_frame(star, {"orders": each_day("2026-09-02", "2026-11-17")}, Grain.WEEK)
    history = build_history(star, rollups, Grain.WEEK, dt.date(2026, 11, 18))

    assert gaps(history, "items") == ()


def test_the_missing_days_of_a_formula_are_those_of_any_part() -> None:
    week = dt.date(2026, 11, 2)
    every = each_day("2026-10-26", "2026-11-15")
    days = daily_frame({"a": without(every, "2026-11-03"), "b": without(every, "2026-11-08")})
    found = [Gap(week, 5, 7), Gap(dt.date(2026, 11, 9), 0, 1)]

    assert missing_days(found, days, ["a"]) == {week: (dt.date(2026, 11, 3),)}
    assert missing_days(found, days, ["a", "b"]) == {
        week: (dt.date(2026, 11, 3), dt.date(2026, 11, 8))
    }
