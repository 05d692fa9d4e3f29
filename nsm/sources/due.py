"""When a metric is to be asked from its source again, and from which day on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from nsm.errors import SourceError
from nsm.model import Grain, Metric, Star
from nsm.periods import DAY, WEEK, week_start_of
from nsm.sources.fingerprint import fingerprint
from nsm.sources.sync import Wanted, first_day
from nsm.store.syncs import SyncState


@dataclass(frozen=True, slots=True)
class Due:
    """The day on which a run of ``nsm sync`` brings something new, and from which day it asks.

    ``day`` is today where the last run failed, where there was none, and where the question is
    another one; ``first`` None asks for everything.
    """

    day: dt.date
    first: dt.date | None


def due(star: Star, metric: Metric, state: SyncState | None, today: dt.date) -> Due:
    """When is the next run due? ``star`` and ``metric`` are as their definition declares them.

    Only whole days (whole weeks of a weekly source) are asked for: after a run there is something
    new when the next of them is over. Each run asks again as far back as values are usually late.
    """
    state = state or SyncState(metric.key)
    asked = fingerprint(star, metric)
    try:
        first = first_day(metric, state, asked, today, Wanted())
    except SourceError:
        # The clock went back; the run will say so.
        first = state.as_of
    if state.as_of is None or state.error or state.asked != asked:
        return Due(today, first)
    if metric.grain is Grain.WEEK:
        over = week_start_of(state.as_of, star.week_start) + WEEK
        first = first and week_start_of(first, star.week_start)
    else:
        over = state.as_of + DAY
    return Due(over, first)
