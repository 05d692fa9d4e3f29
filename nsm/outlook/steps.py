"""Lasting steps in the level of a series, as each week could know them.

A method that looks at last year takes a jump of last year for a season, and expects it again on
its anniversary. So weeks before a lasting step are lifted to the level after it. What makes a step:
the mean of the eight weeks from there on differs from that of the eight before by more than such
means otherwise do (three deviations, that of the median, which steps do not move), and three
quarters of a year later three fifths of that are still there. It is looked for in the series, and
once there is a year before in how far the series is from its last year, where no season shows; what
the year before had too is a season and no step. A metric that drifts has many such differences,
so that none stands out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIDE_WEEKS = 8
LASTING_WEEKS = 39
FARTHEST = 3.0
YEAR = 52
SEASON_SHARE = 0.5
LASTING_SHARE = 0.6
FEWEST_DIFFERENCES = 26


@dataclass(frozen=True, slots=True)
class Step:
    """A lasting step: ``place`` is its first week, ``known`` the week from which it is known."""

    place: int
    known: int
    size: float


def steps_of(y: Floats) -> tuple[Step, ...]:
    """The lasting steps of a series without holes, in the order in which they became known."""
    looks = [Look(y, 0)]
    if len(y) > YEAR:
        looks.append(Look(np.append(np.full(YEAR, np.nan), y[YEAR:] - y[:-YEAR]), YEAR))
    found: list[Step] = []
    for week in range(SIDE_WEEKS + LASTING_WEEKS, len(y)):
        place = week - LASTING_WEEKS + 1
        if found and place - found[-1].place < SIDE_WEEKS:
            continue
        sizes = [size for look in looks if (size := look.size(place, week)) is not None]
        against = looks[-1].apart[place] if len(looks) > 1 else np.nan
        size = max(sizes, key=abs, default=0.0)
        if size and not against * np.sign(size) < SEASON_SHARE * abs(size):
            found.append(Step(place, week, size))
    return tuple(found)


class Look:
    """One way to look for steps: in the series itself, or in how far it is from its last year."""

    def __init__(self, values: Floats, begin: int) -> None:
        self.values, self.begin = values, begin
        unknown = np.full(begin, np.nan)
        self.apart = np.append(unknown, _differences(values[begin:], SIDE_WEEKS))

    def size(self, place: int, week: int) -> float | None:
        """The size of the step at that place, known in that week; None where there is none."""
        seen = self.apart[: week - SIDE_WEEKS + 2]
        seen = seen[np.isfinite(seen)]
        if len(seen) < FEWEST_DIFFERENCES or not np.isfinite(self.apart[place]):
            return None
        middle = float(np.median(seen))
        spread = 1.4826 * float(np.median(np.abs(seen - middle)))
        size = float(self.apart[place]) - middle
        near = self.apart[place : place + SIDE_WEEKS] - middle
        if abs(size) <= FARTHEST * spread or abs(size) < np.nanmax(np.abs(near)):
            return None
        before = self.values[max(place - LASTING_WEEKS, self.begin) : place]
        stayed = float(self.values[place : week + 1].mean() - before.mean())
        return size if stayed * np.sign(size) > LASTING_SHARE * abs(size) else None


def lifted(y: Floats, steps: tuple[Step, ...]) -> Floats:
    """The series as each week sees it (origins, weeks), on the level after the last known step."""
    rows = np.repeat(y[None, :], len(y), axis=0)
    for one in steps:
        rows[one.known :, : one.place] += one.size
    return rows


def _differences(y: Floats, side: int) -> Floats:
    """At each week, the mean of so many weeks from there on less that of so many before."""
    sums = np.cumsum(np.append(0.0, y))
    means = (sums[side:] - sums[:-side]) / side
    found = np.full(len(y), np.nan)
    found[side : len(y) - side + 1] = means[side:] - means[:-side]
    return found
