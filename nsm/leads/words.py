"""The reasons a reader should know, each as one plain sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsm.leads.report import Working
from nsm.leads.series import Series

MOVES = 0.05  # share of periods with a change below which a series moves too slowly to tell


def label(index: pd.Index, position: int) -> str:
    """A period as the reader knows it: a date where the index has dates."""
    if not 0 <= position < len(index):
        return ""
    value = index[position]
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)


def season_note(asked: float | None, used: float | None) -> str:
    """What was done about the season."""
    if asked is None:
        return "No season was asked for."
    if used is None:
        return (
            "The history is shorter than two years, so no yearly season could be removed, only a "
            "yearly wave: what merely shares the season may look related."
        )
    return f"A yearly season of {used:g} periods was removed."


def star_notes(working: Working, season: float | None) -> tuple[str, ...]:
    """What was done to the star's own history, for every input alike."""
    star, response = working.star, working.response
    notes = []
    for step in response.steps:
        notes.append(f"{star.name} changed its level at {label(working.index, step)}: a step.")
    for turn in response.turns:
        notes.append(f"The growth of {star.name} turned at {label(working.index, turn)}.")
    if response.set_aside:
        weeks = ", ".join(label(working.index, s) for s in response.set_aside)
        notes.append(f"Set aside as unlike any other period of {star.name}: {weeks}.")
    notes += _holes(star)
    if season is not None and response.season is None:
        notes.append(season_note(season, None))
    return tuple(notes)


def input_notes(working: Working, place: int) -> list[str]:
    """What a reader should know about one input."""
    x = working.inputs[place]
    found = working.forward.estimates[place]
    notes = _holes(x)
    later = max(x.first - working.star.first, 0)
    if later:
        notes.append(
            f"{x.name} starts {later} periods after {working.star.name}; "
            "only the periods since then count."
        )
    if x.lone is not None:
        notes.append(
            f"{x.name} was so far off at {label(working.index, x.lone)} that this period alone "
            "decides what it can tell. Correct the value if it is wrong."
        )
    seen = x.values[x.first : x.last + 1]
    steps = np.diff(seen[~np.isnan(seen)])
    moved = int(np.count_nonzero(steps))
    if moved < max(5, MOVES * len(steps)):
        notes.append(
            f"{x.name} changed in only {moved} of {len(steps)} periods: "
            "it moves too slowly to tell."
        )
    if found is not None and np.isnan(found.t[1:]).any():
        notes.append(
            f"{x.name} cannot be told apart from the past of {working.star.name} at some lags."
        )
    return notes


def too_few_rows(x: Series) -> str:
    """Why nothing was estimated although the history is long enough on paper."""
    return f"Too few periods are left for {x.name} once gaps, breaks and lags are taken out."


def only_together(x: Series, span: int) -> str:
    """A spread-out effect."""
    return (
        f"No single week of {x.name} is sure by itself: the effect is established over the last "
        f"{span} weeks together."
    )


def also_same_week(star: Series, x: Series) -> str:
    """A lead that also shows at once."""
    return f"{x.name} also moves together with {star.name} in the same period."


def as_much_at_once(x: Series) -> str:
    """A candidate of which the same period tells as much as the one before."""
    return f"The same period of {x.name} tells as much: perhaps neither comes first."


def perhaps_one_thing(star: Series, x: Series) -> str:
    """One whose earlier periods tell something too, but not more than the same one."""
    return (
        f"Earlier periods of {x.name} or {star.name} tell something of the other too, but nothing "
        "that is clearly apart from the same one: an effect that starts at once and lasts, or one "
        "thing that both show."
    )


def _holes(series: Series) -> list[str]:
    filled = int(series.filled.sum())
    left = series.missing - filled
    notes = []
    if filled:
        notes.append(f"{_missing(filled, series.name)} filled between neighbours.")
    if left:
        notes.append(f"{_missing(left, series.name)} dropped, since their gaps are longer.")
    return notes


def _missing(count: int, name: str) -> str:
    return (
        f"1 missing period of {name} was"
        if count == 1
        else f"{count} missing periods of {name} were"
    )
