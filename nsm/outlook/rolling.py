"""Every forecast that would have been made in every week of the past, and how it came out.

In each week the method is chosen that had the smallest error so far, recent weeks counting more;
the seasonal naive forecast (the same week of last year; before there is one, the last week again)
is used unless another was better. Leading inputs correct it where that would have helped so far:
in each week those that were known to lead by then.
The choice, its errors and its intervals use nothing that was not known in that week: the outlook of
today is the last row, and the errors it learns from are those of the forecasts as they were made,
so that having chosen the best of many does not make them look smaller than they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.outlook.adaptive import LEVELS, MEMORY_WEEKS, STEPS, Adaptive, movement, stretch_of
from nsm.outlook.methods import FIRST_ORIGIN, NAIVE, SEASONAL_NAIVE, Forecasts

Floats = NDArray[np.float64]

# A method is judged once it has been tried so often, and old tries fade.
FEWEST_TRIES = 16
DOUBTED = 26
FADING = 0.5 ** (1 / 52)
STRETCH_EVERY = 13
# The method in use is kept unless another was better by this share: no wavering between equals.
BETTER_BY = 0.01
# Leading inputs correct after so many tries, and where errors would have been smaller by this much.
FEWEST_LED = 26
LED_BETTER_BY = 0.02
HELD_BACK = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Rolled:
    """What was forecast in each week, in the scale of the model.

    ``method`` (weeks) is the place of the method, -1 where there was none; ``said`` (weeks,
    horizon); ``half`` (weeks, horizon, level) half the width of the interval; ``error`` what came
    less what was said; ``led`` (weeks) whether leading inputs corrected it. ``error_share`` is
    the mean size of the errors of what is used in the last week as a share of the baseline's.
    ``paths`` (past origins, horizon) are past errors in today's units.
    """

    names: tuple[str, ...]
    method: NDArray[np.int64]
    said: Floats
    half: Floats
    error: Floats
    led: NDArray[np.bool_]
    baseline: str
    error_share: float
    paths: Floats


def roll(
    y: Floats,
    known: NDArray[np.bool_],
    made: Forecasts,
    drivers: Sequence[tuple[int, Floats | None]] = (),
) -> Rolled:
    """Go through the past week by week. ``known`` is False where ``y`` was filled in.

    ``drivers`` says from which week on which leading inputs were known, the earliest first: for
    each set (weeks, horizon, inputs) how much each input had moved, as of that week, from what the
    star of that week answers to towards what it will answer to, NaN where unknown.
    """
    methods, weeks, horizon = made.ahead.shape
    came = _came(np.where(known, y, np.nan), horizon)
    errors = came[None] - made.ahead
    size = np.abs(errors)
    jumps = np.abs(np.diff(y[: FIRST_ORIGIN + 1]))
    units = movement(errors[:, :, 0], np.full(methods, float(jumps.mean()) or 1e-12))
    ends = np.arange(weeks)[:, None] + np.arange(1, horizon + 1)[None, :]
    shape = (weeks, horizon, len(LEVELS))
    method, unit = np.full(weeks, -1), np.full(weeks, np.nan)
    said, half = np.full(shape[:2], np.nan), np.full(shape, np.nan)
    own = np.full((*shape, len(STEPS)), np.nan)
    adaptive, leading = Adaptive(horizon), Leading(weeks, horizon, drivers)
    record = Record(made.names, size)
    stretch, stretched = np.ones(shape[1:]), -STRETCH_EVERY
    base, share = 0, np.full(methods, np.nan)
    for week in range(FIRST_ORIGIN, weeks):
        tried = np.where(ends[:week] <= week, 1.0, 0.0)
        record.learn(week)
        base, share, doubted = record.shares(made.ahead[:, week])
        chosen = _chosen(base, doubted, int(method[week - 1]))
        method[week], unit[week] = chosen, units[chosen, week]
        past_of_method = np.where(tried > 0, errors[chosen, :week], np.nan)
        said[week] = made.ahead[chosen, week] + leading.correction(week, past_of_method, came)
        past = np.where(tried > 0, came[:week] - said[:week], np.nan)[-MEMORY_WEEKS:]
        if week - stretched >= STRETCH_EVERY:
            stretch, stretched = stretch_of(past), week
        sizes = np.abs(past) / unit[:week][-MEMORY_WEEKS:, None]
        own[week], together = adaptive.widths(sizes, stretch)
        # A later week is hardly surer than an earlier one: dips of few errors are half filled.
        wide = together * unit[week]
        half[week] = (wide + np.maximum.accumulate(wide, axis=0)) / 2
        _learn(adaptive, own, np.abs(came - said) / unit[:, None], week)
        leading.keep(week, made.ahead[chosen, week])
    paths = (came - said) / unit[:, None] * unit[-1]
    return Rolled(
        made.names,
        method,
        said,
        half,
        came - said,
        leading.used,
        made.names[base],
        float(share[method[-1]]) * leading.gain(weeks - 1, came),
        paths[np.isfinite(paths).all(axis=1)],
    )


class Leading:
    """The correction by leading inputs: fitted to past errors, used where it would have helped."""

    def __init__(
        self, weeks: int, horizon: int, drivers: Sequence[tuple[int, Floats | None]]
    ) -> None:
        self.drivers = drivers
        self.used = np.zeros(weeks, dtype=bool)
        self.plain = np.full((weeks, horizon), np.nan)
        self.added = np.full((weeks, horizon), np.nan)

    def correction(self, week: int, errors: Floats, came: Floats) -> Floats:
        """What to add to the forecast of this week; ``errors`` are the method's own so far."""
        nothing = np.zeros(self.plain.shape[1])
        drivers = self._known_in(week)
        if drivers is None or not np.isfinite(drivers[week]).all():
            return nothing
        moved = drivers[:week]
        rows = np.isfinite(errors) & np.isfinite(moved).all(axis=2)
        if rows.any(axis=1).sum() < FEWEST_LED:
            return nothing
        x, e = np.where(rows[..., None], moved, 0.0), np.where(rows, errors, 0.0)
        squares = np.einsum("thi,thj->hij", x, x)
        # A little is taken back from every effect, so that inputs that move alike stay sensible.
        own = np.einsum("hii->hi", squares)
        own *= 1 + HELD_BACK
        own += 1e-12
        effects = np.linalg.solve(squares, np.einsum("thi,th->hi", x, e)[..., None])[..., 0]
        self.added[week] = (drivers[week] * effects).sum(axis=1)
        if self.gain(week, came) > 1 - LED_BETTER_BY:
            return nothing
        self.used[week] = True
        return np.asarray(self.added[week])

    def _known_in(self, week: int) -> Floats | None:
        """The inputs that were known to lead in that week."""
        known = [found for since, found in self.drivers if since <= week]
        return known[-1] if known else None

    def keep(self, week: int, plain: Floats) -> None:
        """Remember the forecast without the correction, to compare the two when its weeks come."""
        self.plain[week] = plain

    def gain(self, week: int, came: Floats) -> float:
        """The size of errors with the correction as a share of that without, known by this week."""
        if not self.drivers:
            return 1.0
        ahead = np.arange(1, came.shape[1] + 1)
        over = (np.arange(week)[:, None] + ahead) <= week
        without = np.where(over, came[:week] - self.plain[:week], np.nan)
        both = np.isfinite(without + self.added[:week])
        if both.any(axis=1).sum() < FEWEST_LED:
            return 1.0
        total = float(np.abs(without[both]).sum())
        led = float(np.abs(without[both] - self.added[:week][both]).sum())
        return led / total if total > 0 else 1.0


