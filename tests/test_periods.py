"""The calendar: any first weekday, any fiscal year, week 53 and leap years."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm import periods
from nsm.errors import InputError
from nsm.model import Grain

DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 12, 31))
WEEKDAYS = st.integers(0, 6)
MONTHS = st.integers(1, 12)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@given(DAYS, WEEKDAYS)
def test_a_week_contains_its_day_and_starts_on_the_chosen_weekday(
    day: dt.date, week_start: int
) -> None:
    start = periods.week_start_of(day, week_start)

    assert start.weekday() == week_start
    assert start <= day <= periods.week_end(start)
    assert periods.week_start_of(periods.week_end(start), week_start) == start


@given(DAYS, WEEKDAYS)
def test_the_last_complete_week_is_over_and_the_next_is_not(
    today: dt.date, week_start: int
) -> None:
    start = periods.last_complete_week(today, week_start)

    assert periods.week_end(start) < today
    assert periods.week_end(start + periods.WEEK) >= today


@given(DAYS)
def test_a_week_is_compared_with_the_same_weekdays_a_year_before(day: dt.date) -> None:
    assert periods.year_ago_week(day).weekday() == day.weekday()
    assert 364 <= (day - periods.year_ago_week(day)).days <= 366


def test_week_53_is_compared_with_52_weeks_before_and_not_with_week_one() -> None:
    # 53 ISO weeks lie in 2026: 52 weeks before its last one its first one starts.
    assert date("2026-12-28").isocalendar().week == 53
    assert periods.year_ago_week(date("2026-12-28")) == date("2025-12-29")
    assert date("2025-12-29").isocalendar()[:2] == (2026, 1)


@given(DAYS, MONTHS)
def test_a_fiscal_year_starts_after_its_last_month_and_has_twelve_months(
    day: dt.date, fiscal_year_end: int
) -> None:
    start = periods.fiscal_year_start(day, fiscal_year_end)
    months = periods.fiscal_months(day, fiscal_year_end)

    assert start.day == 1
    assert start <= day
    assert (start - periods.DAY).month == fiscal_year_end
    assert (day - start).days < 366
    assert months[0] == start
    assert months[-1].month == fiscal_year_end
    assert len(set(months)) == 12
    assert periods.month_start(day) in months


@given(DAYS, MONTHS)
def test_a_quarter_is_three_months_of_its_fiscal_year(day: dt.date, fiscal_year_end: int) -> None:
    start = periods.quarter_start(day, fiscal_year_end)

    assert start in periods.fiscal_months(day, fiscal_year_end)[::3]
    assert start <= day < periods.months_later(start, 3)


@pytest.mark.parametrize(
    ("day", "fiscal_year_end", "quarter", "year"),
    [
        ("2021-09-25", 12, "2021-07-01", "2021-01-01"),
        ("2021-09-25", 5, "2021-09-01", "2021-06-01"),
        ("2021-05-31", 5, "2021-03-01", "2020-06-01"),
        ("2024-02-29", 2, "2023-12-01", "2023-03-01"),
        ("2024-03-01", 2, "2024-03-01", "2024-03-01"),
        ("2022-01-15", 11, "2021-12-01", "2021-12-01"),
    ],
)
def test_fiscal_years_of_known_days(
    day: str, fiscal_year_end: int, quarter: str, year: str
) -> None:
    assert periods.quarter_start(date(day), fiscal_year_end) == date(quarter)
    assert periods.fiscal_year_start(date(day), fiscal_year_end) == date(year)


@given(DAYS)
def test_trailing_months_are_the_last_twelve_that_are_over(day: dt.date) -> None:
    months = periods.trailing_months(day)

    assert len(months) == 12
    assert periods.month_end(months[-1]) <= day
    assert periods.month_end(periods.months_later(months[-1], 1)) > day
    assert [periods.months_later(month, 1) for month in months[:-1]] == list(months[1:])


def test_a_month_counts_as_over_on_its_own_last_day() -> None:
    assert periods.trailing_months(date("2021-07-31"))[-1] == date("2021-07-01")
    assert periods.trailing_months(date("2021-07-30"))[-1] == date("2021-06-01")


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-28"),
        ("2025-03-01", "2024-03-01"),
        ("2024-12-31", "2023-12-31"),
    ],
)
def test_the_same_date_a_year_before(day: str, before: str) -> None:
    assert periods.same_date_last_year(date(day)) == date(before)


@pytest.mark.parametrize(
    ("start", "grain", "days"),
    [
        ("2024-02-01", Grain.MONTH, 29),
        ("2100-02-01", Grain.MONTH, 28),
        ("2021-12-01", Grain.MONTH, 31),
        ("2021-12-27", Grain.WEEK, 7),
        ("2021-12-27", Grain.DAY, 1),
    ],
)
def test_days_in_a_period(start: str, grain: Grain, days: int) -> None:
    assert periods.days_in(date(start), grain) == days


@given(DAYS, st.integers(0, 800))
def test_a_span_is_its_months_and_its_edge_without_a_day_twice(day: dt.date, length: int) -> None:
    first = periods.month_start(day)
    last = first + length * periods.DAY

    months, edge = periods.months_and_edge(first, last)

    days = [
        start + number * periods.DAY
        for start in months
        for number in range(periods.days_in(start, Grain.MONTH))
    ]
    if edge is not None:
        days += [edge[0] + n * periods.DAY for n in range((edge[1] - edge[0]).days + 1)]
        assert (edge[1] - edge[0]).days < 30
    assert days == [first + number * periods.DAY for number in range(length + 1)]


def test_today_depends_on_the_time_zone() -> None:
    east, west = periods.today_in("Pacific/Kiritimati"), periods.today_in("Etc/GMT+12")

    assert (east - west).days in (1, 2)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "\x00", "x" * 10_000])
def test_an_unknown_time_zone_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError) as caught:
        periods.today_in(name)
    assert "\n" not in str(caught.value)
