"""The yearly pattern goes, everything else stays."""

from __future__ import annotations

import numpy as np

from nsm.season import FEWEST_WEEKS, without_season

TIME = np.arange(156)
WAVE = np.sin(2 * np.pi * TIME / 52.18) + 0.4 * np.cos(4 * np.pi * TIME / 52.18)


def test_an_additive_season_is_taken_out_and_the_trend_stays():
    trend = 0.5 * TIME - 30

    assert np.allclose(without_season(trend + 10 * WAVE), trend, atol=0.5)


def test_a_season_that_grows_with_its_metric_is_taken_out_whole():
    trend = 100 * 1.01**TIME

    assert np.allclose(without_season(trend * np.exp(0.3 * WAVE)), trend, rtol=0.01)


def wave_in(values):
    """How strong the first yearly wave is in a series."""
    wave = np.exp(2j * np.pi * np.arange(values.size) / 52.18)
    return abs(np.mean((values - values.mean()) * wave)) * 2


def test_the_season_of_a_level_that_wanders_is_taken_out_too():
    rng = np.random.default_rng(5)
    left, there = [], []
    for _ in range(20):
        level = 1000 + np.cumsum(rng.normal(0, 5, 156))
        left.append(wave_in(without_season(level + 80 * WAVE) - level))
        there.append(wave_in(80 * WAVE))

    assert np.mean(left) < 0.3 * np.mean(there)


def test_weeks_without_a_season_get_none_from_noise():
    rng = np.random.default_rng(6)
    values = 100 + rng.normal(0, 5, 156)

    assert np.abs(without_season(values) - values).max() < 5


def test_a_step_is_not_season():
    step = np.where(TIME < 80, 100.0, 150.0)

    assert np.allclose(without_season(step), step, atol=0.1)
    noise = np.random.default_rng(2).normal(0, 3, 156)
    assert np.abs(without_season(step + noise) - step - noise).max() < 5


def test_missing_weeks_stay_missing_and_the_rest_is_found():
    trend = 100.0 + TIME
    values = trend + 10 * WAVE
    values[[4, 60, 61]] = np.nan

    left = without_season(values)

    assert np.flatnonzero(np.isnan(left)).tolist() == [4, 60, 61]
    known = np.isfinite(left)
    assert np.allclose(left[known], trend[known], rtol=0.03)


def test_a_constant_stays_constant():
    assert np.allclose(without_season(np.full(120, 7.0)), 7.0)
    assert np.allclose(without_season(np.zeros(120)), 0.0)


def test_under_two_years_there_is_no_season_to_tell():
    assert without_season(WAVE[: FEWEST_WEEKS - 1]) is None
    assert without_season(np.full(200, np.nan)) is None
