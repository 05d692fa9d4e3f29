"""From a star's history to the facts on its wall."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import pandas as pd

from nsm.freshness import freshness, newest_of
from nsm.history import Floats, History, grains
from nsm.limits import Limits, limits_of
from nsm.model import (
    Aggregate,
    Annotation,
    DefinitionChange,
    Grain,
    LimitLock,
    Metric,
    Star,
    Target,
)
from nsm.periods import DAY, WEEK, last_complete_week, week_end, week_start_of
from nsm.review.known import Known, change
from nsm.signals import extreme
from nsm.standing import known_weeks
from nsm.wall.facts import WEEKS_SHOWN, Ahead, Note, Plan, Running, Tile, Wall
from nsm.wall.plan import next_plan, target_days


def wall_of(
    star: Star,
    weeks: History,
    newest: Mapping[str, dt.date],
    today: dt.date,
    targets: Sequence[Target] = (),
    annotations: Sequence[Annotation] = (),
    changes: Sequence[DefinitionChange] = (),
    plans: Sequence[Plan] = (),
    ahead: Ahead | None = None,
    locks: Sequence[LimitLock] = (),
) -> Wall:
    """What the wall of this star shows on ``today``: the last week that is over, and what is known.

    ``newest`` holds the newest date of every metric that has data (a formula has its parts').
    ``plans`` are how far along its targets the star is, the one it is held to first. A star whose
    newest week left the picture long ago is shown as it was then, as old.
    """
    over = last_complete_week(today, star.week_start)
    week = _week_shown(weeks, star.north_star, over)
    grain_of = grains(star)

    def tile(metric: Metric) -> Tile:
        grain = grain_of[metric.key]
        age = freshness(newest_of(star, metric, newest), grain, metric.lateness_days, today)
        known = known_weeks(weeks, metric.key, week)
        empty = Tile(
            key=metric.key,
            name=metric.name,
            unit=metric.unit,
            better=metric.better,
            weeks=(None,) * WEEKS_SHOWN,
            running=_running(weeks, metric.key, grain, star, today) if week == over else None,
            newest=age.data_to,
            days_late=age.days_late,
        )
        if known.notna().sum() == 0:
            return empty
        last = cast("pd.Timestamp", known.last_valid_index())
        limits = limits_of(star, metric, known, annotations, changes, locks)
        signal = limits.signal_in(last.date())
        record = extreme(limits.weeks.loc[:last].to_numpy())
        wanted = {"above": "highest", "below": "lowest"}.get(signal.status)
        return replace(
            empty,
            value=float(known[last]),
            week=last.date(),
            change=_change(metric, known.loc[:last].to_numpy()),
            change_unit="bps" if metric.is_percent else "percent",
            standing=signal.standing,
            record_weeks=record.weeks if record and record.kind == wanted else 0,
            weeks=_shown(known.to_numpy()),
            usual=_usual(limits, week),
            target=week_target(metric, targets, week),
        )

    shown = tile(star.star_metric)
    return Wall(
        name=star.name,
        star=shown,
        inputs=tuple(_beside(tile(metric), shown.week or week) for metric in star.inputs),
        week=week,
        simulated=star.simulated,
        key=star.key,
        pace=plans[0] if plans else None,
        plan=next_plan(star.star_metric, targets, plans, today),
        work=_work(star, annotations, week, today),
        notes=_notes(star, annotations, week, today),
        ahead=ahead or Ahead(),
    )


def _notes(
    star: Star, annotations: Sequence[Annotation], week: dt.date, today: dt.date
) -> tuple[Note, ...]:
    """What was noted since the week shown began, newest first."""
    last = max(today, week_end(week))
    return _told(star, [one for one in annotations if week <= one.date <= last])


def _work(
    star: Star, annotations: Sequence[Annotation], week: dt.date, today: dt.date
) -> tuple[Note, ...]:
    """The work begun within the weeks of the picture, newest first; when it ends nobody notes."""
    first = week - (WEEKS_SHOWN - 1) * WEEK
    begun = [one for one in annotations if one.kind == "work" and first <= one.date <= today]
    return _told(star, begun)


def _told(star: Star, found: list[Annotation]) -> tuple[Note, ...]:
    names = {metric.key: metric.name for metric in star.metrics}
    found.sort(key=lambda one: (one.date, one.id), reverse=True)
    return tuple(Note(one.date, one.text, names.get(one.metric or "", "")) for one in found)


def _week_shown(weeks: History, key: str, over: dt.date) -> dt.date:
    """The last week that is over, or the star's own last when that left the picture long ago."""
    known = known_weeks(weeks, key, over)
    if known.notna().sum() == 0:
        return over
    last = cast("pd.Timestamp", known.last_valid_index()).date()
    return over if over - last < WEEKS_SHOWN * WEEK else last


def week_target(metric: Metric, targets: Sequence[Target], week: dt.date) -> float | None:
    """What the plan asks of one week: its own target, else its share of a longer one.

    A sum of a month is spread evenly over its days; any other aggregate is asked of every week.
    The shortest period that holds the last day of the week counts.
    """
    last = week_end(week)
    best: tuple[int, float] | None = None
    for target in targets:
        if target.metric != metric.key:
            continue
        days = target_days(target)
        if not target.start <= last < target.start + days * DAY:
            continue
        summed = metric.aggregate is Aggregate.SUM
        value = target.value * 7 / days if summed and days != 7 else target.value
        if best is None or days < best[0]:
            best = (days, value)
    return best[1] if best else None


def _beside(tile: Tile, week: dt.date) -> Tile:
    """An input beside a star of that week: what was unusual in another week is no news of this."""
    if tile.week in (None, week):
        return tile
    return replace(tile, is_other_week=True, standing="unknown", record_weeks=0)


def _usual(limits: Limits, week: dt.date) -> tuple[tuple[float, float] | None, ...]:
    """What was usual for each week shown, as one could know before it."""
    ranges = (limits.usual_in(week - back * WEEK) for back in range(WEEKS_SHOWN - 1, -1, -1))
    return tuple((found.low, found.high) if found else None for found in ranges)


def _shown(known: Floats) -> tuple[float | None, ...]:
    last = [float(value) if math.isfinite(value) else None for value in known[-WEEKS_SHOWN:]]
    return (None,) * (WEEKS_SHOWN - len(last)) + tuple(last)


def _change(metric: Metric, past: Floats) -> float | None:
    """Against the week before, as the review reckons it."""
    if past.size < 2 or not math.isfinite(past[-2]):
        return None
    return change(Known(float(past[-1])), Known(float(past[-2])), metric).value


def _running(weeks: History, key: str, grain: Grain, star: Star, today: dt.date) -> Running | None:
    """The week that is not over, for a metric that has days."""
    if grain is Grain.WEEK:
        return None
    start = pd.Timestamp(week_start_of(today, star.week_start))
    if start not in weeks.days.index:
        return Running(0, 7, None)
    at = weeks.days.index.get_loc(start)
    so_far = float(weeks.so_far[key].to_numpy()[at])
    return Running(
        int(weeks.days[key].to_numpy()[at]),
        int(weeks.expected[key].to_numpy()[at]),
        so_far if math.isfinite(so_far) else None,
    )
