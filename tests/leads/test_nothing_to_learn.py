"""Where arithmetic explains everything, nothing is a discovery."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsm.leads import find_leads

WEEKS = pd.date_range("2022-01-03", periods=160, freq="7D")


def seasonal(seed: int) -> pd.Series:
    """A star that repeats a quarter of itself after four weeks, so a copy would seem to lead."""
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(len(WEEKS))
    for t in range(4, len(y)):
        y[t] += 0.25 * y[t - 4]
    return pd.Series(y, index=WEEKS, name="star")


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("factor", "shift"), [(1.0, 0.0), (2.0, 1.0), (-0.3, 1e4)])
def test_a_copy_of_the_star_never_leads_it(seed: int, factor: float, shift: float) -> None:
    star = seasonal(seed)
    report = find_leads(star, pd.DataFrame({"copy": star * factor + shift}), draws=199)
    row = report.table.iloc[0]
    assert row["verdict"] == "none"
    assert any("itself" in warning for warning in row["warnings"])


def test_two_steep_trends_are_not_copies() -> None:
    rng = np.random.default_rng(1)
    slope = np.arange(len(WEEKS)) * 1e6
    star = pd.Series(slope + rng.standard_normal(len(WEEKS)), index=WEEKS)
    other = pd.DataFrame({"x": slope + rng.standard_normal(len(WEEKS))}, index=WEEKS)
    warnings = find_leads(star, other, draws=199).table.loc[0, "warnings"]
    assert not any("itself" in warning for warning in warnings)


@pytest.mark.parametrize(
    "values",
    [
        10 + 2.0 * np.arange(160),
        0.1 + 0.3 * np.arange(160),
        np.arange(160.0) ** 2,
        np.sin(2 * np.pi * np.arange(160) / 52.18),
        (-1.0) ** np.arange(160),
    ],
    ids=["line", "line of tenths", "square", "season", "alternating"],
)
def test_a_star_without_surprise_has_no_lead_no_break_and_no_smallest_effect(
    values: np.ndarray,
) -> None:
    rng = np.random.default_rng(2)
    star = pd.Series(values, index=WEEKS, name="star")
    inputs = pd.DataFrame({"x": rng.standard_normal(160)}, index=WEEKS)
    row = find_leads(star, inputs, draws=199).table.iloc[0]
    assert row["verdict"] == "none"
    assert np.isnan(row["smallest_detectable_effect"])
    assert len(row["warnings"]) == 1
    assert "nothing is left" in row["warnings"][0]


def test_an_input_without_surprise_is_not_said_to_follow() -> None:
    star = seasonal(3)
    inputs = pd.DataFrame({"line": np.arange(160.0)}, index=WEEKS)
    row = find_leads(star, inputs, draws=199).table.iloc[0]
    assert row["verdict"] == "none"
    assert np.isnan(row["reverse_p_adjusted"])


@pytest.mark.parametrize("factor", [45.0, 50.0, 100.0, 1e4, 1e9])
def test_a_period_that_decides_alone_is_named_and_nothing_is_promised_on_it(factor: float) -> None:
    rng = np.random.default_rng(1)
    star = pd.Series(100 + 10 * rng.standard_normal(len(WEEKS)), index=WEEKS, name="star")
    x = 100 + 10 * rng.standard_normal(len(WEEKS))
    x[50] *= factor
    row = find_leads(star, pd.DataFrame({"x": x}, index=WEEKS), draws=199).table.iloc[0]

    assert row["verdict"] == "none"
    assert any(f"x was so far off at {WEEKS[50]:%Y-%m-%d}" in one for one in row["warnings"])
    assert pd.isna(row["smallest_detectable_effect"])
    assert pd.isna(row["weeks_needed"])


@pytest.mark.parametrize("far", [20.0, 300.0, 1e4])
def test_chance_is_as_rare_where_one_week_is_far_off(far: float) -> None:
    """One week of an input cannot carry a lead, though the rest of it carries none either."""
    false = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        values = rng.standard_normal((len(WEEKS), 4))
        values[70, 1] += far
        made = pd.DataFrame(values, columns=["star", "x1", "x2", "x3"], index=WEEKS)
        report = find_leads(made["star"], made[["x1", "x2", "x3"]], draws=199)
        false += bool((report.table["verdict"] == "leads").any())

    assert false <= 8


@pytest.mark.parametrize("last", [[], [103]], ids=["all set aside", "the last one is left"])
def test_a_star_of_a_few_events_has_too_few_to_learn_from(last: list[int]) -> None:
    rng = np.random.default_rng(1)
    star = np.zeros(104)
    star[[16, 21, 35, 45, 54, 59, 75, 82, *last]] = 1.0
    inputs = pd.DataFrame(rng.standard_normal((104, 2)), columns=["a", "b"], index=WEEKS[:104])
    table = find_leads(pd.Series(star, index=inputs.index, name="star"), inputs, draws=199).table

    assert (table["verdict"] == "none").all()
    if not last:
        assert "differs from its usual value in 8 periods only" in table.loc[0, "warnings"][0]


def test_series_that_are_copied_forward_from_some_week_on_are_answered() -> None:
    """Collection stopped: the rows before the stop decide some fits alone."""
    rng = np.random.default_rng([5, 104, 27])
    values = 20 + rng.standard_normal((104, 6)).cumsum(axis=0) * 0.5
    for stop in (36, 52, 68):
        flat = values.copy()
        flat[stop:] = flat[stop - 1]
        made = pd.DataFrame(flat, columns=["star", *"abcde"], index=WEEKS[:104])
        report = find_leads(made["star"], made[list("abcde")], draws=199)
        critical = report.working.critical
        assert all(np.isfinite(one) and one < 50 for one in critical), stop


def test_two_noisy_views_of_one_lasting_thing_are_together_and_the_report_says_why() -> None:
    rng = np.random.default_rng(3)
    level = np.zeros(len(WEEKS))
    for t in range(1, len(level)):
        level[t] = 0.8 * level[t - 1] + rng.standard_normal()
    noise = rng.standard_normal((len(WEEKS), 2))
    star = pd.Series(level + noise[:, 0], index=WEEKS, name="star")
    x = pd.DataFrame({"x": level + noise[:, 1]}, index=WEEKS)
    row = find_leads(star, x, draws=199).table.iloc[0]

    assert row["verdict"] == "together"
    assert (row["lag"], row["lag_low"], row["lag_high"]) == (0, 0, 0)
    assert row["p_adjusted"] < 0.05
    assert "one thing that both show" in row["warnings"][0]


def test_a_lead_of_three_weeks_stays_one_beside_a_larger_shock_that_both_share() -> None:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((len(WEEKS) + 3, 3))
    x = noise[:, 0] + noise[:, 1]
    star = noise[3:, 0] + 0.5 * x[:-3] + noise[3:, 2]
    row = find_leads(
        pd.Series(star, index=WEEKS, name="star"),
        pd.DataFrame({"x": x[3:]}, index=WEEKS),
        draws=199,
    ).table.iloc[0]

    assert row["verdict"] == "leads"
    assert row["lag"] == 3
    assert row["warnings"][0] == "x also moves together with star in the same period."
