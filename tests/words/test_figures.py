"""Numbers, changes, dates and ages as people say them."""

from __future__ import annotations

import datetime as dt
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.words import figures
from nsm.words.figures import (
    age,
    arrow,
    change,
    count,
    day,
    listed,
    number,
    share_words,
    spoken,
    week_of,
)

ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def said(text: str) -> str:
    """The text with plain blanks, so that the tests can be read."""
    return text.replace(figures.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("value", "unit", "written", "short"),
    [
        (128120, "", "128,120", "128 k"),
        (48_203_112, "minutes", "48,203,112 minutes", "48.2 M min"),
        (1_920_000, "", "1,920,000", "1.92 M"),
        (999_600, "", "999,600", "1 M"),
        (9_999, "", "9,999", "9,999"),
        (10_000, "", "10,000", "10 k"),
        (3_400_000_000, "$", "$3,400,000,000", "$3.4 bn"),
        (-1500, "€", "−€1,500", "−€1,500"),
        (0.0371, "percent", "3.71 %", "3.71 %"),
        (-0.5, "percent", "−50 %", "−50 %"),
        (4.1, "", "4.1", "4.1"),
        (31.456, "min", "31.5 min", "31.5 min"),
        (0.00234, "", "0.00234", "0.00234"),
        (0, "", "0", "0"),
        (-0.0, "", "0", "0"),
        (1e21, "", "1.0 × 10²¹", "1.0 × 10²¹"),
        (3e-9, "", "3.0 × 10⁻⁹", "3.0 × 10⁻⁹"),
    ],
)
def test_a_value_is_said_in_full_and_short(value, unit, written, short):
    assert said(number(value, unit)) == written
    assert said(number(value, unit, short=True)) == short


def test_what_is_not_known_is_a_dash():
    for nothing in (None, math.nan, math.inf):
        assert number(nothing) == change(nothing) == spoken(nothing) == "–"
        assert arrow(nothing) == "―"


@given(ANY_NUMBER, st.sampled_from(["", "percent", "$", "minutes"]), st.booleans())
def test_no_number_is_ever_written_with_an_exponent_or_is_endless(value, unit, short):
    text = number(value, unit, short=short)

    assert not re.search(r"\de[+-]?\d", text)
    assert "nan" not in text
    assert "inf" not in text
    assert len(text) < 40


@given(st.floats(1e-3, 9e14))
def test_a_short_number_is_right_to_three_digits(value):
    text = said(number(value, short=True)).replace(",", "")
    figure, _, suffix = text.partition(" ")
    scale = {"": 1, "k": 1e3, "M": 1e6, "bn": 1e9, "tn": 1e12}[suffix]

    assert float(figure) * scale == pytest.approx(value, rel=6e-3)


@given(st.floats(-1e12, 1e12), st.sampled_from(["", "$", "percent"]))
def test_a_negative_number_differs_only_in_its_sign(value, unit):
    up, down = number(abs(value), unit), number(-abs(value), unit)

    assert down in (up, f"−{up}")
    assert "-" not in down


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (6.93, "percent", "+6.9 %"),
        (-6.93, "percent", "−6.9 %"),
        (0.04, "percent", "0.0 %"),
        (-0.04, "percent", "0.0 %"),
        (1234.4, "percent", "+1,234 %"),
        (40, "bps", "+0.4 pt"),
        (-3, "bps", "−0.03 pt"),
        (-5.83, "bps", "−0.06 pt"),
        (9.6, "bps", "+0.1 pt"),
        (0.2, "bps", "0.0 pt"),
    ],
)
def test_a_change_is_said_in_per_cent_or_points(value, unit, text):
    assert said(change(value, unit)) == text


@given(st.floats(-1e6, 1e6), st.sampled_from(["percent", "bps"]))
def test_the_arrow_says_what_the_change_says(value, unit):
    shape = {"+": "▲", "−": "▼"}.get(change(value, unit)[0], "―")

    assert arrow(value, unit) == shape


def test_a_sentence_says_millions_short_and_thousands_in_full():
    assert said(spoken(95_748, "users")) == "95,748 users"
    assert said(spoken(48_203_112, "minutes")) == "48.2 M minutes"
    assert said(spoken(3_200_000, "$")) == "$3.2 M"
    assert said(spoken(0.5, "percent")) == "50 %"


def test_dates_ages_and_counts_as_people_say_them():
    assert week_of(dt.date(2026, 1, 5)) == "week of 5 Jan"
    assert week_of(dt.date(2026, 1, 5), year=True) == "week of 5 Jan 2026"
    assert day(dt.date(2026, 11, 15)) == "Sun 15 Nov"
    assert [age(days) for days in (-1, 0, 1, 2)] == [
        "on time",
        "on time",
        "1 day late",
        "2 days late",
    ]
    assert [count(n, "week") for n in (0, 1, 1200)] == ["no weeks", "1 week", "1,200 weeks"]
    assert [listed(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert listed([]) == ""


@pytest.mark.parametrize(
    ("share", "said"), [(0.984, "98 %"), (-4.61, "−461 %"), (-0.001, "0 %"), (12.5, "1,250 %")]
)
def test_a_share_below_zero_carries_a_real_minus_sign(share, said):
    assert share_words(share).replace("\N{NO-BREAK SPACE}", " ") == said
