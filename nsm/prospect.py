"""What is coming, and whether it is enough: the outlook of the star and the pace of every plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nsm.history import History, grains
from nsm.limits import weeks_since_break
from nsm.model import Annotation, DefinitionChange, Grain, Metric, Star, Target
from nsm.outlook import Driver, Outlook, outlook_of
from nsm.pace import Chance, Pace, chance_of, how_it_adds, paces
from nsm.review import Review
from nsm.standing import known_weeks
from nsm.why.leading import Lead

# Each asks for a forecast of its own; a page shows no more anyway.
MOST_METRICS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One plan of a metric: how far along, and how likely it is reached."""

    metric: str
    pace: Pace
    chance: Chance


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """The weeks ahead of the star, seen from the end of a week, and every plan of that day."""

    week_ending: dt.date
    outlook: Outlook
    plans: tuple[Plan, ...]

    def to_json(self) -> dict[str, Any]:
        """The keys that a review's JSON gains: outlook and pace."""
        pace: dict[str, list[dict[str, Any]]] = {}
        for plan in self.plans:
            pace.setdefault(plan.metric, []).append(_plan(plan))
        return {"outlook": self.outlook.to_json(), "pace": pace}


def prospect(
    star: Star,
    review: Review,
    weeks: History,
    targets: Sequence[Target] = (),
    annotations: Sequence[Annotation] = (),
    changes: Sequence[DefinitionChange] = (),
    leads: Sequence[Lead] = (),
    earlier: Sequence[tuple[dt.date, Sequence[Lead]]] | None = None,
) -> Prospect:
    """What is coming after the week under review, and which plans will be reached?

    Only weeks since the last recorded break or change of meaning count (see :mod:`nsm.standing`).
    ``leads`` are inputs that lead the star, whose newest weeks then count too; ``earlier`` those
    known to lead from the end of a week on, by its first day: with them the past is forecast.
    """
    start, ending = review.week_starts[-1], review.week_ending

    def series(metric: Metric) -> pd.Series:
        known = known_weeks(weeks, metric.key, start)
        return weeks_since_break(star, metric, known, annotations, changes)

    def drivers(leads: Sequence[Lead]) -> list[Driver]:
        return [
            Driver(lead.key, lead.lag_weeks, weeks.values[lead.key])
            for lead in leads
            if lead.lag_weeks > 0
        ]

    then = None if earlier is None else [(day, drivers(found)) for day, found in earlier]
    ahead = outlook_of(series(star.star_metric), drivers=drivers(leads), earlier=then)
    plans, grain_of = list[Plan](), grains(star)
    planned = {target.metric for target in targets}
    for metric in [one for one in star.metrics if one.key in planned][:MOST_METRICS]:
        by_week = grain_of[metric.key] is Grain.WEEK
        weekly = weeks.values if by_week else None
        found = paces(star, metric, review.metrics[metric.key], targets, ending, weekly)
        if not found:
            continue
        own = ahead if metric.key == star.north_star else outlook_of(series(metric))
        adds = how_it_adds(star, metric)
        plans += [
            Plan(metric.key, one, chance_of(one, own, adds, metric.better, ending)) for one in found
        ]
    return Prospect(ending, ahead, tuple(plans))


def _plan(plan: Plan) -> dict[str, Any]:
    pace, chance = plan.pace, plan.chance
    return {
        "period": pace.period,
        "start": pace.start.isoformat(),
        "end": pace.end.isoformat(),
        "target": pace.target,
        "planned_to_date": pace.planned,
        "actual_to_date": pace.actual,
        "share": pace.share,
        "chance": chance.share,
        "outlook_low": chance.low,
        "outlook": chance.value,
        "outlook_high": chance.high,
        "reason": chance.reason or None,
    }
