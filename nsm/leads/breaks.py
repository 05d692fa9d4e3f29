"""Level breaks, turns of the trend and single odd weeks of one series, found in its own model.

A shift of level that several series share (a new definition, a price change) looks like a lead
at every lag unless it has its own step, and so does a growth that turns for all at once; a shared
odd week (an outage, Christmas) looks like a lead of a week or two through the star's own lags. All
are looked for in the series alone, with no eye on the inputs, so that finding one cannot create a
lead.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

Floats = NDArray[np.float64]

ODD = 4.5  # robust standard deviations that make a week odd
SHIFT = 5.0  # standard deviations as rare as which the best of all steps or turns must be
PAIR = 6.0  # the same of the best two steps together, where none shows by itself
STEP_HERE = 3.5  # |t| of a step where an odd week already says where to look
EDGE = 6  # rows a level must hold on either side
_LITTLE_MEMORY = 2  # own lags beside which shifts are looked for too
_GRID = 48  # places from which pairs of steps are made at first
_EXACT = 1e-18  # share of the square under which all is explained
_LOST = 1e-6  # share of a column under which the others already hold it


@dataclass(frozen=True)
class Found:
    """Positions of level breaks, turns of the trend and odd weeks, and the own lags (p + 1)."""

    own_lags: int
    steps: list[int]
    turns: list[int]
    set_aside: list[int]


@dataclass(frozen=True)
class _Shift:
    """Steps or turns that the series asks for, and the |t| of them together."""

    t: float
    steps: list[int] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.steps) + len(self.turns)


def find(
    values: Floats,
    base: Floats,
    lags: Floats,
    seen: NDArray[np.bool_],
    known_steps: Sequence[int],
    excluded: Sequence[int],
) -> Found:
    """Look for odd weeks and shifts, one after the other, the most striking first."""
    periods = len(values)
    steps, aside = list(known_steps), list(excluded)
    turns: list[int] = []
    most_shifts = len(steps) + periods // 40
    most_aside = len(aside) + periods // 12
    while True:
        trend = np.hstack([base, turn_columns(periods, turns)])
        own, rows = _choose(values, trend, lags, seen, steps, aside)
        if own is None or rows is None:
            return Found(1, steps, turns, aside)
        fitted = _Fit(values, trend, lags[:, :own], rows, steps)
        if fitted.is_exact:
            return Found(own, sorted(set(steps)), sorted(set(turns)), sorted(set(aside)))
        room = most_shifts - len(steps) - len(turns)
        odd, how_odd = fitted.oddest()
        if how_odd > ODD and len(aside) < most_aside:
            after = [*steps, odd]
            here = rows.copy()
            here[odd : odd + own] = False
            if (
                room > 0
                and _room(here, odd)
                and abs(_Fit(values, trend, lags[:, :own], here, after).last_step_t()) > STEP_HERE
            ):
                steps.append(odd)
            else:
                aside.append(odd)
            continue
        few = min(_LITTLE_MEMORY, lags.shape[1])
        memories = {own - 1, few}  # own lags: those that BIC chose, and few
        rows = _untouched(seen, max(own, few), steps, aside)
        shift = _clearest_shift(values, trend, lags, rows, steps, memories, room)
        if shift is None:
            return Found(own, sorted(set(steps)), sorted(set(turns)), sorted(set(aside)))
        steps += shift.steps
        turns += shift.turns
        aside = [week for week in aside if week in excluded or week not in shift.steps]


def turn_columns(periods: int, turns: Sequence[int]) -> Floats:
    """(periods, turns) 0 up to each turn of the trend, and growing from there."""
    since = np.arange(periods)[:, None] - np.asarray(turns, dtype=int)[None, :]
    return np.asarray(np.maximum(since, 0.0) / periods)


def _clearest_shift(
    values: Floats,
    base: Floats,
    lags: Floats,
    rows: NDArray[np.bool_],
    steps: Sequence[int],
    memories: Set[int],
    room: int,
) -> _Shift | None:
    """The step, pair of steps or turn that makes the model better by most; None where none does.

    A shift that the model lacks looks like a long memory, and beside many own lags it does not show
    any more. So each is looked for beside the own lags that BIC chose and beside few (`memories`),
    and BIC weighs what shift and memory explain together; each step or turn has its price besides.
    """
    count = int(rows.sum())
    fits: dict[int, _Fit] = {}
    for memory in sorted(memories):
        fitted = _Fit(values, base, lags[:, :memory], rows, steps)
        if fitted.freedom < 4 or not fitted.left.any():
            return None
        fits[memory] = fitted
    if room < 1 or count < 3 * EDGE:
        return None
    plain = {m: count * np.log(fit.left @ fit.left) + np.log(count) * m for m, fit in fits.items()}
    best, clearest = min(plain.values()), None
    for memory, fitted in fits.items():
        for shift in (fitted.best_step(), fitted.best_turn()):
            left = plain[memory] - count * fitted.gain(shift, SHIFT)
            if left < best:
                best, clearest = left, shift
    # Beside a shift that shows by itself, the second step of a pair has to earn its place too.
    needed = PAIR if clearest is None else float(np.sqrt(2)) * SHIFT
    for memory, fitted in fits.items() if room > 1 else ():
        shift = fitted.best_pair()
        left = plain[memory] - count * fitted.gain(shift, needed)
        if left < best:
            best, clearest = left, shift
    return clearest


class _Fit:
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
        marks = (self.at[:, None] >= np.asarray(steps, dtype=int)[None, :]).astype(float)
        shared = np.hstack([base[rows], lags[rows], marks])
        shared = shared / np.maximum(np.linalg.norm(shared, axis=0), 1e-300)
        self.basis, self.corner = np.linalg.qr(shared)
        y = values[rows]
        self.score = self.basis.T @ y
        self.left = y - self.basis @ self.score
        self.freedom = len(y) - shared.shape[1]

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left but rounding noise, in which any pattern can be seen."""
        return float(self.left @ self.left) <= _EXACT * float(self.score @ self.score)

    def oddest(self) -> tuple[int, float]:
        """The period with the largest residual, in robust standard deviations."""
        slack = np.maximum(1.0 - np.einsum("ij,ij->i", self.basis, self.basis), 1e-6)
        size = np.abs(self.left) / np.sqrt(slack)
        typical = float(np.median(size)) * 1.4826
        if typical <= 0:
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

    def best_step(self) -> _Shift:
        """The step that would help most."""
        places, gain, shadow = self._steps
        i, t = self._best(gain, (len(self.left) - places).astype(float), shadow)
        return _Shift(t, steps=[self._place(places[i])])

    def best_turn(self) -> _Shift:
        """The turn of the trend that would help most."""
        places, gain, shadow = self._steps
        at = self.at / self.at[-1]
        moments = np.cumsum(self._passed * at[::-1, None], axis=0)[::-1][places]
        moments -= at[places, None] * np.column_stack([gain, shadow])
        square = np.cumsum(at[::-1] ** 2)[::-1] - 2 * at * np.cumsum(at[::-1])[::-1]
        square = square[places] + (len(at) - places) * at[places] ** 2
        i, t = self._best(moments[:, 0], square, moments[:, 1:])
        return _Shift(t, turns=[int(self.at[places[i]])])

    def gain(self, shift: _Shift, deviations: float) -> float:
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

    def best_pair(self) -> _Shift:
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
                return _Shift(t, steps=[self._place(row) for row in places[both]])
            near = both[:, None] + np.arange(1 - apart, apart)[None, :]
            chosen = np.unique(np.clip(near, 0, len(places) - 1))
            apart = 1

    def _t(self, explained: float, columns: int) -> float:
        size = float(self.left @ self.left)
        left = max(size - explained, 1e-12 * size, 1e-300)
        return float(np.sqrt(explained * max(self.freedom - columns, 1) / left))

    def _place(self, row: int) -> int:
        """The first period that may stand on the level of this row: the one after the row before.

        Between the two are only periods that are missing or set aside.
        """
        return int(self.at[row - 1]) + 1


