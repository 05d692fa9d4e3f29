"""Every input at every lag against one response - or one input's answer to the star, reversed.

The scan decides nothing; it returns estimates and, for each bootstrap world, the largest |t| that
chance alone produced over everything that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
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
_LAGS_TOGETHER = 3  # that share their rows
_TESTS_AT_ONCE = 256  # bounds the memory of the bootstrap
# The price of choosing own lags, waves and breaks: that looked at the star, and the worlds keep it.
_CHOSEN = 2.0
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

    def largest(self, squares: NDArray[Any]) -> NDArray[Any]:
        """(draws,) the largest |t| of all that is asked, from (inputs, lags, draws) squares."""
        found: NDArray[Any] = np.sqrt(squares[:, 1 : self.max_lag + 1].max(axis=(0, 1)))
        for m in self.spans:
            gathered = squares[:, 1 : m + 1].sum(axis=1).max(axis=0)
            np.maximum(found, _as_rare(m, np.sqrt(gathered)), out=found, casting="same_kind")
        return found

    def blocks(self) -> tuple[range, ...]:
        """The lags, same week first, in groups that share their rows.

        A lag needs the periods before it and no more: with the rows of the longest one, a short
        history would lose a quarter of what it can tell about the week before.
        """
        starts = [0, *range(_LAGS_TOGETHER + 1, self.max_lag + 1, _LAGS_TOGETHER)]
        return tuple(range(*pair) for pair in pairwise([*starts, self.max_lag + 1]))

    def places(self, block: range) -> NDArray[np.intp]:
        """Where the tests of a block stand among all: its lags, and the spans that end in it."""
        spans = [self.max_lag + 1 + i for i, m in enumerate(self.spans) if m in block]
        return np.array([*block, *spans])

    def columns(self, lags: Floats, block: range) -> tuple[Floats, Floats]:
        """Tested (inputs x tests, rows) and control (2, inputs x tests, rows) columns of a block.

        `lags` (inputs, lags, rows) are 0, 1, ... periods before each row, the older ones included.
        """
        rows = lags.shape[2]
        spans = [m for m in self.spans if m in block]
        means = [lags[:, 1 : m + 1].mean(axis=1, keepdims=True) for m in spans]
        tested = np.concatenate([lags[:, block.start : block.stop], *means], axis=1)
        older = np.array([*block, *spans])
        controls = np.stack([lags[:, older + 1], lags[:, older + 2]])
        return tested.reshape(-1, rows), controls.reshape(2, -1, rows)


@dataclass(frozen=True)
class Estimates:
    """One input's estimates, in the units of the data.

    `coefficient`, `error`, `t`, `freedom` are (tests,) in the order of `Tests`; `joint` is (spans,)
    on the scale of |t|; `rows` are lags and the positions that they used;
    `widening` is the factor by which the response's persistence, and the choice of its model, widen
    chance.
    """

    coefficient: Floats
    error: Floats
    t: Floats
    freedom: Floats
    joint: Floats
    widening: float
    rows: tuple[tuple[range, NDArray[np.intp]], ...]

    def rows_at(self, lag: int) -> NDArray[np.intp]:
        """The positions used at a lag."""
        return next(rows for block, rows in self.rows if lag in block)


@dataclass(frozen=True)
class Scan:
    """Estimates by input (None where there are too few rows) and the chance maxima (draws,).

    `news` are rows and residuals of the null model at the shortest lags: what the response's own
    past and the calendar do not explain.
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


def usable_rows(response: Response, tested: Series, longest: Sequence[int]) -> NDArray[np.bool_]:
    """(lags, periods) the rows where response, own lags and the tested series are there.

    Of the tested series every lag up to each of `longest` (ascending) and the two older ones. A
    filled value of last week was interpolated from this week: with it a series that merely moves
    together with the response would seem to lead it, so that row is left out.
    """
    gone = np.isnan(tested.values)
    table = response.rows.copy()
    table[1:] &= ~tested.filled[:-1]
    found, reach = [], 0
    for last in longest:
        for lag in range(reach, last + AUGMENT + 1):
            table[:lag] = False
            table[lag:] &= ~gone[: len(gone) - lag]
        reach = last + AUGMENT + 1
        found.append(table.copy())
    return np.stack(found)


def _masks(
    response: Response, tested: Sequence[Series], longest: Sequence[int]
) -> list[NDArray[np.bool_]]:
    """The usable rows of each series; series with the same holes have the same."""
    made: dict[bytes, NDArray[np.bool_]] = {}
    holes = [np.stack([np.isnan(series.values), series.filled]).tobytes() for series in tested]
    for key, series in zip(holes, tested, strict=True):
        if key not in made:
            made[key] = usable_rows(response, series, longest)
    return [made[key] for key in holes]


