"""What common methods say of the same worlds: does any input "lead" at the 5 % level?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.tsa.stattools import grangercausalitytests

MAX_LAG = 12
ALPHA = 0.05
OWN_LAGS = 2


def correlation(target: pd.Series, x: pd.Series) -> float:
    """Smallest p of the correlations over the lags, read as it is usually read."""
    pairs = [pd.concat([target, x.shift(k)], axis=1).dropna() for k in range(1, MAX_LAG + 1)]
    return min(float(stats.pearsonr(p.iloc[:, 0], p.iloc[:, 1]).pvalue) for p in pairs)


def newey_west(target: pd.Series, x: pd.Series) -> float:
    """Smallest p, times inputs x lags, of x in a regression on own lags, Newey-West errors."""
    smallest = 1.0
    for k in range(1, MAX_LAG + 1):
        own = {f"own {j}": target.shift(j) for j in range(1, OWN_LAGS + 1)}
        data = pd.DataFrame({"y": target, "x": x.shift(k), **own}).dropna()
        design = sm.add_constant(data.drop(columns="y").to_numpy())
        fit = sm.OLS(data["y"].to_numpy(), design).fit(
            cov_type="HAC", cov_kwds={"maxlags": int(4 * (len(data) / 100) ** (2 / 9))}
        )
        smallest = min(smallest, float(fit.pvalues[1]))
    return smallest * MAX_LAG * 5


def granger(target: pd.Series, x: pd.Series) -> float:
    """Smallest p of statsmodels' Granger test over the orders."""
    data = pd.concat([target, x], axis=1).dropna().to_numpy()
    orders = list(range(1, MAX_LAG + 1))
    if len(data) < 3 * MAX_LAG + 6:
        return float("nan")
    found = grangercausalitytests(data, orders)
    return min(float(found[k][0]["ssr_ftest"][1]) for k in orders)


PEERS: dict[str, Callable[[pd.Series, pd.Series], float]] = {
    "best lag by correlation": correlation,
    "own lags, Newey-West, Bonferroni": newey_west,
    "statsmodels Granger, any order": granger,
}


def says_lead(peer: str, target: pd.Series, inputs: pd.DataFrame) -> list[bool]:
    """For each input: does this method call it a lead?"""
    return [bool(PEERS[peer](target, inputs[name]) < ALPHA) for name in inputs]


def pcmci(target: pd.Series, inputs: pd.DataFrame) -> list[bool]:
    """tigramite's PCMCI (ParCorr), p adjusted over all links into the star."""
    from tigramite import data_processing as pp  # a second, and it prints what it misses
    from tigramite.independence_tests.parcorr import ParCorr
    from tigramite.pcmci import PCMCI

    table = pd.concat([target, inputs], axis=1).interpolate(limit_direction="both").to_numpy()
    runner = PCMCI(pp.DataFrame(table), ParCorr(significance="analytic"), verbosity=0)
    links = {0: {(i, -k): "-?>" for i in range(table.shape[1]) for k in range(1, MAX_LAG + 1)}}
    links |= {i: {(i, -1): "-?>"} for i in range(1, table.shape[1])}
    found = runner.run_pcmci(link_assumptions=links, tau_min=1, tau_max=MAX_LAG, pc_alpha=0.2)
    p = found["p_matrix"][1:, 0, 1:]
    return [bool(row.min() * p.size < ALPHA) for row in np.asarray(p)]
