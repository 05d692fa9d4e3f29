"""The weeks ahead: honest about the past, no worse than last year again, wide enough, and joint."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsm.outlook import Driver, outlook_of
from nsm.outlook.adaptive import LEVELS, STEPS, Adaptive, stretch_of
from nsm.outlook.methods import forecasts
from nsm.outlook.rolling import roll

YEAR = 52.18


def weekly(values):
    index = pd.date_range(end="2026-11-09", periods=len(values), freq="7D", unit="us")
    return pd.Series(np.asarray(values, dtype=float), index=index)


def rolled(y):
    y = np.asarray(y, dtype=float)
    return roll(y, np.ones(len(y), dtype=bool), forecasts(y, 13))


def following(kept, weeks, seed, noise=1.0):
    """Weeks that keep this share of their height, around 100."""
    rng = np.random.default_rng(seed)
    x = np.zeros(weeks)
    for week in range(1, weeks):
        x[week] = kept * x[week - 1] + rng.normal(0, noise)
    return 100 + x


def test_no_forecast_of_the_past_knew_what_came_later():
    y = following(0.6, 130, 1) + 3 * np.sin(np.arange(130) * 2 * np.pi / YEAR)

    whole = rolled(y)

    for end in (60, 105, 120):
        then = rolled(y[:end])
        np.testing.assert_allclose(then.said[-1], whole.said[end - 1], rtol=1e-9)
        np.testing.assert_allclose(then.half[-1], whole.half[end - 1], rtol=1e-6)


@pytest.mark.parametrize("kept", [0.0, 0.9])
def test_last_year_again_is_used_unless_something_else_was_better(kept):
    found = outlook_of(weekly(following(kept, 120, 3)))

    assert found.baseline == "seasonal naive"
    assert found.error_share < 1
    # A year that repeats itself to the letter leaves nothing to better.
    year = np.random.default_rng(0).normal(100, 10, 52)
    again = outlook_of(weekly(np.tile(year, 3)))
    assert again.error_share is None or again.error_share <= 1
    np.testing.assert_allclose(again.values, year[:13], rtol=1e-9)


def test_a_season_and_growth_are_carried_on():
    weeks = np.arange(182)
    truth = 1000 * np.exp(0.004 * weeks + 0.2 * np.sin(weeks * 2 * np.pi / YEAR))
    noise = np.exp(np.random.default_rng(5).normal(0, 0.02, 182))

    found = outlook_of(weekly((truth * noise)[:169]))

    assert np.abs(np.array(found.values) / truth[169:] - 1).max() < 0.06
    inside = (np.array(found.low[0.95]) < truth[169:]) & (truth[169:] < np.array(found.high[0.95]))
    assert inside.mean() > 0.9


def test_a_leading_input_makes_it_better_and_one_that_tells_nothing_is_left_out():
    rng = np.random.default_rng(2)
    lead, other = following(0.7, 160, 7), following(0.7, 160, 8)
    y = np.full(160, 100.0)
    for week in range(3, 160):
        y[week] = 60 + 0.4 * y[week - 1] + 0.8 * (lead[week - 3] - 100) + rng.normal(0, 0.5)
    star = weekly(y)

    alone = outlook_of(star)
    led = outlook_of(star, drivers=[Driver("lead", 3, weekly(lead))])
    misled = outlook_of(star, drivers=[Driver("other", 3, weekly(other))])

    assert led.leading == ("lead",)
    assert led.error_share < 0.9 * alone.error_share
    assert led.high[0.8][0] - led.low[0.8][0] < 0.9 * (alone.high[0.8][0] - alone.low[0.8][0])
    assert misled.leading == ()
    assert misled.values == alone.values


def test_intervals_hold_as_often_as_they_promise():
    held = []
    for seed in range(12):
        found = rolled(following(0.5, 120, 100 + seed))
        size = np.abs(found.error[60:, :, None])
        there = np.isfinite(size) & np.isfinite(found.half[60:])
        held.append(np.where(there, size <= found.half[60:], np.nan))

    share = np.nanmean(np.array(held), axis=(0, 1, 2))
    assert share[0] == pytest.approx(0.80, abs=0.06)
    assert share[1] == pytest.approx(0.95, abs=0.04)


def test_after_a_jump_the_interval_widens_and_comes_back():
    y = following(0.2, 140, 4)
    y[80:] += 12

    width = rolled(y).half[:, 0, 0]

    assert width[83] > 1.5 * width[78]
    assert width[138] < 0.6 * width[83]


def test_a_miss_lowers_the_level_and_a_hit_raises_it():
    levels = Adaptive(2)
    own = np.ones((2, len(LEVELS), len(STEPS)))

    levels.learn(own, np.array([5.0, 0.1]))
    miss = levels.miss

    assert (miss[0, 0, 1:] < 0.2).all()
    assert (miss[1, 0, 1:] > 0.2).all()
    np.testing.assert_allclose(miss[:, 0, 0], 0.2)
    levels.learn(own, np.array([np.nan, np.nan]))
    assert (levels.miss == miss).all()


def test_errors_that_overlap_are_worth_less_than_they_count():
    rng = np.random.default_rng(0)
    news = rng.normal(size=120)
    overlapping = np.column_stack([news, np.convolve(news, np.ones(13))[:120]])

    stretch = stretch_of(np.column_stack([overlapping[:, [0]]] * 12 + [overlapping[:, [1]]]))

    assert 1 < stretch[0, 0] < 1.02
    assert stretch[12, 0] > 1.03
    assert (stretch[:, 1] > stretch[:, 0]).all()


def test_courses_spread_like_the_intervals_and_hang_together():
    found = outlook_of(weekly(following(0.95, 156, 9)))

    inside = [
        ((low <= found.paths[:, n]) & (found.paths[:, n] <= high)).mean()
        for n, (low, high) in enumerate(zip(found.low[0.8], found.high[0.8], strict=True))
    ]
    assert np.allclose(inside, 0.8, atol=0.03)
    near = np.corrcoef(found.paths[:, 5], found.paths[:, 6])[0, 1]
    assert near > 0.8


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1.0] * 29, "29 weeks"),
        ([], "last week"),
        ([1.0] * 60 + [np.nan], "last week"),
        ([1.0] * 60 + [np.nan] * 6 + [2.0] * 20, "20 weeks"),
    ],
)
def test_too_little_is_said_to_be_too_little(values, why):
    found = outlook_of(weekly(values))

    assert found.weeks == ()
    assert why in found.reason


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(80),
        np.full(80, -3.0),
        np.append(np.zeros(79), 1.0),
        np.repeat([1e300, 1e305], 40),
        np.random.default_rng(0).normal(size=80) * 1e-300,
        np.where(np.arange(110) % 7 == 3, np.nan, following(0.3, 110, 1)),
        np.random.default_rng(1).poisson(0.3, 120),
    ],
    ids=["zero", "constant", "first sign of life", "huge", "tiny", "holes", "rare"],
)
def test_any_history_has_a_finite_outlook(values):
    found = outlook_of(weekly(values))

    assert len(found.weeks) == 13
    for side in (found.values, found.low[0.95], found.high[0.95], found.paths.ravel()):
        assert np.isfinite(side).all()
    assert all(low <= value for low, value in zip(found.low[0.95], found.values, strict=True))
    if np.nanmin(values) >= 0:
        assert min(found.low[0.95]) >= 0
