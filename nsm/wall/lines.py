"""The lines on the wall: thirteen weeks of the star, and the small ones of its inputs."""

from __future__ import annotations

import datetime as dt

from nsm.wall.facts import Tile, Wall
from nsm.wall.style import COLOURS
from nsm.wall.svg import Plot, as_data_uri, line_picture, plot_for
from nsm.wall.text import LONGEST_SENTENCE, cut, escape
from nsm.words.figures import count, day, number
from nsm.words.wall import STANDINGS, data_to

LONGEST_UNIT = 12
LABEL_EVERY = 4


def star_line(wall: Wall) -> str:
    """The star's weeks with their usual ranges and target, what they are in words, their dates."""
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
        f"{cut(star.name)} over {count(len(star.weeks), 'week')}: "
        f"{number(star.value, star.unit, short=True)}, {STANDINGS[star.standing]}."
    )
    return (
        f'<section class="chart">{_key(plot, star)}<div class="plot">'
        f'<img src="{as_data_uri(picture)}" alt="{escape(alt, LONGEST_SENTENCE)}">'
        f'{_dot(plot, star)}{_ghost(plot, star)}</div><div class="weeks">'
        f"{_week_labels(plot, wall)}</div></section>"
    )


def small_line(tile: Tile) -> str:
    """The weeks of an input, without scale: only which way it went."""
    if not any(value is not None for value in tile.weeks):
        return '<div class="spark"></div>'
    plot = plot_for(tile.weeks)
    picture = line_picture(plot, tile.weeks, COLOURS | {"line": COLOURS["input"]}, stroke=3)
    return f'<div class="spark"><img src="{as_data_uri(picture)}" alt="">{_dot(plot, tile)}</div>'


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
