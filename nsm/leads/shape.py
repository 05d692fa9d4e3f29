"""When an established effect starts, peaks and ends.

The scan asks of one lag at a time, so a lag next to the true one borrows from it: in the same
direction when the input is smooth, in the opposite one when the star is persistent (after a push of
one week it falls back). Here all lags of the run stand in one regression beside the star's own: the
course that the star then takes after a push of one week says when the effect starts, peaks and
fades (the impulse response of Box & Jenkins' transfer functions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.leads.design import AUGMENT, Response, lagged
from nsm.leads.regression import ols
from nsm.leads.scan import Estimates, Tests
from nsm.leads.series import Series

FADED = 0.5  # share of its peak under which the course no longer counts as the effect
FALLEN_BACK = 0.7  # share of the peak from which an opposite course before it is the effect itself
NEAR = 2.0  # |t| from which a lag beside the best belongs to the run
TIED = 4.0  # lags whose squared t is within this of the best cannot be told from it


@dataclass(frozen=True)
class Location:
    """Where in time an effect sits.

    `lag` is where it is largest; `low` where it starts and `high` where it ends, or the lags that
    cannot be told from it. `test` is the place of the telling coefficient in `Tests`; `span` the
    weeks that had to be taken together to establish it, 0 where a single lag was enough.
    """

    lag: int
    low: int
    high: int
    test: int
    span: int


def locate(
    response: Response, x: Series, found: Estimates, tests: Tests, critical: float
) -> Location:
    """The lag of an established effect, its start, and the lags that cannot be told from it."""
    t = np.nan_to_num(found.t[: tests.max_lag + 1])
    size = np.abs(t)
    best = int(np.argmax(size[1:])) + 1
    span = 0
    if size[best] <= critical and tests.spans:  # only several weeks together are established
        span, test = _span(found, tests)
        best = int(np.argmax(size[1 : span + 1])) + 1
        if abs(found.t[test]) > size[best]:
            return Location(best, 1, span, test, span)
    first, last = _run(size > NEAR, best)
    course = _course(response, x, first, last)
    lag = first + _peak(course) if course.any() else best
    towards = course * np.sign(t[lag])
    strong = first + np.flatnonzero(towards > FADED * np.abs(course).max())
    alike = np.sign(t) == np.sign(t[lag])
    low, high = _run(alike & (size**2 > size[lag] ** 2 - TIED), lag)
    low, high = min(low, int(strong.min(initial=lag))), max(high, int(strong.max(initial=lag)))
    return Location(lag, low, high, lag, span)


def _span(found: Estimates, tests: Tests) -> tuple[int, int]:
    """The weeks that show the effect together, and the place of their average in `Tests`."""
    which = int(np.argmax(found.joint))
    return tests.spans[which], tests.max_lag + 1 + which


def _run(member: NDArray[np.bool_], best: int) -> tuple[int, int]:
    """First and last lag (not 0) of the unbroken run of members around the best."""
    low = high = best
    while low > 1 and member[low - 1]:
        low -= 1
    while high + 1 < len(member) and member[high + 1]:
        high += 1
    return low, high


def _peak(course: NDArray[np.float64]) -> int:
    """Where the effect is largest.

    A star that answers to the change of an input goes up and then as far down: of such a pair the
    first is the effect.
    """
    size = np.abs(course)
    peak = int(np.argmax(size))
    opposite = course[:peak] * -np.sign(course[peak]) >= FALLEN_BACK * size[peak]
    return int(np.argmax(opposite)) if opposite.any() else peak


def _course(response: Response, x: Series, first: int, last: int) -> NDArray[np.float64]:
    """The star first..last periods after x was pushed up for one period."""
    lags = np.arange(first, last + AUGMENT + 1)
    block = lagged(x.standard, lags)
    rows = response.rows & ~np.isnan(block).any(axis=1)
    count = last - first + 1
    design = np.hstack([block[rows], response.shared[rows]])
    if first == last or rows.sum() < design.shape[1] + 8:
        return np.zeros(count)
    coefficient, _ = ols(design, response.series.values[rows])
    own = [i for i, name in enumerate(response.names) if name.startswith("own lag")]
    phi = coefficient[len(lags) :][own]
    course = coefficient[:count].copy()
    for k in range(count):
        reach = min(k, len(phi))
        course[k] += phi[:reach] @ course[k - reach : k][::-1]
    return course
