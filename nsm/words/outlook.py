"""What is said about the weeks ahead and the plans: ranges, chances, and how well they held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from nsm.model import Metric, Star
from nsm.outlook import Outlook
from nsm.pace import Chance, Pace
from nsm.periods import DAY
from nsm.prospect import Plan, Prospect
from nsm.words.figures import (
    NO_BREAK,
    chance_words,
    count,
    day,
    listed,
    number,
    share_words,
    spoken,
    week_of,
)
from nsm.words.review import capital, readable, short_name

NEAR, WIDE = 0.80, 0.95
METHODS = {
    "naive": "the last week again",
    "seasonal naive": "the same week of last year",
    "last year at today's level": "last year's course at today's level",
    "level": "its recent level",
    "damped trend": "its recent trend, fading",
    "mean with memory": "its return to its mean",
    "line with memory": "its return to its long trend",
    "together": "its season and last year's course together",
}


def outlook_sentence(star: Star, prospect: Prospect) -> str:
    """What is coming: "Outlook, week of 16 Nov: 47 M to 50 M; 82 % chance to meet the quarter."."""
    outlook, metric = prospect.outlook, star.star_metric
    chance = _first_chance(prospect.plans, metric.key)
    if not outlook.weeks:
        reason = outlook.reason or "too little is known"
        return f"No outlook for {short_name(metric)}: {readable(reason)}."
    near = between(outlook.low[NEAR][0], outlook.high[NEAR][0], metric)
    said = f"Outlook, {_first_week(outlook)}: {near}"
    return f"{said}{f'; {chance}' if chance else ''}."


def chance_sentence(star: Star, prospect: Prospect) -> str:
    """The chance of the star's first plan alone; empty where none can be told."""
    chance = _first_chance(prospect.plans, star.north_star)
    return (
        f"{capital(chance)}, as things stood on {day(prospect.week_ending, weekday=False)}."
        if chance
        else ""
    )


def between(low: float, high: float, metric: Metric) -> str:
    """A range, a word for its unit said once: "47.2 M to 50.1 M minutes", "$310 to $340"."""
    unit = metric.unit
    sign = unit if unit == "percent" or len(unit) == 1 else ""
    said = f"{number(low, sign, short=True)} to {number(high, sign, short=True)}"
    rest = "" if sign or not unit.strip() else number(1, unit).removeprefix("1")
    return f"{said}{rest}"


def plan_sentence(star: Star, plan: Plan, week_ending: dt.date) -> str:
    """How far along one plan is, where it may end, and the chance of that being enough."""
    metric, pace, chance = star.metric(plan.metric), plan.pace, plan.chance
    unit = metric.unit
    named = f"{capital(period_name(pace))}, {short_name(metric)}"
    share = share_words(pace.share)
    if pace.is_over(week_ending):
        verdict = "reached" if chance.share else "not reached"
        return (
            f"{named}: {spoken(pace.actual, unit)}, {share} of its target of "
            f"{spoken(pace.target, unit)} – {verdict}."
        )
    said = (
        f"{named}: {spoken(pace.actual, unit)} {_reached(pace, week_ending)}, {share} of the "
        f"{spoken(pace.planned, unit)} planned by then"
    )
    return f"{said}. {_end(metric, pace, chance)}"


def _reached(pace: Pace, week_ending: dt.date) -> str:
    """ "to 15 Nov", or of a metric that is recorded by week "in 6 of 13 weeks"."""
    if pace.weeks:
        return f"in {pace.weeks[0]} of {pace.weeks[1]} weeks"
    return f"to {day(week_ending, weekday=False)}"


def _first_week(outlook: Outlook) -> str:
    """The week of 16 Nov, with its year where the week before did not end in it."""
    start = outlook.weeks[0]
    return week_of(start, year=start.year != (start - DAY).year)


def period_name(pace: Pace) -> str:
    """The period of a plan: "quarter to 31 Dec", "week of 9 Nov"."""
    if pace.period == "week":
        return week_of(pace.start)
    return f"{pace.period} to {day(pace.end, weekday=False)}"


