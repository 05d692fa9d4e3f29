"""What an answer settles: which days are zeros, which weeks, and by what it was asked."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

import pytest

from nsm.sources.sync import Wanted, sync_star
from tests.sources.visits import DAY, HEAD, NOVEMBER, OCTOBER, SUNDAY, Lake, each


def test_nothing_is_a_zero_before_the_first_row_that_was_ever_found(lake: Lake) -> None:
    first = dt.date(2026, 11, 10)
    lake.define("count, empty: zero, lateness: 5 days")
    lake.hold()
    lake.sync(dt.date(2026, 11, 8))
    lake.hold((first, 1))
    lake.sync(dt.date(2026, 11, 11))
    lake.sync(dt.date(2026, 11, 12))

    assert lake.days() == {first: 1.0}


def test_what_may_still_be_late_is_no_zero_yet(lake: Lake) -> None:
    lake.define("count, empty: zero, lateness: 5 days")
    lake.hold((dt.date(2026, 11, 9), 1), (dt.date(2026, 11, 17), 1))
    lake.sync(dt.date(2026, 11, 18))
    nine, twelve = dt.date(2026, 11, 9), dt.date(2026, 11, 12)

    expected = {nine: 1.0} | {nine + place * DAY: 0.0 for place in range(1, 4)}
    assert max(day for day, value in lake.days().items() if not value) == twelve
    assert lake.days() == expected | {dt.date(2026, 11, 17): 1.0}


def test_a_week_without_rows_is_a_zero_however_often_one_asks(lake: Lake) -> None:
    lake.define("count, empty: zero, lateness: 2 days, grain: week")
    rows = [
        *each(OCTOBER, dt.date(2026, 11, 8)),
        *each(dt.date(2026, 11, 16), dt.date(2026, 12, 6)),
    ]
    for place in range(30):
        today = dt.date(2026, 11, 10) + place * DAY
        lake.hold(*(row for row in rows if row[0] < today))
        lake.sync(today)

    assert lake.weeks()[dt.date(2026, 11, 9)] == 0.0
    assert lake.weeks()[dt.date(2026, 11, 2)] == lake.weeks()[dt.date(2026, 11, 16)] == 7.0


def test_a_week_in_which_nobody_came_has_no_users(lake: Lake) -> None:
    lake.define("{count_distinct: user}, empty: zero")
    lake.hold(*each(OCTOBER, dt.date(2026, 11, 1)), *each(dt.date(2026, 11, 9), SUNDAY))
    lake.sync()

    assert lake.weeks()[NOVEMBER] == 0.0
    assert lake.weeks()[dt.date(2026, 11, 9)] == 1.0


@pytest.mark.parametrize(
    ("before", "head", "now"),
    [
        ("count", HEAD, "count, grain: week"),
        ("count, grain: week", HEAD, "count"),
        ("count, grain: week", HEAD.replace("\nsources", "\nweek_start: sunday\nsources"), None),
    ],
)
def test_asked_by_other_periods_a_history_begins_anew(
    lake: Lake, before: str, head: str, now: str | None
) -> None:
    rows = each(OCTOBER, SUNDAY)
    lake.define(before)
    lake.hold(*rows)
    lake.sync()
    lake.define(now or before, head)
    found = lake.sync()

    sundays = now is None
    first = OCTOBER - DAY if sundays else OCTOBER
    weeks = {first + 7 * place * DAY: 7.0 for place in range(6)}
    assert lake.weeks() == (weeks | {first: 6.0} if sundays else weeks)
    assert "its history begins anew" in found.warnings[-1]
    assert lake.sync(full=True).warnings == ()


def test_days_that_look_weekly_stay_days_where_days_are_asked(lake: Lake) -> None:
    mondays = [(OCTOBER + 7 * place * DAY, user) for place in range(3) for user in range(3)]
    lake.define("{count_distinct: user}")
    lake.hold(*mondays)
    lake.sync(dt.date(2026, 10, 27))
    assert lake.weeks() == {}
    lake.hold(*mondays, *((day, day.day) for day, _ in each(dt.date(2026, 10, 26), SUNDAY)))
    lake.sync(dt.date(2026, 11, 16))

    assert lake.weeks()[NOVEMBER] == 7.0


@pytest.mark.parametrize("now", ["count", "{count_distinct: user}, aggregate: mean"])
def test_weeks_that_the_source_said_no_more_are_made_of_days_again(lake: Lake, now: str) -> None:
    lake.hold(*each(OCTOBER, SUNDAY, 1), *each(OCTOBER, SUNDAY, 2))
    lake.define("{count_distinct: user}")
    lake.sync()
    assert set(lake.weeks().values()) == {2.0}
    lake.define(now)
    lake.sync()

    assert set(lake.weeks().values()) == {14.0 if now == "count" else 2.0}


def test_a_date_that_cannot_be_read_is_heard_of_in_the_days_since(lake: Lake) -> None:
    lake.define("count")
    lake.hold(*each(NOVEMBER, SUNDAY))
    lake.sync()
    lake.hold(*each(NOVEMBER, SUNDAY + DAY))
    with closing(sqlite3.connect(lake.path)) as connection, connection:
        connection.execute("insert into visits values ('2026-11-16 25:00', 1)")
    (found,) = sync_star(lake.engine, "shop", SUNDAY + 2 * DAY, Wanted())

    assert "values that are no dates" in found.error
    assert max(lake.days()) == SUNDAY


def test_rows_that_look_weekly_are_named(lake: Lake) -> None:
    lake.hold(*((OCTOBER + 7 * place * DAY, 1) for place in range(5)))
    lake.define("count")

    assert "'grain: week'" in lake.sync().warnings[-1]
