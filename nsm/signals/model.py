"""What a metric's own past leads one to expect of a week: level, trend, season and memory.

Ordinary metrics drift, grow and have a season, and break limits drawn around a fixed mean without
any cause. So autocorrelation, season and trend are tested first, by how much better the past is
explained with them (Schwarz 1978), and what is charted is what the metric's own model leaves
unexplained, one week ahead (Alwan & Roberts 1988). A few dozen weeks seldom settle which of these
a metric has: the models speak in proportion to how well they explain it (Hoeting et al. 1999), and
where they disagree about a week its range is wider.

The model of a metric with none of the three is the XmR chart: its mean, and the mean moving range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_WEEKS = 15
LONGEST_MEMORY_WEEKS = 156
YEAR_WEEKS = 52.18
# A yearly wave can be told from a trend once most of a year is known, its overtone after a year,
# and both from a trend at the same time after two.
WAVE_FROM_WEEKS, OVERTONE_FROM_WEEKS, BOTH_FROM_WEEKS = 39, 52, 104

# Mean moving range of independent normal values, in standard deviations, and how much fewer weeks
# a spread that is learned from moving ranges is worth.
MOVING_RANGE = 1.128
MOVING_RANGE_WORTH = 0.6
# Of the variation there is: what arithmetic leaves of a perfect fit is no variation.
TINY = 1e-9
LEAST_SCALE = 1e-6

# The columns: level, trend, two waves of a year, the two weeks before.
LEVEL, TREND, WAVE, LAG, WIDTH = 0, 1, slice(2, 6), slice(6, 8), 8
MEMORY = 2

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def _kinds() -> Flags:
    """Which columns each kind of model uses; the first one the level alone."""
    kinds = np.zeros((2 * 3 * (MEMORY + 1), WIDTH), dtype=bool)
    kinds[:, LEVEL] = True
    for number in range(len(kinds)):
        trend, waves, weeks = number // 9, number // 3 % 3, number % 3
        kinds[number, TREND] = trend
        kinds[number, 2 : 2 + 2 * waves] = True
        kinds[number, 6 : 6 + weeks] = True
    return kinds


KINDS = _kinds()
# Beside these two random walks, without and with a drift, which need no fit.
WALKS = np.array([[False] * 6 + [True, False], [True] + [False] * 5 + [True, False]])
USES = np.vstack([KINDS, WALKS])
HAS_MEMORY = USES[:, LAG].any(axis=1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is expected of one week: the value, its standard error, and the weeks that is worth."""

    expected: float
    error: float
    freedom: float


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What could be learned of a series before each of its weeks; see :func:`learn`.

    One entry a week, the one to come included, and a kind of model: coefficients and their
    uncertainty, variance of what is unexplained, freedom and weight. Values are held as
    (value - ``centre``) / ``scale``.
    """

    weeks: NDArray[np.int64]
    rows: Floats
    centre: float
    scale: float
    coefficients: Floats
    uncertainty: Floats
    variance: Floats
    plain_variance: Floats
    freedom: Floats
    weight: Floats

    def knows(self, learned: int) -> bool:
        """Whether there are weeks enough before that one to learn from."""
        return int(self.weeks[learned]) >= FEWEST_WEEKS

    def ahead(self, week: int, learned: int) -> Ahead:
        """What is expected of a week by what was learned before the week ``learned``, not later."""
        row = self.rows[week]
        known = np.isfinite(row)
        weight, variance = self.weight[learned], self.variance[learned]
        if not known.all():
            # The week before is missing: a range learned from steps of weeks would be too narrow.
            weight = np.where(HAS_MEMORY, 0.0, weight)
            variance = self.plain_variance[learned]
            weight, row = weight / weight.sum(), np.where(known, row, 0.0)
        said = self.coefficients[learned] @ row
        expected = float(weight @ said)
        doubt = self.uncertainty[learned] @ row @ row
        total = float(weight @ (variance * (1 + doubt) + (said - expected) ** 2))
        return Ahead(
            expected=self.centre + self.scale * expected,
            error=self.scale * float(np.sqrt(max(total, TINY**2))),
            freedom=float(weight @ self.freedom[learned]),
        )

    def nature(self, learned: int) -> tuple[str, ...]:
        """Which of "trend", "season" and "memory" the metric then more likely had than not."""
        parts = {"trend": USES[:, TREND], "season": USES[:, WAVE].any(axis=1), "memory": HAS_MEMORY}
        weight = self.weight[learned]
        return tuple(name for name, has in parts.items() if float(weight @ has) > 0.5)


def learn(values: Floats) -> Course:
    """Every kind of model of a series, learned anew before each of its weeks.

    ``values`` are complete weeks, oldest first, NaN where one is missing. Nothing that is said of a
    week depends on that week or on later ones. Least squares of all weeks and kinds at once: the
    sums that they need grow week by week, and what a kind does not use is masked to the identity.
    """
    y, centre, scale = _scaled(values)
    rows = _columns(y)
    there = np.isfinite(y)
    weeks = _window(there.astype(float)).astype(np.int64)
    whole = there & np.isfinite(rows[:-1]).all(axis=1)
    count = _window(whole.astype(float))
    remembers = count >= FEWEST_WEEKS - MEMORY
    # Where too few weeks have their two before, one learns from all weeks, without memory.
    apart = np.where(np.isfinite(rows), rows, 0.0)
    apart[:, LAG] = 0.0
    gram, cross, total = _sums(rows, y, whole)
    for mine, other in zip((gram, cross, total), _sums(apart, y, there), strict=True):
        mine[~remembers] = other[~remembers]
    count = np.where(remembers, count, weeks)

    fitted = _fitted(gram, cross, total, count)
    walked = _walked(rows, y, whole, count)
    coefficients, uncertainty, unexplained = (
        np.concatenate(pair, axis=1) for pair in zip(fitted, walked, strict=True)
    )
    parameters = np.append(KINDS.sum(axis=1), [0, 1])
    usable = _usable(weeks, count, remembers, parameters)
    freedom = np.maximum(count[:, None] - parameters, 1.0)
    unexplained = np.maximum(unexplained, TINY**2)
    plain = unexplained / freedom
    variance = plain.copy()
    steps = np.abs(np.diff(y, prepend=np.nan))
    pairs = np.isfinite(steps)
    paired = _window(pairs.astype(float))
    moving = _window(np.where(pairs, steps, 0.0)) / np.maximum(paired, 1.0) / MOVING_RANGE
    # The level alone, judged by its moving range, is the XmR chart.
    variance[:, 0] = np.where(paired > 0, moving**2, variance[:, 0])
    size = np.maximum(count, 1.0)[:, None]
    bic = np.where(usable, size * np.log(unexplained / size) + parameters * np.log(size), np.inf)
    weight = np.exp(-(bic - bic.min(axis=1, keepdims=True)) / 2)
    freedom[:, 0] *= MOVING_RANGE_WORTH
    return Course(
        weeks=weeks,
        rows=rows,
        centre=centre,
        scale=scale,
        coefficients=coefficients,
        uncertainty=uncertainty,
        variance=variance,
        plain_variance=plain,
        freedom=freedom,
        weight=weight / weight.sum(axis=1, keepdims=True),
    )


def _scaled(values: Floats) -> tuple[Floats, float, float]:
    """Values by the size and the spread of the first ones, so that no later week moves them."""
    there = values[np.isfinite(values)]
    largest = float(np.abs(there).max(initial=0.0)) or 1.0
    # A power of two changes no digit.
    unit = 2.0 ** float(np.clip(np.ceil(np.log2(largest)), -1000, 1000))
    first = there[:FEWEST_WEEKS] / unit
    centre = float(first.mean()) if first.size else 0.0
    spread = max(float(first.std()) if first.size else 0.0, LEAST_SCALE)
    return (values / unit - centre) / spread, centre * unit, spread * unit


def _columns(y: Floats) -> Floats:
    """Level, trend, the waves of a year and the two weeks before, one row a week and the next."""
    time = np.arange(y.size + 1, dtype=float)
    angle = 2 * np.pi * time / YEAR_WEEKS
    waves = [wave(pair * angle) for pair in (1, 2) for wave in (np.sin, np.cos)]
    lags = [np.append(np.full(back, np.nan), y)[: time.size] for back in (1, 2)]
    return np.column_stack([np.ones(time.size), time / YEAR_WEEKS, *waves, *lags])


def _window(each: Floats) -> Floats:
    """Sums over the weeks before each week and the next, of the last three years."""
    sums = np.concatenate([np.zeros((1, *each.shape[1:])), np.cumsum(each, axis=0)])
    recent = sums.copy()
    recent[LONGEST_MEMORY_WEEKS:] -= sums[: max(len(sums) - LONGEST_MEMORY_WEEKS, 0)]
    return recent


def _sums(rows: Floats, y: Floats, used: Flags) -> tuple[Floats, Floats, Floats]:
    x = np.where(used[:, None], rows[:-1], 0.0)
    target = np.where(used, y, 0.0)
    return (
        _window(x[:, :, None] * x[:, None, :]),
        _window(x * target[:, None]),
        _window(target**2),
    )


def _fitted(
    gram: Floats, cross: Floats, total: Floats, count: Floats
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, their uncertainty, and the squares left, by week and kind."""
    used = KINDS.astype(float)
    size = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    size = np.where(size > TINY, size, 1.0)
    even = gram / size[:, :, None] / size[:, None, :]
    mask = used[:, :, None] * used[:, None, :]
    ridge = np.eye(WIDTH) * (1 - used + TINY)[:, :, None]
    inverse = np.linalg.inv(even[:, None] * mask + ridge) * mask
    inverse = inverse / size[:, None, :, None] / size[:, None, None, :]
    coefficients = (inverse @ cross[:, None, :, None])[..., 0]
    left = total[:, None] - (coefficients * cross[:, None, :]).sum(axis=2)
    return coefficients, inverse, left


