"""Every reported coefficient and error equals statsmodels' OLS with HC3."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.errors import InputError
from nsm.leads import find_leads, fit_detail


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10**6),
    weeks=st.integers(60, 200),
    memory=st.sampled_from([0.0, 0.5, 0.95, 1.0]),
    max_lag=st.integers(1, 12),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
    level=st.sampled_from([0.0, 5.0, 100.0]),
    trouble=st.sampled_from(["none", "shift", "odd week", "gaps"]),
)
def test_profile_equals_statsmodels(seed, weeks, memory, max_lag, scale, level, trouble):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((weeks, 3))
    for t in range(1, weeks):
        values[t] += memory * values[t - 1]
    if trouble == "shift":
        values[weeks // 2 :] += 8
    elif trouble == "odd week":
        values[weeks // 2] -= 15
    elif trouble == "gaps":
        values[rng.random(values.shape) < 0.04] = np.nan
    values = (values + level) * scale
    index = pd.date_range("2022-01-03", periods=weeks, freq="7D")
    frame = pd.DataFrame(values, index=index, columns=["star", "a", "b"])

    report = find_leads(frame.pop("star"), frame, max_lag=max_lag, draws=99)

    for table, backward in ((report.profile, False), (report.backward, True)):
        line = table.dropna(subset=["t"]).sample(1, random_state=seed).iloc[0]
        fit = fit_detail(report, line["input"], int(line["lag"]), backward=backward)
        name = f"{'star' if backward else line['input']} lag {line['lag']}"
        # The same columns at right angles, the tested one last: as they are, nearly parallel and of
        # many sizes, statsmodels itself loses digits.
        design = pd.DataFrame(fit.model.exog, columns=fit.model.exog_names)
        basis, corner = np.linalg.qr(design[[*design.columns.drop(name), name]])
        least_squares = sm.OLS(fit.model.endog, basis)
        coefficient = least_squares.fit().params[-1] / corner[-1, -1]
        # beside its own error, since a coefficient may be 0 but for chance
        close = 1e-8 * line["error"]
        assert line["coefficient"] == pytest.approx(coefficient, rel=1e-8, abs=close)
        lost = max(1e-6, float(np.finfo(float).eps * np.linalg.cond(design)))
        as_it_is = pytest.approx(fit.params[name], rel=lost, abs=lost * line["error"])
        assert line["coefficient"] == as_it_is
        slack = 1 - (basis**2).sum(axis=1).max()
        if slack < 1e-6:
            continue  # a row that one column takes nearly whole: HC3 divides nothing by nothing
        exact = least_squares.fit(cov_type="HC3", use_t=True)
        error = exact.bse[-1] / abs(corner[-1, -1])
        assert line["error"] == pytest.approx(error, rel=1e-8)
        # It divides by the slack of each row, from the squares of columns as they are.
        lost = max(1e-6, float(np.finfo(float).eps * np.linalg.cond(design) ** 2))
        assert line["error"] == pytest.approx(fit.bse[name], rel=10 * lost / slack)
        assert line["p"] == pytest.approx(exact.pvalues[-1], rel=1e-6, abs=1e-12)


def test_same_week_estimates_equal_statsmodels_too():
    rng = np.random.default_rng(0)
    index = pd.RangeIndex(120)
    frame = pd.DataFrame(rng.standard_normal((120, 2)), index=index, columns=["star", "x"])

    report = find_leads(frame.pop("star"), frame)

    fit = fit_detail(report, "x", 0)
    line = report.same_week.iloc[0]
    assert line["coefficient"] == pytest.approx(fit.params["x lag 0"], rel=1e-8)
    assert line["error"] == pytest.approx(fit.bse["x lag 0"], rel=1e-8)


def test_a_step_in_the_details_is_named_by_its_period():
    rng = np.random.default_rng(11)
    shift = 8.0 * (np.arange(120) >= 80)
    index = pd.date_range("2022-01-03", periods=120, freq="7D")
    star = pd.Series(rng.standard_normal(120) + shift, index=index, name="star")
    inputs = pd.DataFrame({"x": rng.standard_normal(120)}, index=index)

    fit = fit_detail(find_leads(star, inputs, draws=99), "x", 1)

    assert f"step {index[80].date().isoformat()}" in fit.params.index


def test_details_that_do_not_exist_are_named():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((60, 2)), columns=["star", "x"]).assign(empty=np.nan)
    report = find_leads(frame.pop("star"), frame)

    with pytest.raises(InputError, match="'y'"):
        fit_detail(report, "y", 1)
    with pytest.raises(InputError, match="Lag 13"):
        fit_detail(report, "x", 13)
    with pytest.raises(InputError, match="empty"):
        fit_detail(report, "empty", 1)
