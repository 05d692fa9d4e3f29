"""Axes that neither flatter nor hide."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.charts.axes import honest_range, marks, month_ticks, week_ticks

VALUES = st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=20)


@given(VALUES)
def test_every_value_lies_inside_its_axis(values):
    low, high = honest_range(values)

    assert low <= min(values) <= max(values) <= high
    assert low < high


@given(st.floats(1, 1e9), st.floats(0, 0.01))
def test_a_wobble_of_one_per_cent_is_no_mountain(level, wobble):
    low, high = honest_range([level, level * (1 + wobble)])

    assert level * wobble < 0.15 * (high - low)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20))
def test_values_that_are_never_negative_have_no_axis_below_zero(values):
    assert honest_range(values)[0] >= 0


def test_an_axis_starts_at_zero_when_the_values_come_near_it():
    assert honest_range([2, 10])[0] == 0
    assert honest_range([90, 100])[0] > 0
    assert honest_range([-10, -2])[1] == 0


def test_nothing_known_still_has_an_axis():
    assert honest_range([]) == honest_range([None, float("nan")]) == (0.0, 1.0)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(2, 6))
def test_marks_are_few_round_and_on_the_axis(low, span, about):
    found = marks(low, low + span, "", about)["tickvals"]

    assert len(found) <= 2 * about + 2
    assert all(low - span * 1e-6 <= value <= low + span * (1 + 1e-6) for value in found)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.sampled_from(["", "$", "percent"]))
def test_no_axis_has_a_single_mark(low, span, unit):
    found = marks(low, low + span, unit, 2)["tickvals"]

    assert 2 <= len(found) <= 9


@pytest.mark.parametrize(
    ("unit", "texts"),
    [("", ["0", "20", "40", "60", "80", "100"]), ("$", ["$0", "$20", "$40", "$60", "$80", "$100"])],
)
def test_marks_are_said_with_a_sign_but_without_a_word(unit, texts):
    assert marks(0, 100, unit, 5)["ticktext"] == [text.replace("$", "&#36;") for text in texts]
    assert marks(0, 100, "sessions", 5)["ticktext"][1] == "20"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.sampled_from(["", "$", "percent", "visits"]))
def test_no_two_marks_read_the_same(low, span, unit):
    texts = marks(low, low + span, unit, 4)["ticktext"]

    assert len(set(texts)) == len(texts)


def test_marks_that_lie_close_are_written_out():
    assert marks(128_000, 128_050, "", 2)["ticktext"] == ["128,000", "128,025", "128,050"]
    assert marks(2.001, 2.009, "", 4)["ticktext"][0] == "2.0020"


def test_marks_of_a_ratio_are_round_in_per_cent():
    assert marks(0, 0.5, "percent", 5)["ticktext"][1] == "10\u00a0&#37;"


def test_the_month_is_written_where_it_changes():
    weeks = [dt.date(2026, 9, 28) + dt.timedelta(weeks=n) for n in range(6)]

    assert week_ticks(weeks) == ["28<br>Sep", "5<br>Oct", "12", "19", "26", "2<br>Nov"]


def test_months_are_counted_from_the_last_and_the_year_where_it_changes():
    months = [dt.date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(6)]

    shown, texts = month_ticks(months, 2)

    assert shown == [months[1], months[3], months[5]]
    assert texts == ["Nov<br>2025", "Jan<br>2026", "Mar"]
