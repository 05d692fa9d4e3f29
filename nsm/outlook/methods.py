"""Ways to look ahead, each from every week of the past at once.

Simple, well-tried forecasts (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd
ed., ch. 5, 7, 8): the last week again, the same week of last year, a level that follows slowly or
fast (simple exponential smoothing), a damped trend (Gardner & McKenzie 1985), a return to a mean or
a line with memory (an autoregression of order one), each also around a yearly pattern of three
Fourier pairs once there are two years. Everything is fitted with the weeks up to the origin only,
so that an error of the past is an honest error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.outlook.steps import Step, lifted, steps_of

Floats = NDArray[np.float64]
Method = Callable[[Floats, NDArray[np.bool_], NDArray[np.int64]], Floats]

YEAR = 52
YEAR_WEEKS = 52.18
PAIRS = 3
FIRST_ORIGIN = 12
SEASON_FROM = 104
RECENT = 8

NAIVE, SEASONAL_NAIVE = "naive", "seasonal naive"
LEVELS = (0.1, 0.25, 0.5)
TRENDS = ((0.2, 0.05, 0.95), (0.5, 0.1, 0.9))
# So many deviations from zero a change may count when a season is fitted.
FARTHEST = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """What each method said: ``ahead`` is (methods, origins, horizon), NaN where it says nothing.

    ``ahead[m, t, h]`` is for week t + h + 1, from the weeks up to and with t.
    """

    names: tuple[str, ...]
    ahead: Floats


def forecasts(y: Floats, horizon: int) -> Forecasts:
    """What would every method have said in every week? ``y`` has no holes, oldest first."""
    weeks = len(y)
    ahead = np.arange(1, horizon + 1)
    found: dict[str, Floats] = {NAIVE: np.repeat(y[:, None], horizon, axis=1)}
    steps = steps_of(y)
    rows = lifted(y, steps)
    if weeks > YEAR + horizon:
        found[SEASONAL_NAIVE] = _last_year(np.repeat(y[None, :], weeks, axis=0), ahead)
        found["last year at today's level"] = _last_year(rows, ahead) + _level_since(rows)[:, None]
    seen = np.tril(np.ones((weeks, weeks), dtype=bool))
    plain = np.where(seen, rows, 0.0)
    for name, method in _METHODS.items():
        found[name] = method(plain, seen, ahead)
    if weeks > SEASON_FROM:
        within, beyond = yearly_pattern(y, ahead, steps)
        adjusted = np.where(seen, rows - within, 0.0)
        last = adjusted.diagonal()[:, None]
        seasonal = {"season, naive": np.repeat(last, horizon, axis=1)}
        seasonal |= {
            f"season, {name}": method(adjusted, seen, ahead) for name, method in _METHODS.items()
        }
        found |= {name: said + beyond for name, said in seasonal.items()}
        middle = f"season, level {LEVELS[1]}"
        found["season and last year together"] = (
            found["last year at today's level"] + found[middle]
        ) / 2
    for said in found.values():
        said[:FIRST_ORIGIN] = np.nan
    return Forecasts(tuple(found), np.array(list(found.values())))


def yearly_pattern(
    y: Floats, ahead: NDArray[np.int64], steps: Sequence[Step] = ()
) -> tuple[Floats, Floats]:
    """The yearly pattern as each origin knows it: over its past, and over the weeks ahead.

    Fitted to the changes from week to week, as in :mod:`nsm.season`; NaN before there are two
    years.
    """
    weeks = len(y)
    shape = _pairs(np.arange(weeks + len(ahead), dtype=float))
    design = np.column_stack([np.ones(weeks - 1), np.diff(shape[:weeks], axis=0)])
    changes = _drawn_in(np.diff(y))
    squares = np.cumsum(design[:, :, None] * design[:, None, :], axis=0)
    products = np.cumsum(design * changes[:, None], axis=0)
    for one in steps:
        # The change into its first week; before the step is known it is a change like any other.
        products[one.known - 1 :] -= (
            design[one.place - 1]
            * np.sign(one.size)
            * min(abs(one.size), abs(float(changes[one.place - 1])))
        )
    origins = np.arange(SEASON_FROM - 1, weeks)
    known = np.full((weeks, design.shape[1]), np.nan)
    ridge = 1e-9 * np.eye(design.shape[1])
    fitted = np.linalg.solve(squares[origins - 1] + ridge, products[origins - 1][..., None])
    known[origins] = fitted[..., 0]
    pattern = known[:, 1:]
    within = pattern @ shape[:weeks].T
    places = np.arange(weeks)[:, None] + ahead[None, :]
    return within, np.einsum("tp,thp->th", pattern, shape[places])


def _pairs(time: Floats) -> Floats:
    angles = 2 * np.pi * np.outer(time, np.arange(1, PAIRS + 1)) / YEAR_WEEKS
    return np.column_stack([np.sin(angles), np.cos(angles)])


def _drawn_in(changes: Floats) -> Floats:
    """Changes no farther from zero than four deviations of those before them: a jump is no season.

    The deviation is that of the median, which a few jumps do not move.
    """
    found = changes.copy()
    for place in range(RECENT, len(changes)):
        usual = 1.4826 * float(np.median(np.abs(changes[: place + 1])))
        if usual > 0:
            found[place] = min(max(changes[place], -FARTHEST * usual), FARTHEST * usual)
    return found


def _last_year(rows: Floats, ahead: NDArray[np.int64]) -> Floats:
    """The same weeks of the year before, as each origin sees them."""
    origins = np.arange(len(rows))[:, None]
    places = origins + ahead[None, :] - YEAR
    said: Floats = rows[origins, np.clip(places, 0, len(rows) - 1)]
    said[np.arange(len(rows)) < YEAR] = np.nan
    return said


def _level_since(rows: Floats) -> Floats:
    """How much higher the last weeks are than the same weeks of the year before."""
    found = np.full(len(rows), np.nan)
    origins = np.arange(YEAR + RECENT - 1, len(rows))[:, None]
    places = origins - np.arange(RECENT)[None, :]
    found[origins[:, 0]] = (rows[origins, places] - rows[origins, places - YEAR]).mean(axis=1)
    return found


def _level(smoothing: float) -> Method:
    """Simple exponential smoothing: the level of each row, held."""

    def said(rows: Floats, seen: NDArray[np.bool_], ahead: NDArray[np.int64]) -> Floats:
        weeks = len(rows)
        ages = np.arange(weeks)[:, None] - np.arange(weeks)[None, :]
        weight = np.where(seen, (1 - smoothing) ** np.maximum(ages, 0), 0.0)
        level = (weight * rows).sum(axis=1) / weight.sum(axis=1)
        return np.repeat(level[:, None], len(ahead), axis=1)

    return said


def _trend(constants: tuple[float, float, float]) -> Method:
    """Holt's linear trend, damped; all rows are filtered together, each up to its origin."""
    smoothing, slope_smoothing, damping = constants
    damped = np.cumsum(damping ** np.arange(1, 200))

    def said(rows: Floats, seen: NDArray[np.bool_], ahead: NDArray[np.int64]) -> Floats:
        weeks = len(rows)
        level, slope = rows[:, 0].copy(), np.zeros(weeks)
        for week in range(1, weeks):
            now = seen[:, week]
            expected = level + damping * slope
            new = expected + smoothing * (rows[:, week] - expected)
            tilt = damping * slope + slope_smoothing * (new - level - damping * slope)
            level, slope = np.where(now, new, level), np.where(now, tilt, slope)
        return level[:, None] + slope[:, None] * damped[ahead - 1][None, :]

    return said


