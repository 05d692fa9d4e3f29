"""Joins the store and the statistics: one answer a question, for the command line and the screens.

Nothing here is cached and nothing reads a clock: ``nsm.ui`` keeps answers until their star changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from nsm.errors import InputError
from nsm.formula import leaves
from nsm.habit import Habit, habit_of, log_on
from nsm.history import History, build_history, last_complete_week
from nsm.model import Annotation, DefinitionChange, Grain, LimitLock, Role, Star, Target
from nsm.periods import day_in
from nsm.prospect import Prospect, prospect
from nsm.review import MonthsMode, Review, chosen_week_ending, spans_needed, weekly_review
from nsm.standing import Standing, standings
from nsm.store.annotations import read_annotations
from nsm.store.as_known import read_as_known
from nsm.store.limits import read_locks
from nsm.store.observations import read_days
from nsm.store.reviews import read_entries
from nsm.store.rollups import read_rollups
from nsm.store.stars import definition_changes, read_star
from nsm.store.targets import read_targets
from nsm.why.leading import Lead, leads_of_report

if TYPE_CHECKING:
    from nsm.inquiry import Known
    from nsm.leads import LeadReport

# What nsm.store.engine.open_store returns; SQLAlchemy itself stays in the store.
Engine = Any


MOST_INPUTS_WEIGHED = 12  # in what moved a star and what is coming


@dataclass(frozen=True, slots=True, eq=False)
class StarHistory:
    """A star with all that is known of it: its weeks and months, plans, notes and changes.

    ``newest`` is the last day with a final value, by metric; metrics without any are left out.
    ``as_of`` is the earlier day on which this was known, with the ``days`` known then; None for
    what is known now.
    """

    star: Star
    weeks: History
    months: History
    targets: tuple[Target, ...]
    annotations: tuple[Annotation, ...]
    definition_changes: tuple[DefinitionChange, ...]
    newest: dict[str, dt.date]
    locks: tuple[LimitLock, ...] = ()
    as_of: dt.date | None = None
    days: pd.DataFrame | None = None


def histories(
    engine: Engine, star_key: str, today: dt.date, *, candidates: bool = True
) -> StarHistory:
    """What is known of this star on ``today``? UnknownStar when there is none of that key.

    Without ``candidates`` the answer is about a star that has none but those that others are
    computed from, or of which something is said: a star has few inputs, and may have hundreds of
    those.
    """
    star, targets = read_star(engine, star_key), read_targets(engine, star_key)
    annotations, changes = read_annotations(engine, star_key), definition_changes(engine, star_key)
    locks = read_locks(engine, star_key)
    if not candidates:
        entries = read_entries(engine, star_key)
        told: tuple[Any, ...] = (*targets, *annotations, *changes, *locks, *entries)
        said = {one.metric for one in told}
        star = _without_candidates(star, said)
    keys = [metric.key for metric in star.metrics]
    weeks = read_rollups(engine, star_key, Grain.WEEK, keys)
    months = read_rollups(engine, star_key, Grain.MONTH, keys)
    newest = weeks.groupby("metric", sort=False)["last_date"].max()
    return StarHistory(
        star=star,
        weeks=build_history(star, weeks, Grain.WEEK, today),
        months=build_history(star, months, Grain.MONTH, today),
        targets=targets,
        annotations=annotations,
        definition_changes=changes,
        newest={str(key): day.date() for key, day in newest.items()},
        locks=locks,
    )


def _without_candidates(star: Star, said: Set[str | None]) -> Star:
    kept = {one.key for one in star.metrics if one.role is not Role.CANDIDATE or one.key in said}
    needed = kept.union(*(leaves(star, key) for key in kept))
    return replace(star, metrics=tuple(one for one in star.metrics if one.key in needed))


def histories_as_of(engine: Engine, star_key: str, as_of: dt.date, today: dt.date) -> StarHistory:
    """What was known of this star on an earlier day, under the definition of today?

    Restated values are as they were; later loads, locks, changes, plans and notes are not there
    yet, a plan that was changed later is not known. UnknownStar; InputError for a day to come, or
    on which nothing was known.
    """
    if as_of > today:
        raise InputError(
            f"What will be known on {as_of} is not known on {today}.",
            "Ask for a day that is not to come.",
        )
    now = histories(engine, star_key, today)
    then = read_as_known(engine, star_key, as_of)
    newest = then.days.groupby("metric")["date"].max()
    metrics = tuple(
        replace(one, grain=then.grains.get(one.key, one.grain)) for one in now.star.metrics
    )
    star = replace(now.star, metrics=metrics)
    return replace(
        now,
        star=star,
        weeks=build_history(star, then.weeks, Grain.WEEK, as_of),
        months=build_history(star, then.months, Grain.MONTH, as_of),
        targets=tuple(one for one in now.targets if _written(one, as_of)),
        annotations=tuple(
            one for one in now.annotations if one.date <= as_of and _written(one, as_of)
        ),
        definition_changes=tuple(one for one in now.definition_changes if one.date <= as_of),
        newest={str(key): day.date() for key, day in newest.items()},
        locks=tuple(one for one in now.locks if day_in(star.timezone, one.set_at) <= as_of),
        as_of=as_of,
        days=then.days,
    )


def _written(one: Target | Annotation, as_of: dt.date) -> bool:
    """Whether it was written down by that day; of old ones nobody can say, and they count."""
    return one.since is None or one.since <= as_of


def review(
    engine: Engine,
    star_key: str,
    today: dt.date,
    week_ending: dt.date | None = None,
    months: str = "trailing",
) -> Review:
    """How did the week that ended on ``week_ending`` (by default the last complete one) compare?

    ``months`` is trailing or fiscal. UnknownStar; InputError for a day that ends no week.
    """
    return review_of(engine, histories(engine, star_key, today), today, week_ending, months)


def review_of(
    engine: Engine,
    known: StarHistory,
    today: dt.date,
    week_ending: dt.date | None = None,
    months: str = "trailing",
) -> Review:
    """The same where the star's history is at hand: reads only the days of unfinished months."""
    mode = _months_mode(months)
    ending = chosen_week_ending(known.star, known.weeks, week_ending, today)
    days = known.days
    if days is None:
        days = read_days(engine, known.star.key, spans_needed(known.star, ending))
    return weekly_review(known.star, known.weeks, known.months, days, ending, mode, today)


