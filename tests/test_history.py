"""Weeks, months and to-date spans: complete or nothing, formulas after aggregation."""

from __future__ import annotations

import datetime as dt
import math
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.history import (
    History,
    aggregate_spans,
    build_history,
    daily_edges,
    grains,
    last_complete_week,
)
from nsm.model import Aggregate, Grain, Star
from nsm.periods import DAY, days_in, month_start, period_end, same_date_last_year
from tests.days import (
    Values,
    aggregated,
    computed,
    daily_frame,
    each_day,
    inside,
    measured,
    rollup_frame,
    span,
    star_of,
    without,
)

LATER = dt.date(2030, 1, 1)
ORDERS, ITEMS = measured("orders"), measured("items")
BASKET = computed("basket", "items / orders")


def history(
    star: Star, values: dict[str, Values], grain: Grain = Grain.WEEK, today: dt.date = LATER
) -> History:
    return build_history(star, rollup_frame(star, values, grain), grain, today)


def at(frame: pd.DataFrame, start: str, key: str = "orders") -> float:
    return float(frame.loc[pd.Timestamp(start), key])


def test_a_week_is_the_sum_of_its_seven_days() -> None:
    days = each_day("2024-01-01", "2024-01-14", 10)

    weeks = history(star_of(ORDERS), {"orders": days})

    assert weeks.values["orders"].tolist() == [sum(range(10, 17)), sum(range(17, 24))]
    assert weeks.so_far["orders"].isna().all()


def test_a_partial_first_week_a_gap_and_the_running_week_have_no_value_but_say_what_is_there() -> (
    None
):
    days = without(each_day("2024-01-03", "2024-01-24"), "2024-01-18")

    weeks = history(star_of(ORDERS), {"orders": days}, today=dt.date(2024, 1, 25))

    assert weeks.values["orders"].isna().tolist() == [True, False, True, True]
    assert weeks.days["orders"].tolist() == [5, 7, 6, 3]
    assert weeks.expected["orders"].tolist() == [7, 7, 7, 7]
    assert at(weeks.so_far, "2024-01-22") == sum(inside(days, *span("2024-01-22", "2024-01-24")))
    assert math.isnan(at(weeks.so_far, "2024-01-08"))


def test_a_week_with_all_days_is_still_no_week_before_it_is_over() -> None:
    days = each_day("2024-01-01", "2024-01-07")

    early = history(star_of(ORDERS), {"orders": days}, today=dt.date(2024, 1, 7))
    over = history(star_of(ORDERS), {"orders": days}, today=dt.date(2024, 1, 8))

    assert math.isnan(at(early.values, "2024-01-01"))
    assert at(early.so_far, "2024-01-01") == at(over.values, "2024-01-01") == 28


def test_periods_are_regular_where_weeks_are_missing_altogether() -> None:
    days = each_day("2024-01-01", "2024-01-07") | each_day("2024-01-29", "2024-02-04")

    weeks = history(star_of(ORDERS), {"orders": days})

    assert weeks.values.index.dtype == "datetime64[us]"
    assert [day.date().isoformat() for day in weeks.values.index] == [
        "2024-01-01",
        "2024-01-08",
        "2024-01-15",
        "2024-01-22",
        "2024-01-29",
    ]
    assert weeks.days["orders"].tolist() == [7, 0, 0, 0, 7]


def test_a_star_without_data_has_an_empty_history_with_all_its_metrics() -> None:
    star = star_of(ORDERS, ITEMS, BASKET)

    for grain in (Grain.WEEK, Grain.MONTH):
        empty = history(star, {}, grain)
        assert empty.values.shape == (0, 3)
        assert list(empty.values) == ["orders", "items", "basket"]
        assert last_complete_week(empty, "orders") is None


def test_a_formula_is_a_ratio_of_sums_and_not_a_sum_of_ratios() -> None:
    orders, items = each_day("2024-01-01", "2024-01-07", 1), each_day("2024-01-01", "2024-01-07", 9)

    weeks = history(star_of(ORDERS, ITEMS, BASKET), {"orders": orders, "items": items})

    assert at(weeks.values, "2024-01-01", "basket") == pytest.approx(
        sum(items.values()) / sum(orders.values())
    )


def test_a_formula_over_formulas_is_computed_in_any_order_of_the_definition() -> None:
    double = computed("double", "2 * basket")
    days = {
        "orders": each_day("2024-01-01", "2024-01-07"),
        "items": each_day("2024-01-01", "2024-01-07", 4),
    }

    weeks = history(star_of(double, BASKET, ITEMS, ORDERS), days)

    assert list(weeks.values) == ["double", "basket", "items", "orders"]
    assert at(weeks.values, "2024-01-01", "double") == pytest.approx(2 * 49 / 28)


