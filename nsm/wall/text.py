"""Any text, and any figure, as it stands on the wall: short, on one line, escaped."""

from __future__ import annotations

import html
import re
import unicodedata

from nsm.wall.facts import Tile
from nsm.words.figures import number, week_of
from nsm.words.wall import state

LONGEST_NAME, LONGEST_SENTENCE = 60, 260
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def escape(text: str, longest: int = LONGEST_NAME) -> str:
    """Any text as text inside HTML: escaped, on one line, cut when it is too long."""
    return html.escape(cut(text, longest))


def cut(text: str, longest: int = LONGEST_NAME) -> str:
    """Any text on one line, cut when it is too long, without what turns or hides its neighbours."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else char
        for char in _TURNING.sub("", text[: longest * 20])
    )
    line = " ".join(visible.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def standing(tile: Tile) -> str:
    """How it stands in the week of the star; of another week, which one it is."""
    if tile.is_other_week and tile.week:
        return week_of(tile.week)
    return state(tile.standing, tile.record_weeks)


def figure_and_unit(tile: Tile) -> tuple[str, str]:
    """The figure without its unit, and the unit in words, to be set smaller beside it."""
    whole = number(tile.value, tile.unit, short=True)
    if tile.unit == "percent" or number(1.0, tile.unit) == f"{tile.unit}1":
        return whole, ""
    return number(tile.value, short=True), tile.unit
