"""Kinds of weekly series that have not changed, and one that shifts by a known size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR = 52.18
BURN_IN = 80


@dataclass(frozen=True, slots=True)
class Kind:
    """An AR(1) around a level, a trend and a yearly wave; or counts around the same.

    ``season`` is the size of the wave in standard deviations of the series around it, ``trend`` the
    growth a week in those of the noise, ``tails`` the degrees of freedom of the noise, and
    ``count`` the mean of a Poisson series.
    """

    memory: float = 0.0
    season: float = 0.0
    trend: float = 0.0
    tails: float = 0.0
    count: float = 0.0

    @property
    def noise(self) -> float:
        """Standard deviation of what no model can foresee of a week."""
        return float(np.sqrt(self.count)) if self.count else 1.0

    @property
    def spread(self) -> float:
        """Standard deviation of the series around its season and trend."""
        if self.memory >= 1:
            return self.noise
        return self.noise / float(np.sqrt(1 - self.memory**2))

    def draw(self, rng: np.random.Generator, weeks: int) -> Floats:
        """So many weeks, the wave beginning anywhere in the year."""
        time, start = np.arange(weeks), rng.uniform(0, YEAR, 2)
        wave = np.sin(2 * np.pi * (time + start[0]) / YEAR)
        wave = wave + 0.4 * np.sin(4 * np.pi * (time + start[1]) / YEAR)
        course = self.season * self.spread * wave + self.trend * self.noise * time
        if self.count:
            drawn: Floats = rng.poisson(np.maximum(self.count + course, 0.1)).astype(float)
            return drawn
        size = weeks + BURN_IN
        noise = rng.standard_t(self.tails, size) if self.tails else rng.standard_normal(size)
        if self.tails:
            noise /= np.sqrt(self.tails / (self.tails - 2))
        for week in range(1, size):
            noise[week] += self.memory * noise[week - 1]
        return 100 + course + noise[BURN_IN:]


MEMORIES = (0.0, 0.2, 0.4, 0.6, 0.8)
PROMISED = {
    f"AR({memory:g}){', season' if season else ''}": Kind(memory=memory, season=season)
    for season in (0.0, 1.5)
    for memory in MEMORIES
}
OTHERS = {
    "AR(.3), trend": Kind(memory=0.3, trend=0.05),
    "random walk": Kind(memory=1.0),
    "heavy tails (t, 4)": Kind(tails=4.0),
    "heavy tails (t, 4), AR(.5)": Kind(tails=4.0, memory=0.5),
    "counts of about 5": Kind(count=5.0),
    "counts of about 50, season": Kind(count=50.0, season=1.5),
}
KINDS = PROMISED | OTHERS


def generator(seed: int, name: str, history: int, number: int) -> np.random.Generator:
    """The random numbers of one series, the same wherever and in whatever order it is made."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), history, number])
