"""The shapes that daily business data are made of: trend, year, week, holiday, noise.

A simulated series is first a value a week (what the lead test will see), then spread over the days
of the week so that the week keeps exactly that value. Every random stream has a name and starts at
the first simulated week: a history that is continued on a later day keeps its past.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nsm.demo.truth import Truth
from nsm.model import Annotation, Target
from nsm.periods import week_start_of

Weekly = npt.NDArray[np.float64]

# Simulated before the first shown day, so that lags and persistence are in full swing by then.
BURN_IN_WEEKS = 60
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Course:
    """Growth in percent a year, and a yearly pattern: a wave a year and one twice a year.

    The waves are in percent, up and down, each with the day of the year on which it peaks.
    """

    growth: float = 0.0
    year: float = 0.0
    year_peak: int = 1
    half: float = 0.0
    half_peak: int = 1

    def at(self, days: pd.DatetimeIndex, first: dt.date) -> Weekly:
        """The expected level on these days over the one without season on ``first``, as a log."""
        years = ((days - pd.Timestamp(first)) / pd.Timedelta(days=DAYS_A_YEAR)).to_numpy()
        day = days.day_of_year.to_numpy()
        angle = 2 * np.pi / DAYS_A_YEAR
        wave = self.year * np.cos(angle * (day - self.year_peak))
        half = self.half * np.cos(2 * angle * (day - self.half_peak))
        return np.asarray(np.log1p(self.growth / 100) * years + (wave + half) / 100, dtype=float)


@dataclass(frozen=True, slots=True)
class Simulated:
    """One simulated star before it is written.

    ``days`` has one column a measured metric, NaN where nothing was recorded; the definition of the
    star changed on ``changed_on``.
    """

    days: pd.DataFrame
    annotations: tuple[Annotation, ...]
    targets: tuple[Target, ...]
    changed_on: dt.date


@dataclass(frozen=True, slots=True)
class World:
    """The calendar and the random streams of one simulated star.

    ``first`` and ``last`` are the days of the history; ``week_start`` is the star's.
    """

    star: str
    first: dt.date
    last: dt.date
    seed: int
    week_start: int

    @property
    def days(self) -> pd.DatetimeIndex:
        return pd.date_range(self.first, self.last, unit="us")

    @property
    def weeks(self) -> pd.DatetimeIndex:
        """First days of all weeks: the burn-in, then those that hold the history."""
        first_week = week_start_of(self.first, self.week_start)
        start = first_week - dt.timedelta(weeks=BURN_IN_WEEKS)
        return pd.date_range(start, self.last, freq="7D", unit="us")

    def since(self, week: int) -> Weekly:
        """1 from that week of the history on, 0 before: the shape of a level break."""
        return (np.arange(len(self.weeks)) >= BURN_IN_WEEKS + week).astype(float)

    def only(self, week: int) -> Weekly:
        """1 in that week of the history, 0 else: the shape of a push that is over in a week."""
        return self.since(week) - self.since(week + 1)

    def day_of(self, week: int, position: int = 0) -> dt.date:
        """A day of that week of the history; position 0 is the first day of the week."""
        first_week = week_start_of(self.first, self.week_start)
        return first_week + dt.timedelta(weeks=week, days=position)

    def noise(self, name: str, percent: float) -> Weekly:
        """Independent shocks, one a week, with that standard deviation in percent."""
        return self._stream(name).standard_normal(len(self.weeks)) * percent / 100

    def swing(self, name: str, percent: float) -> Weekly:
        """Deviations with a long memory that nothing else has a part in."""
        return persistent(self.noise(name, percent), 0.8)

    def trend(self, course: Course) -> Weekly:
        """The part that everybody expects, week by week, as a logarithm."""
        return course.at(self.weeks + pd.Timedelta(days=3), self.first)

    def levels(self, series: Mapping[str, tuple[float, Course, Weekly]]) -> dict[str, Weekly]:
        """A day's level of each series, week by week: its base, on its course, with its deviations.

        The deviations are logarithms.
        """
        return {
            key: base * np.exp(self.trend(course) + deviation)
            for key, (base, course, deviation) in series.items()
        }

    def spread(
        self, name: str, weekly: Weekly, weekdays: Sequence[float], percent: float = 1.5
    ) -> pd.Series:
        """Days whose mean over every whole week is exactly the week's value.

        ``weekdays`` are seven weights from Monday on; ``percent`` is the noise of single days.
        """
        order = [(self.week_start + position) % 7 for position in range(7)]
        noise = self._stream(f"{name} by day").standard_normal((len(weekly), 7)) * percent / 100
        shape = np.asarray(weekdays, dtype=float)[order] * np.exp(noise)
        shape /= shape.mean(axis=1, keepdims=True)
        return self._cut((weekly[:, None] * shape).ravel(), name)

    def held(self, name: str, weekly: Weekly) -> pd.Series:
        """Days that glide from week to week and reach the week's value on its last day."""
        before = np.concatenate([weekly[:1], weekly[:-1]])
        steps = np.arange(1, 8) / 7
        return self._cut((before[:, None] + (weekly - before)[:, None] * steps).ravel(), name)

    def follower(self, name: str, led_by: Weekly, truth: Truth, percent: float) -> Weekly:
        """Deviations of a series that ``led_by`` leads as the truth says, with its own noise."""
        moved = truth.effect * later(led_by, truth.lag_weeks or 0)
        return persistent(moved + self.noise(name, percent), 0.3)

    def _cut(self, values: Weekly, name: str) -> pd.Series:
        everything = pd.date_range(self.weeks[0], periods=len(values), unit="us")
        return pd.Series(values, index=everything, name=name).loc[self.days]

    def _stream(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.star}/{name}".encode())])


def persistent(shocks: Weekly, memory: float) -> Weekly:
    """An autoregression of order one: each week keeps ``memory`` of the last one."""
    values = np.zeros_like(shocks)
    for week in range(len(shocks)):
        values[week] = memory * (values[week - 1] if week else 0.0) + shocks[week]
    return values


def later(values: Weekly, weeks: int) -> Weekly:
    """The same values so many weeks later, zero before."""
    return np.concatenate([np.zeros(weeks), values[: len(values) - weeks]])


def on_days(series: pd.Series, factors: Mapping[dt.date, float]) -> pd.Series:
    """The series with some days multiplied: a holiday, an outage."""
    factor = pd.Series({pd.Timestamp(day): size for day, size in factors.items()}, dtype=float)
    return series * factor.reindex(series.index).fillna(1.0)


def without(series: pd.Series, days: Sequence[dt.date]) -> pd.Series:
    """The series with holes: nothing was recorded on these days."""
    return series.mask(series.index.isin(pd.DatetimeIndex(list(days))))