def how_known(star: Star, outlook: Outlook) -> str:
    """How the outlook was made and how often such ranges held, for who wants to know."""
    if not outlook.weeks:
        return ""
    said = f"Forecast from {method_words(outlook.method)}"
    if outlook.leading:
        names = [short_name(star.metric(key)) for key in outlook.leading]
        said += f", corrected by {listed(names)}"
    if outlook.error_share is not None and outlook.error_share < 0.995:
        better = (1 - outlook.error_share) * 100
        said += (
            f": its past errors were {better:.0f}{NO_BREAK}% smaller than those of "
            f"{method_words(outlook.baseline)}"
        )
    if not outlook.covered:
        return f"{said}."
    held = " and ".join(
        f"{share * 100:.0f}{NO_BREAK}% of the {level * 100:.0f}{NO_BREAK}% ranges"
        for level, share in outlook.covered.items()
    )
    return f"{said}. Of {count(outlook.tries, 'past forecast')}, {held} held."


def method_words(method: str) -> str:
    """A method in plain words."""
    seasonal = method.startswith("season,")
    core = method.removeprefix("season, ")
    if seasonal and core == "naive":
        return "the last week and its season"
    found = next((words for name, words in METHODS.items() if core == name), "")
    found = found or next((words for name, words in METHODS.items() if name in core), core)
    return f"{found} and its season" if seasonal else found


def outlook_alt(star: Star, outlook: Outlook) -> str:
    """What the fan shows, for those who do not see it."""
    metric, last = star.star_metric, len(outlook.weeks) - 1
    return (
        f"{short_name(metric)} and the {len(outlook.weeks)} weeks ahead: "
        f"{between(outlook.low[NEAR][0], outlook.high[NEAR][0], metric)} in the "
        f"{_first_week(outlook)}, "
        f"{between(outlook.low[NEAR][last], outlook.high[NEAR][last], metric)} in the "
        f"{week_of(outlook.weeks[last])}, four times in five."
    )


def outlook_table(star: Star, outlook: Outlook) -> pd.DataFrame:
    """The table behind the fan: one row a week; ratios in per cent."""
    factor = 100.0 if star.star_metric.is_percent else 1.0
    return pd.DataFrame(
        {
            "Week": outlook.weeks,
            "Expected": [value * factor for value in outlook.values],
            **{
                f"{side} ({level * 100:.0f} %)": [value * factor for value in ends[level]]
                for level in (NEAR, WIDE)
                for side, ends in (("From", outlook.low), ("To", outlook.high))
            },
        }
    )


def plans_table(star: Star, plans: Sequence[Plan]) -> pd.DataFrame:
    """Every plan: target, planned and actual so far, where it may end, and the chance."""
    return pd.DataFrame([_plan_row(star.metric(plan.metric), plan) for plan in plans])


def _plan_row(metric: Metric, plan: Plan) -> dict[str, str]:
    pace, chance = plan.pace, plan.chance
    ends = (
        between(chance.low, chance.high, metric)
        if chance.low is not None and chance.high is not None
        else "–"
    )
    return {
        "Metric": short_name(metric),
        "Period": capital(period_name(pace)),
        "Target": spoken(pace.target, metric.unit),
        "Planned so far": spoken(pace.planned, metric.unit),
        "So far": spoken(pace.actual, metric.unit),
        "Of plan": share_words(pace.share),
        "May end at": ends,
        "Chance": "–" if chance.share is None else chance_words(chance.share),
        "Why not known": readable(chance.reason) or "–",
    }


def _end(metric: Metric, pace: Pace, chance: Chance) -> str:
    target = f"the target of {spoken(pace.target, metric.unit)}"
    if chance.share is None or chance.low is None or chance.high is None:
        reason = readable(chance.reason) or "too little is known"
        return f"No chance of reaching {target} can be told: {reason}."
    return (
        f"It may end at {between(chance.low, chance.high, metric)}: {chance_words(chance.share)} "
        f"chance to meet {target}."
    )


def _first_chance(plans: Sequence[Plan], key: str) -> str:
    """The chance that is told first: of the star's quarter, else month, year."""
    for plan in plans:
        open_still = plan.chance.share is not None and plan.chance.low != plan.chance.high
        if plan.metric == key and open_still and plan.chance.share is not None:
            return f"{chance_words(plan.chance.share)} chance to meet the {plan.pace.period}"
    return ""