def test_a_formula_is_incomplete_as_soon_as_one_part_is() -> None:
    star = star_of(ORDERS, ITEMS, BASKET)
    orders = each_day("2024-01-01", "2024-01-14")
    items = without(orders, "2024-01-03")

    weeks = history(star, {"orders": orders, "items": items})

    assert weeks.values["basket"].isna().tolist() == [True, False]
    assert weeks.days["basket"].tolist() == [6, 7]


def test_a_running_formula_is_drawn_only_where_its_parts_reach_the_same_day() -> None:
    star = star_of(ORDERS, ITEMS, BASKET)
    today = dt.date(2024, 1, 5)
    orders = each_day("2024-01-01", "2024-01-03")

    alike = history(star, {"orders": orders, "items": orders}, today=today)
    behind = history(star, {"orders": orders, "items": without(orders, "2024-01-03")}, today=today)
    gap = history(
        star,
        {"orders": without(orders, "2024-01-01"), "items": without(orders, "2024-01-02")},
        today=today,
    )

    assert at(alike.so_far, "2024-01-01", "basket") == 1
    assert alike.days["basket"].tolist() == [3]
    assert math.isnan(at(behind.so_far, "2024-01-01", "basket"))
    assert math.isnan(at(gap.so_far, "2024-01-01", "basket"))


def test_a_formula_that_divides_by_zero_has_no_value() -> None:
    star = star_of(ORDERS, ITEMS, BASKET)
    days = each_day("2024-01-01", "2024-01-07")

    weeks = history(star, {"orders": dict.fromkeys(days, 0.0), "items": days})

    assert math.isnan(at(weeks.values, "2024-01-01", "basket"))
    assert weeks.days["basket"].tolist() == weeks.expected["basket"].tolist() == [7]


def test_sums_that_no_number_holds_are_unknown() -> None:
    days = dict.fromkeys(each_day("2024-01-01", "2024-01-31"), 1.5e308)

    months = history(star_of(ORDERS), {"orders": days}, Grain.MONTH)

    assert math.isnan(at(months.values, "2024-01-01"))


def test_a_weekly_source_has_weeks_and_never_invents_months_or_days() -> None:
    weekly = measured("signups", grain=Grain.WEEK)
    both = computed("rate", "signups / orders")
    star = star_of(ORDERS, weekly, both)
    signups = {dt.date(2024, 1, 1): 5.0, dt.date(2024, 1, 8): 7.0}
    days = {"orders": each_day("2024-01-01", "2024-01-31"), "signups": signups}

    weeks, months = history(star, days), history(star, days, Grain.MONTH)
    spans = aggregate_spans(star, months, daily_frame(days), [span("2024-01-01", "2024-01-14")])

    assert weeks.values["signups"].tolist()[:2] == [5, 7]
    assert weeks.expected["signups"].tolist()[:2] == weeks.days["signups"].tolist()[:2] == [1, 1]
    assert weeks.days["rate"].tolist()[:2] == [7, 7]
    assert at(weeks.values, "2024-01-08", "rate") == pytest.approx(
        7 / at(weeks.values, "2024-01-08")
    )
    assert months.values["signups"].isna().all()
    assert months.values["rate"].isna().all()
    assert spans.values[["signups", "rate"]].isna().all(axis=None)
    assert spans.days["signups"].tolist() == [0]
    assert grains(star) == {"orders": Grain.DAY, "signups": Grain.WEEK, "rate": Grain.WEEK}


def test_the_last_complete_week_of_each_metric() -> None:
    star = star_of(ORDERS, ITEMS)
    orders = each_day("2024-01-01", "2024-01-23")

    weeks = history(star, {"orders": orders, "items": without(orders, "2024-01-15")})

    assert last_complete_week(weeks, "orders") == pd.Timestamp("2024-01-15")
    assert last_complete_week(weeks, "items") == pd.Timestamp("2024-01-08")
    assert last_complete_week(weeks, "nothing") is None


@pytest.mark.parametrize("aggregate", [one for one in Aggregate if one is not Aggregate.SOURCE])
def test_every_aggregate_is_right_for_weeks_months_and_spans(aggregate: Aggregate) -> None:
    rng = np.random.default_rng(3)
    days = {day: float(rng.normal(5, 40)) for day in each_day("2023-11-01", "2024-03-31")}
    star = star_of(measured("orders", aggregate), week_start=6)
    weeks = history(star, {"orders": days})
    months = history(star, {"orders": days}, Grain.MONTH)
    asked = [span("2023-12-01", "2024-03-09"), span("2024-02-01", "2024-02-29")]

    in_any_order = daily_frame({"orders": days}).sample(frac=1, random_state=5)
    spans = aggregate_spans(star, months, in_any_order, asked)

    def wanted(first: dt.date, last: dt.date) -> float:
        return aggregated(aggregate, inside(days, first, last))

    assert at(weeks.values, "2024-01-07") == pytest.approx(
        wanted(*span("2024-01-07", "2024-01-13"))
    )
    assert at(months.values, "2024-02-01") == pytest.approx(wanted(*asked[1]))
    assert spans.values["orders"].tolist() == pytest.approx([wanted(*one) for one in asked])


