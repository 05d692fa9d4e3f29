"""The scan's arithmetic: many small regressions at once, and their bootstrap worlds.

Every test asks for the coefficient of one tested column in a regression of the response on
shared regressors W, that column and a few controls. W is partialled out once for all tests
(Frisch & Waugh 1933; Lovell 1963); what is left is batched. Errors are HC3 (MacKinnon & White
1985). The bootstrap repeats *exactly* the same statistic - leverage included - on worlds made
from the null model's residuals with random signs (Wild bootstrap: Wu 1986; Liu 1988; max-t:
Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from nsm.leads.regression import scaled

Floats = NDArray[np.float64]

# A column that keeps less than this share of its length after the others were removed carries
# no information of its own; its coefficient would be rounding noise.
_LOST = 1e-7
# A row that its own regression fits this closely has no error of its own (HC3 would divide 0/0).
NO_SLACK = 1e-9
# HC3 weights from which a week so far off that it decides its own fit has the sum of squares
# cancel in single precision: such tests are repeated with twice the digits, residual by residual.
_DELICATE = 1e3
_BLOCK = 240  # draws at once
_Work = TypeVar("_Work", bound=Callable[..., Any])


def one_thread(work: _Work) -> _Work:
    """Keep linear algebra on the thread that calls `work`.

    Products of this size are done before a second thread is awake; where another process has the
    core, the threads wait for each other, and a scan took ten times as long.
    """
    return cast("_Work", ThreadpoolController().wrap(limits=1, user_api="blas")(work))


@dataclass(frozen=True)
class Partial:
    """The shared regressors, partialled out of one response.

    Attributes
    ----------
    basis : (rows, q) orthonormal basis of the shared regressors.
    response : (rows,) what is left of the response: the null model's residuals.
    leverage : (rows,) the diagonal of the hat matrix of the shared regressors.
    """

    basis: Floats
    response: Floats
    leverage: Floats


@dataclass(frozen=True)
class Batch:
    """Tests on one set of rows: estimates, and what the bootstrap needs to repeat them.

    Attributes
    ----------
    coefficient, error, t : (tests,) NaN where a coefficient cannot be told from the others.
    freedom : (tests,) residual degrees of freedom.
    directions : (3, tests, rows) orthonormal: the tested column, then its two controls.
    weights : (tests, rows) squared direction over squared slack: the HC3 weights.
    """

    coefficient: Floats
    error: Floats
    t: Floats
    freedom: Floats
    directions: Floats
    weights: Floats


def independent(columns: Floats) -> NDArray[np.bool_]:
    """Which columns add something to those before them (the first of each set is kept)."""
    alike = scaled(columns)
    size = np.abs(np.diagonal(np.linalg.qr(alike, mode="r")))
    kept = np.zeros(columns.shape[1], dtype=bool)
    kept[: len(size)] = size > _LOST
    if not kept.all():  # a dependent column blurs the sizes after it: go one by one
        kept[:] = False
        for j in range(columns.shape[1]):
            trial = kept.copy()
            trial[j] = True
            if trial.sum() <= len(columns):
                corners = np.abs(np.diagonal(np.linalg.qr(alike[:, trial], mode="r")))
                kept[j] = corners[-1] > _LOST
    return kept


def partial_out(shared: Floats, response: Floats) -> Partial:
    """Remove the shared regressors (rows, q) from the response (rows,)."""
    basis, corner = np.linalg.qr(scaled(shared))
    if (np.abs(np.diagonal(corner)) <= _LOST).any():  # a step or season without rows of its own
        basis = np.linalg.qr(shared[:, independent(shared)])[0]
    left = response - basis @ (basis.T @ response)
    left -= basis @ (basis.T @ left)
    return Partial(basis, left, np.einsum("ij,ij->i", basis, basis))


def without_shared(partial: Partial, columns: Floats) -> Floats:
    """(columns, rows) what the shared regressors leave of each; 0 where that is only rounding."""
    left = columns
    for _ in range(2):  # twice is enough (Kahan): orthogonal to rounding
        left = left - (left @ partial.basis) @ partial.basis.T
    before, after = np.einsum("ij,ij->i", columns, columns), np.einsum("ij,ij->i", left, left)
    left[after <= _LOST**2 * before] = 0.0
    return left


def fit(partial: Partial, tested: Floats, controls: Floats) -> Batch:
    """Fit every test of one set of rows.

    Parameters
    ----------
    partial : the shared regressors and the response without them.
    tested : (tests, rows) the column of interest of each test, `without_shared`.
    controls : (2, tests, rows) the columns held fixed beside it, `without_shared`.
    """
    columns = np.stack([controls[1], controls[0], tested])
    directions = np.zeros_like(columns)
    length = np.ones(columns.shape[:2])
    for i in range(3):
        column = columns[i].copy()
        before = np.sqrt(np.einsum("ij,ij->i", column, column))
        for _ in range(2):
            for j in range(i):
                column -= np.einsum("ij,ij->i", directions[j], column)[:, None] * directions[j]
        norm = np.sqrt(np.einsum("ij,ij->i", column, column))
        alive = norm > _LOST * np.where(before > 0, before, 1.0)
        length[i] = np.where(alive, norm, 0.0)
        directions[i] = np.where(alive[:, None], column / np.where(alive, norm, 1.0)[:, None], 0.0)
    directions = directions[::-1]
    scores = directions @ partial.response
    residual = partial.response - np.einsum("ij,ijk->jk", scores, directions)
    slack = 1.0 - partial.leverage - np.einsum("ijk,ijk->jk", directions, directions)
    square = directions[0] ** 2
    tight = slack < NO_SLACK
    unclear = (length[2] == 0) | (tight & (square > NO_SLACK)).any(axis=1)
    weights = np.where(tight, 0.0, square / np.where(tight, 1.0, slack) ** 2)
    spread = np.sqrt(np.einsum("ij,ij->i", weights, residual**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        coefficient = np.where(unclear, np.nan, scores[0] / length[2])
        error = np.where(unclear, np.nan, spread / length[2])
        t = np.where(unclear, np.nan, scores[0] / spread)
    weights[unclear] = 0.0
    used = partial.basis.shape[1] + (length > 0).sum(axis=0)
    freedom = (len(partial.response) - used).astype(float)
    return Batch(coefficient, error, t, freedom, directions, weights)


def squared_t(
    partial: Partial, batch: Batch, chosen: NDArray[np.bool_], signs: NDArray[np.int8]
) -> NDArray[np.float32]:
    """(chosen, draws) the squared t of tests in every world; 0 where a test has no estimate.

    `signs` is (rows, draws) of -1 and 1: each draw is a world in which nothing leads. The sum of
    weights * (world - fitted)^2 is multiplied out, so that no array of tests x rows x draws ever
    exists; draws go through in blocks that stay in the processor's cache.
    """
    across = np.ascontiguousarray(batch.directions[:, chosen].transpose(1, 0, 2), dtype=np.float32)
    weights = batch.weights[chosen].astype(np.float32)
    unclear = np.isnan(batch.t[chosen])
    delicate = np.flatnonzero(weights.max(axis=1, initial=0.0) > _DELICATE)
    tests, _, rows = across.shape
    weighted = weights[:, None, :] * across
    squares = weighted @ across.transpose(0, 2, 1)
    every = np.concatenate(
        [across.reshape(3 * tests, rows), -2.0 * weighted.reshape(3 * tests, rows)]
    )
    response = (partial.response / _scale(partial.response)).astype(np.float32)[:, None]
    basis = partial.basis.astype(np.float32)
    result = np.empty((tests, signs.shape[1]), dtype=np.float32)
    tiny = np.float32(np.finfo(np.float32).tiny)
    for start in range(0, signs.shape[1], _BLOCK):
        found = result[:, start : start + _BLOCK]
        world = signs[:, start : start + _BLOCK] * response
        world -= basis @ (basis.T @ world)
        both = (every @ world).reshape(2, tests, 3, -1)
        scores, inner = both[0], both[1]
        inner += squares @ scores
        spread = weights @ (world * world)
        spread += np.einsum("tir,tir->tr", scores, inner)
        spread[unclear] = np.inf
        np.maximum(spread, tiny, out=spread)
        with np.errstate(over="ignore"):  # of a delicate test
            np.divide(scores[:, 0] ** 2, spread, out=found)
        for place in delicate:
            test = np.flatnonzero(chosen)[place]
            found[place] = _squared_t_residual_by_residual(
                batch.directions[:, test], batch.weights[test], world
            )
    return result


def _squared_t_residual_by_residual(
    directions: Floats, weights: Floats, world: NDArray[np.float32]
) -> Floats:
    """(draws,) the squared t of one test in every world, in double precision."""
    worlds = world.astype(np.float64)
    scores = directions @ worlds
    spread = weights @ (worlds - directions.T @ scores) ** 2
    return np.asarray(scores[0] ** 2 / np.maximum(spread, np.finfo(np.float64).tiny))


def random_signs(periods: int, draws: int, seed: int) -> NDArray[np.int8]:
    """(periods, draws) of -1 and 1 from the seed (Rademacher weights)."""
    bits = np.random.default_rng(seed).integers(0, 2, size=(periods, draws), dtype=np.int8)
    return 2 * bits - 1


def _scale(values: Floats) -> float:
    size = float(np.sqrt(np.mean(values**2)))
    return size if size > 0 else 1.0