def scan(
    response: Response, tested: Sequence[Series], tests: Tests, signs: NDArray[np.int8]
) -> Scan:
    """Run all tests of all tested series on one response."""
    draws = signs.shape[1]
    lead = np.zeros(draws, dtype=np.float32)
    same = np.zeros(draws, dtype=np.float32)
    estimates: list[Estimates | None] = [None] * len(tested)
    blocks = tests.blocks()
    news = None
    groups: dict[bytes, list[int]] = {}
    masks = _masks(response, tested, [block[-1] for block in blocks])
    for i, mask in enumerate(masks):
        if not tested[i].constant:
            groups.setdefault(mask.tobytes(), []).append(i)
    for members in groups.values():
        grounds = [
            _ground(response, rows, block) for block, rows in _merged(blocks, masks[members[0]])
        ]
        known = [ground for ground in grounds if ground is not None]
        if len(known) < len(grounds):
            continue
        news = (known[0].rows, known[0].partial.response)
        rows = known[-1].rows
        some = members[:: -(-len(members) // _WIDENED_ON)]
        lags = np.stack([lags_at(tested[i], rows, tests.max_lag) for i in some])
        wider = widening(response, rows, lags, tests.largest, signs) * (1 + _CHOSEN / len(rows))
        step = max(1, _TESTS_AT_ONCE // tests.count)
        for start in range(0, len(members), step):
            part = members[start : start + step]
            found, squares = _fit([tested[i] for i in part], known, wider, tests, signs)
            for i, estimate in zip(part, found, strict=True):
                estimates[i] = estimate
            np.maximum(lead, wider * tests.largest(squares), out=lead, casting="same_kind")
            np.maximum(same, wider * np.sqrt(squares[:, 0].max(axis=0)), out=same)
    return Scan(estimates, lead, same, news)


@dataclass(frozen=True)
class _Ground:
    """What the tests of one block of lags share: rows and null model.

    The response is in units (`unit`) of its own standard deviation.
    """

    block: range
    rows: NDArray[np.intp]
    partial: kernel.Partial
    unit: float


def _ground(response: Response, rows: NDArray[np.intp], block: range) -> _Ground | None:
    """The ground of a block; None where nothing can be estimated."""
    if len(rows) < response.shared.shape[1] + 1 + AUGMENT + SPARE_ROWS:
        return None
    y = response.series.values[rows]
    middle, unit = float(y.mean()), float(y.std())
    if unit <= 1e-12 * float(np.abs(y).max()):
        return None
    partial = kernel.partial_out(response.shared[rows], (y - middle) / unit)
    return _Ground(block, rows, partial, unit)


def _merged(
    blocks: Sequence[range], masks: NDArray[np.bool_]
) -> Iterator[tuple[range, NDArray[np.intp]]]:
    """The blocks with their rows; neighbours with the same rows as one."""
    first = blocks[0].start
    for i, block in enumerate(blocks):
        if block is blocks[-1] or (masks[i] != masks[i + 1]).any():
            yield range(first, block.stop), np.flatnonzero(masks[i])
            first = block.stop


def _of_rows(signs: NDArray[np.int8], rows: NDArray[np.intp]) -> NDArray[np.int8]:
    """The draws of these periods. A period has the same sign in every regression.

    So what moves together stays together. Rows without a hole need no copy.
    """
    first, stop = rows[0], rows[-1] + 1
    return signs[first:stop] if stop - first == len(rows) else signs[rows]


def lags_at(series: Series, rows: NDArray[np.intp], last: int) -> Floats:
    """(lags, rows) the values 0, 1, ... periods before each row, the older ones included."""
    return np.asarray(series.standard[rows - np.arange(last + AUGMENT + 1)[:, None]])


def _fit(
    members: Sequence[Series],
    grounds: Sequence[_Ground],
    wider: float,
    tests: Tests,
    signs: NDArray[np.int8],
) -> tuple[list[Estimates], NDArray[np.float32]]:
    """The estimates of each member, and (members, lags, draws) the squared t of every world."""
    sizes = np.array([series.spread for series in members])
    made = np.full((4, len(members), tests.count), np.nan)  # coefficient, error, t, freedom
    draws = signs.shape[1]
    squares = np.empty((len(members), tests.max_lag + 1, draws), dtype=np.float32)
    for ground in grounds:
        block, partial = ground.block, ground.partial
        places = tests.places(block)
        lags = np.concatenate([lags_at(series, ground.rows, block[-1]) for series in members])
        lags = kernel.without_shared(partial, lags).reshape(len(members), -1, len(ground.rows))
        batch = kernel.fit(partial, *tests.columns(lags, block))
        parts = (batch.coefficient * ground.unit, batch.error * ground.unit, batch.t, batch.freedom)
        for values, part in zip(made, parts, strict=True):
            values[:, places] = part.reshape(len(members), -1)
        single = np.tile(places <= tests.max_lag, len(members))
        found = kernel.squared_t(partial, batch, single, _of_rows(signs, ground.rows))
        squares[:, block.start : block.stop] = found.reshape(len(members), len(block), draws)
    made[:2] /= sizes[:, None]
    joint = tests.joint(np.nan_to_num(made[2]).T ** 2)
    rows = tuple((ground.block, ground.rows) for ground in grounds)
    estimates = [
        Estimates(coefficient, error, t, freedom, joint[:, i], wider, rows)
        for i, (coefficient, error, t, freedom) in enumerate(made.transpose(1, 0, 2))
    ]
    return estimates, squares
