"""What is said about a week or month that is not over: how far it is, and how it compares."""

from __future__ import annotations

from nsm.standing import Partial, Standing
from nsm.words.figures import MINUS, change, count, number, spoken, week_of
from nsm.words.review import readable

FEW = ("no", "one", "two", "three", "four", "five", "six", "seven")


def so_far(partial: Partial) -> str:
    """How much of an unfinished period is there: "3 of 7 days"."""
    return f"{partial.days} of {count(partial.expected, 'day')}"


def running_week(standing: Standing) -> str:
    """The week that is not complete, told apart from those that are; empty when there is none."""
    partial = standing.running
    if partial is None:
        return ""
    value = spoken(partial.value, standing.metric.unit)
    said = (
        f"Not in these figures: the {week_of(partial.start)} has {so_far(partial)} so far "
        f"({value}) and is drawn hollow."
    )
    compared = against_same_days(partial, standing.review.change_unit)
    if compared:
        return f"{said} That is {compared}."
    if partial.against and partial.against.reason:
        reason = readable(partial.against.reason)
        return f"{said} It cannot be compared with the week before: {reason}."
    return said


def against_same_days(partial: Partial, change_unit: str) -> str:
    """The days so far beside those a week before; empty where that cannot be known.

    "4.0 % above the same three days of the week before".
    """
    against = partial.against
    if against is None or against.change is None:
        return ""
    days = "day" if against.days == 1 else f"{FEW[against.days]} days"
    moved = change(against.change, change_unit)
    if moved[0] not in ("+", MINUS):
        return f"level with the same {days} of the week before"
    side = "above" if moved[0] == "+" else "below"
    return f"{moved[1:]} {side} the same {days} of the week before"


def open_words(partial: Partial, unit: str) -> str:
    """An unfinished period, as its mark says when it is pointed at."""
    compared = against_same_days(partial, "bps" if unit == "percent" else "percent")
    tail = f"; {compared}" if compared else ""
    return f"{number(partial.value, unit, short=True)} in {so_far(partial)}, not complete{tail}"