def test_a_span_needs_only_the_days_of_its_unfinished_month() -> None:
    asked = [span("2024-01-01", "2024-03-09"), span("2024-03-01", "2024-03-09")]

    assert daily_edges(asked) == (span("2024-03-01", "2024-03-09"),)
    assert daily_edges([span("2024-01-01", "2024-02-29")]) == ()


def test_a_missing_day_anywhere_in_a_span_leaves_it_without_a_value() -> None:
    star = star_of(ORDERS)
    asked = [span("2024-01-01", "2024-03-09")]
    whole = each_day("2024-01-01", "2024-03-31")

    for missing in ("2024-01-01", "2024-02-29", "2024-03-09"):
        days = {"orders": without(whole, missing)}
        months = history(star, days, Grain.MONTH)
        spans = aggregate_spans(star, months, daily_frame(days), asked)
        assert spans.values["orders"].isna().tolist() == [True]
        assert spans.days["orders"].tolist() == [68]
        assert spans.expected["orders"].tolist() == [69]


# The invariants, over any days that are there or not, any first weekday and any today.

FIRST = dt.date(2023, 12, 20)
PRESENT = st.lists(st.booleans(), min_size=1, max_size=120)
AMOUNTS = st.integers(-1000, 1000)


@st.composite
def some_days(draw: st.DrawFn, full: bool = False) -> dict[dt.date, float]:
    present = draw(PRESENT)
    amounts = draw(st.lists(AMOUNTS, min_size=len(present), max_size=len(present)))
    return {
        FIRST + number * DAY: float(amount)
        for number, (there, amount) in enumerate(zip(present, amounts, strict=True))
        if there or full
    }


@settings(max_examples=60, deadline=None)
@given(
    some_days(), st.integers(0, 6), st.integers(0, 130), st.sampled_from([Grain.WEEK, Grain.MONTH])
)
def test_no_incomplete_period_ever_has_a_value(
    days: dict[dt.date, float], week_start: int, elapsed: int, grain: Grain
) -> None:
    star, today = star_of(ORDERS, week_start=week_start), FIRST + elapsed * DAY
    known = {day: value for day, value in days.items() if day < today}

    found = history(star, {"orders": known}, grain, today)

    for start, value in found.values["orders"].items():
        first = start.date()
        there = inside(known, first, period_end(first, grain))
        if len(there) == days_in(first, grain) and period_end(first, grain) < today:
            assert value == sum(there)
        else:
            assert math.isnan(value)
            assert found.days.loc[start, "orders"] == len(there)


@settings(max_examples=40, deadline=None)
@given(some_days(full=True), st.integers(0, 6))
def test_roll_ups_of_parts_add_up(days: dict[dt.date, float], week_start: int) -> None:
    star = star_of(ORDERS, week_start=week_start)
    weeks = history(star, {"orders": days})
    months = history(star, {"orders": days}, Grain.MONTH)
    first, last = month_start(min(days)), max(days)
    first = first if first in days else month_start(first + 40 * DAY)

    for found in (weeks, months):
        parts = found.values["orders"].fillna(0) + found.so_far["orders"].fillna(0)
        assert parts.sum() == sum(days.values())
        assert found.days["orders"].sum() == len(days)
    if first <= last:
        spans = aggregate_spans(star, months, daily_frame({"orders": days}), [(first, last)])
        assert spans.values["orders"].tolist() == [sum(inside(days, first, last))]


@settings(max_examples=30, deadline=None)
@given(some_days(), some_days(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    orders: dict[dt.date, float], items: dict[dt.date, float], random: Random
) -> None:
    star = star_of(ORDERS, ITEMS, BASKET)
    values = {"orders": orders, "items": items}
    rows, days = rollup_frame(star, values, Grain.MONTH), daily_frame(values)
    shuffled = rows.sample(frac=1, random_state=random.randint(0, 999))
    asked = [(dt.date(2024, 1, 1), dt.date(2024, 2, 20)), (dt.date(2023, 12, 1), FIRST)]

    one = build_history(star, rows, Grain.MONTH, LATER)
    other = build_history(star, shuffled, Grain.MONTH, LATER)
    spans = aggregate_spans(star, one, days, asked)
    again = aggregate_spans(star, other, days.sample(frac=1, random_state=1), asked)

    for name in ("values", "so_far", "days", "expected"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(spans.values, again.values)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_to_date_span_needs_less_than_a_month_of_days(day: dt.date) -> None:
    start = dt.date(day.year, 1, 1)
    edges = daily_edges([(start, day), (same_date_last_year(start), same_date_last_year(day))])

    assert len(edges) <= 2
    assert all((last - first).days < 30 for first, last in edges)
