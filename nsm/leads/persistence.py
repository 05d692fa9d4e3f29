"""How much a persistent star widens what chance produces.

The bootstrap worlds keep the star's own lags as they were. In truth they are themselves made of
past shocks: for a series near a random walk, fitted beside a trend and a season, they explain
more of the shocks than their number suggests (Dickey & Fuller 1979), and every t-statistic
spreads a little wider than in a world with fixed lags. The excess is measured on worlds that do
regenerate the own lags, and widens the chance maxima by its square root.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nsm.leads.design import Response

Floats = NDArray[np.float64]
_WORLDS = 199


def widening(response: Response, rows: NDArray[np.intp], signs: NDArray[np.float32]) -> float:
    """The factor (1 or more) by which chance spreads wider than with fixed own lags."""
    own = np.array([name.startswith("own lag") for name in response.names])
    shared = response.shared[rows]
    basis = np.linalg.qr(shared[:, ~own] / np.linalg.norm(shared[:, ~own], axis=0))[0]
    y, lags = _without(basis, response.series.values[rows]), _without(basis, shared[:, own])
    phi: Floats = np.linalg.lstsq(lags, y, rcond=None)[0].astype(float)
    shocks = y - lags @ phi
    size = float(np.sqrt(np.mean(shocks**2)))
    if size <= 1e-9 * float(np.sqrt(np.mean(y**2))):
        return 1.0
    phi[0] += _persistence(phi, lags, shocks, basis.shape[1]) - phi.sum()
    used = signs[:, :_WORLDS]
    errors = np.zeros((len(signs), used.shape[1]), dtype=np.float32)
    errors[rows] = used[rows] * (shocks / size).astype(np.float32)[:, None]
    stars = _response_to_shocks(phi, len(signs)) @ errors
    regenerated = np.stack(
        [_without(basis, stars[rows - 1 - j].astype(float)) for j in range(len(phi))], axis=2
    )
    errors_left = _without(basis, errors[rows].astype(float))
    gram = np.einsum("trp,trq->rpq", regenerated, regenerated, optimize=True)
    cross = np.einsum("trp,tr->rp", regenerated, errors_left, optimize=True)
    gram += 1e-10 * np.einsum("rpp->r", gram)[:, None, None] * np.eye(len(phi))
    explained = (np.linalg.solve(gram, cross[:, :, None])[:, :, 0] * cross).sum(axis=1)
    excess = max(0.0, float(explained.mean()) - len(phi))
    return float(np.sqrt(1.0 + excess / len(rows)))


def _persistence(phi: Floats, lags: Floats, shocks: Floats, fixed: int) -> float:
    """The sum of the own-lag coefficients, as high as it may well be and at most 1.

    Least squares finds it too low by about (2 s + d (1 + s)) / T beside d fixed regressors
    (Kendall 1954; Marriott & Pope 1954, extended); one standard error is added.
    """
    rows, found = len(shocks), float(phi.sum())
    if found <= 0:
        return found
    corrected = (found + fixed / rows) / (1 - (2 + fixed) / rows)
    inverse = np.linalg.pinv(lags.T @ lags)
    variance = float(shocks @ shocks) / max(1, rows - fixed - len(phi))
    return min(max(found, 1.0), corrected + float(np.sqrt(variance * inverse.sum())))


def _response_to_shocks(phi: Floats, periods: int) -> NDArray[np.float32]:
    """(periods, periods) how each period's value answers to each earlier shock."""
    psi = np.zeros(periods)
    psi[0] = 1.0
    for t in range(1, periods):
        reach = min(t, len(phi))
        psi[t] = float(phi[:reach] @ psi[t - reach : t][::-1])
    padded = np.concatenate([np.zeros(periods - 1), psi]).astype(np.float32)
    return np.lib.stride_tricks.sliding_window_view(padded, periods)[:, ::-1].copy()


def _without(basis: Floats, values: Floats) -> Floats:
    return np.asarray(values - basis @ (basis.T @ values))
