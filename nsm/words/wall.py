"""What the wall says: short enough for five seconds, from five metres."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from nsm.words.figures import (
    DOWN,
    FLAT,
    UP,
    age,
    arrow,
    chance_words,
    change,
    count,
    day,
    month,
    number,
    share_words,
    spoken,
    week_of,
)

STANDINGS = {
    "inside": "inside its usual range",
    "above": "above its usual range",
    "below": "below its usual range",
    "unknown": "usual range not known yet",
    "run_above": "above its usual level for eight weeks",
    "run_below": "below its usual level for eight weeks",
    "near_limit_above": "near the upper end of its usual range, three weeks of four",
    "near_limit_below": "near the lower end of its usual range, three weeks of four",
}
# The same as short as on a card, after an arrow.
BRIEFLY = {
    "run_above": "high for eight weeks",
    "run_below": "low for eight weeks",
    "near_limit_above": "high in three of four weeks",
    "near_limit_below": "low in three of four weeks",
}

TOP_LEAD = "The clearest lead found"
NOT_PROOF = "Prediction, not proof: only an experiment shows a cause."
TARGET_TITLE = "Next target"
WORK_TITLE = "Running work"
NOTES_TITLE = "What happened"
# What a screen says when it lost its server; the script in the browser fills in {since}.
LOST = "No word from the server since {since}. What you see may be old."
TROUBLE = "Since {since}: {error} What you see may be old."
CLOSED = "This screen has no key, or its key was revoked. The Screens page makes a new one."
WRITTEN = "written {when}"
NOT_RENEWED = "Written {when} and not renewed since. What you see is old."


def direction(value: float | None, unit: str = "percent") -> str:
    """Which way a change goes: "up", "down", "flat", or "" when it is not known."""
    if value is None or not math.isfinite(value):
        return ""
    return {UP: "up", DOWN: "down"}.get(arrow(value, unit), "flat")


def shape(value: float | None, unit: str = "percent") -> str:
    """The same as a shape: an arrow up or down, a dash, nothing when it is not known."""
    return arrow(value, unit) if direction(value, unit) else ""


def moved(value: float | None, unit: str = "percent") -> str:
    """A change in words: "up 2.1 %", "down 0.4 pt", "unchanged", "change not known"."""
    which = direction(value, unit)
    if not which:
        return "change not known"
    return "unchanged" if which == "flat" else f"{which} {change(value, unit, signed=False)}"


def moved_by(step: float, unit: str = "") -> tuple[str, str]:
    """A change that has no per cent, as a shape and in words: "▲" and "up 387 EUR"."""
    if not step:
        return FLAT, "unchanged"
    mark, which = (UP, "up") if step > 0 else (DOWN, "down")
    return mark, f"{which} {number(abs(step), unit, short=True)}"


def data_to(newest: dt.date | None, days_late: int = 0) -> str:
    """How old a metric is: "data to Sun 15 Nov", "data to Sun 15 Nov, 2 days late"."""
    if newest is None:
        return "no data yet"
    said = f"data to {day(newest)}"
    return f"{said}, {age(days_late)}" if days_late > 0 else said


def unusual(standing: str, record_weeks: int) -> str:
    """What is unusual about a week: "lowest in 26 weeks", "lower than usual"."""
    if standing in BRIEFLY:
        return BRIEFLY[standing]
    extreme = {"above": "high", "below": "low"}[standing]
    if record_weeks > 1:
        return f"{extreme}est in {count(record_weeks, 'week')}"
    return f"{extreme}er than usual"


def state(standing: str, record_weeks: int) -> str:
    """How a metric stands, as short as on its card: "as usual", "▼ lowest in 26 weeks"."""
    if standing == "inside":
        return "as usual"
    if standing == "unknown":
        return "usual range not known"
    return f"{UP if standing.endswith('above') else DOWN} {unusual(standing, record_weeks)}"


def plan_goal(
    name: str, target: float, unit: str, period: str, start: dt.date, end: dt.date
) -> str:
    """What a target asks for and by when: "Orders: 5,000 in November, by Mon 30 Nov"."""
    when = {
        "week": f"in the {week_of(start)}",
        "month": f"in {month(start, year=True)}",
        "quarter": f"in the quarter from {month(start)} to {month(end, year=True)}",
        "year": f"in the year to {month(end, year=True)}",
    }.get(period, "")
    return f"{name}: {spoken(target, unit)} {when}, by {day(end)}"


def plan_pace(
    actual: float | None, planned: float | None, target: float, through: dt.date | None, unit: str
) -> str:
    """How far along: "3,400 up to Sun 15 Nov, 97 % of the 3,500 planned by then."."""
    if actual is None or not planned or through is None:
        return ""
    share = share_words(actual / planned)
    whole = "that" if planned == target else f"the {spoken(planned, unit)} planned by then"
    return f"{spoken(actual, unit)} up to {day(through)}, {share} of {whole}."


def held_to(
    share: float, period: str, end: dt.date, through: dt.date, chance: float | None = None
) -> list[str]:
    """The pace of the star in short lines: "98 % of plan, quarter to date".

    Then its chance: "5 % chance to reach it"; of a period that is over by then there is none:
    "98 % of plan, quarter to 30 Sep".
    """
    when = "to date" if through < end else f"to {day(end, weekday=False)}"
    held = f"{share_words(share)} of plan, {period} {when}"
    if chance is None or through >= end:
        return [held]
    return [held, f"{chance_words(chance)} chance to reach it"]


def usual_range(low: float, high: float, unit: str) -> str:
    """The usual range in figures: "usual 45 M to 52 M"."""
    first = number(low, "percent" if unit == "percent" else "", short=True)
    return f"usual {first} to {number(high, unit, short=True)}"


def begun(since: dt.date) -> str:
    """When running work began: "since Mon 2 Nov"."""
    return f"since {day(since)}"


def more_notes(hidden: int) -> str:
    """That there were notes there was no room for."""
    return f"and {count(hidden, 'more note')} on the dashboard"


def more_inputs(hidden: int) -> str:
    """That there are inputs there was no room for: "and 195 more inputs on the dashboard"."""
    return f"and {count(hidden, 'more input')} on the dashboard"


def week_sentence(
    star: tuple[str, str, int],
    inputs: Sequence[tuple[str, str, int]],
    late: Sequence[tuple[str, int]] = (),
    old_since: dt.date | None = None,
) -> str:
    """The sentence of the week: what is unusual, or that nothing is.

    ``star`` and each of ``inputs`` are (name, standing, record weeks); ``late`` names what is past
    due and by how many days. A star without a week stands "empty". ``old_since`` is the last day
    of a star whose data are so old that this must be said first.
    """
    said = [_star_sentence(*star, old_since)]
    if old_since is not None:
        return said[0]
    odd = [entry for entry in inputs if _is_odd(entry[1])]
    judged = [entry for entry in inputs if entry[1] != "unknown"]
    if not inputs:
        said.append("It has no inputs yet.")
    elif len(odd) == 1:
        name, standing, record = odd[0]
        which = "unusual too" if _is_odd(star[1]) else "the unusual one"
        said.append(f"{name} is {which}: {unusual(standing, record)}.")
    elif odd:
        name, standing, record = odd[0]
        said.append(
            f"{len(odd)} of {len(inputs)} inputs are unusual: {name} is "
            f"{unusual(standing, record)}."
        )
    elif len(judged) == len(inputs):
        said.append("So are all its inputs." if star[1] == "inside" else "Its inputs are as usual.")
    elif judged:
        said.append("None of the inputs that can be judged is unusual.")
    if late and not odd:
        said.append(
            f"{late[0][0]} is {age(late[0][1])}."
            if len(late) == 1
            else f"{len(late)} metrics are late."
        )
    return " ".join(said)


def _is_odd(standing: str) -> bool:
    return standing not in ("inside", "unknown", "empty")


def _star_sentence(name: str, standing: str, record_weeks: int, old_since: dt.date | None) -> str:
    if standing == "empty":
        return f"{name} has no complete week yet."
    if old_since is not None:
        since = day(old_since, weekday=False, year=True)
        return f"This is old: {name} has no data after {since}."
    if standing == "unknown":
        return f"{name} has too few weeks to say what is usual."
    said = f"{name} is {STANDINGS[standing]}"
    if standing in ("above", "below") and record_weeks > 1:
        said += f", {unusual(standing, record_weeks)}"
    return f"{said}."
