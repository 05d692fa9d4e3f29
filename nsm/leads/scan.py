"""Every input at every lag against one response - or one input's answer to the star, reversed.

The scan decides nothing; it returns estimates and, for each bootstrap world, the largest |t| that
chance alone produced over everything that was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from nsm.leads import kernel
from nsm.leads.design import AUGMENT, Response
from nsm.leads.persistence import widening
from nsm.leads.series import Series

Floats = NDArray[np.float64]
SPARE_ROWS = 8  # residual degrees of freedom below which nothing is estimated
_TESTS_AT_ONCE = 256  # bounds the memory of the bootstrap
_WIDENED_ON = 20  # inputs on which the widening is measured


@dataclass(frozen=True)
class Tests:
    """What is asked of each input: each single lag (0 is the same week), and weeks 1..m jointly.

    An effect that is spread over weeks shows little of itself at any single lag. For each span m
    the squared t of lags 1..m are added up and tested beside the single lags; the coefficient of
    the average over those weeks says how large the gathered effect is.
    """

    max_lag: int
    spans: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Coefficients of one input: same week, the lags, the averages over the spans."""
        return 1 + self.max_lag + len(self.spans)

    def joint(self, squares: NDArray[Any]) -> NDArray[Any]:
        """(spans, ...) the |t| as rare as each sum of squared t, from (tests, ...) squares."""
        return np.array(
            [_as_rare(m, np.sqrt(squares[1 : m + 1].sum(axis=0))) for m in self.spans]
        ).reshape(len(self.spans), *squares.shape[1:])

    def lags(self, values: Floats, rows: NDArray[np.intp]) -> Floats:
        """(lags, rows) the values 0, 1, ... periods before each row, the older ones included."""
        return np.stack([values[rows - k] for k in range(self.max_lag + AUGMENT + 1)])

    def columns(self, lags: Floats) -> tuple[Floats, Floats]:
        """Tested (tests, rows) and control (2, tests, rows) columns from the lags of one input."""
        means = [lags[1 : m + 1].mean(axis=0) for m in self.spans]
        tested = np.vstack([lags[: self.max_lag + 1], *means])
        older = np.array([*range(self.max_lag + 1), *self.spans])
        return tested, np.stack([lags[older + 1], lags[older + 2]])


@dataclass(frozen=True)
class Estimates:
    """One input's estimates, in the units of the data.

    `coefficient`, `error`, `t`, `freedom` are (tests,) in the order of `Tests`; `joint` is (spans,)
    on the scale of |t|; `rows` are the positions used. `noise` is the standard deviation of the
    null model's residual and `wiggle` (tests,) that of the tested column without all the others;
    `widening` the factor by which the response's persistence widens chance.
    """

    coefficient: Floats
    error: Floats
    t: Floats
    joint: Floats
    freedom: Floats
    wiggle: Floats
    noise: float
    widening: float
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Scan:
    """Estimates by input (None where there are too few rows) and the chance maxima (draws,).

    `news` are rows and residuals of the null model of the last group: what the response's own past
    and the calendar do not explain.
    """

    estimates: list[Estimates | None]
    chance_lead: NDArray[np.float32]
    chance_same: NDArray[np.float32]
    news: tuple[NDArray[np.intp], Floats] | None = None


@lru_cache(maxsize=16)
def _rarity(span: int) -> tuple[Floats, Floats]:
    """Length of `span` independent normal t-values, and the single |t| that is as rare."""
    length = np.linspace(0.0, 30.0, 1200)
    rare = np.maximum(chdtrc(span, length**2), 1e-300)
    return length, -ndtri(rare / 2)


def _as_rare(span: int, length: NDArray[Any]) -> NDArray[Any]:
    """Any monotone scale keeps the test valid; this one weighs spans and single lags alike."""
    known, rare = _rarity(span)
    return np.asarray(np.interp(length, known, rare) + np.maximum(length - known[-1], 0.0))


def usable_rows(response: Response, tested: Series, max_lag: int) -> NDArray[np.bool_]:
    """Rows where response, own lags and every lag of the tested series are there.

    A filled value of last week was interpolated from this week: with it a series that merely
    moves together with the response would seem to lead it, so that row is left out.
    """
    gone = np.isnan(tested.values)
    table = np.ones(len(gone), dtype=bool)
    for lag in range(max_lag + AUGMENT + 1):
        table[:lag] = False
        table[lag:] &= ~gone[: len(gone) - lag]
    table[1:] &= ~tested.filled[:-1]
    return table & response.rows


