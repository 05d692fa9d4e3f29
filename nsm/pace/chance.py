"""The chance of reaching a target: the period so far, and every course the weeks left may take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.model import Better
from nsm.outlook import Outlook
from nsm.pace.plan import Adds, Pace

Floats = NDArray[np.float64]

LEVEL = 0.80
TOO_FAR = "it ends after the weeks of the outlook"
NO_OUTLOOK = "there is no outlook"
NOT_ADDED = "its weeks do not add up to a longer period"


@dataclass(frozen=True, slots=True)
class Chance:
    """Where a period may end, and how likely it reaches its target.

    ``low`` to ``high`` hold the value of the whole period with probability .80; ``share`` is the
    chance of reaching the target (0 or 1 when the period is over); None, with ``reason``, where it
    cannot be told.
    """

    share: float | None
    low: float | None = None
    value: float | None = None
    high: float | None = None
    reason: str = ""


def chance_of(
    pace: Pace, outlook: Outlook, adds: Adds | None, better: Better, week_ending: dt.date
) -> Chance:
    """How likely is the target of this period reached, seen from the end of that week?

    The weeks left come from the courses of the outlook, so that errors of neighbouring weeks hang
    together as they did; of a week that the period cuts, the share of its days counts, but of a
    metric that is recorded by week the whole one in which the week ends.
    """
    left, gone = (pace.end - week_ending).days, (week_ending - pace.start).days + 1
    if pace.weeks is not None:
        left, gone = 7 * (pace.weeks[1] - pace.weeks[0]), 7 * pace.weeks[0]
    if pace.is_over(week_ending):
        met = pace.actual >= pace.target if better is Better.UP else pace.actual <= pace.target
        return Chance(float(met), pace.actual, pace.actual, pace.actual)
    if not outlook.weeks:
        return Chance(None, reason=outlook.reason or NO_OUTLOOK)
    if adds is None:
        return Chance(None, reason=NOT_ADDED)
    weeks = -(-left // 7)
    if weeks > outlook.paths.shape[1] or not len(outlook.paths):
        return Chance(None, reason=TOO_FAR)
    days = np.full(weeks, 7.0)
    days[-1] = left - 7 * (weeks - 1)
    ends = _ends(pace.actual, gone, outlook.paths[:, :weeks], days, adds)
    middle = _ends(pace.actual, gone, np.array([outlook.values[:weeks]]), days, adds)[0]
    reached = ends >= pace.target if better is Better.UP else ends <= pace.target
    low, high = np.quantile(ends, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    # So many courses say no more than this: half a course is neither reached nor missed.
    share = (float(reached.sum()) + 0.5) / (len(reached) + 1)
    return Chance(share, float(low), float(middle), float(high))


def _ends(actual: float, gone: int, paths: Floats, days: Floats, adds: Adds) -> Floats:
    """What the whole period comes to on each course."""
    if adds == "sum":
        ends = actual + paths @ (days / 7)
    elif adds == "mean":
        ends = (actual * gone + paths @ days) / (gone + days.sum())
    elif adds == "max":
        ends = np.maximum(actual, paths.max(axis=1))
    elif adds == "min":
        ends = np.minimum(actual, paths.min(axis=1))
    elif adds == "last":
        ends = paths[:, -1]
    else:
        ends = np.full(len(paths), actual)
    return np.asarray(ends, dtype=float)
