from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.errors import InputError
from nsm.ingest.dates import NO_DAY, DayColumn, read_date
from nsm.ingest.rejections import Rejections

FIFTH = dt.date(2020, 1, 5)  # a Sunday


@pytest.mark.parametrize(
    "text",
    [
        *("2020-01-05", "2020-1-5", "2020/01/05", "2020.01.05", "20200105", " 2020-01-05 "),
        *("2020-01-05T10:30:00", "2020-01-05 10:30", "2020-01-05T10:30:00.123Z"),
        *("2020-01-05 23:59:59+02:00", "Sun, 05-Jan-2020", "Sunday, 5 January 2020"),
        *("05-Jan-2020", "5-Jan-20", "05 Jan 2020", "5 January 2020", "5th January 2020"),
        *("Jan 5 2020", "Jan 5, 2020", "January 5, 2020", "Sun Jan 5 2020", "Jan. 5, 2020"),
        *("2020-Jan-05", "5-JAN-2020", "5.jan.2020", "Jan 5, 2020, 10:30 PM", "Sun 5/1/2020"),
        "Sun 1/5/2020",
    ],
)
def test_dates_with_one_reading(text: str) -> None:
    reading = read_date(text)

    assert {FIFTH} == {reading.day_first, reading.month_first} - {None}
    assert not reading.is_unclear


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("13/1/2020", dt.date(2020, 1, 13), None),
        ("1/13/2020", None, dt.date(2020, 1, 13)),
        ("5/1/2020", dt.date(2020, 1, 5), dt.date(2020, 5, 1)),
        ("05.01.2020", dt.date(2020, 1, 5), dt.date(2020, 5, 1)),
        ("05-01-2020 00:00", dt.date(2020, 1, 5), dt.date(2020, 5, 1)),
        ("5/5/2020", dt.date(2020, 5, 5), dt.date(2020, 5, 5)),
        ("1/13/20", None, dt.date(2020, 1, 13)),
    ],
)
def test_numeric_dates_are_read_both_ways(
    text: str, day_first: dt.date | None, month_first: dt.date | None
) -> None:
    reading = read_date(text)

    assert (reading.day_first, reading.month_first) == (day_first, month_first)
    assert reading.is_unclear == (None not in (day_first, month_first) and text != "5/5/2020")


@pytest.mark.parametrize("text", ["13/1/20", "20/01/05", "5/5/20"])
def test_a_two_digit_year_that_may_come_first_proves_nothing(text: str) -> None:
    assert read_date(text).is_unclear


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("43835", "serial number.*2020-01-05"),
        ("43835.5", "serial number"),
        ("2020-02-30", "exists"),
        ("31/31/2020", "exists"),
        ("2020-13-01", "exists"),
        ("Mon, 05-Jan-2020", "Sunday"),
        ("2020-01", "not a day"),
        ("Jan-20", "not a day"),
        ("1578182400", "timestamp"),
        ("", "blank"),
        ("Total", "not a date"),
        ("2020-W05", "not a date"),
        ("1066-10-14", "between"),
        ("2999-01-01", "between"),
        ("5-Foo-2020", "not a date"),
        ("x" * 10_000, "not a date"),
        ("<script>", "not a date"),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(text: str, reason: str) -> None:
    reading = read_date(text)

    assert (reading.day_first, reading.month_first) == (None, None)
    assert not reading.is_unclear
    assert re.search(reason, reading.reason)


def read(
    cells: list[str], day_first: bool | None = None
) -> tuple[DayColumn, list[int], Rejections]:
    column, rejections = DayColumn("Date", day_first), Rejections()
    days = column.read(cells, np.arange(2, 2 + len(cells), dtype=np.int32), rejections)
    return column, days.tolist(), rejections


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["5/1/2020", "13/1/2020"], True),
        (["5/1/2020", "1/13/2020"], False),
        (["Sun 5/1/2020", "6/1/2020"], True),
        (["2020-01-05", "5/5/2020"], None),
    ],
)
def test_one_sure_date_decides_the_column(cells: list[str], order: bool | None) -> None:
    column, _, _ = read(cells)

    assert column.order("x.csv") is order


@pytest.mark.parametrize("cells", [["5/1/2020", "6/1/2020"], ["20/01/05"], ["5/5/20"]])
def test_unclear_dates_are_asked_about(cells: list[str]) -> None:
    column, _, _ = read(cells)

    with pytest.raises(InputError, match=r"line 2.*can be .* or .*--day-first or --month-first"):
        column.order("x.csv")


def test_contradicting_dates_are_asked_about_and_name_both_lines() -> None:
    column, _, _ = read(["13/1/2020", "1/13/2020"])

    with pytest.raises(InputError, match=r"line 2 .*day first.* line 3 .*month first"):
        column.order("x.csv")


def test_a_date_that_does_not_fit_the_given_order_is_refused() -> None:
    _, days, rejections = read(["13/1/2020", "1/13/2020"], day_first=True)

    assert days[1] == NO_DAY
    assert [(row.line, row.value) for row in rejections.rows()] == [(3, "1/13/2020")]


def test_an_offset_is_remembered() -> None:
    column, _, _ = read(["2020-01-05", "2020-01-05T23:00:00+02:00"])

    assert column.offset == (3, "2020-01-05T23:00:00+02:00")


FORMATS = [
    *("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%a, %d-%b-%Y", "%d %B %Y", "%B %d, %Y"),
    *("%b %d %Y", "%A, %B %d, %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%A %d %B %Y"),
]


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)), st.sampled_from(FORMATS))
def test_every_day_in_every_format_comes_back(day: dt.date, form: str) -> None:
    reading = read_date(day.strftime(form))

    assert (reading.day_first, reading.month_first) == (day, day)


@settings(deadline=None)
@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)),
    st.sampled_from([("%d/%m/%Y", True), ("%m/%d/%Y", False), ("%d.%m.%Y", True)]),
)
def test_every_day_in_the_given_order_comes_back(day: dt.date, form: tuple[str, bool]) -> None:
    _, days, _ = read([day.strftime(form[0])], day_first=form[1])

    assert np.datetime64(days[0], "D") == np.datetime64(day)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    reading = read_date(text)

    assert reading.reason or reading.day_first or reading.month_first