def scan(
    response: Response, tested: Sequence[Series], tests: Tests, signs: NDArray[np.float32]
) -> Scan:
    """Run all tests of all tested series on one response."""
    draws = signs.shape[1]
    lead = np.zeros(draws, dtype=np.float32)
    same = np.zeros(draws, dtype=np.float32)
    estimates: list[Estimates | None] = [None] * len(tested)
    masks = [usable_rows(response, series, tests.max_lag) for series in tested]
    news = None
    groups: dict[bytes, list[int]] = {}
    for i, mask in enumerate(masks):
        if not tested[i].constant:
            groups.setdefault(mask.tobytes(), []).append(i)
    for members in groups.values():
        rows = np.flatnonzero(masks[members[0]])
        partial, unit = null_model(response, rows)
        if partial is None:
            continue
        news = (rows, partial.response)
        made = kernel.worlds(partial, signs, rows)
        some = members[:: -(-len(members) // _WIDENED_ON)]
        lags = np.stack([tests.lags(tested[i].standard, rows) for i in some])
        wider = widening(response, rows, lags, tests.joint, signs)
        step = max(1, _TESTS_AT_ONCE // tests.count)
        for start in range(0, len(members), step):
            part = members[start : start + step]
            batch, found = _fit([tested[i] for i in part], rows, partial, unit, wider, tests)
            for i, estimate in zip(part, found, strict=True):
                estimates[i] = estimate
            chance = _chance(batch, made, tests)
            np.maximum(lead, wider * chance[0], out=lead)
            np.maximum(same, wider * chance[1], out=same)
    return Scan(estimates, lead, same, news)


def null_model(
    response: Response, rows: NDArray[np.intp]
) -> tuple[kernel.Partial, float] | tuple[None, float]:
    """The response without its shared regressors, in units of its own standard deviation."""
    if len(rows) < response.shared.shape[1] + 1 + AUGMENT + SPARE_ROWS:
        return None, 1.0
    y = response.series.values[rows]
    middle, unit = float(y.mean()), float(y.std())
    if unit <= 1e-12 * float(np.abs(y).max()):
        return None, 1.0
    return kernel.partial_out(response.shared[rows], (y - middle) / unit), unit


def _fit(
    members: Sequence[Series],
    rows: NDArray[np.intp],
    partial: kernel.Partial,
    unit: float,
    wider: float,
    tests: Tests,
) -> tuple[kernel.Batch, list[Estimates]]:
    lags = np.concatenate([tests.lags(series.standard, rows) for series in members])
    lags = kernel.without_shared(partial, lags).reshape(len(members), -1, len(rows))
    tables = [tests.columns(one) for one in lags]
    tested = np.vstack([table[0] for table in tables])
    controls = np.concatenate([table[1] for table in tables], axis=1)
    batch = kernel.fit(partial, tested, controls)
    noise = unit * float(np.sqrt(np.mean(partial.response**2)))
    found = []
    joint = tests.joint(np.nan_to_num(batch.t).reshape(len(members), -1).T ** 2)
    for i, size in enumerate(series.spread for series in members):
        own = slice(i * tests.count, (i + 1) * tests.count)
        found.append(
            Estimates(
                coefficient=batch.coefficient[own] * unit / size,
                error=batch.error[own] * unit / size,
                t=batch.t[own],
                joint=joint[:, i],
                freedom=batch.freedom[own],
                wiggle=batch.length[own] / np.sqrt(len(rows)) * size,
                noise=noise,
                widening=wider,
                rows=rows,
            )
        )
    return batch, found


def _chance(
    batch: kernel.Batch, made: NDArray[np.float32], tests: Tests
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The largest |t| of any lead and of the same week, in each world."""
    single = np.arange(len(batch.t)) % tests.count <= tests.max_lag
    squares = kernel.squared_t(batch, single, made)
    squares = squares.reshape(-1, tests.max_lag + 1, made.shape[1])
    lead = np.sqrt(squares[:, 1:].max(axis=(0, 1)))
    joint = tests.joint(squares.transpose(1, 0, 2))
    lead = np.maximum(lead, joint.max(axis=(0, 1), initial=0.0).astype(np.float32))
    return lead, np.sqrt(squares[:, 0].max(axis=0))
