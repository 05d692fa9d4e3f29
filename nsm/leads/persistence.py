"""How much a persistent star widens what chance produces.

The bootstrap worlds keep the star's own lags as they were. In truth they are themselves made of
past shocks: for a series near a random walk, fitted beside a trend and a season, they explain
more of the shocks than their number suggests (Dickey & Fuller 1979), and every t-statistic
spreads a little wider than in a world with fixed lags. The excess is measured on worlds that do
regenerate the own lags, and widens the chance maxima by its square root.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nsm.leads.design import Response
from nsm.leads.kernel import product

Floats = NDArray[np.float64]
_WORLDS = 49
DECIDED = 3.4  # the |t| around which a page of this size is decided
_Kind = TypeVar("_Kind", np.float32, np.float64)


def widening(response: Response, rows: NDArray[np.intp], signs: NDArray[np.float32]) -> float:
    """The factor (1 or more) by which chance spreads wider than with fixed own lags."""
    own = np.array([name.startswith("own lag") for name in response.names])
    shared = response.shared[rows]
    norms = np.linalg.norm(shared[:, ~own], axis=0)
    basis = np.linalg.qr(shared[:, ~own] / np.where(norms > 0, norms, 1.0))[0]
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
    stars = _regenerate(phi, errors)
    flat = basis.astype(np.float32)
    regenerated = [_without(flat, stars[rows - 1 - j]) for j in range(len(phi))]
    errors_left = _without(flat, errors[rows])
    cross = np.array([(lag * errors_left).sum(axis=0) for lag in regenerated], dtype=float).T
    gram = np.array([[(a * b).sum(axis=0) for b in regenerated] for a in regenerated], dtype=float)
    gram = gram.transpose(2, 0, 1)
    gram += 1e-10 * np.einsum("rpp->r", gram)[:, None, None] * np.eye(len(phi))
    explained = (np.linalg.solve(gram, cross[:, :, None])[:, :, 0] * cross).sum(axis=1)
    # averaged where the decision falls, in the tail: worlds that drift far count for more there
    rate = DECIDED**2 / (2 * len(rows))
    excess = max(0.0, float(np.log(np.mean(np.exp(rate * (explained - len(phi)))))) / rate)
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


def _regenerate(phi: Floats, errors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(periods, worlds) the star that these own lags make of these shocks."""
    periods, weights = len(errors), phi.tolist()
    answer = [1.0]
    for t in range(1, periods):
        answer.append(sum(w * answer[t - j] for j, w in enumerate(weights, start=1) if j <= t))
    padded = np.array([0.0] * (periods - 1) + answer, dtype=np.float32)
    past = np.lib.stride_tricks.sliding_window_view(padded, periods)[:, ::-1]
    return product(np.ascontiguousarray(past), errors)


def _without(basis: NDArray[_Kind], values: NDArray[_Kind]) -> NDArray[_Kind]:
    return np.asarray(values - basis @ (basis.T @ values))
