"""The plans of a definition: what a metric should reach in a week, a month, a quarter or a year."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from functools import partial

from nsm.definitions.problems import Wrong, meant
from nsm.model import Star, Target
from nsm.periods import period_start
from nsm.plaintext import shown

_PERIOD = re.compile(r"(week|month|quarter|year) +(\d{4}-\d\d-\d\d)", re.ASCII)
_HOW = "Write it as the period and its first day: quarter 2026-10-01: 120000."
Plans = Mapping[str, Mapping[str, str]]


def targets_of(star: Star, plans: Plans) -> tuple[Target, ...]:
    """The targets that the key ``targets`` of a definition says; Wrong where it says none."""
    keys = [metric.key for metric in star.metrics]
    found: list[Target] = []
    for metric, periods in plans.items():
        if metric not in keys:
            raise Wrong(
                ("targets", metric), "is no metric of this file.", partial(meant, metric, keys)
            )
        found += [_target(star, metric, period, value) for period, value in periods.items()]
    return tuple(found)


def exported_targets(targets: Iterable[Target]) -> dict[str, dict[str, float | int]]:
    """Targets as they stand under the key ``targets``."""
    found: dict[str, dict[str, float | int]] = {}
    for one in targets:
        value = int(one.value) if one.value.is_integer() and abs(one.value) < 1e15 else one.value
        found.setdefault(one.metric, {})[f"{one.period} {one.start}"] = value
    return found


def _target(star: Star, metric: str, written: str, value: str) -> Target:
    path = ("targets", metric, written)
    match = _PERIOD.fullmatch(written.strip())
    try:
        start = dt.date.fromisoformat(match[2]) if match else None
    except ValueError:
        start = None
    if match is None or start is None or not 1900 <= start.year <= 2200:
        raise Wrong(path, "is no period of a target.", _HOW)
    first = period_start(match[1], start, star.week_start, star.fiscal_year_end)
    if first != start:
        raise Wrong(path, f"starts inside a {match[1]}.", f"Its first day is {first}.")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in value:
        raise Wrong(path, f"is {shown(value)}, which is no number.", "Write it like 120000 or 0.5.")
    return Target(metric, match[1], start, number)