def _choose(
    values: Floats,
    base: Floats,
    lags: Floats,
    seen: NDArray[np.bool_],
    steps: Sequence[int],
    aside: Sequence[int],
) -> tuple[int, NDArray[np.bool_]] | tuple[None, None]:
    """Own lags p + 1 with p by BIC (Schwarz 1978), and the rows that they leave usable."""
    most = lags.shape[1]
    rows = _untouched(seen, most, steps, aside)
    at = np.flatnonzero(rows)
    marks = (at[:, None] >= np.asarray(steps, dtype=int)[None, :]).astype(float)
    fixed = np.hstack([base[rows], marks])
    while most > 1 and len(at) < fixed.shape[1] + 2 * most + 4:
        most -= 1
    if len(at) < fixed.shape[1] + most + 4:
        return None, None
    shared = np.hstack([fixed, lags[rows, : most - 1]])
    shared = shared / np.maximum(np.linalg.norm(shared, axis=0), 1e-300)
    y = values[rows]
    score = np.linalg.qr(shared)[0].T @ y
    count = fixed.shape[1]
    left = y @ y - np.cumsum(score**2)[count - 1 :]
    floor = 1e-12 * max(float(np.var(y)) * len(y), 1e-300)
    sizes = count + np.arange(len(left))
    bic = len(y) * np.log(np.maximum(left, floor) / len(y)) + np.log(len(y)) * sizes
    own = int(np.argmin(bic)) + 1
    return own, _untouched(seen, own, steps, aside)


def _untouched(
    seen: NDArray[np.bool_], own: int, steps: Sequence[int], aside: Sequence[int]
) -> NDArray[np.bool_]:
    rows = seen.copy()
    for s in steps:
        rows[s : s + own] = False
    for s in aside:
        rows[s : s + own + 1] = False
    return rows


def _room(rows: NDArray[np.bool_], place: int) -> bool:
    return bool(rows[:place].sum() >= EDGE and rows[place:].sum() >= EDGE)
