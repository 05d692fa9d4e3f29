"""The wall as one piece of HTML: large type, lines as images, no script.

It stands by itself: on the page it covers everything else, in a plain document it is the whole
body. Sizes follow the screen's height and width, so it fills 1440 x 900 as well as 3840 x 2160;
below 700 pixels it becomes a page to scroll. Every word that comes from data is escaped here.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata

from nsm.wall.facts import Tile, Wall
from nsm.wall.style import COLOURS, styled
from nsm.wall.svg import Plot, as_data_uri, line_picture, plot_for
from nsm.words.numbers import DOWN, SHORT_UNITS, UP, count, day, number, week_of
from nsm.words.wall import (
    STANDINGS,
    data_to,
    direction,
    more_inputs,
    moved,
    shape,
    unusual,
    week_sentence,
)

LONGEST_NAME, LONGEST_SENTENCE = 60, 260
LONG_FIGURE = 8
LONGEST_UNIT = 12
LABEL_EVERY = 4
PATIENCE_SECONDS = 60
# From here on, that the numbers are old comes before what they say.
OLD_FROM_DAYS = 7
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def wall_picture(wall: Wall, way_out: str = "") -> str:
    """What a team sees from across the room.

    ``way_out`` is the address of the small link back to the dashboard; none without it. It depends
    on nothing but the facts: the same wall is the same text, byte for byte.
    """
    return "".join(
        [
            f'<div class="nsm-wall">{styled(PATIENCE_SECONDS)}<div class="frame">',
            _head(wall, way_out),
            _hero(wall.star),
            _chart(wall),
            _inputs(wall),
            _foot(wall),
            "</div></div>",
        ]
    )


def heartbeat(heard: dt.datetime, trouble: str = "") -> str:
    """The line that says when the screen last heard from the server, or what is the matter.

    It stands apart from the picture, so that a beat redraws nothing else. The clock that turns it
    into a warning runs in the browser, as a CSS animation that every beat starts anew: a screen
    whose server fell silent says so by itself. ``trouble`` is for a server that speaks but cannot
    read: then the warning stands at once.
    """
    said = f"{heard:%H:%M}"
    beat = f'<div class="nsm-beat" data-beat="{heard:%H:%M:%S}">'
    if trouble:
        return f'{beat}<span class="lost now">{escape(trouble, LONGEST_SENTENCE)}</span></div>'
    return (
        f'{beat}<span class="live"><span class="pulse"></span>live {said}</span>'
        f'<span class="lost">No word from the server since {said}. What you see may be old.'
        "</span></div>"
    )


def escape(text: str, longest: int = LONGEST_NAME) -> str:
    """Any text as text inside HTML: escaped, on one line, cut when it is too long."""
    return html.escape(_cut(text, longest))


def _cut(text: str, longest: int = LONGEST_NAME) -> str:
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else char
        for char in _TURNING.sub("", text[: longest * 20])
    )
    line = " ".join(visible.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _head(wall: Wall, way_out: str) -> str:
    star = wall.star
    simulated = '<span class="tag">simulated data</span>' if wall.simulated else ""
    link = f'<a href="{html.escape(way_out)}">dashboard</a>' if way_out else ""
    return (
        f'<header><p class="what"><bdi>{escape(wall.name)}</bdi> · '
        f"{week_of(star.week or wall.week, year=star.days_late >= OLD_FROM_DAYS)}</p>{simulated}"
        f'<p class="{_age_class(star)}">{data_to(star.newest, star.days_late)}</p>{link}</header>'
    )


def _hero(star: Tile) -> str:
    figure, unit = _big(star)
    said = f'<p class="unit"><bdi>{escape(unit, 40)}</bdi></p>' if unit else ""
    size = "value long" if len(figure) > LONG_FIGURE else "value"
    return (
        f'<section class="hero"><p class="{size}">{escape(figure)}</p><div class="beside">{said}'
        f'<p class="name"><bdi>{escape(star.name)}</bdi></p></div>'
        f'<div class="verdict">{_verdict(star)}</div></section>'
    )


def _verdict(star: Tile) -> str:
    """Which way the star moved and whether that is usual; nothing of a star without a week."""
    if star.value is None:
        return ""
    known = "" if star.change is None else " <small>on the week before</small>"
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


def _chart(wall: Wall) -> str:
    star = wall.star
    if star.value is None or not any(value is not None for value in star.weeks):
        return f'<section class="chart empty"><p>{_why_empty(star)}</p></section>'
    plot = plot_for(
        star.weeks, star.usual, star.target, len(star.weeks) + (1 if star.running else 0)
    )
    picture = line_picture(
        plot,
        star.weeks,
        COLOURS,
        usual=star.usual,
        target=star.target,
        running=star.running is not None,
    )
    alt = (
        f"{_cut(star.name)} over {count(len(star.weeks), 'week')}: "
        f"{number(star.value, star.unit, short=True)}, {STANDINGS[star.standing]}."
    )
    return (
        f'<section class="chart">{_key(plot, star)}<div class="plot">'
        f'<img src="{as_data_uri(picture)}" alt="{escape(alt, LONGEST_SENTENCE)}">'
        f'{_dot(plot, star)}{_ghost(plot, star)}</div><div class="weeks">'
        f"{_week_labels(plot, wall)}</div></section>"
    )


def _why_empty(star: Tile) -> str:
    if star.newest is None:
        return "No data yet. Load some on the Data page."
    if star.value is not None:
        return f"No complete week in the last {len(star.weeks)}."
    return f"No complete week yet, {data_to(star.newest)}."


def _key(plot: Plot, star: Tile) -> str:
    """What the band, the dashes and the hollow mark are, in words above the line."""
    unit = star.unit if len(star.unit) <= LONGEST_UNIT else ""
    said = []
    usual = star.usual[-1] if star.usual else None
    if usual:
        low = number(usual[0], "percent" if unit == "percent" else "", short=True)
        said.append(("range", f"usual {low} to {number(usual[1], unit, short=True)}"))
    if star.target is not None:
        goal = f"target {number(star.target, unit, short=True)}"
        if not plot.shows(star.target):
            goal += ", above this picture" if star.target > plot.high else ", below this picture"
        said.append(("target", goal))
    if star.running and star.running.so_far is not None:
        so_far = number(star.running.so_far, unit, short=True)
        said.append(("running", f"this week so far {so_far}"))
    return (
        '<p class="key">'
        + "".join(f'<span class="{kind}">{escape(text)}</span>' for kind, text in said)
        + "</p>"
    )


def _dot(plot: Plot, tile: Tile) -> str:
    """The newest week that is known, as a mark on the line."""
    known = [(slot, value) for slot, value in enumerate(tile.weeks) if value is not None]
    slot, value = known[-1]
    return f'<span class="dot" style="{_at(plot.across(slot), plot.down(value))}"></span>'


def _ghost(plot: Plot, star: Tile) -> str:
    """The running week: hollow, never joined to the line, at the edge when it is far below."""
    if star.running is None or star.running.so_far is None:
        return ""
    height = min(max(plot.down(star.running.so_far), 3.0), 97.0)
    return f'<span class="dot ghost" style="{_at(plot.across(plot.slots - 1), height)}"></span>'


def _at(across: float, down: float) -> str:
    return f"left:{across:.2f}%;top:{down:.2f}%"


def _week_labels(plot: Plot, wall: Wall) -> str:
    shown, running = len(wall.star.weeks), wall.star.running
    # The running week's label takes the room of the last week's, which the head names.
    last = shown - 1 - (LABEL_EVERY if running else 0)
    labels = "".join(
        f'<span style="left:{plot.across(slot):.2f}%">'
        f"{day(wall.week - dt.timedelta(weeks=shown - 1 - slot), weekday=False)}</span>"
        for slot in range(last, -1, -LABEL_EVERY)
    )
    if running:
        labels += f'<span class="running">{running.days} of {running.expected} days</span>'
    return labels


def _inputs(wall: Wall) -> str:
    if not wall.inputs:
        return (
            '<section class="inputs none"><p>This star has no inputs yet. '
            "A star is never read alone: give it three to five.</p></section>"
        )
    return f'<section class="inputs">{"".join(map(_card, wall.shown))}</section>'


def _card(tile: Tile) -> str:
    figure, unit = _big(tile)
    if unit.lower() in tile.name.lower():
        unit = ""  # "Songs shared: 345 k" needs no "songs", and a card has little room.
    said = f"<small><bdi>{escape(SHORT_UNITS.get(unit.lower(), unit), 16)}</bdi></small>"
    return (
        f'<article class="{"odd" if tile.is_unusual else "calm"}">'
        f'<p class="name"><bdi>{escape(tile.name)}</bdi></p>'
        f'<p class="value">{escape(figure)}{said if unit else ""}</p>'
        f'<p class="moved {_mood(tile)}">{_moved(tile)}</p>{_spark(tile)}{_state(tile)}'
        f'<p class="{_age_class(tile)}">{data_to(tile.newest, tile.days_late)}</p></article>'
    )


def _state(tile: Tile) -> str:
    if tile.is_unusual:
        said = unusual(tile.standing, tile.record_weeks)
        return f'<p class="state odd">{_odd_mark(tile)} {said}</p>'
    if tile.value is None:
        return ""
    said = "as usual" if tile.standing == "inside" else "usual range not known"
    return f'<p class="state">{said}</p>'


def _spark(tile: Tile) -> str:
    if not any(value is not None for value in tile.weeks):
        return '<div class="spark"></div>'
    plot = plot_for(tile.weeks)
    picture = line_picture(plot, tile.weeks, COLOURS | {"line": COLOURS["input"]}, stroke=3)
    return f'<div class="spark"><img src="{as_data_uri(picture)}" alt="">{_dot(plot, tile)}</div>'


def _foot(wall: Wall) -> str:
    star, inputs = wall.star, wall.inputs
    sentence = week_sentence(
        (
            _cut(star.name, 40),
            "empty" if star.value is None else star.standing,
            star.record_weeks,
        ),
        [(_cut(tile.name, 40), tile.standing, tile.record_weeks) for tile in inputs],
        [(_cut(tile.name, 40), tile.days_late) for tile in (star, *inputs) if tile.days_late],
        star.newest if star.days_late >= OLD_FROM_DAYS else None,
    )
    more = f'<p class="more">{more_inputs(wall.hidden)}</p>' if wall.hidden else ""
    return (
        f'<section class="foot">{more}'
        f'<p class="sentence">{escape(sentence, LONGEST_SENTENCE)}</p></section>'
    )


def _big(tile: Tile) -> tuple[str, str]:
    """The figure without its unit, and the unit in words, to be set smaller beside it."""
    whole = number(tile.value, tile.unit, short=True)
    if tile.unit == "percent" or number(1.0, tile.unit) == f"{tile.unit}1":
        return whole, ""
    return number(tile.value, short=True), tile.unit


def _odd_mark(tile: Tile) -> str:
    return UP if tile.standing == "above" else DOWN


def _moved(tile: Tile) -> str:
    if tile.value is None:
        return ""
    mark, said = (
        shape(tile.change, tile.change_unit),
        moved(tile.change, tile.change_unit),
    )
    return f'<span class="mark">{mark}</span> {said}' if mark else said


def _mood(tile: Tile) -> str:
    which = direction(tile.change, tile.change_unit)
    if which in ("", "flat"):
        return "flat"
    return "good" if which == tile.better.value else "bad"


def _age_class(tile: Tile) -> str:
    return "age late" if tile.days_late > 0 or tile.newest is None else "age"
