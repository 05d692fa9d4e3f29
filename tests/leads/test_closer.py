"""The closer look at one input: cross-correlation, residual checks, forecasts, halves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from nsm.errors import InputError
from nsm.leads import LeadReport, find_leads, fit_detail
from nsm.leads.badges import forecasts, stability, usefulness
from nsm.leads.checks import residual_checks, summary_text
from nsm.leads.whitened import cross_correlation

WEEKS = 220


@pytest.fixture(scope="module")
def report() -> LeadReport:
    """Two slow series: the input leads by 3 weeks; another one follows by 2."""
    rng = np.random.default_rng(5)
    push, star, back = np.zeros(WEEKS + 9), np.zeros(WEEKS + 9), np.zeros(WEEKS + 9)
    for t in range(3, WEEKS + 9):
        push[t] = 0.8 * push[t - 1] + rng.standard_normal()
        star[t] = 0.6 * star[t - 1] + 0.8 * push[t - 3] + rng.standard_normal()
        back[t] = 0.5 * back[t - 1] - 0.8 * star[t - 2] + rng.standard_normal()
    table = pd.DataFrame({"star": star, "push": push, "back": back, "still": 1.0}).iloc[9:]
    table.index = pd.date_range("2022-01-03", periods=WEEKS, freq="7D", unit="us")
    table.iloc[50, 0] = np.nan
    return find_leads(500 + 20 * table.pop("star"), table, season=None, draws=199)


def test_the_tallest_bar_is_where_the_input_leads(report: LeadReport) -> None:
    found = cross_correlation(report, "push")
    tallest = int(found.lags[np.nanargmax(np.abs(found.correlation))])

    assert tallest == 3
    assert found.correlation[found.lags == 3][0] > 0.3


def test_of_unrelated_slow_series_one_bar_in_twenty_stands_outside() -> None:
    outside, plain = [], []
    for seed in range(20):
        shocks = np.random.default_rng(seed).standard_normal((160, 2))
        slow = np.zeros((160, 2))
        for t in range(1, 160):
            slow[t] = 0.9 * slow[t - 1] + shocks[t]
        table = pd.DataFrame(slow, columns=["star", "x"])
        found = cross_correlation(
            find_leads(table["star"], table[["x"]], season=None, draws=99), "x"
        )
        outside += list(np.abs(found.correlation) > found.bound)
        plain.append(abs(np.corrcoef(slow.T)[0, 1]) > 1.96 / np.sqrt(160))

    assert 0.01 < np.mean(outside) < 0.10
    assert np.mean(plain) > 0.3


def test_of_a_follower_the_tallest_bar_stands_on_the_other_side(report: LeadReport) -> None:
    found = cross_correlation(report, "back")
    tallest = np.nanargmax(np.abs(found.correlation))

    assert found.lags[tallest] == -2
    assert found.correlation[tallest] < 0


def test_what_was_not_estimated_has_no_picture(report: LeadReport) -> None:
    for name in ("still", "nobody"):
        with pytest.raises(InputError, match="was not estimated"):
            cross_correlation(report, name)


def test_forecasts_are_of_the_star_and_agree_with_their_gain(report: LeadReport) -> None:
    working = report.working
    made = forecasts(working.response, working.inputs[0], 3)
    useful = usefulness(working.response, working.inputs[0], 3)

    assert made is not None
    assert useful is not None
    np.testing.assert_allclose(made.actual, working.star.values[made.rows])
    saved = 1 - ((made.actual - made.beside) ** 2).sum() / ((made.actual - made.alone) ** 2).sum()
    assert saved == pytest.approx(useful.gain)
    assert useful.gain > 0.1


def test_the_halves_lie_around_the_whole(report: LeadReport) -> None:
    found = stability(report.working.response, report.working.inputs[0], 3, 3)

    assert found is not None
    assert min(found.first, found.second) < 16 < max(found.first, found.second) + 4
    assert abs(found.half - WEEKS / 2) < 10
    for half, error in ((found.first, found.first_error), (found.second, found.second_error)):
        assert 0 < error < 4
        assert abs(half - 16) < 4 * error


def checks_of(errors: np.ndarray) -> dict[str, bool]:
    x = np.random.default_rng(0).standard_normal(len(errors))
    fit = sm.OLS(1 + 2 * x + errors, sm.add_constant(x)).fit(cov_type="HC3")
    return {check.kind: check.fine for check in residual_checks(fit)}


def test_residuals_that_are_chance_mostly_pass_and_others_are_named() -> None:
    rng = np.random.default_rng(1)
    whites = rng.standard_normal((20, 300))
    slow = whites[0].copy()
    for t in range(1, 300):
        slow[t] += 0.6 * slow[t - 1]
    x = np.random.default_rng(0).standard_normal(300)
    failed = [not fine for white in whites for fine in checks_of(white).values()]

    assert sum(failed) <= 8  # of 60 looks three fail by chance
    assert checks_of(slow)["autocorrelation"] is False
    assert checks_of(whites[1] * np.exp(x))["heteroscedasticity"] is False
    assert checks_of(rng.standard_t(2, 300))["normality"] is False


def test_the_fit_is_printed_without_the_hour(report: LeadReport) -> None:
    text = summary_text(fit_detail(report, "push", 3))

    assert "push lag 3" in text
    assert "HC3" in text
    assert "Time:" not in text
    assert text == summary_text(fit_detail(report, "push", 3))
