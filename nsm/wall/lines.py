"""The lines on the wall: thirteen weeks of the star, six of an input, the small ones of cards."""

from __future__ import annotations

import datetime as dt

from nsm.wall.facts import WEEKS_OF_AN_INPUT, Running, Tile, Wall
from nsm.wall.svg import Plot, line_picture, plot_for
from nsm.wall.text import LONGEST_SENTENCE, cut, escape
from nsm.words.figures import CURRENCY_SIGNS, count, day, number
from nsm.words.wall import STANDINGS, data_to, usual_range

LONGEST_UNIT = 12
LABEL_EVERY = 4


def star_line(wall: Wall) -> str:
    """The star's weeks with their usual ranges and target, what they are in words, their dates."""
    star = wall.star
    if star.value is None or not any(value is not None for value in star.weeks):
        return f'<p class="empty">{_why_empty(star)}</p>'
    plot = plot_for(star.weeks, star.usual, star.target, len(star.weeks) + bool(star.running))
    alt = (
        f"{cut(star.name)} over {count(len(star.weeks), 'week')}: "
        f"{number(star.value, star.unit, short=True)}, {STANDINGS[star.standing]}."
    )
    picture = line_picture(
        plot,
        star.weeks,
        usual=star.usual,
        target=star.target,
        running=star.running is not None,
        alt=escape(alt, LONGEST_SENTENCE),
    )
    return (
        f"{_key(plot, star, star.running)}"
        f'<div class="plot">{picture}{_dot(plot, star)}{_ghost(plot, star)}</div>'
        f'<div class="weeks">{_week_labels(plot, wall)}</div>'
    )


def input_line(tile: Tile, week: dt.date) -> str:
    """The last six weeks of an input, each with its value and usual range, the running as a ghost.

    Without the range the least move of a quiet input would fill the box like a plunge.
    """
    weeks, usual = tile.weeks[-WEEKS_OF_AN_INPUT:], tile.usual[-WEEKS_OF_AN_INPUT:]
    if not any(value is not None for value in weeks):
        return f'<p class="empty">{_why_empty(tile)}</p>'
    so_far = tile.running.so_far if tile.running else None
    # The unit stands beside the name; only a sign belongs to each figure.
    unit = tile.unit if tile.unit == "percent" or tile.unit in CURRENCY_SIGNS else ""
    plot = plot_for(weeks, usual, tile.target, len(weeks) + bool(tile.running))
    alt = f"{cut(tile.name)} over {count(len(weeks), 'week')}."
    picture = line_picture(
        plot,
        weeks,
        kind="input",
        usual=usual,
        target=tile.target,
        running=tile.running is not None,
        alt=escape(alt, LONGEST_SENTENCE),
    )
    marks, labels, values = "", "", ""
    for slot, value in enumerate(weeks):
        across = plot.across(slot)
        start = week - dt.timedelta(weeks=len(weeks) - 1 - slot)
        labels += f'<span style="left:{across:.2f}%">{day(start, weekday=False)}</span>'
        said = "no data" if value is None else escape(number(value, unit, short=True))
        values += f'<span style="left:{across:.2f}%">{said}</span>'
        if value is not None:
            marks += f'<span class="dot" style="{_at(across, plot.down(value))}"></span>'
    if tile.running:
        labels += _running_label(tile)
        if so_far is not None:
            said = escape(number(so_far, unit, short=True))
            at = plot.across(plot.slots - 1)
            values += f'<span class="running" style="left:{at:.2f}%">{said}</span>'
    return (
        f'{_key(plot, tile)}<div class="weeks values">{values}</div>'
        f'<div class="plot">{picture}{marks}{_ghost(plot, tile)}</div>'
        f'<div class="weeks">{labels}</div>'
    )


def small_line(tile: Tile) -> str:
    """The weeks of an input, without scale: only which way it went."""
    if not any(value is not None for value in tile.weeks):
        return '<div class="spark"></div>'
    plot = plot_for(tile.weeks)
    picture = line_picture(plot, tile.weeks, kind="input", stroke=3)
    return f'<div class="spark">{picture}{_dot(plot, tile)}</div>'


def _why_empty(tile: Tile) -> str:
    if tile.newest is None:
        return "No data yet. Load some on the Data page."
    if tile.value is not None:
        return f"No complete week in the last {len(tile.weeks)}."
    return f"No complete week yet, {data_to(tile.newest)}."


def _key(plot: Plot, tile: Tile, running: Running | None = None) -> str:
    """What the band, the dashes and the hollow mark are, in words above the line."""
    unit = tile.unit if len(tile.unit) <= LONGEST_UNIT else ""
    said = []
    if tile.usual_then:
        said.append(("range", usual_range(*tile.usual_then, unit)))
    if tile.target is not None:
        goal = f"target {number(tile.target, unit, short=True)}"
        if not plot.shows(tile.target):
            goal += ", above this picture" if tile.target > plot.high else ", below this picture"
        said.append(("target", goal))
    if running and running.so_far is not None:
        so_far = number(running.so_far, unit, short=True)
        said.append(("running", f"this week so far {so_far}"))
    if not said:
        return ""
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


def _ghost(plot: Plot, tile: Tile) -> str:
    """The running week: hollow, never joined to the line, at the edge when it is far below."""
    if tile.running is None or tile.running.so_far is None:
        return ""
    height = min(max(plot.down(tile.running.so_far), 3.0), 97.0)
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
    return labels + _running_label(wall.star)


def _running_label(tile: Tile) -> str:
    if tile.running is None:
        return ""
    return f'<span class="running">{tile.running.days} of {tile.running.expected} days</span>'
