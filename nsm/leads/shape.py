"""When an established effect starts, peaks and ends.

The scan asks of one lag at a time, so a lag next to the true one borrows from it when the input is
smooth. Here all lags of the run stand in one regression beside the star's own: the course that the
star then takes after a push of one week says when the effect starts, peaks and fades (the impulse
response of Box & Jenkins' transfer functions).
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
TIED = 4.0  # lags whose squared t is within this of the best cannot be told from it


@dataclass(frozen=True)
class Location:
    """Where in time an effect sits.

    `lag` is where it is largest; `low` where it starts and `high` where it ends, or the lags that
    cannot be told from it. `test` is the place of the telling coefficient in `Tests`; `span` the
    weeks over which a spread-out effect was gathered, 0 for a single lag.
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
    if size[best] <= critical and tests.spans:
        return _gathered(found, tests)
    alike = np.sign(t) == np.sign(t[best])
    first, last = _run(alike & (size > critical), best)
    course = np.maximum(_course(response, x, first, last) * np.sign(t[best]), 0.0)
    lag = first + int(np.argmax(course)) if course.any() else best
    strong = first + np.flatnonzero(course > FADED * course.max())
    low, high = _run(alike & (size**2 > size[best] ** 2 - TIED), best)
    return Location(
        lag,
        min(low, lag, int(strong.min(initial=lag))),
        max(high, lag, int(strong.max(initial=lag))),
        lag,
        0,
    )


def _gathered(found: Estimates, tests: Tests) -> Location:
    """An effect that only shows when several weeks are taken together."""
    which = int(np.argmax(found.joint))
    span, test = tests.spans[which], tests.max_lag + 1 + which
    t = np.nan_to_num(found.t)
    towards = t[1 : span + 1] * np.sign(t[test])
    return Location(int(np.argmax(towards)) + 1, 1, span, test, span)


def _run(member: NDArray[np.bool_], best: int) -> tuple[int, int]:
    """First and last lag (not 0) of the unbroken run of members around the best."""
    low = high = best
    while low > 1 and member[low - 1]:
        low -= 1
    while high + 1 < len(member) and member[high + 1]:
        high += 1
    return low, high


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
