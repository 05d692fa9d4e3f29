"""The weeks ahead: honest about the past, no worse than last year again, wide enough, and joint."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsm.outlook import Driver, outlook_of
from nsm.outlook.adaptive import LEVELS, STEPS, Adaptive, stretch_of
from nsm.outlook.forecast import _drivers
from nsm.outlook.methods import forecasts
from nsm.outlook.rolling import roll
from nsm.outlook.steps import steps_of

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
    (y, lead), other = led_world(), following(0.7, 160, 8)
    star = weekly(y)

    alone = outlook_of(star)
    led = outlook_of(star, drivers=[Driver("lead", 3, weekly(lead))])
    misled = outlook_of(star, drivers=[Driver("other", 3, weekly(other))])

    assert led.leading == ("lead",)
    assert led.error_share < 0.9 * alone.error_share
    assert led.high[0.8][0] - led.low[0.8][0] < 0.9 * (alone.high[0.8][0] - alone.low[0.8][0])
    assert misled.leading == ()
    assert misled.values == alone.values


def led_world(weeks=160):
    """A star that follows an input of three weeks before, and that input."""
    rng, lead = np.random.default_rng(2), following(0.7, weeks, 7)
    y = np.full(weeks, 100.0)
    for week in range(3, weeks):
        y[week] = 60 + 0.4 * y[week - 1] + 0.8 * (lead[week - 3] - 100) + rng.normal(0, 0.5)
    return y, lead


def test_the_past_is_forecast_with_the_inputs_that_were_known_to_lead_then():
    y, lead = led_world()
    star, input_ = weekly(y), weekly(lead)
    found = [Driver("lead", 3, input_)]

    never = outlook_of(star, drivers=found, earlier=[])
    long = outlook_of(star, drivers=found, earlier=[(star.index[60].date(), found)])
    whole = outlook_of(star, drivers=found)

    # Known since today alone, it has corrected nothing yet, and cannot say how well it would.
    assert never.leading == ()
    assert never.values == outlook_of(star).values
    assert long.leading == ("lead",)
    assert whole.error_share < long.error_share < 0.95 * never.error_share


def test_a_lead_found_later_changes_no_forecast_of_before():
    y, lead = led_world()
    star = weekly(y)
    moved = _drivers([Driver("lead", 3, weekly(lead))], pd.DatetimeIndex(star.index), 13)
    made = forecasts(y, 13)

    alone = roll(y, np.ones(160, dtype=bool), made)
    since = roll(y, np.ones(160, dtype=bool), made, [(110, moved)])

    assert not since.led[:136].any()
    assert since.led[-1]
    np.testing.assert_array_equal(since.said[:110], alone.said[:110])
    np.testing.assert_array_equal(since.half[:110], alone.half[:110])


def test_a_lasting_step_is_no_season_and_a_season_is_no_step():
    weeks, noise = np.arange(156), np.random.default_rng(4).normal(size=169)
    stepped = 100 + noise + np.where(np.arange(169) >= 104, 4.0, 0.0)
    december = 100 + noise[:156] + 6.0 * np.isin(weeks % 52, [40, 41, 42, 43])

    (step,) = steps_of(stepped[:156])
    said = outlook_of(weekly(stepped[:156]))

    assert abs(step.place - 104) <= 1
    assert step.known == step.place + 38
    assert step.size == pytest.approx(4, abs=1)
    # A year after the step, the weeks ahead stay where they are.
    assert np.mean(said.values) == pytest.approx(104, abs=0.7)
    assert steps_of(december) == ()
    for end in (120, 141, 142, 150):
        assert steps_of(stepped[:end]) == tuple(one for one in (step,) if one.known < end)


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
