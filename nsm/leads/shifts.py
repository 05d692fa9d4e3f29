"""Which shift of its level or trend one series asks for, in a model of its own past.

A new column that is 0 up to some row, and constant or growing from there, has products with all
others that are sums of rows: so every place is tried at once, for a step, a turn or two steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from nsm.leads.regression import EXACT, scaled

Floats = NDArray[np.float64]

EDGE = 6  # rows a level must hold on either side
_GRID = 48  # places from which pairs of steps are made at first
_LOST = 1e-6  # share of a column under which the others already hold it


def step_columns(periods: int, steps: Sequence[int]) -> Floats:
    """(periods, steps) 0 before each step, and 1 from it on."""
    return np.asarray(_since(periods, steps) >= 0, dtype=float)


def turn_columns(periods: int, turns: Sequence[int]) -> Floats:
    """(periods, turns) 0 up to each turn of the trend, and growing from there."""
    return np.asarray(np.maximum(_since(periods, turns), 0.0) / periods)


def _since(periods: int, places: Sequence[int]) -> NDArray[np.intp]:
    return np.asarray(np.subtract.outer(np.arange(periods), np.asarray(places, dtype=int)))


@dataclass(frozen=True)
class Shift:
    """Steps or turns that the series asks for, and the |t| of them together."""

    t: float
    steps: list[int] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.steps) + len(self.turns)


class Fit:
    """The series on calendar, steps and own lags, over the given rows."""

    def __init__(
        self,
        values: Floats,
        base: Floats,
        lags: Floats,
        rows: NDArray[np.bool_],
        steps: Sequence[int],
    ) -> None:
        self.at = np.flatnonzero(rows)
        shared = np.hstack([base, lags, step_columns(len(values), steps)])[rows]
        self.basis, self.corner = np.linalg.qr(scaled(shared))
        y = values[rows]
        self.score = self.basis.T @ y
        self.left = y - self.basis @ self.score
        self.freedom = len(y) - shared.shape[1]

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left but rounding noise, in which any pattern can be seen."""
        return float(self.left @ self.left) <= EXACT * float(self.score @ self.score)

    def oddest(self) -> tuple[int, float]:
        """The period with the largest residual, in robust standard deviations."""
        slack = np.maximum(1.0 - np.einsum("ij,ij->i", self.basis, self.basis), 1e-6)
        size = np.abs(self.left) / np.sqrt(slack)
        typical = float(np.median(size)) * 1.4826
        if typical <= 0 or self.is_exact:
            return 0, 0.0
        i = int(np.argmax(size))
        return int(self.at[i]), float(size[i]) / typical

    def last_step_t(self) -> float:
        """The t-statistic of the last step."""
        corner = abs(self.corner[-1, -1])
        if corner < 1e-7 or self.freedom < 1:
            return 0.0
        sigma = float(np.sqrt(self.left @ self.left / self.freedom))
        return float(self.score[-1]) / max(sigma, 1e-300)

    def best_step(self) -> Shift:
        """The step that would help most."""
        places, gain, shadow = self._steps
        i, t = self._best(gain, (len(self.left) - places).astype(float), shadow)
        return Shift(t, steps=[self._place(places[i])])

    def best_turn(self) -> Shift:
        """The turn of the trend that would help most."""
        places, gain, shadow = self._steps
        at = self.at / self.at[-1]
        moments = np.cumsum(self._passed * at[::-1, None], axis=0)[::-1][places]
        moments -= at[places, None] * np.column_stack([gain, shadow])
        square = np.cumsum(at[::-1] ** 2)[::-1] - 2 * at * np.cumsum(at[::-1])[::-1]
        square = square[places] + (len(at) - places) * at[places] ** 2
        i, t = self._best(moments[:, 0], square, moments[:, 1:])
        return Shift(t, turns=[int(self.at[places[i]])])

    def best_pair(self) -> Shift:
        """The two steps that would help most together.

        Two steps that nearly cancel hide each other from a search for one at a time. They are
        looked for on a grid, then between its lines.
        """
        places, gain, shadow = self._steps
        apart = -(-len(places) // _GRID)
        chosen = np.arange(0, len(places), apart)
        while True:
            later = len(self.left) - np.maximum.outer(places[chosen], places[chosen])
            gram = later - shadow[chosen] @ shadow[chosen].T
            size = np.sqrt(np.maximum(np.diagonal(gram), _LOST))
            alike = gram / np.multiply.outer(size, size)
            alone = gain[chosen] / size
            own = 1.0 - alike**2
            usable = (np.subtract.outer(chosen, chosen) <= -EDGE) & (own > _LOST)
            joint = np.add.outer(alone**2, alone**2) - 2 * np.multiply.outer(alone, alone) * alike
            explained = np.where(usable, joint / np.where(usable, own, 1.0), 0.0)
            i, j = np.unravel_index(int(np.argmax(explained)), explained.shape)
            both = chosen[[i, j]]
            if apart == 1 or explained[i, j] <= 0:
                t = self._t(float(explained[i, j]), 2)
                return Shift(t, steps=[self._place(row) for row in places[both]])
            near = both[:, None] + np.arange(1 - apart, apart)[None, :]
            chosen = np.unique(np.clip(near, 0, len(places) - 1))
            apart = 1

    def gain(self, shift: Shift, deviations: float) -> float:
        """By how much the logarithm of what is left falls with a shift, over what it has to.

        A |t| from few rows has heavy tails: it has to be as rare as so many standard deviations.
        """
        free = self.freedom - shift.count
        needed = float(stdtrit(free, ndtr(-deviations)))
        return float(np.log1p(shift.t**2 / free) - np.log1p(needed**2 / free))

    @cached_property
    def _passed(self) -> Floats:
        """(rows, 1 + basis) what is left, and the basis, the last row first."""
        return np.column_stack([self.left, self.basis])[::-1]

    @cached_property
    def _steps(self) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Rows at which a step may begin, its product with what is left, and with the basis."""
        places = np.arange(EDGE, len(self.left) - EDGE + 1)
        sums = np.cumsum(self._passed, axis=0)[::-1][places]
        return places, sums[:, 0], sums[:, 1:]

    def _best(self, gain: Floats, square: Floats, shadow: Floats) -> tuple[int, float]:
        """Which of the new columns would help most, and its |t|.

        `gain` is (places,) the product of each with what is left, `square` that with itself,
        `shadow` (places, basis) that with the basis.
        """
        free = square - np.einsum("ij,ij->i", shadow, shadow)
        usable = free > _LOST * square
        explained = np.where(usable, gain**2 / np.where(usable, free, 1.0), 0.0)
        i = int(np.argmax(explained))
        return i, self._t(float(explained[i]), 1)

    def _t(self, explained: float, columns: int) -> float:
        size = float(self.left @ self.left)
        left = max(size - explained, 1e-12 * size, 1e-300)
        return float(np.sqrt(explained * max(self.freedom - columns, 1) / left))

    def _place(self, row: int) -> int:
        """The first period that may stand on the level of this row: the one after the row before.

        Between the two are only periods that are missing or set aside.
        """
        return int(self.at[row - 1]) + 1
