"""The next weeks of a metric from its own past, and from the inputs that lead it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsm.outlook.adaptive import LEVELS
from nsm.outlook.methods import FIRST_ORIGIN, forecasts
from nsm.outlook.rolling import Rolled, roll
from nsm.periods import WEEK

Floats = NDArray[np.float64]

HORIZON, SHORTEST = 13, 4
FEWEST_WEEKS = 30
MOST_WEEKS = 260
LONGEST_FILL = 4
# Weeks over which an input's usual height is taken, to say how high it stands.
USUAL_WEEKS = 26
# A series whose values come this near zero, beside its middle, is not read on a log scale.
NEAR_ZERO = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """An input that leads the metric by so many weeks; its weekly values by first day."""

    key: str
    lag_weeks: int
    values: pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """The weeks ahead of one metric, nearest first.

    ``low`` and ``high`` hold one value a week for each of the promises .80 and .95. ``method`` is
    how it was forecast, ``leading`` the inputs that corrected it; ``error_share`` is the size of
    its errors over the past as a share of those of ``baseline``. ``covered`` is the share of past
    intervals that held, by promise, over all horizons and ``tries`` forecasts; ``covered_next`` the
    same for the next week alone. ``paths`` (worlds, weeks) are possible courses, for sums over
    several weeks. Without ``weeks``, ``reason`` says why.
    """

    weeks: tuple[dt.date, ...] = ()
    values: tuple[float, ...] = ()
    low: dict[float, tuple[float, ...]] = field(default_factory=dict)
    high: dict[float, tuple[float, ...]] = field(default_factory=dict)
    method: str = ""
    leading: tuple[str, ...] = ()
    baseline: str = ""
    error_share: float | None = None
    covered: dict[float, float] = field(default_factory=dict)
    covered_next: dict[float, float] = field(default_factory=dict)
    tries: int = 0
    paths: Floats = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one entry a week."""
        ahead = [
            {
                "week": week.isoformat(),
                "value": self.values[place],
                **{
                    f"{side}_{level * 100:.0f}": ends[level][place]
                    for level in LEVELS
                    for side, ends in (("low", self.low), ("high", self.high))
                },
            }
            for place, week in enumerate(self.weeks)
        ]
        return {
            "weeks": ahead,
            "method": self.method or None,
            "leading": list(self.leading),
            "baseline": self.baseline or None,
            "error_share": self.error_share,
            "covered": {f"{level:.2f}": share for level, share in self.covered.items()},
            "tries": self.tries,
            "reason": self.reason or None,
        }


