"""Patterns of the calendar that metrics share do not look like leads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsm.leads import find_leads, pattern
from nsm.leads.dates import dated_terms
from nsm.leads.design import build
from nsm.leads.regression import scaled
from nsm.leads.series import prepare
from tests.calibration.families import EVERY
from tests.calibration.score import generator

INPUTS = 4


def _dashboard(shared: np.ndarray, seed: int, start: str, freq: str):
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((len(shared), 1 + INPUTS))
    for t in range(1, len(noise)):
        noise[t] += 0.4 * noise[t - 1]
    columns = noise + np.outer(shared, rng.uniform(0.5, 1.5, 1 + INPUTS))
    index = pd.date_range(start, periods=len(shared), freq=freq)
    names = ["star", *(f"x{i}" for i in range(INPUTS))]
    frame = pd.DataFrame(columns, index=index, columns=names)
    return frame.pop("star"), frame


def _false(shared, season, start="2021-01-04", freq="7D", worlds=12) -> int:
    count = 0
    for seed in range(worlds):
        star, inputs = _dashboard(shared, seed, start, freq)
        verdicts = find_leads(star, inputs, season=season, draws=199, seed=seed).table["verdict"]
        count += bool(verdicts.isin(["leads", "both"]).any())
    return count


@pytest.mark.parametrize(
    ("shared", "season", "freq"),
    [
        pytest.param(2 * np.cos(2 * np.pi * np.arange(400) / 7), 365.25, "D", id="weekdays"),
        pytest.param(3.0 * (np.arange(96) % 12 == 11), 12, "MS", id="december"),
        pytest.param(
            2 * np.cos(2 * np.pi * np.arange(156) * 12 / 52.18), 52.18, "7D", id="pay day"
        ),
        pytest.param(3.0 * (np.arange(156) % 13 == 12), 52.18, "7D", id="quarter end"),
        pytest.param(3.0 * (np.arange(260) % 2), 52.18, "7D", id="paid every second week"),
        pytest.param(
            3.0 * np.isin(np.arange(260) % 13, (3, 7, 12)), 52.18, "7D", id="4, 4 and 5 weeks"
        ),
        pytest.param(12 / (1 + np.exp(-np.linspace(-6, 6, 156))), 52.18, "7D", id="saturation"),
    ],
)
def test_a_shared_pattern_of_the_calendar_is_no_lead(shared, season, freq):
    # 12 tosses of 1 in 20: at most 3 in 997 of 1000 cases; without the pattern nearly all are wrong
    assert _false(shared, season, freq=freq) <= 3


def test_the_wave_that_is_there_is_chosen_and_noise_gets_few_terms():
    rng = np.random.default_rng(4)
    noise = rng.standard_normal(156)
    wave = 2 * np.cos(2 * np.pi * np.arange(156) * 7 / 52.18)
    rows = np.ones(156, dtype=bool)
    offered = pattern.terms(156, 52.18, 156 / 52.18)

    found = pattern.choose(noise + wave, np.ones((156, 1)), rows, offered)
    quiet = [
        len(pattern.choose(rng.standard_normal(156), np.ones((156, 1)), rows, offered))
        for _ in range(40)
    ]

    assert found[0].name == "season 7"
    assert np.mean(quiet) < 1.0


def test_a_wave_must_have_passed_four_times_and_each_month_has_its_level_anyway():
    names = {term.name for term in pattern.terms(60, 52.18, 60 / 52.18)}
    short = {term.name for term in pattern.terms(40, 52.18, 40 / 52.18)}
    monthly = {term.name for term in pattern.terms(96, 12, 8.0)}

    waves = {int(name.removeprefix("season ")) for name in names if name.startswith("season")}
    assert waves == set(range(4, 27)), "quarters and months, but no third of a year"
    assert "season 5" not in short
    assert "season 12" in short
    assert not any(name.startswith("growing") for name in names), "no two years to compare"
    assert not any(name.startswith("season") for name in monthly)


def test_whole_weeks_are_offered_where_they_part_from_the_year():
    def counted(periods: int, season: float) -> list[str]:
        offered = pattern.terms(periods, season, periods / season)
        return [term.name for term in offered if term.name.startswith("every")]

    assert counted(60, 52.18) == []
    assert "every 2 weeks" in counted(156, 52.18)
    assert "every 2 weeks" in counted(156 * 7, 365.25)
    assert counted(156, 52.0) == [], "here the year itself is of 52 weeks"
    fortnight = next(t for t in pattern.terms(156, 52.18, 3.0) if t.name == "every 2 weeks")
    assert fortnight.columns.shape == (156, 1), "its sine is nothing"


def test_a_series_that_its_design_explains_gets_no_terms():
    values = np.linspace(0, 5, 120)
    design = np.column_stack([np.ones(120), values])
    offered = pattern.terms(120, 52.18, 120 / 52.18)

    assert pattern.choose(values, design, np.ones(120, bool), offered) == []


def test_a_bend_or_an_echo_that_two_terms_share_stands_in_the_model_once():
    for family, weeks, number in (
        ("shared saturation", 260, 14),
        ("shared saturation", 260, 22),
        ("last working days", 156, 20),
    ):
        star = EVERY[family](generator(5, family, weeks, number), weeks).target

        response = build(
            prepare("star", star.to_numpy(copy=True)), 52.18, dates=dated_terms(star.index)
        )

        columns = scaled(response.shared[response.rows])
        assert len(set(response.names)) == len(response.names)
        assert np.linalg.matrix_rank(columns, tol=1e-9) == len(response.names)