def _memory(*, trended: bool) -> Method:
    """A mean, or a line, to which the series returns: y = line + r, r following its last value."""

    def said(rows: Floats, seen: NDArray[np.bool_], ahead: NDArray[np.int64]) -> Floats:
        weeks = len(rows)
        time = np.arange(weeks, dtype=float)
        count = seen.sum(axis=1)
        middle = (seen * time).sum(axis=1) / count
        mean = rows.sum(axis=1) / count
        slope = np.zeros(weeks)
        if trended:
            spread = (seen * (time[None, :] - middle[:, None]) ** 2).sum(axis=1)
            joint = (rows * seen * (time[None, :] - middle[:, None])).sum(axis=1)
            slope = joint / np.maximum(spread, 1.0)
        line = mean[:, None] + slope[:, None] * (time[None, :] - middle[:, None])
        left = np.where(seen, rows - line, 0.0)
        products = (left[:, 1:] * left[:, :-1]).sum(axis=1)
        squares = (left[:, :-1] ** 2 * seen[:, 1:]).sum(axis=1)
        # A short series understates its memory (Marriott & Pope 1954; Kendall 1954).
        kept = products / np.maximum(squares, 1e-300)
        kept = np.clip(kept + (1 + 3 * kept + trended) / count, 0.0, 0.98)
        beyond = mean[:, None] + slope[:, None] * (time[:, None] + ahead[None, :] - middle[:, None])
        return np.asarray(beyond + kept[:, None] ** ahead[None, :] * left.diagonal()[:, None])

    return said


_METHODS: dict[str, Method] = {
    **{f"level {smoothing}": _level(smoothing) for smoothing in LEVELS},
    **{f"damped trend {constants[0]}": _trend(constants) for constants in TRENDS},
    "mean with memory": _memory(trended=False),
    "line with memory": _memory(trended=True),
}