def outlook_of(
    series: pd.Series,
    horizon: int = HORIZON,
    drivers: Sequence[Driver] = (),
    earlier: Sequence[tuple[dt.date, Sequence[Driver]]] | None = None,
) -> Outlook:
    """What are the next weeks of a metric, given every complete week up to the last of ``series``?

    ``series`` has one value a week by first day, without holes in its index, NaN where a week is
    not complete; the last one must be known. At most thirteen weeks ahead, at least four; with
    fewer than thirty weeks nothing is said.

    ``drivers`` are the inputs that lead today. Which inputs led was found by looking at the whole
    past; so that past errors do not profit from that, ``earlier`` has those that were known to lead
    from the end of a week on, by its first day, oldest first. Without ``earlier`` they are taken as
    chosen before anybody looked.
    """
    values = series.to_numpy(dtype=float)
    if not values.size or not np.isfinite(values[-1]):
        return Outlook(reason="the last week is not known")
    first = _first_usable(values)
    values, days = values[first:], series.index[first:]
    known = np.isfinite(values)
    if len(values) < FEWEST_WEEKS:
        return Outlook(
            reason=f"there are {len(values)} weeks to learn from, and it needs {FEWEST_WEEKS}"
        )
    horizon = max(SHORTEST, min(horizon, len(values) - FIRST_ORIGIN - SHORTEST))
    scale = Scale.of(values[known])
    y = _filled(scale.there(values))
    moved = _driven(drivers, earlier, pd.DatetimeIndex(days), horizon)
    rolled = roll(y, known, forecasts(y, horizon), moved)
    return _told(rolled, scale, days[-1].date(), tuple(one.key for one in drivers))


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale on which a metric is forecast: logarithms where all is well above zero."""

    logs: bool
    size: float
    floor: float

    @staticmethod
    def of(values: Floats) -> Scale:
        low, middle = float(values.min()), float(np.median(values))
        size = float(np.abs(values).max()) or 1.0
        return Scale(low > NEAR_ZERO * middle > 0, size, 0.0 if low >= 0 else -np.inf)

    def there(self, values: Floats) -> Floats:
        return np.log(values) if self.logs else values / self.size

    def back(self, values: Floats) -> Floats:
        if self.logs:
            return np.exp(np.clip(values, -700, 700))
        with np.errstate(over="ignore"):
            return np.maximum(np.nan_to_num(values * self.size), self.floor)


def _first_usable(values: Floats) -> int:
    """Where the weeks begin that are used: after the last hole too long to bridge."""
    places = np.flatnonzero(np.isfinite(values))
    holes = np.flatnonzero(np.diff(places) > LONGEST_FILL + 1)
    first = int(places[holes[-1] + 1]) if holes.size else int(places[0])
    return max(first, len(values) - MOST_WEEKS)


def _filled(y: Floats) -> Floats:
    at = np.flatnonzero(np.isfinite(y))
    return np.interp(np.arange(len(y)), at, y[at])


def _driven(
    drivers: Sequence[Driver],
    earlier: Sequence[tuple[dt.date, Sequence[Driver]]] | None,
    days: pd.DatetimeIndex,
    horizon: int,
) -> list[tuple[int, Floats | None]]:
    """From which week on which inputs correct the forecast; nothing when none leads today."""
    if not drivers:
        return []
    begin = 0 if earlier is None else len(days) - 1
    sets = [(int(days.searchsorted(pd.Timestamp(day))), found) for day, found in earlier or ()]
    return [(since, _drivers(found, days, horizon)) for since, found in [*sets, (begin, drivers)]]


def _drivers(drivers: Sequence[Driver], days: pd.DatetimeIndex, horizon: int) -> Floats | None:
    """Two figures an input, for each week and horizon: see :func:`nsm.outlook.rolling.roll`.

    How far the input has moved since the week that today's star answers to, up to the week that the
    star will answer to then (or the newest there is); and how high it stood in the former.
    """
    blocks = []
    for driver in drivers:
        known = driver.values.dropna()
        if len(known) < USUAL_WEEKS:
            continue
        x = driver.values.reindex(days)
        x = np.log(x) if float(known.min()) > 0 else x
        usual = x.rolling(USUAL_WEEKS, min_periods=USUAL_WEEKS // 2).mean()
        then = x.shift(driver.lag_weeks)
        high = (then - usual.shift(driver.lag_weeks)).to_numpy(dtype=float)
        news = np.column_stack(
            [
                (x.shift(max(driver.lag_weeks - ahead, 0)) - then).to_numpy(dtype=float)
                for ahead in range(1, horizon + 1)
            ]
        )
        blocks += [news, np.repeat(high[:, None], horizon, axis=1)]
    return np.stack(blocks, axis=2) if blocks else None


def _told(rolled: Rolled, scale: Scale, last: dt.date, leading: tuple[str, ...]) -> Outlook:
    said, half = rolled.said[-1], rolled.half[-1]
    usable = np.isfinite(half).all(axis=1) & np.isfinite(said)
    horizon = len(said) if usable.all() else int(np.argmin(usable))
    if horizon < SHORTEST:
        return Outlook(reason="too few of its weeks are known to learn from")
    said, half = said[:horizon], half[:horizon]
    values = _tuple(scale.back(said))
    low, high = {}, {}
    for place, level in enumerate(LEVELS):
        low[level] = _tuple(scale.back(said - half[:, place]))
        high[level] = _tuple(scale.back(said + half[:, place]))
    covered, covered_next, tries = _coverage(rolled)
    return Outlook(
        weeks=tuple(last + ahead * WEEK for ahead in range(1, horizon + 1)),
        values=values,
        low=low,
        high=high,
        method=rolled.names[rolled.method[-1]],
        leading=leading if rolled.led[-1] else (),
        baseline=rolled.baseline,
        error_share=rolled.error_share if np.isfinite(rolled.error_share) else None,
        covered=covered,
        covered_next=covered_next,
        tries=tries,
        paths=scale.back(said + _courses(rolled.paths[:, :horizon], half[:, 0])),
    )


def _courses(paths: Floats, half: Floats) -> Floats:
    """Past errors as courses around the forecast, each also mirrored.

    A course of thirteen weeks keeps how errors of neighbouring weeks hang together; each week is
    stretched so that its courses spread as wide as its interval.
    """
    both = np.vstack([paths, -paths])
    spread = np.quantile(np.abs(both), LEVELS[0], axis=0) if len(both) else np.zeros_like(half)
    return both * np.where(spread > 0, half / np.where(spread > 0, spread, 1.0), 1.0)


def _coverage(rolled: Rolled) -> tuple[dict[float, float], dict[float, float], int]:
    """How often past intervals held, over all horizons and for the next week alone."""
    size = np.abs(rolled.error)[..., None]
    there = np.isfinite(size) & np.isfinite(rolled.half)
    held = np.where(there, size <= rolled.half, np.nan)
    covered, following = {}, {}
    for place, level in enumerate(LEVELS):
        every, ahead = held[..., place], held[:, 0, place]
        if np.isfinite(every).any():
            covered[level] = float(np.nanmean(every))
        if np.isfinite(ahead).any():
            following[level] = float(np.nanmean(ahead))
    return covered, following, int(there[..., 0].sum())


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
