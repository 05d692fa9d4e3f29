"""Usual or not: few false alarms whatever the metric is like, and real shifts are seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.signals import FEWEST_WEEKS, extreme, judge, usual_range

WORLDS = 60
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
        values = series(rng, 52, **kind)
        alarmed += any(judge(values[: values.size - later]).is_unusual for later in range(QUARTER))

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


def test_a_jump_of_five_standard_deviations_is_seen():
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(WORLDS):
        values = series(rng, 52)
        values[-1] += 5
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
