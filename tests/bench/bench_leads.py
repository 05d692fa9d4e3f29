"""The lead scan against a statsmodels loop over the same fits."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from nsm.leads import LeadReport, find_leads, fit_detail, kernel
from nsm.leads.design import build
from nsm.leads.find import SPANS
from nsm.leads.scan import Tests, scan
from nsm.leads.series import prepare

ROUNDS = 9


def measure() -> list[dict[str, object]]:
    """Ratios of wall time, both sides in turns, medians."""
    return [_scan(), _page(), _wide()]


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


def _scan() -> dict[str, object]:
    """The star on each input and lag, bootstrap included, against those fits alone."""
    star, inputs = _dashboard(5, 156)
    pairs = [(name, lag) for name in inputs for lag in range(1, 13)]
    designs = _designs(find_leads(star, inputs), pairs)
    return _row(
        "lead scan, 5 inputs x 12 lags x 156 weeks, 999 draws",
        f"a statsmodels loop over the same {len(designs)} fits without draws",
        lambda: _one_direction(star, inputs),
        lambda: _loop(designs),
    )


@kernel.one_thread
def _one_direction(star: pd.Series, inputs: pd.DataFrame) -> None:
    tested = [prepare(name, inputs[name].to_numpy(copy=True)) for name in inputs]
    response = build(prepare("star", star.to_numpy(copy=True)), 52.18)
    scan(response, tested, Tests(12, SPANS), kernel.random_signs(len(star), 999, 0))


def _page() -> dict[str, object]:
    """A whole report - also each input on the star, the same week, breaks, verdicts, badges -
    against its own fits alone.
    """
    star, inputs = _dashboard(5, 156)
    report = find_leads(star, inputs)
    pairs = [(name, lag) for name in inputs for lag in range(1, 13)]
    designs = _designs(report, pairs + [(name, 0) for name in inputs])
    designs += _designs(report, pairs, backward=True)
    return _row(
        "whole lead report of the same, both directions",
        f"a statsmodels loop over the same {len(designs)} fits without draws",
        lambda: find_leads(star, inputs),
        lambda: _loop(designs),
    )


def _row(
    name: str, against: str, work: Callable[[], object], floor: Callable[[], object]
) -> dict[str, object]:
    work()
    floor()
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_seconds(work))
        theirs.append(_seconds(floor))
    value, base = statistics.median(mine), statistics.median(theirs)
    return {
        "name": name,
        "against": against,
        "value": f"{value * 1000:.0f} ms",
        "floor": f"{base * 1000:.0f} ms",
        "ratio": value / base,
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
