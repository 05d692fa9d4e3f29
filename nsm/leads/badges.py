"""Is a found lead useful for forecasting, and has it held all along?

Badges beside a verdict: they never turn a "no" into a "yes".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nsm.leads.design import AUGMENT, Response, lagged
from nsm.leads.kernel import partial_out
from nsm.leads.series import Series

Floats = NDArray[np.float64]
START = 0.6  # share of the rows that the first forecast may learn from
CHANGED = 8.85  # 5 % point of the largest Wald statistic over all breaks, 15 % trimmed
TRIM = 0.15
HELD = 2.0  # |t| from which one part of the history shows the lead by itself


@dataclass(frozen=True)
class Usefulness:
    """Forecasts of the next period with the input against the star's own past alone.

    `gain` is the share of the squared error saved (negative: the input made them worse), `p` the
    one-sided p-value of Clark & West (2007), `forecasts` how many were compared.
    """

    gain: float
    p: float
    forecasts: int


@dataclass(frozen=True)
class Forecasts:
    """One-step forecasts of the star, each learned from earlier periods only.

    `rows` are the positions forecast; `actual` the star there, `alone` the forecast of its own
    past and the calendar, `beside` the one that knows the input too, in the units of the star.
    """

    rows: NDArray[np.intp]
    actual: Floats
    alone: Floats
    beside: Floats


@dataclass(frozen=True)
class Stability:
    """The coefficient before and after the place where it changes most.

    `first` and `second` are the coefficients of the two halves, which meet at position `half`,
    `first_error` and `second_error` their robust errors; `place` is the position of the
    largest change, `before` and `after` the coefficients around it and `wald` its statistic;
    `changed` says whether that is more than chance (Andrews 1993).
    """

    first: float
    second: float
    place: int
    before: float
    after: float
    wald: float
    held_before: bool
    held_after: bool
    half: int
    first_error: float
    second_error: float

    @property
    def changed(self) -> bool:
        """The link is not the same over the whole history."""
        return self.wald > CHANGED


def usefulness(response: Response, x: Series, lag: int) -> Usefulness | None:
    """How much better are forecasts of the next period for knowing the input?

    Each forecast learns from earlier periods only (the list of breaks and the number of own lags
    are those of the whole history). None when there are too few periods.
    """
    made = forecasts(response, x, lag)
    if made is None:
        return None
    unit = max(float(np.abs(made.actual - made.alone).max()), 1e-300)  # fourth powers follow
    alone, beside = (made.actual - made.alone) / unit, (made.actual - made.beside) / unit
    better = alone**2 - (beside**2 - (alone - beside) ** 2)
    spread = float(better.std(ddof=1)) / np.sqrt(len(better))
    p = float(ndtr(-better.mean() / spread)) if spread > 0 else float("nan")
    floor = float((alone**2).sum())
    gain = 1.0 - float((beside**2).sum()) / floor if floor > 0 else float("nan")
    return Usefulness(gain, p, len(better))


def forecasts(response: Response, x: Series, lag: int) -> Forecasts | None:
    """The star as it would have been forecast week by week, with the input and without it.

    From the time on when three fifths of the history were known. None when that leaves too little.
    """
    rows, y, shared, block = _columns(response, x, lag, lag)
    start = max(int(START * len(rows)), shared.shape[1] + AUGMENT + 9)
    if len(rows) - start < 12:
        return None
    parts = (
        y[start:],
        _forecasts(shared, y, start),
        _forecasts(np.hstack([shared, block]), y, start),
    )
    series = response.series
    actual, alone, beside = (part * (series.spread or 1.0) + series.middle for part in parts)
    return Forecasts(rows[start:], actual, alone, beside)


def _forecasts(design: Floats, y: Floats, start: int) -> Floats:
    """For each row from `start` on, the forecast learned from all rows before it.

    A trace of ridge stands in for columns that have not moved yet (a step still to come).
    """
    products = np.cumsum(design[:, :, None] * design[:, None, :], axis=0)[start - 1 : -1]
    targets = np.cumsum(design * y[:, None], axis=0)[start - 1 : -1]
    ridge = 1e-9 * len(y) * np.eye(design.shape[1])
    weights = np.linalg.solve(products + ridge, targets[:, :, None])[:, :, 0]
    return np.asarray((design[start:] * weights).sum(axis=1))


def stability(response: Response, x: Series, low: int, high: int) -> Stability | None:
    """Is the effect of x, low to high periods ago together, the same before and after each place?

    The range is taken together so that an effect which only moves within it counts as held.
    """
    rows, y, shared, block = _columns(response, x, low, high)
    if len(rows) < shared.shape[1] + AUGMENT + 20:
        return None
    partial = partial_out(np.hstack([shared, block[:, 1:]]), y)
    z = block[:, 0] - partial.basis @ (partial.basis.T @ block[:, 0])
    weight, score = np.cumsum(z**2), np.cumsum(z * partial.response)
    if weight[-1] <= 1e-12 * float(block[:, 0] @ block[:, 0]):
        return None
    left = partial.response - z * score[-1] / weight[-1]
    noise = np.cumsum((z * left) ** 2)
    places = np.arange(int(TRIM * len(z)), int((1 - TRIM) * len(z)))
    w1, w2 = weight[places], weight[-1] - weight[places]
    fine = np.minimum(w1, w2) > 0.05 * weight[-1]
    if not fine.any():
        return None
    places, w1, w2 = places[fine], w1[fine], w2[fine]
    before, after = score[places] / w1, (score[-1] - score[places]) / w2
    v1, v2 = noise[places] / w1**2, (noise[-1] - noise[places]) / w2**2
    wald = (before - after) ** 2 / (v1 + v2)
    best, half = int(np.argmax(wald)), int(np.argmin(np.abs(places - len(z) // 2)))
    unit = response.series.spread / (x.spread or 1.0)
    return Stability(
        first=float(before[half]) * unit,
        second=float(after[half]) * unit,
        place=int(rows[places[best] + 1]),
        before=float(before[best]) * unit,
        after=float(after[best]) * unit,
        wald=float(wald[best]),
        held_before=bool(abs(before[best]) > HELD * np.sqrt(v1[best])),
        held_after=bool(abs(after[best]) > HELD * np.sqrt(v2[best])),
        half=int(rows[places[half] + 1]),
        first_error=float(np.sqrt(v1[half])) * unit,
        second_error=float(np.sqrt(v2[half])) * unit,
    )


def _columns(
    response: Response, x: Series, low: int, high: int
) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
    """Rows, star, shared regressors; the input's mean over the range, then its older lags."""
    table = lagged(x.standard, np.arange(low, high + AUGMENT + 1))
    mean = table[:, : high - low + 1].mean(axis=1)
    block = np.column_stack([mean, table[:, high - low + 1 :]])
    rows = np.flatnonzero(response.rows & ~np.isnan(block).any(axis=1))
    shared = response.shared[rows]
    size = np.sqrt((shared**2).mean(axis=0))
    return rows, response.series.standard[rows], shared / np.where(size > 0, size, 1.0), block[rows]
