"""The wall's picture as HTML: large type, lines as inline SVG, no script.

Sizes follow the screen's height and width, so it fills 1440 x 900 as well as 3840 x 2160; below
700 pixels it becomes a page to scroll. Every word that comes from data is escaped here.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from nsm.wall.facts import Part, Tile, Wall
from nsm.wall.lines import small_line
from nsm.wall.screen import PARTS
from nsm.wall.text import LONGEST_SENTENCE, cut, escape, figure_and_unit, standing
from nsm.wall.turns import turns
from nsm.words.figures import CURRENCY_SIGNS, DOWN, SHORT_UNITS, UP, week_of
from nsm.words.wall import (
    STANDINGS,
    data_to,
    direction,
    held_to,
    more_inputs,
    moved,
    moved_by,
    shape,
    unusual,
    usual_range,
    week_sentence,
)

LONG_FIGURE = 8
# From here on, that the numbers are old comes before what they say.
OLD_FROM_DAYS = 7


def wall_picture(
    wall: Wall, order: Sequence[Part] = PARTS, pin: str = "", way_out: str = ""
) -> str:
    """What a team sees from across the room: the star above, its inputs below, turns between.

    ``way_out`` is the address of the small link back to the dashboard; none without it. It depends
    on nothing but the facts: the same wall is the same text, byte for byte.
    """
    return "".join(
        [
            _head(wall, way_out),
            _hero(wall),
            f'<div class="turns">{turns(wall, order, pin)}</div>',
            _inputs(wall),
            _foot(wall),
        ]
    )


def _head(wall: Wall, way_out: str) -> str:
    star = wall.star
    simulated = '<span class="tag">simulated data</span>' if wall.simulated else ""
    link = f'<a href="{html.escape(way_out)}">dashboard</a>' if way_out else ""
    return (
        f'<header><p class="what"><bdi>{escape(wall.name)}</bdi></p><p class="week">'
        f"{week_of(star.week or wall.week, year=star.days_late >= OLD_FROM_DAYS)}</p>{simulated}"
        f'<p class="{_age_class(star)}">{data_to(star.newest, star.days_late)}</p>{link}</header>'
    )


def _hero(wall: Wall) -> str:
    star = wall.star
    figure, unit = figure_and_unit(star)
    said = f'<p class="unit"><bdi>{escape(unit, 40)}</bdi></p>' if unit else ""
    size = "value long" if len(figure) > LONG_FIGURE else "value"
    return (
        f'<section class="hero"><p class="{size}">{escape(figure)}</p><div class="beside">{said}'
        f'<p class="name"><bdi>{escape(star.name)}</bdi></p></div>'
        f'<div class="verdict">{_verdict(star)}{_measures(wall)}</div></section>'
    )


def _verdict(star: Tile) -> str:
    """Which way the star moved and whether that is usual; nothing of a star without a week."""
    if star.value is None:
        return ""
    known = (
        "" if star.change is None and star.step is None else " <small>on the week before</small>"
    )
    said = STANDINGS[star.standing]
    if star.is_unusual:
        extra = f", {unusual(star.standing, star.record_weeks)}" if star.record_weeks else ""
        said, kind = f"{_odd_mark(star)} {said}{extra}", "odd"
    else:
        said, kind = (f"● {said}", "inside") if star.standing == "inside" else (said, "unknown")
    return (
        f'<p class="moved {_mood(star)}">{_moved(star)}{known}</p>'
        f'<p class="standing {kind}">{said}</p>'
    )


def _measures(wall: Wall) -> str:
    """What the star is held against, in figures: its usual range and its plan."""
    said, star, pace = [], wall.star, wall.pace
    if star.value is not None and star.usual_then:
        unit = star.unit if star.unit == "percent" or star.unit in CURRENCY_SIGNS else ""
        said.append(usual_range(*star.usual_then, unit))
    if pace and pace.share is not None and pace.through:
        said += held_to(pace.share, pace.period, pace.end, pace.through, wall.ahead.chance)
    return "".join(f'<p class="measures">{escape(one)}</p>' for one in said)


def _inputs(wall: Wall) -> str:
    if not wall.inputs:
        return (
            '<section class="inputs none"><p>This star has no inputs yet. '
            "A star is never read alone: give it three to five.</p></section>"
        )
    return f'<section class="inputs">{"".join(map(_card, wall.shown))}</section>'


def _card(tile: Tile) -> str:
    figure, unit = figure_and_unit(tile)
    if unit.lower() in tile.name.lower():
        unit = ""  # "Songs shared: 345 k" needs no "songs", and a card has little room.
    long = " long" if len(figure) > LONG_FIGURE else ""
    said = f"<small><bdi>{escape(SHORT_UNITS.get(unit.lower(), unit), 16)}</bdi></small>"
    return (
        f'<article class="{"odd" if tile.is_unusual else "calm"}">'
        f'<p class="name"><bdi>{escape(tile.name)}</bdi></p>'
        f'<p class="value{long}">{escape(figure)}{said if unit else ""}</p>'
        f'<div class="row"><p class="moved {_mood(tile)}">{_moved(tile)}</p>'
        f"{small_line(tile)}</div>"
        f"{_state(tile)}"
        f'<p class="{_age_class(tile)}">{data_to(tile.newest, tile.days_late)}</p></article>'
    )


def _state(tile: Tile) -> str:
    if tile.value is None:
        return ""
    kind = " odd" if tile.is_unusual or tile.is_other_week else ""
    return f'<p class="state{kind}">{standing(tile)}</p>'


def _foot(wall: Wall) -> str:
    star, inputs = wall.star, wall.inputs
    sentence = week_sentence(
        (
            cut(star.name, 40),
            "empty" if star.value is None else star.standing,
            star.record_weeks,
        ),
        [(cut(tile.name, 40), tile.standing, tile.record_weeks) for tile in inputs],
        [(cut(tile.name, 40), tile.days_late) for tile in (star, *inputs) if tile.days_late],
        star.newest if star.days_late >= OLD_FROM_DAYS else None,
    )
    more = f'<p class="more">{more_inputs(wall.hidden)}</p>' if wall.hidden else ""
    return (
        f'<section class="foot">{more}'
        f'<p class="sentence">{escape(sentence, LONGEST_SENTENCE)}</p></section>'
    )


def _odd_mark(tile: Tile) -> str:
    return UP if tile.standing.endswith("above") else DOWN


def _moved(tile: Tile) -> str:
    if tile.value is None:
        return ""
    mark, said = shape(tile.change, tile.change_unit), moved(tile.change, tile.change_unit)
    if tile.change is None and tile.step is not None:
        mark, said = moved_by(tile.step, tile.unit)
    return f'<span class="mark">{mark}</span> {said}' if mark else said


def _mood(tile: Tile) -> str:
    which = direction(tile.change, tile.change_unit)
    if tile.change is None and tile.step:
        which = "up" if tile.step > 0 else "down"
    if which in ("", "flat"):
        return "flat"
    return "good" if which == tile.better.value else "bad"


def _age_class(tile: Tile) -> str:
    return "age late" if tile.days_late > 0 or tile.newest is None else "age"
