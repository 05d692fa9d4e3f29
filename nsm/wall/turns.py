"""What takes turns below the star: its weeks, each input, a lead, the plan, work and notes.

Each turn is one section; a screen shows one at a time, without its script the first. A part that
has nothing to tell has no turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from nsm.wall.facts import Lead, Note, Part, Plan, Tile, Wall
from nsm.wall.lines import input_line, star_line
from nsm.wall.text import LONGEST_SENTENCE, cut, escape, figure_and_unit, standing
from nsm.words.figures import day
from nsm.words.wall import (
    NOT_PROOF,
    NOTES_TITLE,
    TARGET_TITLE,
    TOP_LEAD,
    WORK_TITLE,
    begun,
    data_to,
    more_notes,
    plan_goal,
    plan_pace,
)

NOTES_SHOWN = 4


def turns(wall: Wall, order: Sequence[Part], pin: str = "") -> str:
    """The sections in their order, the first one on; only the pinned one where there is a pin."""
    sections: list[tuple[str, str, str]] = []
    for part in order:
        sections += _sections(wall, part)
    if pin:
        pinned = [one for one in sections if pin in one[:2]]
        # A pin that is not there now - a lead not found - leaves the star's weeks standing.
        sections = pinned or _sections(wall, "weeks")
    sections = sections or _sections(wall, "weeks")
    return "".join(
        f'<section class="turn turn-{part}{" on" if place == 0 else ""}">{content}</section>'
        for place, (part, _, content) in enumerate(sections)
    )


def _sections(wall: Wall, part: Part) -> list[tuple[str, str, str]]:
    """The turns of one part as (part, key of the input, content)."""
    if part == "weeks":
        return [("weeks", "", star_line(wall))]
    if part == "inputs":
        return [("input", tile.key, _input(tile, wall)) for tile in wall.shown]
    if part == "lead":
        return [("lead", "", _lead(wall.ahead.lead))] if wall.ahead.lead else []
    if part == "target":
        return [("target", "", _target(wall.plan, wall.star))] if wall.plan else []
    if part == "work":
        lines = [(begun(note.day), note) for note in wall.work]
        return [("work", "", _notes(WORK_TITLE, lines))] if lines else []
    lines = [(day(note.day), note) for note in wall.notes]
    return [("notes", "", _notes(NOTES_TITLE, lines))] if lines else []


def _input(tile: Tile, wall: Wall) -> str:
    figure, unit = figure_and_unit(tile)
    said = f" <small>{escape(unit, 16)}</small>" if unit else ""
    kind = " odd" if tile.is_unusual or tile.is_other_week else ""
    late = " late" if tile.days_late > 0 or tile.newest is None else ""
    return (
        f'<p class="title"><b><bdi>{escape(tile.name)}</bdi></b> {escape(figure)}{said}'
        f'<span class="state{kind}">{standing(tile)}</span>'
        f'<span class="age{late}">{data_to(tile.newest, tile.days_late)}</span></p>'
        f"{input_line(tile, wall.week)}"
    )


def _lead(lead: Lead) -> str:
    return (
        f'<p class="title">{TOP_LEAD}<span class="age">{data_to(lead.data_to)}</span></p>'
        f'<p class="big">{escape(lead.headline, LONGEST_SENTENCE)}</p>'
        f'<p class="more">{escape(lead.evidence, LONGEST_SENTENCE)}</p>'
        f'<p class="more">{NOT_PROOF}</p>'
    )


def _target(plan: Plan | None, star: Tile) -> str:
    if plan is None:
        return ""
    goal = plan_goal(cut(star.name, 40), plan.target, star.unit, plan.period, plan.start, plan.end)
    age = data_to(star.newest, star.days_late)
    late = " late" if star.days_late > 0 else ""
    bar = ""
    pace = plan_pace(plan.actual, plan.planned, plan.target, plan.through, star.unit)
    if plan.actual is not None and plan.planned is not None and plan.target > 0:
        done = min(max(plan.actual / plan.target, 0.0), 1.0) * 100
        due = min(max(plan.planned / plan.target, 0.0), 1.0) * 100
        bar = (
            f'<div class="bar"><i style="width:{done:.2f}%"></i>'
            f'<b style="left:{due:.2f}%"></b></div>'
        )
    return (
        f'<p class="title">{TARGET_TITLE}<span class="age{late}">{age}</span></p>'
        f'<p class="big">{escape(goal, LONGEST_SENTENCE)}</p>'
        f'{bar}<p class="more">{escape(pace, LONGEST_SENTENCE)}</p>'
    )


def _notes(title: str, notes: Sequence[tuple[str, Note]]) -> str:
    """A title and a line a note: when, what, and about which metric."""
    lines = "".join(
        f'<p class="note"><span class="day">{when}</span> '
        f"<bdi>{escape(note.text, 160)}</bdi>"
        + (f" <small><bdi>{escape(note.about, 40)}</bdi></small>" if note.about else "")
        + "</p>"
        for when, note in notes[:NOTES_SHOWN]
    )
    hidden = len(notes[NOTES_SHOWN:])
    more = f'<p class="more">{more_notes(hidden)}</p>' if hidden else ""
    return f'<p class="title">{title}</p>{lines}{more}'