def _came(y: Floats, horizon: int) -> Floats:
    """What came (weeks, horizon), seen from every week; NaN where it is not known yet."""
    found = np.full((len(y), horizon), np.nan)
    for ahead in range(min(horizon, len(y) - 1)):
        actual = y[ahead + 1 :]
        found[: len(actual), ahead] = actual
    return found


def _learn(adaptive: Adaptive, own: Floats, scores: Floats, week: int) -> None:
    """Tell the levels about every forecast for this week: h weeks ago, for h weeks ahead.

    ``scores`` are sizes of errors in units of their origin, as the levels count.
    """
    ahead = np.arange(own.shape[1])
    origins = week - ahead - 1
    there = origins >= FIRST_ORIGIN
    origins = np.maximum(origins, 0)
    adaptive.learn(own[origins, ahead], np.where(there, scores[origins, ahead], np.nan))


class Record:
    """How well each method did so far, beside each of the two that may be the baseline."""

    def __init__(self, names: tuple[str, ...], size: Floats) -> None:
        self.size = size
        self.bases = [names.index(name) for name in (NAIVE, SEASONAL_NAIVE) if name in names]
        self.own = np.zeros((len(self.bases), len(names)))
        self.of_base = np.zeros_like(self.own)
        self.counts = np.zeros(len(names))

    def learn(self, week: int) -> None:
        """Take in every error that became known in this week; older ones fade by their origin."""
        ahead = np.arange(min(self.size.shape[2], week))
        came = self.size[:, week - 1 - ahead, ahead]
        weight = FADING**ahead
        self.own *= FADING
        self.of_base *= FADING
        for place, base in enumerate(self.bases):
            both = np.isfinite(came) & np.isfinite(came[base])
            self.own[place] += np.where(both, came, 0.0) @ weight
            self.of_base[place] += np.where(both, came[base], 0.0) @ weight
        self.counts += np.isfinite(self.size[:, week - 1, 0])

    def shares(self, now: Floats) -> tuple[int, Floats, Floats]:
        """The baseline, and the error of each method as a share of the baseline's.

        Each is compared on the weeks in which both have been tried; NaN for a method that says
        nothing now or has hardly been tried. The second share is drawn towards 1 where tries are
        few, so that a new method needs more than luck.
        """
        usable = np.isfinite(now).all(axis=1) & (self.counts >= FEWEST_TRIES)
        place = len(self.bases) - 1 if usable[self.bases[-1]] else 0
        base = self.bases[place]
        share = np.full(len(now), np.nan)
        judged = usable & (self.of_base[place] > 0)
        share[judged] = self.own[place][judged] / self.of_base[place][judged]
        share[base] = 1.0
        return base, share, share ** (self.counts / (self.counts + DOUBTED))


def _chosen(base: int, share: Floats, before: int) -> int:
    """The best method; the one in use before while it is about as good; else the baseline."""
    best = int(np.nanargmin(share))
    if share[best] >= 1:
        return base
    kept = before >= 0 and share[before] < min(1.0, share[best] * (1 + BETTER_BY))
    return before if kept else best
