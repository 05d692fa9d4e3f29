"""Metrics that share how they are recorded: dates, sums over a quarter, views of one thing.

In none of these worlds does an input move first.
"""

from __future__ import annotations

import numpy as np
from dateutil.easter import easter

from tests.calibration.worlds import (
    INPUTS,
    Make,
    World,
    autoregression,
    shared,
    world,
)

Days = np.ndarray


def _days(rng: np.random.Generator, weeks: int) -> Days:
    """(weeks, 7) the days of these weeks, from some Monday on."""
    first = np.datetime64("2004-01-05") + 7 * int(rng.integers(0, 1000))
    return np.asarray(first + np.arange(7 * weeks).reshape(weeks, 7))


def _of_month(days: Days) -> np.ndarray:
    return (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1


def _on_dates(rng: np.random.Generator, days: Days, pattern: np.ndarray) -> World:
    return world(autoregression(rng, len(days), 0.5) + shared(rng, pattern), first=days[0, 0])


def easters(rng: np.random.Generator, weeks: int) -> World:
    """All sell in the week before Easter Sunday, and less in the week after."""
    days = _days(rng, weeks)
    years = np.unique(days.astype("datetime64[Y]").astype(int)) + 1970
    sundays = np.array([easter(int(year)) for year in years], dtype="datetime64[D]")
    pattern = 4.0 * np.isin(days, sundays) - 3.0 * np.isin(days, sundays + 1)
    return _on_dates(rng, days, pattern.sum(axis=1))


def first_of_the_month(rng: np.random.Generator, weeks: int) -> World:
    days = _days(rng, weeks)
    return _on_dates(rng, days, 3.0 * (_of_month(days) == 1).sum(axis=1))


def last_working_days(rng: np.random.Generator, weeks: int) -> World:
    """A month's extra business falls on its last three working days."""
    days = _days(rng, weeks)
    following = (days.astype("datetime64[M]") + 1).astype("datetime64[D]")
    last = np.is_busday(days) & (np.busday_count(days + 1, following) < 3)
    return _on_dates(rng, days, 1.5 * last.sum(axis=1))


def month_to_date(rng: np.random.Generator, weeks: int) -> World:
    """Totals that begin anew in each month, read on Sundays."""
    days = _days(rng, weeks)
    totals = 3 + autoregression(rng, weeks, 0.3)
    for week in range(1, weeks):
        if _of_month(days)[week, -1] > 7:
            totals[week] += totals[week - 1]
    return world(totals, first=days[0, 0])


def sums(window: int) -> Make:
    def make(rng: np.random.Generator, weeks: int) -> World:
        total = rng.standard_normal((weeks + window, 1 + INPUTS)).cumsum(axis=0)
        return world((total[window:] - total[:-window]) / np.sqrt(window))

    return make


def changes_on_last_year(rng: np.random.Generator, weeks: int) -> World:
    values = autoregression(rng, weeks + 52, 0.6)
    return world(values[52:] - values[:-52])


def views_of_one_level(rng: np.random.Generator, weeks: int) -> World:
    """All show how many people are around, each with noise of its own; none moves first.

    In the population an input's past does help to predict the star: its noise is another one.
    """
    level = autoregression(rng, weeks, 0.8, series=1)[:, 0]
    return world(rng.standard_normal((weeks, 1 + INPUTS)) + shared(rng, level))


def dips(rng: np.random.Generator, weeks: int) -> World:
    """Now and then all lose a week's business, and make good for a part of it in the next."""
    pattern, week = np.zeros(weeks), int(rng.integers(2, 10))
    while week < weeks:
        pattern[week] -= 4.0
        pattern[week + 1 : week + 2] += 2.5
        week += int(rng.integers(4, 15))
    return world(autoregression(rng, weeks, 0.4) + shared(rng, pattern))
