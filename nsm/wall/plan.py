"""The next target of a star and the way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from nsm.model import Metric, Target
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
    plans: Sequence[Plan],
    today: dt.date,
) -> Plan | None:
    """Which target of the metric is due next, and how far along is it? None without any ahead.

    The target whose period ends first from today on; of two that end together the shorter.
    ``plans`` are those that the metric is on the way to.
    """
    ahead = [
        (target.start + target_days(target) * DAY - DAY, target_days(target), target)
        for target in targets
        if target.metric == metric.key
    ]
    ahead = [one for one in ahead if one[0] >= today]
    if not ahead:
        return None
    end, _, target = min(ahead, key=lambda one: one[:2])
    for plan in plans:
        if (plan.period, plan.start) == (target.period, target.start):
            return plan
    return Plan(target.period, target.start, end, target.value)
