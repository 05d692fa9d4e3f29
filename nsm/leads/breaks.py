"""Level breaks and single odd weeks of one series, found in its own model.

A shift of level that several series share (a new definition, a price change) looks like a lead
at every lag unless it has its own step; a shared odd week (an outage, Christmas) looks like a
lead of a week or two through the star's own lags. Both are looked for in the series alone, with
no eye on the inputs, so that finding one cannot create a lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ODD = 4.5  # robust standard deviations that make a week odd
STEP = 5.0  # |t| of the best of all possible steps that makes it a break
STEP_HERE = 3.5  # the same where an odd week already says where to look
EDGE = 6  # rows a level must hold on either side


@dataclass(frozen=True)
class Found:
    """Positions of breaks and odd weeks, and the own lags (p + 1) chosen with them in place."""

    own_lags: int
    steps: list[int]
    set_aside: list[int]


def find(
    values: Floats,
    base: Floats,
    lags: Floats,
    seen: NDArray[np.bool_],
    known_steps: Sequence[int],
    excluded: Sequence[int],
) -> Found:
    """Look for breaks and odd weeks, one at a time, the most striking first."""
    periods = len(values)
    steps, aside = list(known_steps), list(excluded)
    most_steps = len(steps) + periods // 40
    most_aside = len(aside) + periods // 12
    while True:
        own, rows = _choose(values, base, lags, seen, steps, aside)
        if own is None or rows is None:
            return Found(1, steps, aside)
        fitted = _Fit(values, base, lags[:, :own], rows, steps)
        odd, how_odd = fitted.oddest()
        if how_odd > ODD and len(aside) < most_aside:
            after = [*steps, odd]
            here = rows.copy()
            here[odd : odd + own] = False
            if (
                len(steps) < most_steps
                and _room(here, odd)
                and abs(_Fit(values, base, lags[:, :own], here, after).last_step_t()) > STEP_HERE
            ):
                steps.append(odd)
            else:
                aside.append(odd)
            continue
        place, t = fitted.best_step()
        if t > STEP and len(steps) < most_steps:
            steps.append(place)
            continue
        return Found(own, sorted(set(steps)), sorted(set(aside)))


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

    def best_step(self) -> tuple[int, float]:
        """The place where one more step would help most, and its |t|."""
        rows = len(self.left)
        if rows < 2 * EDGE or self.freedom < 2:
            return 0, 0.0
        gain = np.cumsum(self.left[::-1])[::-1]
        shadow = np.cumsum(self.basis[::-1], axis=0)[::-1]
        free = np.arange(rows, 0, -1) - np.einsum("ij,ij->i", shadow, shadow)
        free[:EDGE] = free[rows - EDGE + 1 :] = 0.0
        usable = free > 1e-6
        if not usable.any():
            return 0, 0.0
        explained = np.where(usable, gain**2 / np.where(usable, free, 1.0), 0.0)
        left = np.maximum(self.left @ self.left - explained, 1e-300)
        t = np.sqrt(explained * (self.freedom - 1) / left)
        i = int(np.argmax(t))
        return int(self.at[i]), float(t[i])


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
