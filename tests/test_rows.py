from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.model import Grain
from nsm.rows import (
    Known,
    differs,
    finals,
    grain_of,
    merge,
    months_of,
    roll_up,
    weekdays_of,
    weeks_of,
)

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def known(**values: tuple[float, str]) -> Known:
    """Known by day: ``d2020_01_05=(value, as_of)``."""
    return Known(
        day=days(*(key[1:].replace("_", "-") for key in values)),
        value=np.array([value for value, _ in values.values()]),
        as_of=days(*(as_of for _, as_of in values.values())),
        load=np.arange(len(values)),
    )


@settings(deadline=None)
@given(DAYS, st.integers(0, 6))
def test_weeks_months_and_weekdays_are_those_of_the_calendar(day: dt.date, start: int) -> None:
    array = np.array([day], dtype="datetime64[D]")

    assert weekdays_of(array)[0] == day.weekday()
    week = weeks_of(array, start)[0].item()
    assert week.weekday() == start
    assert 0 <= (day - week).days < 7
    assert months_of(array)[0].item() == day.replace(day=1)


@pytest.mark.parametrize(
    ("dates", "grain"),
    [
        ((), Grain.DAY),
        (("2020-01-05", "2020-01-12"), Grain.DAY),
        (("2020-01-05", "2020-01-12", "2020-01-12"), Grain.DAY),
        (("2020-01-05", "2020-01-12", "2020-02-23"), Grain.WEEK),
        (("2020-01-05", "2020-01-12", "2020-01-20"), Grain.DAY),
    ],
)
def test_three_dates_on_one_weekday_are_weeks(dates: tuple[str, ...], grain: Grain) -> None:
    assert grain_of(days(*dates)) is grain


def test_a_day_is_final_the_day_after_and_a_week_after_its_last_day() -> None:
    two = days("2020-01-10", "2020-01-11")

    assert finals(two, np.datetime64("2020-01-11"), Grain.DAY, 6).tolist() == [True, False]
    assert finals(two, np.datetime64("2020-01-11"), Grain.WEEK, 6).tolist() == [False, False]
    assert finals(two, np.datetime64("2020-01-12"), Grain.WEEK, 6).tolist() == [True, True]


def test_a_merge_sorts_rows_into_new_changed_confirmed_and_the_same() -> None:
    before = known(
        d2020_01_01=(1.0, "2020-02-01"),
        d2020_01_02=(2.0, "2020-02-01"),
        d2020_02_01=(3.0, "2020-02-01"),
        d2020_02_02=(4.0, "2020-02-01"),
        d2020_02_03=(5.0, "2020-02-01"),
    )
    day = days("2020-01-02", "2020-01-03", "2020-02-01", "2020-02-02", "2020-02-03")

    merged = merge(
        before,
        day,
        np.array([20.0, 9.0, 3.0, 40.0, 5.0]),
        np.datetime64("2020-02-03"),
        Grain.DAY,
        0,
    )

    assert merged.new.tolist() == [False, True, False, False, False]
    assert merged.changed.tolist() == [True, False, False, True, False]
    assert merged.restated.tolist() == [True, False, False, False, False]
    assert merged.confirmed.tolist() == [False, False, True, False, False]
    assert merged.final_value.tolist() == [1, 20, 9, 3, 40]
    assert merged.touched.tolist() == day[:4].tolist()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.1 + 0.2, 0.3, False),
        (sum([0.1] * 1000), 100.0, False),
        (0.3, 0.300000000001, True),
        (1e-13, 0.0, True),
        (5e-324, 0.0, True),
        (1e12, 1e12 + 1, True),
        (2.0**53 - 1, 2.0**53 - 2, True),
        (1e300, -1e300, True),
        (1e20 / 3 * 3, 1e20, False),
    ],
)
def test_noise_of_floats_is_no_difference_and_a_count_has_none(
    one: float, other: float, expected: bool
) -> None:
    assert differs(np.array([one]), np.array([other])).tolist() == [expected]
    assert differs(np.array([other]), one).tolist() == [expected]


def test_noise_confirms_a_value_and_restates_none() -> None:
    merged = merge(
        known(d2020_01_01=(0.3, "2020-02-01"), d2020_02_01=(0.3, "2020-02-01")),
        days("2020-01-01", "2020-02-01"),
        np.array([0.1 + 0.2, 0.1 + 0.2]),
        np.datetime64("2020-03-01"),
        Grain.DAY,
        0,
    )

    assert not (merged.changed | merged.restated | merged.new).any()
    assert merged.confirmed.tolist() == [False, True]
    # What is written is what the roll-ups are made of.
    assert merged.final_value.tolist() == [0.3, 0.1 + 0.2]


def test_a_weekly_row_meets_the_same_week_under_another_weekday() -> None:
    merged = merge(
        known(d2020_01_11=(1.0, "2020-02-01")),
        days("2020-01-05", "2020-01-12"),
        np.array([2.0, 3.0]),
        np.datetime64("2020-02-01"),
        Grain.WEEK,
        6,
    )

    assert merged.changed.tolist() == [True, False]
    assert merged.new.tolist() == [False, True]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.dates(dt.date(2019, 12, 1), dt.date(2020, 3, 1)),
        st.floats(-1e6, 1e6),
        min_size=1,
        max_size=60,
    ),
    st.integers(0, 6),
    st.sampled_from([Grain.WEEK, Grain.MONTH]),
)
def test_periods_add_up_to_their_days(
    values: dict[dt.date, float], start: int, grain: Grain
) -> None:
    day = np.array(sorted(values), dtype="datetime64[D]")
    value = np.array([values[one] for one in sorted(values)])

    totals = roll_up(day, value, grain, start, weekly=False)

    assert totals.days.sum() == len(values)
    assert totals.sum.sum() == pytest.approx(value.sum(), abs=1e-3)
    for place, begin in enumerate(totals.start):
        starts = weeks_of(day, start) if grain is Grain.WEEK else months_of(day)
        inside = value[starts == begin]
        assert totals.min[place] == inside.min()
        assert totals.max[place] == inside.max()
        assert (totals.first[place], totals.last[place]) == (inside[0], inside[-1])
        assert totals.last_date[place] == day[starts == begin][-1]


def test_no_values_make_no_periods() -> None:
    assert len(roll_up(days(), np.empty(0), Grain.WEEK, 0, weekly=False).start) == 0
