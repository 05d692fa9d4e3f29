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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FEWEST_WEEKS = 15
LONGEST_MEMORY_WEEKS = 156
YEAR_WEEKS = 52.18
# A yearly wave can be told from a trend once most of a year is known, its overtone after a year,
# and both from a trend at the same time after two.
WAVE_FROM_WEEKS, OVERTONE_FROM_WEEKS, BOTH_FROM_WEEKS = 39, 52, 104
MEMORY = 2

# Mean moving range of independent normal values, in standard deviations, and how much fewer weeks
# a spread that is learned from moving ranges is worth.
MOVING_RANGE = 1.128
MOVING_RANGE_WORTH = 0.6
# Of the variation there is: what arithmetic leaves of a perfect fit is no variation.
TINY = 1e-9

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is expected of one week: the value, its standard error, and the weeks that is worth."""

    expected: float
    error: float
    freedom: float


@dataclass(frozen=True, slots=True, eq=False)
class OwnModel:
    """What was learned from a stretch of complete weeks; see :func:`learn`.

    Of ``kinds`` models, one row each: coefficients of level, trend, waves and the weeks before;
    the uncertainty of these as a matrix; variance of what is unexplained, its freedom and weight.
    Values are held as (value - ``centre``) / ``scale``.
    """

    weeks: int
    length: int
    centre: float
    scale: float
    pairs: int
    uses: Flags
    coefficients: Floats
    uncertainty: Floats
    variance: Floats
    plain_variance: Floats
    freedom: Floats
    weight: Floats

    def ahead(self, values: Floats) -> Ahead | None:
        """What is expected of the week that follows these, the first of which was learned first.

        None when nothing can be said, which a learned model never is.
        """
        before = (values[-MEMORY:][::-1] - self.centre) / self.scale
        row = np.append(_calendar(np.array([float(values.size)]), self.length, self.pairs), before)
        known = np.isfinite(row)
        usable = ~(self.uses & ~known).any(axis=1)
        if not usable.any():
            return None
        # The week before is missing: a range learned from steps between weeks would be too narrow.
        spread = (self.variance if known.all() else self.plain_variance)[usable]
        row = np.where(known, row, 0.0)
        said = self.coefficients[usable] @ row
        weight = self.weight[usable]
        weight = weight / weight.sum()
        expected = float(weight @ said)
        doubt = self.uncertainty[usable] @ row @ row
        variance = float(weight @ (spread * (1 + doubt) + (said - expected) ** 2))
        return Ahead(
            expected=self.centre + self.scale * expected,
            error=self.scale * float(np.sqrt(max(variance, TINY**2))),
            freedom=float(weight @ self.freedom[usable]),
        )

    @property
    def nature(self) -> tuple[str, ...]:
        """Which of "trend", "season" and "memory" the metric more likely has than not."""
        first_wave, first_memory = 2, 2 + 2 * self.pairs
        parts = {
            "trend": self.uses[:, 1],
            "season": self.uses[:, first_wave:first_memory].any(axis=1),
            "memory": self.uses[:, first_memory:].any(axis=1),
        }
        return tuple(name for name, has in parts.items() if float(self.weight @ has) > 0.5)


def learn(past: Floats) -> OwnModel | None:
    """The own model of a metric, from its complete weeks (oldest first, NaN where one is missing).

    None with fewer than ``FEWEST_WEEKS`` known weeks.
    """
    there = past[np.isfinite(past)]
    weeks = int(there.size)
    if weeks < FEWEST_WEEKS:
        return None
    size = float(np.abs(there).max()) or 1.0
    centre = float((there / size).mean()) * size
    scale = float((there / size).std()) * size
    constant = scale <= TINY * size
    scale = TINY * size if constant else scale
    y = (past - centre) / scale
    pairs = (weeks >= WAVE_FROM_WEEKS) + (weeks >= OVERTONE_FROM_WEEKS)
    columns = np.column_stack(
        [
            _calendar(np.arange(y.size, dtype=float), y.size, pairs),
            *(np.append(np.full(back, np.nan), y[: y.size - back]) for back in (1, 2)),
        ]
    )
    rows = np.isfinite(y) & np.isfinite(columns).all(axis=1)
    memory = int(rows.sum()) >= FEWEST_WEEKS - MEMORY and not constant
    if not memory:
        rows = np.isfinite(y)
        columns = np.nan_to_num(columns)
    uses = _kinds(pairs, both=weeks >= BOTH_FROM_WEEKS, memory=memory)
    uses = uses[:1] if constant else uses
    x, known = columns[rows], y[rows]
    steps = np.diff(known)[np.diff(np.flatnonzero(rows)) == 1]
    return _fitted(x, known, uses, steps, (weeks, y.size, centre, scale, pairs))


def _fitted(
    x: Floats, y: Floats, uses: Flags, steps: Floats, given: tuple[int, int, float, float, int]
) -> OwnModel:
    """Least squares of every kind at once: what a kind does not use is masked to the identity."""
    count, width = x.shape
    uses = uses[uses.sum(axis=1) <= count - FEWEST_WEEKS // 2]
    used = uses.astype(float)
    gram, cross, total = x.T @ x, x.T @ y, float(y @ y)
    masked = gram * used[:, :, None] * used[:, None, :]
    ridge = (1 - used) + TINY * count
    inverse = np.linalg.inv(masked + ridge[:, :, None] * np.eye(width))
    inverse *= used[:, :, None] * used[:, None, :]
    coefficients = inverse @ cross
    unexplained = total - coefficients @ cross
    parameters = used.sum(axis=1)
    lag = width - MEMORY
    if uses[:, lag].any():
        walks = _walks(x[:, lag], y, width, lag)
        uses = np.vstack([uses, walks[0]])
        coefficients = np.vstack([coefficients, walks[1]])
        inverse = np.concatenate([inverse, walks[2]])
        unexplained = np.append(unexplained, walks[3])
        parameters = np.append(parameters, [0.0, 1.0])
    unexplained = np.maximum(unexplained, TINY**2)
    freedom = count - parameters
    plain = unexplained / freedom
    variance = plain.copy()
    bic = count * np.log(unexplained / count) + parameters * np.log(count)
    weight = np.exp(-(bic - bic.min()) / 2)
    if steps.size:
        # The first kind is the level alone: this makes it the XmR chart.
        variance[0] = (float(np.abs(steps).mean()) / MOVING_RANGE) ** 2
        freedom[0] *= MOVING_RANGE_WORTH
    weeks, length, centre, scale, pairs = given
    return OwnModel(
        weeks=weeks,
        length=length,
        centre=centre,
        scale=scale,
        pairs=pairs,
        uses=uses,
        coefficients=coefficients,
        uncertainty=inverse,
        variance=variance,
        plain_variance=plain,
        freedom=freedom,
        weight=weight / weight.sum(),
    )


def _walks(before: Floats, y: Floats, width: int, lag: int) -> tuple[Flags, Floats, Floats, Floats]:
    """Random walks without and with a drift, which need no fit: last week, plus the mean step."""
    step = y - before
    coefficients, inverse = np.zeros((2, width)), np.zeros((2, width, width))
    coefficients[:, lag] = 1.0
    coefficients[1, 0] = step.mean()
    inverse[1, 0, 0] = 1 / y.size
    unexplained = np.array([step @ step, ((step - step.mean()) ** 2).sum()])
    return coefficients != 0, coefficients, inverse, unexplained


def _calendar(time: Floats, length: int, pairs: int) -> Floats:
    """Level, trend and the waves of a year at these weeks, one row a week."""
    angles = [2 * np.pi * pair * time / YEAR_WEEKS for pair in range(1, pairs + 1)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(time.size), (time - length / 2) / max(length, 1), *waves])


@lru_cache(maxsize=12)
def _kinds(pairs: int, *, both: bool, memory: bool) -> Flags:
    """Which columns each kind of model uses; the first one only the level."""
    wave, lag = 2, 2 + 2 * pairs
    kinds = []
    for trend in (False, True):
        for season in range(pairs + 1):
            if trend and season and not both:
                continue
            for weeks in range(MEMORY + 1 if memory else 1):
                kind = np.zeros(lag + MEMORY, dtype=bool)
                kind[0], kind[1] = True, trend
                kind[wave : wave + 2 * season] = True
                kind[lag : lag + weeks] = True
                kinds.append(kind)
    return np.array(kinds)
