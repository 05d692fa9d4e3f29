"""Level breaks, turns of the trend and single odd weeks of one series, found in its own model.

A shift of level that several series share (a new definition, a price change) looks like a lead
at every lag unless it has its own step, and so does a growth that turns for all at once; a shared
odd week (an outage, Christmas) looks like a lead of a week or two through the star's own lags. All
are looked for in the series alone, with no eye on the inputs, so that finding one cannot create a
lead.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.leads.regression import scaled
from nsm.leads.shifts import EDGE, Fit, Shift, step_columns, turn_columns

Floats = NDArray[np.float64]

ODD = 4.5  # robust standard deviations that make a week odd
SHIFT = 5.0  # standard deviations as rare as which the best of all steps or turns must be
PAIR = 6.0  # the same of the best two steps together, where none shows by itself
STEP_HERE = 3.5  # |t| of a step where an odd week already says where to look
_LITTLE_MEMORY = 2  # own lags beside which shifts are looked for too


@dataclass(frozen=True)
class Found:
    """Positions of level breaks, turns of the trend and odd weeks, and the own lags (p + 1)."""

    own_lags: int
    steps: list[int]
    turns: list[int]
    set_aside: list[int]


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
        fitted = Fit(values, trend, lags[:, :own], rows, steps)
        room = most_shifts - len(steps) - len(turns)
        odd, how_odd = fitted.oddest()
        if how_odd > ODD and len(aside) < most_aside:
            after = [*steps, odd]
            here = rows.copy()
            here[odd : odd + own] = False
            if (
                room > 0
                and _room(here, odd)
                and abs(Fit(values, trend, lags[:, :own], here, after).last_step_t()) > STEP_HERE
            ):
                steps.append(odd)
            else:
                aside.append(odd)
            continue
        few = min(_LITTLE_MEMORY, lags.shape[1])
        memories = {own - 1, few}  # own lags: those that BIC chose, and few
        rows = seen & ~touched(periods, max(own, few), steps, aside)
        shift = None
        if not fitted.is_exact:
            shift = _clearest_shift(values, trend, lags, rows, steps, memories, room)
        if shift is None:
            return Found(own, sorted(set(steps)), sorted(set(turns)), sorted(set(aside)))
        steps += shift.steps
        turns += shift.turns
        aside = [week for week in aside if week in excluded or week not in shift.steps]


def touched(
    periods: int, own_lags: int, steps: Sequence[int], set_aside: Sequence[int]
) -> NDArray[np.bool_]:
    """Rows whose response or own lags a break or a period set aside reaches.

    After a break at s the own lags still stand on the old level until s + own_lags: those rows
    say nothing about the input. A period set aside is unusable as response and as own lag.
    """
    reached = np.zeros(periods, dtype=bool)
    for s in steps:
        reached[s : s + own_lags] = True
    for s in set_aside:
        reached[s : s + own_lags + 1] = True
    return reached


def _clearest_shift(
    values: Floats,
    base: Floats,
    lags: Floats,
    rows: NDArray[np.bool_],
    steps: Sequence[int],
    memories: Set[int],
    room: int,
) -> Shift | None:
    """The step, pair of steps or turn that makes the model better by most; None where none does.

    A shift that the model lacks looks like a long memory, and beside many own lags it does not show
    any more. So each is looked for beside the own lags that BIC chose and beside few (`memories`),
    and BIC weighs what shift and memory explain together; each step or turn has its price besides.
    """
    count = int(rows.sum())
    fits: dict[int, Fit] = {}
    for memory in sorted(memories):
        fitted = Fit(values, base, lags[:, :memory], rows, steps)
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


def _choose(
    values: Floats,
    base: Floats,
    lags: Floats,
    seen: NDArray[np.bool_],
    steps: Sequence[int],
    aside: Sequence[int],
) -> tuple[int, NDArray[np.bool_]] | tuple[None, None]:
    """Own lags p + 1 with p by BIC (Schwarz 1978), and the rows that they leave usable."""
    periods, most = lags.shape
    rows = seen & ~touched(periods, most, steps, aside)
    y = values[rows]
    fixed = np.hstack([base, step_columns(periods, steps)])
    count = fixed.shape[1]
    while most > 1 and len(y) < count + 2 * most + 4:
        most -= 1
    if len(y) < count + most + 4:
        return None, None
    shared = np.hstack([fixed, lags[:, : most - 1]])[rows]
    score = np.linalg.qr(scaled(shared))[0].T @ y
    left = y @ y - np.cumsum(score**2)[count - 1 :]
    floor = 1e-12 * max(float(np.var(y)) * len(y), 1e-300)
    sizes = count + np.arange(len(left))
    bic = len(y) * np.log(np.maximum(left, floor) / len(y)) + np.log(len(y)) * sizes
    own = int(np.argmin(bic)) + 1
    return own, seen & ~touched(periods, own, steps, aside)


def _room(rows: NDArray[np.bool_], place: int) -> bool:
    return bool(rows[:place].sum() >= EDGE and rows[place:].sum() >= EDGE)
