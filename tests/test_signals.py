"""Usual or not: few false alarms whatever the metric is like, and real shifts are seen."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.signals import FEWEST_WEEKS, Chart, Rule, extreme, judge, signal_key, usual_range
from nsm.signals.model import KINDS, learn
from nsm.signals.rules import broken_rules

WORLDS = 30
QUARTER = 13


def series(rng, weeks, *, memory=0.0, season=0.0, trend=0.0):
    noise = rng.standard_normal(weeks + 50)
    for place in range(1, noise.size):
        noise[place] += memory * noise[place - 1]
    time = np.arange(weeks)
    return 100 + noise[50:] + season * np.sin(2 * np.pi * time / 52.18) + trend * time


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"memory": 0.5},
        {"memory": 0.8},
        {"memory": 1.0},
        {"season": 3.0, "memory": 0.3},
        {"trend": 0.2},
    ],
    ids=str,
)
def test_unchanged_metrics_seldom_alarm(kind):
    rng = np.random.default_rng(7)
    alarmed = 0
    for _ in range(WORLDS):
        chart = Chart(series(rng, 52, **kind))
        alarmed += any(chart.signal(week).is_unusual for week in range(52 - QUARTER, 52))

    # Five in a hundred is the aim, which the calibration measures; a broken rule is far above this.
    assert alarmed / WORLDS < 0.17


def test_plain_limits_would_alarm_far_more_often_on_a_metric_with_memory():
    rng = np.random.default_rng(7)
    alarmed = 0
    for _ in range(WORLDS):
        values = series(rng, 52, memory=0.8)
        spread = 2.66 * np.abs(np.diff(values)).mean()
        alarmed += bool((np.abs(values - values.mean())[-QUARTER:] > spread).any())

    assert alarmed / WORLDS > 0.4


def test_a_jump_of_six_standard_deviations_is_seen():
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(WORLDS):
        values = series(rng, 52)
        values[-1] += 6
        seen += judge(values).status == "above"

    assert seen / WORLDS > 0.9


def test_nothing_is_claimed_before_fifteen_weeks():
    values = np.array([10.0, 11.0] * 7 + [1000.0])

    signal = judge(values)

    assert (signal.status, signal.usual, signal.weeks) == ("unknown", None, FEWEST_WEEKS - 1)
    assert judge(np.array([10.0, 11.0, *values])).status == "above"


def test_the_week_that_is_judged_does_not_widen_its_own_range():
    values = np.tile([10.0, 11.0, 9.0, 10.5], 10)

    assert judge(np.append(values, 10.0)).usual == judge(np.append(values, 1e6)).usual


def test_a_constant_metric_is_usual_until_it_moves():
    flat = np.full(30, 5e6)

    assert judge(flat).status == "inside"
    assert judge(np.append(flat, 5e6 + 1)).status == "above"
    assert judge(np.zeros(30)).status == "inside"


def test_missing_weeks_are_no_values():
    values = np.tile([10.0, 11.0, 9.0, 10.5], 10)
    values[[3, 11, 30]] = np.nan

    assert judge(values).weeks == 36
    assert judge(np.append(values, np.nan)).status == "unknown"
    assert usual_range(np.full(40, np.nan)) is None
    assert judge(np.array([])).status == "unknown"


def test_without_memory_trend_and_season_the_range_is_that_of_the_xmr_chart():
    values = np.random.default_rng(5).normal(100, 3, 60)
    course = learn(values)

    level = course.ahead(60, 60), course.variance[60, 0] ** 0.5 * course.scale
    assert course.nature(60) == ()
    assert level[1] == pytest.approx(np.abs(np.diff(values)).mean() / 1.128)
    # mean +- 2.66 moving ranges is three of these; a little more while 60 weeks are known.
    usual = usual_range(values)
    textbook = 2.66 * np.abs(np.diff(values)).mean()
    assert usual.expected == pytest.approx(values.mean(), rel=0.01)
    assert textbook < (usual.high - usual.low) / 2 < 1.3 * textbook


@pytest.mark.parametrize("week", [40, 120, 200])
def test_every_kind_is_the_least_squares_fit_of_the_weeks_before(week):
    rng = np.random.default_rng(9)
    values = series(rng, 220, memory=0.6, season=2.0, trend=0.05)
    values[[30, 31, 110]] = np.nan
    course = learn(values)

    first = max(week - 156, 0)
    y = (values - course.centre) / course.scale
    rows = [n for n in range(first, week) if np.isfinite([y[n], *course.rows[n]]).all()]
    for number, used in enumerate(KINDS):
        if course.weight[week, number] == 0:
            continue
        x = course.rows[rows][:, used]
        fit, *_ = np.linalg.lstsq(x, y[rows], rcond=None)
        left = y[rows] - x @ fit
        assert course.coefficients[week, number, used] == pytest.approx(fit, abs=1e-5)
        assert course.plain_variance[week, number] == pytest.approx(
            left @ left / (len(rows) - used.sum()), rel=1e-5
        )


@pytest.mark.parametrize(
    ("places", "rules", "side"),
    [
        ([0.0, 0.1, 1.2], [Rule.OUTSIDE], "above"),
        ([0.0, 0.1, -1.2], [Rule.OUTSIDE], "below"),
        ([0.6, 0.0, 0.7, 0.6], [Rule.NEAR_LIMIT], "above"),
        ([0.6, 0.7, 0.6, 0.0], [], ""),
        ([-0.6, 0.7, -0.6, -0.7], [Rule.NEAR_LIMIT], "below"),
        ([0.3] * 8, [Rule.RUN], "above"),
        ([0.3] * 7, [], ""),
        ([0.3] * 4 + [0.1] + [0.3] * 4, [], ""),
        ([0.3] * 4 + [np.nan] + [0.3] * 4, [], ""),
        ([1.5, np.nan], [], ""),
        ([], [], ""),
        ([0.6] * 7 + [1.1], [Rule.OUTSIDE, Rule.NEAR_LIMIT, Rule.RUN], "above"),
    ],
)
def test_three_rules_make_a_week_a_signal(places, rules, side):
    assert broken_rules(np.array(places)) == (tuple(rules), side)


def test_a_slow_shift_is_a_signal_though_no_week_is_outside():
    values = np.random.default_rng(8).normal(100, 3, 108)
    values[100:] = [103, 104, 103.5, 104.5, 103.2, 104, 103.7, 104.2]
    found = Chart(values).signal(107)

    assert (found.status, found.is_unusual, found.standing) == ("inside", True, "run_above")


def test_what_was_said_of_a_week_never_changes_later():
    values = series(np.random.default_rng(2), 90, memory=0.5)
    values[70:] += 6
    whole = Chart(values)

    for week in (20, 60, 71, 80):
        assert whole.signal(week) == Chart(values[: week + 1]).signal(week)


def test_a_large_shift_stays_a_signal_until_it_is_recorded():
    values = np.random.default_rng(8).normal(100, 3, 100)
    values[70:] += 20
    chart = Chart(values)

    assert all(chart.signal(week).side == "above" for week in range(70, 100))
    assert chart.usual(99).high < 115
    # Recorded as a break, it is what the new level is judged by.
    assert not Chart(values[70:]).signal(29).is_unusual


def test_one_odd_week_teaches_again_after_eight_quiet_ones():
    values = np.random.default_rng(8).normal(100, 3, 80)
    values[60] += 40
    chart = Chart(values)

    assert chart.signal(60).is_unusual
    assert chart.usual(65).weeks == 60
    assert chart.usual(75).weeks == 75


def test_locked_limits_learn_no_more():
    values = np.random.default_rng(8).normal(100, 3, 80)
    values[40:] = 108
    chart = Chart(values, locked=40)

    assert {chart.usual(week).weeks for week in range(40, 81)} == {40}
    assert chart.signal(79).rules[-1] is Rule.RUN
    assert chart.usual(30) == Chart(values[:30]).usual(30)


def test_a_signal_has_a_name_that_stays():
    key = signal_key("shop", "orders", dt.date(2026, 11, 9), Rule.NEAR_LIMIT)

    assert key == "shop/orders/2026-11-09/near_limit"


def test_lowest_counts_the_weeks_it_beats_and_itself():
    values = np.array([1.0, *range(30, 10, -1), 5.0])

    found = extreme(values)

    assert found is not None
    assert (found.kind, found.weeks, found.on_record) == ("lowest", 21, False)


def test_a_tie_is_no_record_and_few_weeks_are_none():
    assert extreme(np.array([3.0] * 20)) is None
    assert extreme(np.arange(7.0)) is None
    assert extreme(np.array([5.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 5.0])).weeks == 8


def test_nobody_knows_whether_a_missing_week_was_beaten():
    values = np.append(np.arange(20.0), 50.0)
    values[5] = np.nan

    assert extreme(values).weeks == 15


@settings(max_examples=40)
@given(
    st.lists(
        st.floats(-1e250, 1e250, allow_nan=False) | st.just(float("nan")), min_size=0, max_size=40
    )
)
def test_any_numbers_give_an_answer(values):
    signal = judge(np.array(values))

    assert signal.status in ("inside", "above", "below", "unknown")
    if signal.usual is not None:
        assert signal.usual.low <= signal.usual.high


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=40))
def test_a_record_beats_every_week_it_counts(values):
    found = extreme(np.array(values))

    if found is not None:
        beaten = values[-found.weeks : -1]
        better = max if found.kind == "highest" else min
        assert all(better(values[-1], one) == values[-1] != one for one in beaten)
