"""The next target of a star and the way there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from nsm.history import History
from nsm.model import Aggregate, Metric, Target
from nsm.periods import DAY, months_later
from nsm.wall.facts import Plan

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def target_days(target: Target) -> int:
    """How many days the period of a target has."""
    months = MONTHS_IN.get(target.period)
    if months is None:
        return 7
    return (months_later(target.start, months) - target.start).days


def next_plan(
    metric: Metric,
    targets: Sequence[Target],
    weeks: History,
    months: History | None,
    today: dt.date,
) -> Plan | None:
    """Which target of the metric is due next, and how far along is it? None without any ahead.

    The target whose period ends first from today on; of two that end together the shorter. How
    far along is told for sums alone.
    """
    ahead = [
        (target.start + target_days(target) * DAY - DAY, target_days(target), target)
        for target in targets
        if target.metric == metric.key
    ]
    ahead = [one for one in ahead if one[0] >= today]
    if not ahead:
        return None
    end, days, target = min(ahead, key=lambda one: one[:2])
    plan = Plan(target.period, target.start, end, target.value)
    if metric.aggregate is not Aggregate.SUM or target.start > today:
        return plan
    known = _so_far(metric.key, target, weeks, months, today)
    if known is None:
        return plan
    actual, gone = known
    return replace(plan, actual=actual, planned=target.value * gone / days, days=gone, of_days=days)


def _so_far(
    key: str, target: Target, weeks: History, months: History | None, today: dt.date
) -> tuple[float, int] | None:
    """The sum of the days that are there so far, and how many; None without any."""
    history = weeks if target.period == "week" else months
    if history is None or key not in history.values:
        return None
    total, gone, start = 0.0, 0, target.start
    while start <= today:
        at = pd.Timestamp(start)
        if at not in history.values.index:
            break
        place = history.values.index.get_loc(at)
        there = int(history.days[key].to_numpy()[place])
        whole = float(history.values[key].to_numpy()[place])
        part = float(history.so_far[key].to_numpy()[place])
        if math.isfinite(whole):
            following = start + 7 * DAY if target.period == "week" else months_later(start, 1)
            total, gone, start = total + whole, gone + (following - start).days, following
            continue
        if math.isfinite(part) and there:
            total, gone = total + part, gone + there
        break
    return (total, gone) if gone else None
