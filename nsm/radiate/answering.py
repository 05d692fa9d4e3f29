"""Answers of the store as what leaves the program: facts for the wall, and the JSON texts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nsm import answers
from nsm.answers import Engine, StarHistory
from nsm.freshness import newest_of
from nsm.history import grains, last_complete_week
from nsm.model import Grain, Restatement, Star
from nsm.pace import paces
from nsm.periods import week_end
from nsm.review import Review
from nsm.segmented import splits_of
from nsm.signals import signal_key
from nsm.standing import Standing
from nsm.store.loads import newest_dates
from nsm.store.stars import list_stars
from nsm.wall import Ahead, Lead, Plan, Wall, wall_of
from nsm.why import SegmentSplit, why_json, whys

if TYPE_CHECKING:
    # SciPy is not on the way to the first picture.
    from nsm.leads import LeadReport


def json_text(answer: Any) -> str:
    """An answer as the command line prints it: never NaN or infinity, which JSON does not have."""
    return json.dumps(answer, allow_nan=False, indent=2) + "\n"


def stars_json(engine: Engine) -> list[dict[str, Any]]:
    """Which stars are there, and to which day does the history of each go?"""
    newest = newest_dates(engine)
    return [
        {
            "star": star.key,
            "name": star.name,
            "north_star": star.north_star,
            "metrics": len(star.metrics),
            "data_to": _data_to(star, newest.get(star.key, {})),
            "simulated": star.simulated,
        }
        for star in list_stars(engine)
    ]


def _data_to(star: Star, newest: Mapping[str, dt.date]) -> str | None:
    """The last day that the history of the north star covers."""
    day = newest_of(star, star.star_metric, newest)
    if day is None:
        return None
    return str(week_end(day) if grains(star)[star.north_star] is Grain.WEEK else day)


def stars_text(engine: Engine) -> str:
    """What ``nsm stars --json`` prints."""
    return json_text(stars_json(engine))


def review_text(
    engine: Engine,
    star_key: str,
    today: dt.date,
    week_ending: dt.date | None = None,
    months: str = "trailing",
) -> str:
    """What ``nsm review --json`` prints; UnknownStar, InputError."""
    known = answers.histories(engine, star_key, today)
    found = answers.review_of(engine, known, today, week_ending, months)
    return json_text(review_json(known, found, splits_of(engine, known, found.week_starts[-1])))


def review_json(
    known: StarHistory, found: Review, splits: Sequence[SegmentSplit] = ()
) -> dict[str, Any]:
    """The review with why its star moved, what is coming, and what is usual and what a signal.

    ``splits`` are its change by segment (:func:`nsm.segmented.splits_of`).
    """
    leads = answers.leading_of(known)
    reasons = whys(known.star, known.weeks.values, found.week_starts[-1], leads)
    coming = answers.prospect_of(known, found, leads)
    answer = found.to_json() | why_json(reasons, splits) | coming.to_json()
    standing = answers.standings_of(known, found)
    for key, figures in answer["metrics"].items():
        figures.update(usual_json(found, standing.get(key)))
    return answer


def review_as_of_json(
    then: StarHistory,
    found: Review,
    now: Review,
    restated: Sequence[Restatement],
    splits: Sequence[SegmentSplit] = (),
) -> dict[str, Any]:
    """The review as it was known on an earlier day, beside today's knowledge of the same week."""
    answer = review_json(then, found, splits) | {"as_of": str(then.as_of)}
    for key, figures in answer["metrics"].items():
        figures["last_week_now"] = now.metrics[key].last_week
    answer["restatements"] = [
        {
            "metric": one.metric,
            "date": str(one.date),
            "grain": one.grain.value,
            "old_value": one.old_value,
            "new_value": one.new_value,
            "as_of": str(one.as_of),
        }
        for one in restated
    ]
    return answer


def usual_json(found: Review, one: Standing | None) -> dict[str, Any]:
    """What is usual for a metric in the week, and which signals it gives; a candidate is not asked.

    A signal's ``key`` stays the same: it is what an explanation is asked for.
    """
    usual = one.signal.usual if one else None
    week = found.week_starts[-1]
    return {
        "usual_low": usual.low if usual else None,
        "usual_high": usual.high if usual else None,
        "signals": [
            {
                "rule": rule.value,
                "side": one.signal.side,
                "key": signal_key(found.star, one.metric.key, week, rule),
            }
            for rule in one.signal.rules
        ]
        if one
        else [],
    }


def leads_text(engine: Engine, star_key: str, today: dt.date, max_lag: int = 12) -> str:
    """What ``nsm leads --json`` prints; UnknownStar, InputError."""
    from nsm.inquiry import results_of
    from nsm.leads.setting import Setting

    known = answers.histories(engine, star_key, today)
    report = answers.leads_of(known, max_lag)
    results = results_of(answers.tested(known), Setting(max_lag))
    return json_text(answers.leads_json(star_key, report, [one.report for one in results]))


def wall_facts(
    engine: Engine, known: StarHistory, today: dt.date, ahead: Ahead | None = None
) -> Wall:
    """What the wall of this star shows on ``today``."""
    return wall_of(
        known.star,
        known.weeks,
        known.newest,
        today,
        known.targets,
        known.annotations,
        known.definition_changes,
        _plans(engine, known, today),
        ahead,
        known.locks,
    )


def _plans(engine: Engine, known: StarHistory, today: dt.date) -> tuple[Plan, ...]:
    """How far along its plans the star was at the end of its last week, as the review says."""
    metric = known.star.star_metric
    if metric.key not in {target.metric for target in known.targets}:
        return ()
    found = answers.review_of(engine, known, today)
    through, figures = found.week_ending, found.metrics[metric.key]
    weekly = known.weeks.values if grains(known.star)[metric.key] is Grain.WEEK else None
    return tuple(
        Plan(one.period, one.start, one.end, one.target, one.actual, one.planned, through)
        for one in paces(known.star, metric, figures, known.targets, through, weekly)
    )


def ahead_of(engine: Engine, known: StarHistory, today: dt.date) -> Ahead:
    """What takes the lead test to tell; pictures do not wait for it."""
    report = answers.leads_of(known) if known.star.inputs else None
    return Ahead(
        _clearest(known, report) if report else None,
        _chance(engine, known, today, report),
    )


def _chance(
    engine: Engine, known: StarHistory, today: dt.date, report: LeadReport | None
) -> float | None:
    """The chance to reach the plan whose pace the wall shows, as the review of the week says."""
    star = known.star.north_star
    if star not in {target.metric for target in known.targets}:
        return None
    found = answers.review_of(engine, known, today)
    leads = answers.leading_of(known, report) if report else []
    plans = answers.prospect_of(known, found, leads).plans
    return next((one.chance.share for one in plans if one.metric == star), None)


def _clearest(known: StarHistory, report: LeadReport) -> Lead | None:
    """The clearest lead of a star's inputs in words; None when there is none."""
    from nsm.words.findings import findings
    from nsm.words.leads import evidence, headline

    tested = answers.tested_weeks(known)
    first = next(iter(findings(known.star, report, tested)), None)
    if first is None or not first.place:
        return None
    last = last_complete_week(known.weeks, known.star.north_star)
    data_to = None if last is None else week_end(last.date())
    return Lead(headline(known.star, first), evidence(first, report.weeks), data_to)
