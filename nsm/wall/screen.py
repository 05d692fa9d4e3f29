"""What a screen on a wall shows, as one address: stars, order, seconds each, theme, scale, pin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import quote, urlencode

from nsm.errors import InputError
from nsm.plaintext import shown
from nsm.wall.facts import Part

THEMES = ("night", "day", "auto")
PARTS: tuple[Part, ...] = get_args(Part)
SHORTEST_SECONDS, LONGEST_SECONDS = 5, 3600
SMALLEST_SCALE, LARGEST_SCALE = 60, 120
MOST_STARS = 12


@dataclass(frozen=True, slots=True)
class Screen:
    """``stars`` take turns in this order; none means the first star there is.

    ``order`` are the parts that take turns below the star, ``seconds`` how long each stays.
    ``theme`` is night, day or auto (by the star's hour); ``scale`` the size of everything in per
    cent; ``pin`` a part, or the key of an input, that stays instead of turning.
    """

    stars: tuple[str, ...] = ()
    order: tuple[Part, ...] = PARTS
    seconds: int = 20
    theme: str = "night"
    scale: int = 100
    pin: str = ""


def screen_of(query: Mapping[str, str]) -> Screen:
    """The screen that an address asks for; InputError for what it cannot mean.

    ``star`` is the same as ``stars`` with one key. Unknown parameters are left alone.
    """
    usual = Screen()
    named = query.get("stars", "") or query.get("star", "")
    stars = tuple(dict.fromkeys(key.strip() for key in named.split(",") if key.strip()))
    if len(stars) > MOST_STARS:
        raise InputError(
            f"{len(stars)} stars are too many for one screen.", f"Name at most {MOST_STARS}."
        )
    theme = query.get("theme", "") or usual.theme
    if theme not in THEMES:
        raise InputError(f"There is no theme {shown(theme)}.", f"Write one of {_listed(THEMES)}.")
    return Screen(
        stars=stars,
        order=_order(query.get("order", "")),
        seconds=_number(query, "seconds", usual.seconds, SHORTEST_SECONDS, LONGEST_SECONDS),
        theme=theme,
        scale=_number(query, "scale", usual.scale, SMALLEST_SCALE, LARGEST_SCALE),
        pin=query.get("pin", "").strip(),
    )


def query_of(screen: Screen) -> str:
    """The same as the query of an address, without what is usual; "" for the usual screen."""
    usual = Screen()
    said = {
        "stars": ",".join(screen.stars),
        "order": "" if screen.order == usual.order else ",".join(screen.order),
        "seconds": "" if screen.seconds == usual.seconds else str(screen.seconds),
        "theme": "" if screen.theme == usual.theme else screen.theme,
        "scale": "" if screen.scale == usual.scale else str(screen.scale),
        "pin": screen.pin,
    }
    return urlencode({name: text for name, text in said.items() if text}, safe=",", quote_via=quote)


def _order(said: str) -> tuple[Part, ...]:
    names = list(dict.fromkeys(name.strip() for name in said.split(",") if name.strip()))
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise InputError(
            f"A screen has no part {shown(unknown[0])}.", f"Its parts are {_listed(PARTS)}."
        )
    return tuple(part for name in names for part in PARTS if part == name) or PARTS


def _number(query: Mapping[str, str], name: str, usual: int, low: int, high: int) -> int:
    said = query.get(name, "").strip()
    if not said:
        return usual
    if not (said.isascii() and said.isdigit()) or not low <= int(said[:9]) <= high:
        raise InputError(
            f"{name}={shown(said)} cannot be used.", f"Write a whole number from {low} to {high}."
        )
    return int(said)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
