"""The star as a small picture to embed: a badge with its value, a spark with its weeks."""

from __future__ import annotations

from nsm.wall.facts import Tile, Wall
from nsm.wall.svg import HEIGHT, WIDTH, path_of, plot_for
from nsm.wall.text import cut, escape
from nsm.words.figures import number
from nsm.words.wall import data_to, direction, shape

# Widths in pixels of a letter at 11 pixels of Verdana or its like: near enough, since the text is
# told to fill the room it was given.
NARROW, USUAL, WIDE = "ijl.,:;'|! ", 6.6, "mwMW%@—"
LONGEST_NAME = 32
LEFT, LATE = "#4a5361", "#8a6d00"
MOODS = {"good": "#00775a", "bad": "#b84300", "flat": "#3c4756", "unknown": LATE}
SPARK_WIDTH, SPARK_HEIGHT = 160, 40


def badge(wall: Wall) -> str:
    """The star's name, its value and direction, and how old that is; grey-yellow when late."""
    star = wall.star
    mark = shape(star.change, star.change_unit)
    value = number(star.value, star.unit, short=True) if star.value is not None else "no data"
    name, told = cut(star.name, LONGEST_NAME), cut(f"{value} {mark}".strip(), LONGEST_NAME)
    age = data_to(star.newest, star.days_late).replace("\N{NO-BREAK SPACE}", " ")
    late = star.days_late > 0 or star.newest is None
    boxes = ((name, LEFT), (told, MOODS[_mood(star)]), (age, LATE if late else LEFT))
    parts, left = [], 0
    for text, colour in boxes:
        letters = _width(text)
        width = letters + 12
        parts.append(
            f'<rect x="{left}" width="{width}" height="20" fill="{colour}"/>'
            f'<text x="{left + 6}" y="14" textLength="{letters}">{escape(text)}</text>'
        )
        left += width
    title = escape(f"{name}: {told}, {age}", 200)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        '<clipPath id="r"><rect width="100%" height="20" rx="3"/></clipPath>'
        '<g clip-path="url(#r)" fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11">{"".join(parts)}</g></svg>\n'
    )


def spark(wall: Wall) -> str:
    """The star's weeks as one line, its newest one a dot; readable on light and dark ground."""
    star = wall.star
    plot = plot_for(star.weeks)
    across, down = SPARK_WIDTH / WIDTH, SPARK_HEIGHT / HEIGHT
    known = [(slot, value) for slot, value in enumerate(star.weeks) if value is not None]
    value = number(star.value, star.unit, short=True) if star.value is not None else "no data"
    age = data_to(star.newest, star.days_late)
    title = escape(f"{cut(star.name, LONGEST_NAME)}: {value}, {age}", 200)
    drawn = ""
    if known:
        slot, last = known[-1]
        drawn = (
            f'<path transform="scale({across:g} {down:g})" d="{path_of(plot, star.weeks)}" '
            'fill="none" stroke="#2f86d6" stroke-width="2" stroke-linejoin="round" '
            'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
            f'<circle cx="{plot.across(slot) * SPARK_WIDTH / 100:.1f}" '
            f'cy="{plot.down(last) * SPARK_HEIGHT / 100:.1f}" r="3" fill="#2f86d6"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" '
        f'viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{drawn}</svg>\n"
    )


def _mood(star: Tile) -> str:
    if star.value is None:
        return "unknown"
    which = direction(star.change, star.change_unit)
    if which in ("", "flat"):
        return "flat"
    return "good" if which == star.better.value else "bad"


def _width(text: str) -> int:
    return round(
        sum(3.6 if one in NARROW else 10.0 if one in WIDE else USUAL for one in text)
        + 5 * sum(ord(one) > 0x2E80 for one in text)
    )
