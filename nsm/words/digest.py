"""What a digest says beyond the sentences of the page: its subject, its counts, when it may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from nsm.model import Star
from nsm.standing import Standing
from nsm.words.figures import change, count, day, number, spoken, week_of
from nsm.words.review import short_name
from nsm.words.running import against_same_days, so_far

SIMULATED_TAG = "simulated data"
PICTURE_KEY = "Coloured line: this year. Grey line: a year before. Pale band: the usual range."
TARGET_KEY = "Short dashes: target."


def subject(star: Star, week: dt.date, standing: Standing) -> str:
    """The first line of a mail: "Shop, week of 9 Nov: Orders 8,011 (+2.1 %)"."""
    figures = standing.review
    moved = (
        f" ({change(figures.wow, figures.change_unit)} on the week before)"
        if figures.wow is not None
        else ""
    )
    value = spoken(figures.last_week, standing.metric.unit)
    return f"{star.name}, {week_of(week)}: {short_name(standing.metric)} {value}{moved}"


def counted(standings: Sequence[Standing]) -> str:
    """How many metrics are a signal: "2 signals, 5 quiet, 1 too early to say"."""
    unusual = sum(one.signal.is_unusual for one in standings)
    unknown = sum(one.signal.status == "unknown" and not one.signal.rules for one in standings)
    quiet = len(standings) - unusual - unknown
    parts = [count(unusual, "signal"), f"{quiet:,} quiet"]
    if unknown:
        parts.append(f"{unknown:,} not to be judged")
    return ", ".join(parts)


def to_date_cell(value: float | None, moved: float | None, standing: Standing) -> str:
    """A figure to date with its change on last year: "1.2 M (+3.1 %)"."""
    said = number(value, _sign(standing), short=True)
    if moved is None:
        return said
    return f"{said} ({change(moved, standing.review.change_unit)})"


def open_week(standing: Standing) -> str:
    """How far the week after this one is, told apart from the figures; empty when it is none."""
    partial = standing.running
    if partial is None:
        return ""
    compared = against_same_days(partial, standing.review.change_unit)
    return (
        f"Not in these figures: the {week_of(partial.start)} has {so_far(partial)} so far "
        f"({spoken(partial.value, standing.metric.unit)}{f', {compared}' if compared else ''})."
    )


def not_yet(star: Star, week: dt.date, due: dt.date) -> str:
    """That a week's digest waits for the usual lateness."""
    return (
        f"{star.key}: the digest of the {week_of(week, year=True)} goes out from "
        f"{day(due, year=True)} on, when its figures usually are all there. Nothing was sent."
    )


def not_complete(star: Star, week: dt.date, days: int, expected: int) -> str:
    """That a week's digest waits for missing days."""
    there = f"{days} of its {count(expected, 'day')}" if expected else "none of its days"
    return (
        f"{star.key}: the {week_of(week, year=True)} is not complete: "
        f"{short_name(star.star_metric)} has {there}. Nothing was sent."
    )


def delivered(star: Star, week: dt.date, label: str, *, before: bool) -> str:
    """That a digest went out, now or before."""
    state = "was sent before, or is being sent" if before else "sent"
    return f"{star.key}, {week_of(week, year=True)}: {label} {state}."


def _sign(standing: Standing) -> str:
    """The unit where it is a sign that belongs to its number; words stand once in the row."""
    unit = standing.metric.unit
    return unit if unit == "percent" or len(unit) == 1 else ""
