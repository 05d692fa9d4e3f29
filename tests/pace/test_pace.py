"""Actual against plan by period, how weeks add up, and the chance of reaching a target."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsm.model import Aggregate, Better, Grain, Metric, Role, Star, Target
from nsm.outlook import Outlook
from nsm.pace import Pace, chance_of, how_it_adds, paces, period_of, silent
from nsm.prospect import prospect
from nsm.standing import standings
from nsm.words.outlook import plan_sentence
from tests.weeks import LAST_WEEK, daily, noisy, reviewed

ENDING = LAST_WEEK + dt.timedelta(days=6)  # Sunday 15 November 2026
QUARTER = dt.date(2026, 10, 1)
STAR = Star(
    "shop",
    "Shop",
    "orders",
    (
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
        Metric("items", "Items", Role.CANDIDATE, Aggregate.SUM),
        Metric("price", "Price", Role.INPUT, Aggregate.MEAN),
        Metric("seats", "Seats", Role.INPUT, Aggregate.LAST),
        Metric("basket", "Basket", Role.INPUT, formula="items / orders"),
        Metric("sales", "Sales", Role.RESULT, formula="orders * basket * price"),
        Metric("odd", "Odd", Role.RESULT, formula="orders * items + 3"),
    ),
)


def plan(*targets, metric="orders"):
    values = {key: daily(noisy(80, 700.0)) for key in ("orders", "items", "price", "seats")}
    _, _, review = reviewed(STAR, values)
    told = [Target(metric, *target) for target in targets]
    return paces(STAR, STAR.metric(metric), review.metrics[metric], told, ENDING)


def ahead(weeks, spread=0.0, worlds=200):
    weeks = np.asarray(weeks, dtype=float)
    rng = np.random.default_rng(0)
    paths = weeks + spread * np.repeat(rng.normal(size=(worlds, 1)), len(weeks), axis=1)
    days = tuple(LAST_WEEK + dt.timedelta(weeks=n + 1) for n in range(len(weeks)))
    return Outlook(weeks=days, values=tuple(weeks), paths=paths)


def quarter(actual, target):
    start, end = period_of(STAR, "quarter", ENDING)
    return Pace("quarter", target, target / 2, actual, 2 * actual / target, start, end)


@pytest.mark.parametrize(
    ("key", "adds"),
    [
        ("orders", "sum"),
        ("price", "mean"),
        ("seats", "last"),
        ("basket", "mean"),
        ("sales", "sum"),
        ("odd", None),
    ],
)
def test_how_weeks_make_a_longer_period(key, adds):
    assert how_it_adds(STAR, STAR.metric(key)) == adds


def test_every_period_with_a_target_has_its_pace_the_quarter_first():
    found = plan(
        ("week", LAST_WEEK, 700.0),
        ("year", dt.date(2026, 1, 1), 36_500.0),
        ("quarter", QUARTER, 9200),
    )

    assert [one.period for one in found] == ["quarter", "year", "week"]
    assert found[0].planned == pytest.approx(4600)  # 46 of 92 days
    assert found[1].planned == pytest.approx(36_500 * 319 / 365)
    assert found[2].planned == 700
    assert (found[0].start, found[0].end) == (QUARTER, dt.date(2026, 12, 31))
    assert found[0].share == found[0].actual / found[0].planned


def test_targets_of_the_months_shape_the_plan_of_their_quarter():
    months = [("month", dt.date(2026, month, 1), value) for month, value in ((10, 20), (11, 30))]

    even = plan(("quarter", QUARTER, 1000.0), *months)
    shaped = plan(("quarter", QUARTER, 1000.0), *months, ("month", dt.date(2026, 12, 1), 50))

    assert even[0].planned == pytest.approx(500)
    # October's fifth, and half of November's three tenths.
    assert shaped[0].planned == pytest.approx(1000 * (0.2 + 0.3 * 15 / 30))


WEEKLY = Star(
    "calls",
    "Calls",
    "calls",
    (
        Metric("calls", "Calls", Role.NORTH_STAR, Aggregate.SUM, grain=Grain.WEEK),
        Metric("staff", "Staff", Role.INPUT, Aggregate.LAST, grain=Grain.WEEK),
        Metric("visits", "Visits", Role.INPUT, Aggregate.SUM),
        Metric("each", "Calls each", Role.INPUT, formula="visits / calls"),
    ),
)


def by_week(*targets, metric="calls", missing=()):
    """Paces of a metric whose 80 weeks are 1, 2, 3, ... 80; the last one ends on ENDING."""
    values = np.array([np.nan if n in missing else float(n) for n in range(1, 81)])
    weekly = pd.DataFrame(
        {"calls": values, "staff": values, "visits": values**2, "each": values},
        pd.date_range(end=str(LAST_WEEK), periods=80, freq="7D", unit="us"),
    )
    figures = reviewed(STAR, {"orders": daily(noisy(80))})[2].metrics["orders"]
    figures = replace(figures, mtd=None, qtd=None, ytd=None)
    told = [Target(metric, *target) for target in targets]
    return paces(WEEKLY, WEEKLY.metric(metric), figures, told, ENDING, weekly)


def test_a_metric_recorded_by_week_counts_the_weeks_that_end_in_the_period():
    # Sundays from 4 October to 27 December: 13, of which 7 are over on 15 November.
    (found,) = by_week(("quarter", QUARTER, 1300.0))

    assert found.weeks == (7, 13)
    assert found.actual == sum(range(74, 81))
    assert found.planned == pytest.approx(700)
    months = [("month", dt.date(2026, month, 1), value) for month, value in ((10, 20), (11, 30))]
    shaped = by_week(("quarter", QUARTER, 1000.0), *months, ("month", dt.date(2026, 12, 1), 50))
    # October's four weeks, and three of the five Sundays of November.
    assert shaped[0].planned == pytest.approx(1000 * (0.2 + 0.3 * 3 / 5))
    assert by_week(("quarter", QUARTER, 90.0), metric="staff")[0].actual == 80
    ratio = by_week(("quarter", QUARTER, 90.0), metric="each")[0]
    last = np.arange(74, 81)
    assert (ratio.planned, ratio.actual) == (90, pytest.approx((last**2).sum() / last.sum()))


def test_a_missing_week_leaves_no_pace_of_its_quarter():
    assert by_week(("quarter", QUARTER, 1300.0), missing=[78]) == ()


def test_whole_weeks_are_left_of_a_period_that_is_counted_by_week():
    (found,) = by_week(("quarter", QUARTER, 1300.0))

    chance = chance_of(found, ahead([100.0] * 6), "sum", Better.UP, ENDING)
    over = replace(found, weeks=(13, 13))

    assert chance.value == pytest.approx(found.actual + 600)
    assert over.is_over(ENDING)
    assert chance_of(over, Outlook(), "sum", Better.UP, ENDING).share == 0


def test_the_plan_of_a_weekly_metric_is_told_with_its_weeks():
    values = {"calls": {}, "staff": {}, "visits": daily(noisy(80))}
    for place in range(80):
        day = LAST_WEEK - dt.timedelta(weeks=79 - place)
        values["calls"][day], values["staff"][day] = 100.0 + place * 7 % 11, 10.0
    weeks, _, review = reviewed(WEEKLY, values)

    found = prospect(WEEKLY, review, weeks, [Target("calls", "quarter", QUARTER, 1400.0)])

    (plan,) = found.plans
    said = plan_sentence(WEEKLY, plan, ENDING)
    assert review.metrics["calls"].qtd is None
    assert "in 7 of 13 weeks" in said
    assert "chance to meet" in said
    assert (
        standings(WEEKLY, review, weeks, [Target("calls", "quarter", QUARTER, 1400.0)])[
            "calls"
        ].pace
        == plan.pace
    )


def test_a_ratio_is_held_to_its_whole_target_and_a_product_that_adds_up_to_a_part():
    assert plan(("quarter", QUARTER, 2.0), metric="basket")[0].planned == 2.0
    assert plan(("quarter", QUARTER, 92.0), metric="sales")[0].planned == pytest.approx(46.0)


def test_the_quarter_so_far_and_the_weeks_left_make_its_end():
    # 46 days are left: six whole weeks, and four of the seven days of another.
    found = chance_of(quarter(1000.0, 1660.0), ahead([100.0] * 7), "sum", Better.UP, ENDING)

    assert found.value == pytest.approx(1000 + 600 + 400 / 7)
    assert found.share < 0.01
    assert chance_of(
        quarter(1000.0, 1650.0), ahead([100.0] * 7), "sum", Better.UP, ENDING
    ).share == pytest.approx(1, abs=0.01)


def test_an_even_target_is_even_odds_and_down_is_the_other_way_around():
    target = 1000 + 600 + 400 / 7
    weeks = ahead([100.0] * 7, spread=10.0, worlds=2000)

    up = chance_of(quarter(1000.0, target + 30), weeks, "sum", Better.UP, ENDING)
    down = chance_of(quarter(1000.0, target + 30), weeks, "sum", Better.DOWN, ENDING)

    # Weeks that hang together wholly: a standard deviation of 65.7, not of 10 * sqrt(6.6).
    assert up.share == pytest.approx(0.32, abs=0.04)
    assert up.share + down.share == pytest.approx(1)
    assert up.low < up.value < up.high


@pytest.mark.parametrize(
    ("adds", "end"),
    [
        ("mean", (50 * 46 + 100 * 46) / 92),
        ("last", 100.0),
        ("first", 50.0),
        ("max", 100.0),
        ("min", 50.0),
    ],
)
def test_other_metrics_end_as_they_add_up(adds, end):
    found = chance_of(quarter(50.0, 60.0), ahead([100.0] * 7), adds, Better.UP, ENDING)

    assert found.value == pytest.approx(end)


def test_a_period_that_is_over_is_met_or_not():
    over = Pace("week", 700.0, 700.0, 710.0, 710 / 700, LAST_WEEK, ENDING)

    assert chance_of(over, Outlook(), "sum", Better.UP, ENDING).share == 1
    assert chance_of(over, Outlook(), "sum", Better.DOWN, ENDING).share == 0


def test_what_cannot_be_told_has_its_reason():
    one = quarter(1000.0, 1660.0)

    assert "outlook" in chance_of(one, Outlook(reason=""), "sum", Better.UP, ENDING).reason
    assert "after" in chance_of(one, ahead([1.0] * 5), "sum", Better.UP, ENDING).reason
    assert "add up" in chance_of(one, ahead([1.0] * 7), None, Better.UP, ENDING).reason


def test_the_prospect_joins_outlook_and_plans_as_json():
    values = {key: daily(noisy(80, 700.0)) for key in ("orders", "items", "price", "seats")}
    weeks, _, review = reviewed(STAR, values)
    targets = [Target("orders", "quarter", QUARTER, 9200.0), Target("seats", "week", LAST_WEEK, 90)]

    found = prospect(STAR, review, weeks, targets)
    told = found.to_json()

    assert found.outlook.weeks[0] == LAST_WEEK + dt.timedelta(weeks=1)
    assert set(told) == {"outlook", "pace"}
    assert told["outlook"]["weeks"][0]["low_80"] < 700 < told["outlook"]["weeks"][0]["high_80"]
    assert 0.05 < told["pace"]["orders"][0]["chance"] < 0.95
    assert told["pace"]["seats"][0]["chance"] == 1


def test_a_plan_that_nothing_can_be_held_to_says_why():
    figures = reviewed(STAR, {"orders": daily(noisy(80))})[2].metrics["orders"]
    asked = [Target("orders", "quarter", QUARTER, 9200.0), Target("orders", "week", LAST_WEEK, 1.0)]
    holed = replace(figures, qtd=None, reasons={"qtd": "only 34 of 46 days are complete"})
    metric = STAR.metric("orders")

    assert silent(STAR, metric, figures, asked, ENDING) is None
    assert silent(STAR, metric, holed, asked, ENDING) == (
        "quarter",
        9200.0,
        "only 34 of 46 days are complete",
    )
    assert silent(STAR, metric, holed, asked[1:], ENDING) is None
    of_calls = [Target("calls", "quarter", QUARTER, 90.0)]
    by_weeks = silent(WEEKLY, WEEKLY.metric("calls"), holed, of_calls, ENDING)
    assert by_weeks == ("quarter", 90.0, "not every week of it is known")
