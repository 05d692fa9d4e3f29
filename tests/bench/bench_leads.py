"""The lead scan against a statsmodels loop over the same fits."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from nsm.leads import LeadReport, find_leads, fit_detail

ROUNDS = 9


def measure() -> list[dict[str, object]]:
    """Ratios of wall time, both sides in turns, medians."""
    return [_page(), _wide()]


def _dashboard(inputs: int, weeks: int) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(0)
    values = rng.standard_normal((weeks, 1 + inputs))
    for t in range(1, weeks):
        values[t] += 0.5 * values[t - 1]
    index = pd.date_range("2020-01-06", periods=weeks, freq="7D")
    frame = pd.DataFrame(values, index=index, columns=["star", *(f"x{i}" for i in range(inputs))])
    return frame.pop("star"), frame


def _designs(
    report: LeadReport, pairs: list[tuple[str, int]], *, backward: bool = False
) -> list[tuple[object, object]]:
    models = [fit_detail(report, name, lag, backward=backward).model for name, lag in pairs]
    return [(model.endog, model.exog) for model in models]


def _loop(designs: list[tuple[object, object]]) -> None:
    for endog, exog in designs:
        fit = sm.OLS(endog, exog).fit(cov_type="HC3")
        fit.tvalues  # noqa: B018 - computed on demand


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _page() -> dict[str, object]:
    """One page, bootstrap included, against its own fits alone: the star on each input and lag,
    each input on the star and lag, and the same week.
    """
    star, inputs = _dashboard(5, 156)
    report = find_leads(star, inputs)
    pairs = [(name, lag) for name in inputs for lag in range(1, 13)]
    designs = _designs(report, pairs + [(name, 0) for name in inputs])
    designs += _designs(report, pairs, backward=True)
    _loop(designs)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_seconds(lambda: find_leads(star, inputs)))
        theirs.append(_seconds(lambda: _loop(designs)))
    value, floor = statistics.median(mine), statistics.median(theirs)
    return {
        "name": "lead scan, both directions, 5 inputs x 12 lags x 156 weeks, 999 draws",
        "against": f"a statsmodels loop over the same {len(designs)} fits without draws",
        "value": f"{value * 1000:.0f} ms",
        "floor": f"{floor * 1000:.0f} ms",
        "ratio": value / floor,
        "goal": 1.0,
    }


def _wide() -> dict[str, object]:
    """A hundred inputs against the loop with draws, extrapolated from a sample of its fits."""
    star, inputs = _dashboard(100, 520)
    names = list(inputs)[:3]
    report = find_leads(star, inputs[names], max_lag=26, draws=99)
    pairs = [(name, lag) for name in names for lag in range(1, 27)]
    designs = _designs(report, pairs)
    _loop(designs)
    mine, theirs = [], []
    for _ in range(3):
        mine.append(_seconds(lambda: find_leads(star, inputs, max_lag=26)))
        theirs.append(_seconds(lambda: _loop(designs)))
    value = statistics.median(mine)
    floor = statistics.median(theirs) / len(designs) * 100 * 26 * 1000
    return {
        "name": "lead scan, both directions, 100 inputs x 26 lags x 520 weeks, 999 draws",
        "against": "such a loop, one direction only, with draws (extrapolated from 78 fits)",
        "value": f"{value:.1f} s",
        "floor": f"{floor:.0f} s",
        "ratio": value / floor,
        "goal": 0.005,
    }
