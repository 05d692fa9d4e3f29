"""The prewhitened cross-correlation of star and input: a picture to look at, not the test.

A plain cross-correlation of two series that each remember their past shows links that are not
there. The input is filtered until nothing of its own past is left in it, the star by the same
filter, and these are correlated at every shift (Box & Jenkins 1976, ch. 11).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.errors import InputError
from nsm.leads.design import Response, lagged
from nsm.leads.report import LeadReport

Floats = NDArray[np.float64]
CHANCE = 1.959964  # two-sided 5 % of the standard normal
_FEWEST = 20


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """Correlation of the star with the input `lag` periods before; negative: the star is first.

    `bound` is where one correlation of unrelated series stays 19 times in 20; of 25 shifts one or
    two lie beyond it by chance. `rows` are the weeks correlated at each shift.
    """

    lags: NDArray[np.intp]
    correlation: Floats
    bound: Floats
    rows: NDArray[np.intp]


def cross_correlation(report: LeadReport, name: str) -> Whitened:
    """How does the star go with the input at every shift, once the input's own past is taken out?

    Raises
    ------
    InputError : no such input, or it was not estimated.
    """
    working = report.working
    names = [x.name for x in working.inputs]
    place = names.index(name) if name in names else -1
    own = working.responses[place] if place >= 0 else None
    if own is None:
        raise InputError(f"{name} was not estimated.", "Its warnings in the table say why.")
    x, y = _without_calendar(own), _without_calendar(working.response)
    past = lagged(x, np.arange(1, own.own_lags + 1))
    rows = ~np.isnan(x) & ~np.isnan(past).any(axis=1)
    weights = np.linalg.lstsq(past[rows], x[rows], rcond=None)[0]
    news = x - past @ weights
    answer = y - lagged(y, np.arange(1, own.own_lags + 1)) @ weights
    lags = np.arange(-report.max_lag, report.max_lag + 1)
    found = [_correlation(news, answer, int(lag)) for lag in lags]
    count = np.array([n for _, n in found])
    with np.errstate(divide="ignore"):
        bound = np.where(count >= _FEWEST, CHANCE / np.sqrt(count), np.nan)
    return Whitened(lags, np.array([r for r, _ in found]), bound, count)


def _without_calendar(response: Response) -> Floats:
    """The series without trend, season and level steps; NaN where missing or set aside."""
    values = response.series.standard.copy()
    values[response.series.filled] = np.nan
    values[list(response.set_aside)] = np.nan
    calendar = [not name.startswith("own lag") for name in response.names]
    shared = response.shared[:, calendar]
    rows = ~np.isnan(values)
    weights = np.linalg.lstsq(shared[rows], values[rows], rcond=None)[0]
    return np.asarray(values - shared @ weights)


def _correlation(x: Floats, y: Floats, lag: int) -> tuple[float, int]:
    """Of y with x `lag` periods before, and the periods that both have."""
    early, late = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: len(y) + lag])
    both = ~np.isnan(early) & ~np.isnan(late)
    count = int(both.sum())
    if count < _FEWEST:
        return float("nan"), count
    a, b = early[both] - early[both].mean(), late[both] - late[both].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return (float(a @ b) / size if size > 0 else float("nan")), count