def leads(
    engine: Engine,
    star_key: str,
    today: dt.date,
    max_lag: int = 12,
    alpha: float = 0.05,
    seed: int = 0,
) -> LeadReport:
    """Which inputs lead this star, by how many weeks?

    Complete weeks up to the star's last one. An input that is a part of the star's formula, or is
    computed with the star, is named as that identity; recorded breaks of the star become steps.
    """
    return leads_of(histories(engine, star_key, today), max_lag, alpha, seed)


def leads_of(
    known: StarHistory, max_lag: int = 12, alpha: float = 0.05, seed: int = 0
) -> LeadReport:
    """The same where the star's history is at hand: reads nothing."""
    # The lead test brings scipy: who only asks for a review does not pay for it.
    from nsm.inquiry import inputs_of
    from nsm.leads.setting import Setting

    return inputs_of(tested(known), Setting(max_lag), alpha, seed).report


def tested(known: StarHistory) -> Known:
    """What the lead test may know of a star."""
    from nsm.inquiry import Known

    return Known(known.star, tested_weeks(known), known.annotations)


def tested_weeks(known: StarHistory) -> pd.DataFrame:
    """The weekly values that the lead test sees: complete weeks, up to the star's last one."""
    values = known.weeks.values
    last = last_complete_week(known.weeks, known.star.north_star)
    return values.iloc[:0] if last is None else values.loc[:last]


def leads_json(
    star_key: str, report: LeadReport, results: Sequence[LeadReport] | None = None
) -> dict[str, Any]:
    """A lead report as plain JSON values, under the key of its star.

    With the reports of its results, whether the star leads each: the same keys as an input's,
    under the key of the result.
    """
    found = {"star": star_key, **report.to_json()}
    if results is not None:
        found["results"] = [
            {"result": one.target, "alpha": one.alpha, **row}
            for one in results
            for row in one.to_json()["inputs"]
        ]
    return found


def standings_of(known: StarHistory, found: Review) -> dict[str, Standing]:
    """How does every metric but the candidates stand in the week of that review?"""
    return standings(
        known.star,
        found,
        known.weeks,
        known.targets,
        known.annotations,
        known.definition_changes,
        known.locks,
    )


def habit(
    engine: Engine, known: StarHistory, found: Review, standing: Mapping[str, Standing]
) -> Habit:
    """What does the review of that week ask, what was it told, and what is open?

    Of a star as it was known on an earlier day: the log as it stood then.
    """
    week = found.week_starts[-1]
    entries = read_entries(engine, known.star.key, until=week)
    if known.as_of is not None:
        entries = log_on(entries, known.as_of, known.star.timezone)
    return habit_of(known.star.key, week, standing.values(), entries)


def leading_of(known: StarHistory, report: LeadReport | None = None) -> list[Lead]:
    """The inputs that lead the star, with their effects; asks the lead test unless it is given.

    A star has three to five inputs. With dozens the test takes seconds, and the share of each in a
    change could not be told apart: none are named.
    """
    if report is None and len(known.star.having(Role.INPUT)) > MOST_INPUTS_WEIGHED:
        return []
    report = leads_of(known) if report is None else report
    return leads_of_report(report.table, report.details)


def earlier_leads(known: StarHistory) -> list[tuple[dt.date, list[Lead]]]:
    """Which inputs would the lead test have found at earlier dates, by the last week it then had?

    Every half year, oldest first; with the weeks up to then and nothing later.
    """
    from nsm.inquiry import earlier
    from nsm.leads.setting import Setting

    found = [
        (week, leads_of_report(answer.report.table, answer.report.details))
        for week, answer in earlier(tested(known), Setting())
    ]
    return found[::-1]


def prospect_of(known: StarHistory, found: Review, leads: Sequence[Lead]) -> Prospect:
    """What is coming after the week of a review, and which plans will be reached?

    The lead test has seen every week there is: ``leads`` may correct the outlook of today, but not
    one that is looked up in the past.
    """
    newest = last_complete_week(known.weeks, known.star.north_star)
    is_newest = newest is not None and newest.date() == found.week_starts[-1]
    led = [one for one in leads if one.lag_weeks > 0] if is_newest else []
    return prospect(
        known.star,
        found,
        known.weeks,
        known.targets,
        known.annotations,
        known.definition_changes,
        led,
        earlier_leads(known) if led else None,
    )


def _months_mode(months: str) -> MonthsMode:
    for mode in get_args(MonthsMode):
        if mode == months:
            return mode  # type: ignore[no-any-return]
    raise InputError(f"There are no {months!r} months.", "Ask for trailing or fiscal.")
