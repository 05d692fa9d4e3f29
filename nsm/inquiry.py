"""The lead test asked about a star: its inputs, its results, its past, and other metrics.

Pure, like the test itself: what is known of the star comes in, answers go out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from nsm.formula import leaves
from nsm.leads import LeadReport, find_leads, scan_candidates
from nsm.leads.setting import Prepared, Setting, prepare_weeks
from nsm.leads.verdict import least_periods
from nsm.model import Annotation, Metric, Role, Star

ALPHA = 0.05
FEWEST_DRAWS = 999
HALF_A_YEAR = 26  # weeks between the dates at which past verdicts are shown
MOST_EARLIER = 10
WEEK = pd.Timedelta(days=7)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the test may know of a star: its complete weeks and the notes on them.

    ``weeks`` has a row a week by its first day, up to the star's last complete one, and a column
    a metric.
    """

    star: Star
    weeks: pd.DataFrame
    notes: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A lead report, and what it is about.

    ``star`` has the metric that was predicted in the seat of the north star; ``weeks`` are the
    values that were tested as they are known, ``prepared`` as the test saw them.
    """

    star: Star
    report: LeadReport
    weeks: pd.DataFrame
    prepared: Prepared
    setting: Setting


def inputs_of(known: Known, setting: Setting, alpha: float = ALPHA, seed: int = 0) -> Answer:
    """Which inputs lead the star, by how many weeks?"""
    return _ask(known, known.star.star_metric, known.star.inputs, setting, alpha, seed)


def results_of(
    known: Known, setting: Setting, alpha: float = ALPHA, seed: int = 0
) -> tuple[Answer, ...]:
    """Does the star lead its results: is it an early sign of success?

    One answer a result. Together they keep the promise of one page: each is decided at a level
    that is smaller by their number (Bonferroni).
    """
    results = known.star.having(Role.RESULT)
    star, level = [known.star.star_metric], alpha / max(1, len(results))
    return tuple(_ask(known, one, star, setting, level, seed) for one in results)


def earlier(
    known: Known, setting: Setting, every: int = HALF_A_YEAR, seed: int = 0
) -> Iterator[tuple[dt.date, Answer]]:
    """What would the answer have been at earlier dates, with the weeks up to then?

    Newest first, each with the first day of its last week; the present answer is not among them,
    and none from before there was enough to ask.
    The weeks are those known now: corrections that came later are in them.
    """
    index = prepare_weeks(known.weeks, setting).weeks.index
    least = least_periods(setting.max_lag)
    for place in range(len(index) - 1 - every, least - 2, -every)[:MOST_EARLIER]:
        last = pd.Timestamp(index[place]).date()
        yield last, inputs_of(known, replace(setting, last=last), seed=seed)


def candidates_of(
    known: Known,
    setting: Setting,
    others: Sequence[Known] = (),
    progress: Callable[[int, int], bool] | None = None,
) -> pd.DataFrame:
    """Which metrics that are no inputs yet may lead the star?

    The star's own candidates and guardrails, and every metric of ``others`` whose weeks begin on
    the same day. A list under false-discovery control: another promise than that of the page.
    The columns of ``scan_candidates``, with ``star`` and ``metric`` instead of ``candidate``;
    ``reason`` also says which of them are parts of an input.
    """
    star, goal = known.star, known.star.star_metric
    own = star.having(Role.CANDIDATE, Role.GUARDRAIL)
    asked = {(star.key, one): known.weeks[one.key] for one in own}
    for other in others:
        if other.star.key != star.key and other.star.week_start == star.week_start:
            there = other.weeks.reindex(known.weeks.index)
            asked |= {(other.star.key, one): there[one.key] for one in other.star.metrics}
    # By place: keys of several stars may be the same, and a column is called by its name.
    names = {f"candidate {place}": metric for place, metric in enumerate(asked)}
    weeks = pd.DataFrame(
        {goal.key: known.weeks[goal.key], **dict(zip(names, asked.values(), strict=True))}
    )
    shares = [name for name, (_, one) in names.items() if one.is_percent]
    prepared = prepare_weeks(weeks, setting, [*shares, goal.key] if goal.is_percent else shares)
    arithmetic = identities(star, goal, own)
    table = scan_candidates(
        prepared.weeks[goal.key],
        prepared.weeks.drop(columns=goal.key),
        max_lag=setting.max_lag,
        season=setting.season,
        identities=[
            n for n, (at, one) in names.items() if at == star.key and one.key in arithmetic
        ],
        breaks=_breaks(known, goal, prepared.weeks.index),
        exclude=prepared.exclude,
        progress=progress,
    )
    found = [names[name] for name in table["candidate"]]
    table.insert(0, "star", [at for at, _ in found])
    table.insert(1, "metric", [one.key for _, one in found])
    table["reason"] = [
        f"{reason.replace(name, one.key)} {_already(star, one) if at == star.key else ''}".strip()
        for reason, name, (at, one) in zip(table["reason"], table["candidate"], found, strict=True)
    ]
    return table.drop(columns="candidate")


def _already(star: Star, candidate: Metric) -> str:
    """That a candidate is a part of inputs: what it tells is in them already."""
    wholes = [one.key for one in star.inputs if candidate.key in leaves(star, one.key)]
    are = "an input" if len(wholes) == 1 else "inputs"
    return f"A part of {' and '.join(wholes)}, {are} already." if wholes else ""


def identities(star: Star, goal: Metric, others: Sequence[Metric]) -> frozenset[str]:
    """Of the others, those that are a part of the goal's formula, or have the goal in their own."""
    parts = leaves(star, goal.key)
    return frozenset(
        one.key for one in others if one.key in parts or goal.key in leaves(star, one.key)
    )


def _ask(
    known: Known,
    goal: Metric,
    inputs: Sequence[Metric],
    setting: Setting,
    alpha: float,
    seed: int,
) -> Answer:
    star, inputs = known.star, [one for one in inputs if one.key != goal.key]
    asked = known.weeks[[goal.key, *(one.key for one in inputs)]]
    # What came before any of them, other metrics know of: the answer does not hang on that.
    asked = asked[asked.notna().any(axis=1).cummax()]
    ratios = [one.key for one in (goal, *inputs) if one.is_percent]
    prepared = prepare_weeks(asked, setting, ratios)
    report = find_leads(
        prepared.weeks[goal.key],
        prepared.weeks.drop(columns=goal.key),
        max_lag=setting.max_lag,
        alpha=alpha,
        season=setting.season,
        seed=seed,
        # A small level must not be decided by a single world.
        draws=max(FEWEST_DRAWS, round(2 / alpha)),
        identities=identities(star, goal, inputs),
        breaks=_breaks(known, goal, prepared.weeks.index),
        exclude=prepared.exclude,
        transform=prepared.transform,
    )
    seated = replace(star, north_star=goal.key)
    return Answer(seated, report, asked.loc[prepared.weeks.index], prepared, setting)


def _breaks(known: Known, metric: Metric, weeks: pd.Index) -> list[pd.Timestamp]:
    """The recorded breaks of a metric that lie in these weeks."""
    days = [
        pd.Timestamp(note.date)
        for note in known.notes
        if note.kind == "break" and note.metric in (None, metric.key)
    ]
    return [day for day in days if len(weeks) and weeks[0] <= day < weeks[-1] + WEEK]