def _walked(rows: Floats, y: Floats, used: Flags, count: Floats) -> tuple[Floats, Floats, Floats]:
    """The same of the random walks: last week, and last week plus the mean step."""
    step = np.where(used, y - rows[:-1, LAG.start], 0.0)
    squares, steps = _window(step**2), _window(step)
    size = np.maximum(count, 1.0)
    coefficients = np.zeros((count.size, 2, WIDTH))
    coefficients[:, :, LAG.start] = 1.0
    coefficients[:, 1, LEVEL] = steps / size
    inverse = np.zeros((count.size, 2, WIDTH, WIDTH))
    inverse[:, 1, LEVEL, LEVEL] = 1 / size
    return coefficients, inverse, np.column_stack([squares, squares - steps**2 / size])


def _usable(
    weeks: NDArray[np.int64], count: Floats, remembers: Flags, parameters: NDArray[np.int64]
) -> Flags:
    """Which kinds may be asked before each week: those that so much history can tell apart."""
    waves, trend = USES[:, WAVE].sum(axis=1) // 2, USES[:, TREND]
    known = weeks[:, None]
    usable: Flags = (waves < 1) | (known >= WAVE_FROM_WEEKS)
    usable &= (waves < 2) | (known >= OVERTONE_FROM_WEEKS)
    usable &= ~(trend & (waves > 0)) | (known >= BOTH_FROM_WEEKS)
    usable &= ~HAS_MEMORY | remembers[:, None]
    usable &= count[:, None] - parameters >= FEWEST_WEEKS // 2
    usable[:, 0] = True
    return usable
