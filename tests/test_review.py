"""The weekly review: what is compared with what, and when there is nothing to compare with."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.errors import InputError
from nsm.history import build_history
from nsm.model import Aggregate, Grain, Star
from nsm.periods import DAY
from nsm.review import MetricReview, MonthsMode, Review, spans_needed, weekly_review
from tests.days import (
    Values,
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
ORDERS = measured("orders")
LISTS = ("weeks", "prior_year_weeks", "months", "prior_year_months")
KEYS = {
    *LISTS,
    *("last_week", "wow", "yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy"),
    "change_unit",
    "reasons",
}


def reviewed(
    star: Star,
    values: dict[str, Values],
    week_ending: str | None = None,
    months: MonthsMode = "trailing",
    today: dt.date = LATER,
) -> Review:
    """The review from roll-ups and from no more days than it asks for."""
    week = build_history(star, rollup_frame(star, values, Grain.WEEK), Grain.WEEK, today)
    month = build_history(star, rollup_frame(star, values, Grain.MONTH), Grain.MONTH, today)
    ending = dt.date.fromisoformat(week_ending) if week_ending else None
    days = daily_frame(values)
    asked = weekly_review(star, week, month, days, ending, months, today).week_ending
    needed = [days["date"].between(*map(str, edge)) for edge in spans_needed(star, asked)]
    kept = days[sum(needed, start=days["value"].isna())] if needed else days[:0]
    return weekly_review(star, week, month, kept, ending, months, today)


def test_the_running_week_is_compared_with_the_same_days_of_the_week_before() -> None:
    rate = computed("rate", "orders / visits", unit="percent")
    mean = measured("mean", Aggregate.MEAN)
    star = star_of(ORDERS, measured("visits"), rate, mean)
    # One more each day from 1 on 1 January: the week of 16 March starts with 75 and 76.
    orders = each_day("2026-01-01", "2026-03-17")
    visits = dict.fromkeys(orders, 200.0)
    values = {"orders": orders, "visits": visits, "mean": orders}

    found = reviewed(star, values, today=dt.date(2026, 3, 18)).metrics

    two = found["orders"].running
    assert two is not None
    assert (two.days, two.before, two.reason) == (2, 68 + 69, "")
    assert two.change == pytest.approx((151 / 137 - 1) * 100)
    assert found["mean"].running.change == pytest.approx((75.5 / 68.5 - 1) * 100)  # type: ignore[union-attr]
    # A ratio of sums, in basis points: 151 of 400 against 137 of 400.
    assert found["rate"].running.change == pytest.approx(350)  # type: ignore[union-attr]
    assert found["visits"].running.change == pytest.approx(0)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("2026-03-10", "2026-03-09 to 2026-03-10: only 1 of 2 days are complete"),
        ("2026-03-16", "2026-03-16 to 2026-03-16: no complete data"),
        # Behind the days that are compared: no matter.
        ("2026-03-11", ""),
    ],
)
def test_the_running_week_is_not_compared_where_a_day_is_missing(missing: str, reason: str) -> None:
    values = {"orders": without(each_day("2026-01-01", "2026-03-17"), missing)}

    found = reviewed(star_of(ORDERS), values, "2026-03-15", today=dt.date(2026, 3, 18))

    running = found.metrics["orders"].running
    assert running is not None
    assert running.reason == reason
    assert (running.change is None) == bool(reason)


def test_only_the_week_after_the_one_under_review_is_running() -> None:
    values = {"orders": each_day("2026-01-01", "2026-03-17")}
    whole = {"orders": each_day("2026-01-01", "2026-03-15")}
    today = dt.date(2026, 3, 18)

    assert (
        reviewed(star_of(ORDERS), values, "2026-03-08", today=today).metrics["orders"].running
        is None
    )
    assert reviewed(star_of(ORDERS), whole, today=today).metrics["orders"].running is None
    later = reviewed(star_of(ORDERS), values, today=today)
    assert "running" not in later.to_json()["metrics"]["orders"]


def orders_of(
    values: Values, week_ending: str, week_start: int = 0, fiscal_year_end: int = 12
) -> MetricReview:
    star = star_of(ORDERS, week_start=week_start, fiscal_year_end=fiscal_year_end)
    return reviewed(star, {"orders": values}, week_ending).metrics["orders"]


def total(values: Values, first: str, last: str) -> float:
    return sum(inside(values, *span(first, last)))


def percent(now: float, base: float) -> float:
    return (now / base - 1) * 100


def test_last_week_is_compared_with_the_week_before_and_the_same_weekdays_a_year_before() -> None:
    days = each_day("2022-12-01", "2024-03-17")

    orders = orders_of(days, "2024-03-17")

    assert orders.last_week == total(days, "2024-03-11", "2024-03-17")
    assert orders.wow == pytest.approx(
        percent(orders.last_week, total(days, "2024-03-04", "2024-03-10"))
    )
    assert orders.yoy == pytest.approx(
        percent(orders.last_week, total(days, "2023-03-13", "2023-03-19"))
    )
    assert orders.weeks[0] == total(days, "2024-02-05", "2024-02-11")
    assert orders.prior_year_weeks[0] == total(days, "2023-02-06", "2023-02-12")
    assert len(orders.weeks) == len(orders.prior_year_weeks) == 6
    assert orders.change_unit == "percent"


def test_to_date_spans_end_with_the_week_and_meet_the_same_dates_a_year_before() -> None:
    days = each_day("2022-12-01", "2024-05-31")

    orders = orders_of(days, "2024-05-19")

    assert orders.mtd == total(days, "2024-05-01", "2024-05-19")
    assert orders.qtd == total(days, "2024-04-01", "2024-05-19")
    assert orders.ytd == total(days, "2024-01-01", "2024-05-19")
    assert orders.mtd_yoy == pytest.approx(
        percent(orders.mtd, total(days, "2023-05-01", "2023-05-19"))
    )
    assert orders.qtd_yoy == pytest.approx(
        percent(orders.qtd, total(days, "2023-04-01", "2023-05-19"))
    )
    assert orders.ytd_yoy == pytest.approx(
        percent(orders.ytd, total(days, "2023-01-01", "2023-05-19"))
    )
    assert orders.reasons == {"prior_year_months": orders.reasons["prior_year_months"]}


def test_the_29th_of_february_meets_the_28th_and_a_month_that_is_full_meets_28_days() -> None:
    days = each_day("2022-01-01", "2025-03-31")

    leap = orders_of(days, "2024-02-29", week_start=4)
    after = orders_of(days, "2025-02-28", week_start=5)

    assert leap.mtd == total(days, "2024-02-01", "2024-02-29")
    assert leap.mtd_yoy == pytest.approx(percent(leap.mtd, total(days, "2023-02-01", "2023-02-28")))
    assert leap.months[-1] == leap.mtd
    assert after.mtd == total(days, "2025-02-01", "2025-02-28")
    assert after.mtd_yoy == pytest.approx(
        percent(after.mtd, total(days, "2024-02-01", "2024-02-28"))
    )
    assert after.prior_year_months[-1] == total(days, "2024-02-01", "2024-02-29")


@pytest.mark.parametrize(
    ("fiscal_year_end", "quarter", "year"),
    [
        (12, "2024-07-01", "2024-01-01"),
        (8, "2024-09-01", "2024-09-01"),
        (9, "2024-07-01", "2023-10-01"),
    ],
)
def test_quarters_and_years_are_fiscal(fiscal_year_end: int, quarter: str, year: str) -> None:
    days = each_day("2021-01-01", "2024-10-31")

    orders = orders_of(days, "2024-09-22", fiscal_year_end=fiscal_year_end)

    assert orders.qtd == total(days, quarter, "2024-09-22")
    assert orders.ytd == total(days, year, "2024-09-22")
    assert orders.ytd_yoy is not None


def test_fiscal_months_are_those_of_the_year_and_not_told_before_they_are_over() -> None:
    days = each_day("2022-01-01", "2024-12-31")
    star = star_of(ORDERS, fiscal_year_end=5)

    orders = reviewed(star, {"orders": days}, "2024-08-18", "fiscal").metrics["orders"]
    trailing = reviewed(star, {"orders": days}, "2024-08-18").metrics["orders"]

    assert orders.months[:2] == (
        total(days, "2024-06-01", "2024-06-30"),
        total(days, "2024-07-01", "2024-07-31"),
    )
    assert orders.months[2:] == (None,) * 10
    assert "2024-08" in orders.reasons["months"]
    assert "not over on 2024-08-18" in orders.reasons["months"]
    assert orders.prior_year_months[-1] == total(days, "2024-05-01", "2024-05-31")
    assert trailing.months[-2:] == orders.months[:2]
    assert trailing.months[0] == total(days, "2023-08-01", "2023-08-31")


@pytest.mark.parametrize(
    ("missing", "lost"),
    [
        (
            "2024-03-17",
            {"last_week", "wow", "yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy"},
        ),
        ("2024-03-10", {"wow", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy"}),
        ("2023-03-19", {"yoy"}),
        ("2023-03-17", {"yoy", "mtd_yoy", "qtd_yoy", "ytd_yoy"}),
        ("2023-01-01", {"qtd_yoy", "ytd_yoy"}),
        ("2024-01-31", {"qtd", "qtd_yoy", "ytd", "ytd_yoy"}),
        ("2024-03-18", set()),
    ],
)
def test_one_missing_day_takes_exactly_the_figures_that_rest_on_it(
    missing: str, lost: set[str]
) -> None:
    days = without(each_day("2022-01-01", "2024-03-31"), missing)

    orders = orders_of(days, "2024-03-17")

    single = KEYS - {*LISTS, "change_unit", "reasons"}
    assert {name for name in single if getattr(orders, name) is None} == lost
    for name in lost:
        assert " of " in orders.reasons[name]


def test_a_metric_in_percent_changes_in_basis_points() -> None:
    rate = computed("rate", "orders / visits", unit="percent")
    star = star_of(ORDERS, measured("visits"), rate)
    orders, visits = (
        each_day("2022-12-01", "2024-03-17", 3),
        each_day("2022-12-01", "2024-03-17", 90),
    )

    got = reviewed(star, {"orders": orders, "visits": visits}, "2024-03-17").metrics["rate"]

    def ratio(first: str, last: str) -> float:
        return total(orders, first, last) / total(visits, first, last)

    this = ratio("2024-03-11", "2024-03-17")
    assert got.change_unit == "bps"
    assert got.last_week == pytest.approx(this)
    assert got.wow == pytest.approx((this - ratio("2024-03-04", "2024-03-10")) * 10_000)
    assert got.mtd_yoy == pytest.approx(
        (ratio("2024-03-01", "2024-03-17") - ratio("2023-03-01", "2023-03-17")) * 10_000
    )


def test_a_change_in_points_from_zero_or_below_is_a_change() -> None:
    margin = measured("margin", Aggregate.MEAN, unit="percent")
    week = dict.fromkeys(each_day("2024-01-01", "2024-01-07"), -0.02)
    next_week = dict.fromkeys(each_day("2024-01-08", "2024-01-14"), 0.01)

    got = reviewed(star_of(margin), {"margin": week | next_week}, "2024-01-14").metrics["margin"]

    assert got.wow == pytest.approx(300)


@pytest.mark.parametrize("base", [0.0, -3.0])
def test_there_is_no_per_cent_from_zero_or_less(base: float) -> None:
    week = dict.fromkeys(each_day("2024-01-01", "2024-01-07"), base)

    orders = orders_of(week | each_day("2024-01-08", "2024-01-14"), "2024-01-14")

    assert orders.last_week == 28
    assert orders.wow is None
    assert "the base is" in orders.reasons["wow"]


def test_a_change_that_no_number_holds_is_none() -> None:
    week = dict.fromkeys(each_day("2024-01-01", "2024-01-07"), 5e-324)
    orders = orders_of(
        week | dict.fromkeys(each_day("2024-01-08", "2024-01-14"), 1e300), "2024-01-14"
    )

    assert orders.wow is None
    assert orders.reasons["wow"]


def test_a_weekly_source_gives_weeks_and_says_why_it_gives_no_months() -> None:
    first = dt.date(2022, 12, 25)
    signups = {first + 7 * number * DAY: 100.0 + number for number in range(70)}
    star = star_of(measured("signups", grain=Grain.WEEK), week_start=6)

    got = reviewed(star, {"signups": signups}, "2024-04-13").metrics["signups"]

    last = dt.date(2024, 4, 7)
    shown = [last - 7 * number * DAY for number in (5, 4, 3, 2, 1, 0)]
    assert got.weeks == tuple(signups[start] for start in shown)
    assert got.prior_year_weeks == tuple(signups[start - 364 * DAY] for start in shown)
    assert got.yoy == pytest.approx(percent(signups[last], signups[last - 364 * DAY]))
    assert got.months == got.prior_year_months == (None,) * 12
    assert {got.mtd, got.qtd, got.ytd, got.mtd_yoy, got.qtd_yoy, got.ytd_yoy} == {None}
    for name in ("months", "prior_year_months", "mtd", "qtd", "ytd", "mtd_yoy", "ytd_yoy"):
        assert "recorded by week" in got.reasons[name]


def test_weeks_in_a_year_of_53_are_compared_364_days_back() -> None:
    days = each_day("2025-01-01", "2027-02-28")

    orders = orders_of(days, "2027-01-03")

    assert dt.date(2027, 1, 3).isocalendar().week == 53
    assert orders.yoy == pytest.approx(
        percent(total(days, "2026-12-28", "2027-01-03"), total(days, "2025-12-29", "2026-01-04"))
    )


def test_without_a_date_the_newest_week_of_the_north_star_is_reviewed() -> None:
    star = star_of(ORDERS, measured("visits"))
    orders, visits = each_day("2024-01-01", "2024-01-16"), each_day("2024-01-01", "2024-01-30")

    assert reviewed(star, {"orders": orders, "visits": visits}).week_ending == dt.date(2024, 1, 14)
    assert reviewed(star, {"visits": visits}).week_ending == dt.date(2024, 1, 28)


def test_a_star_without_data_is_reviewed_with_nothing_but_reasons() -> None:
    star = star_of(ORDERS, measured("visits"), computed("rate", "orders / visits"))

    review = reviewed(star, {}, today=dt.date(2024, 1, 31))

    assert review.week_ending == dt.date(2024, 1, 28)
    for metric in review.metrics.values():
        assert set(metric.weeks) == set(metric.months) == {None}
        assert metric.reasons["weeks"] == "all of them: no complete data"
        assert set(metric.reasons) == KEYS - {"change_unit", "reasons"}


@pytest.mark.parametrize(
    ("week_ending", "says"),
    [
        ("2024-01-10", "Wednesday"),
        ("2024-01-13", "Saturday"),
        ("2024-01-21", "not over"),
        ("9999-12-31", "not over"),
        ("0001-01-07", "begins on 1900-01-01"),
    ],
)
def test_a_day_that_ends_no_week_or_a_week_that_is_not_over_is_refused(
    week_ending: str, says: str
) -> None:
    days = {"orders": each_day("2024-01-01", "2024-01-21")}

    with pytest.raises(InputError, match=says) as caught:
        reviewed(star_of(ORDERS), days, week_ending, today=dt.date(2024, 1, 21))
    assert "2024-01-14" in str(caught.value)


def test_the_past_is_reviewed_as_it_could_be_then() -> None:
    days = each_day("2022-01-01", "2024-12-31")
    then = {day: value for day, value in days.items() if day <= dt.date(2024, 3, 17)}

    for months in ("trailing", "fiscal"):
        star = star_of(ORDERS, fiscal_year_end=4)
        assert reviewed(star, {"orders": days}, "2024-03-17", months) == reviewed(
            star, {"orders": then}, "2024-03-17", months, today=dt.date(2024, 3, 18)
        )


def test_the_json_has_the_promised_keys_and_only_finite_numbers() -> None:
    star = star_of(ORDERS, week_start=6)

    review = reviewed(
        star, {"orders": each_day("2024-01-07", "2024-01-20")}, "2024-01-20"
    ).to_json()

    assert json.loads(json.dumps(review, allow_nan=False)) == json.loads(json.dumps(review))
    assert set(review) == {"star", "week_start", "week_ending", "metrics"}
    assert (review["week_start"], review["week_ending"]) == ("sunday", "2024-01-20")
    assert set(review["metrics"]["orders"]) == KEYS
    assert len(review["metrics"]["orders"]["months"]) == 12


@settings(max_examples=40)
@given(
    st.sets(st.integers(0, 480), max_size=12),
    st.integers(0, 6),
    st.integers(1, 12),
    st.sampled_from(["trailing", "fiscal"]),
)
def test_every_none_has_a_reason_and_every_figure_all_its_days(
    missing: set[int], week_start: int, fiscal_year_end: int, months: MonthsMode
) -> None:
    every = each_day("2022-12-27", "2024-04-20")
    days = {
        day: value for number, (day, value) in enumerate(every.items()) if number not in missing
    }
    star = star_of(ORDERS, week_start=week_start, fiscal_year_end=fiscal_year_end)

    review = reviewed(star, {"orders": days}, months=months)
    orders = review.metrics["orders"]

    for name in KEYS - {"change_unit", "reasons"}:
        figures = getattr(orders, name)
        lost = None in figures if name in LISTS else figures is None
        assert lost == (name in orders.reasons)
    for start, value in zip(review.week_starts, orders.weeks, strict=True):
        there = inside(days, start, start + 6 * DAY)
        assert value == (sum(there) if len(there) == 7 else None)
    year_ago = [inside(days, start - 364 * DAY, start - 358 * DAY) for start in review.week_starts]
    for value, there in zip(orders.prior_year_weeks, year_ago, strict=True):
        assert value == (sum(there) if len(there) == 7 else None)
    if orders.mtd is not None:
        first = review.week_ending.replace(day=1)
        assert orders.mtd == sum(inside(every, first, review.week_ending))
    assert all(value is None or math.isfinite(value) for value in orders.months)
