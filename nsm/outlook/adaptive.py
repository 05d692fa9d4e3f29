"""Between which values a forecast may lie, kept honest by how often it was right so far.

Adaptive conformal inference (Gibbs & Candes 2021, "Adaptive conformal inference under distribution
shift") over rolling origins: the width is a quantile of the forecast's own past errors, and the
level of that quantile moves after every hit and miss, so that coverage returns to what is promised
when a series changes. The step of that movement is not chosen by hand: several run side by side
and are weighted by how well their widths did, as in AgACI (Zaffran et al. 2022, "Adaptive conformal
predictions for time series"). Errors are counted in units of how much the series moved lately,
so that a series that becomes restless widens at once and not only after many misses.

An interval for h weeks ahead learns only from forecasts whose week had come.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.80, 0.95)
STEPS = (0.0, 0.01, 0.03, 0.08)
# How fast an expert's past losses count: an error twice as costly over ten weeks halves its weight.
LEARNING = 0.35
HALF_LIFE_SHORT = 6.0
SHORT_SHARE = 0.6
MEMORY_WEEKS = 156
FEWEST_ERRORS = 8
_NORMAL = NormalDist()


class Adaptive:
    """The levels of all horizons, promises and steps, moved by every hit and miss."""

    def __init__(self, horizon: int) -> None:
        shape = (horizon, len(LEVELS), len(STEPS))
        self.wanted = np.array([1 - level for level in LEVELS])
        self.miss = np.broadcast_to(self.wanted[None, :, None], shape).copy()
        self.loss = np.zeros(shape)

    def widths(self, scores: Floats, stretch: Floats) -> tuple[Floats, Floats]:
        """Half widths in units of movement: of every step, and of all of them together.

        ``scores`` (past origins, horizon) are sizes of past errors in those units, NaN where they
        are not known yet. ``stretch`` (horizon, level) widens where errors are few.
        """
        own = _quantiles(scores, 1 - self.miss) * stretch[:, :, None]
        weight = np.exp(-LEARNING * (self.loss - self.loss.min(axis=2, keepdims=True)))
        together = (own * weight).sum(axis=2) / weight.sum(axis=2)
        return own, together

    def learn(self, own: Floats, score: Floats) -> None:
        """What came: ``score`` (horizon), NaN where nothing did; ``own`` was said at that time."""
        came = np.isfinite(score)[:, None, None] & np.isfinite(own)
        missed = score[:, None, None] > own
        wanted = self.wanted[None, :, None]
        moved = np.array(STEPS)[None, None, :] * (wanted - missed)
        self.miss = np.clip(np.where(came, self.miss + moved, self.miss), 0.001, 0.7)
        short = score[:, None, None] - own
        # What a width costs: too wide a little, too narrow much (the pinball loss of its level).
        cost = np.where(short > 0, (1 - wanted) * short, -wanted * short)
        self.loss += np.where(came, cost / np.maximum(wanted, 0.05), 0.0)


def movement(errors: Floats, start: Floats) -> Floats:
    """How much a series moved lately, known at each week: (methods, weeks).

    ``errors`` (methods, weeks) are those of the forecast one week ahead, made in that week;
    ``start`` (methods) is what is assumed before any is known.
    """
    keep = 0.5 ** (1 / HALF_LIFE_SHORT)
    short, total, count = start.copy(), start * 4, np.full(len(start), 4.0)
    found = np.empty(errors.shape)
    for week in range(errors.shape[1]):
        if week:
            size = np.abs(errors[:, week - 1])
            known = np.isfinite(size)
            short = np.where(known, keep * short + (1 - keep) * size, short)
            total = np.where(known, total + size, total)
            count = count + known
        found[:, week] = SHORT_SHARE * short + (1 - SHORT_SHARE) * total / count
    return np.maximum(found, 1e-300)


def stretch_of(errors: Floats) -> Floats:
    """By how much to widen (horizon, level), because few independent errors were seen.

    Forecasts thirteen weeks ahead made in neighbouring weeks share twelve weeks of news: a hundred
    of them may be worth ten. The quantile of Student's t with so many degrees of freedom stands in
    for the normal one.
    """
    worth = _worth(errors)
    rows = [
        [_student(level, freedom) / _NORMAL.inv_cdf((1 + level) / 2) for level in LEVELS]
        for freedom in worth
    ]
    return np.array(rows)


def _worth(errors: Floats) -> Floats:
    """How many independent errors the sizes of these are worth, by horizon."""
    horizon = errors.shape[1]
    found = np.empty(horizon)
    for ahead in range(horizon):
        column = errors[:, ahead]
        column = column[np.isfinite(column)]
        count = len(column)
        square = float(column @ column)
        alike = 1.0
        if square > 0:
            for apart in range(1, min(ahead + 1, count - 1)):
                same = float(column[apart:] @ column[:-apart]) / square
                alike += 2 * same * same * (1 - apart / (ahead + 1))
        found[ahead] = max(count / alike, 3.0)
    return found


def _student(level: float, freedom: float) -> float:
    """The quantile of Student's t that holds ``level`` between its ends (expansion of Cornish)."""
    z = _NORMAL.inv_cdf((1 + level) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2


def _quantiles(scores: Floats, levels: Floats) -> Floats:
    """Quantiles of each column at its own levels (horizon, promise, step).

    The k-th of n sorted errors is not passed with probability k / (n + 1). Beyond the largest, the
    normal distribution tells how much farther to go.
    """
    order = np.sort(scores, axis=0)
    count = np.isfinite(scores).sum(axis=0)[:, None, None]
    place = levels * (count + 1)
    last = np.maximum(count - 1, 0)
    below = np.clip(np.floor(place).astype(int) - 1, 0, last)
    above = np.minimum(below + 1, last)
    column = np.arange(scores.shape[1])[:, None, None]
    part = np.clip(place - 1 - below, 0.0, 1.0)
    found = order[below, column] * (1 - part) + order[above, column] * part
    beyond = (place > count) & (count >= FEWEST_ERRORS)
    for ahead, promise, step in zip(*np.nonzero(beyond), strict=True):
        n = int(count[ahead, 0, 0])
        far = _normal((1 + float(levels[ahead, promise, step])) / 2)
        found[ahead, promise, step] *= far / _normal((1 + n / (n + 1)) / 2)
    return np.where(count >= FEWEST_ERRORS, found, np.nan)


@lru_cache(maxsize=4096)
def _normal(probability: float) -> float:
    return _NORMAL.inv_cdf(probability)
