"""What an address asks of a plain route, checked: InputError names what cannot be used."""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request

from nsm.errors import InputError
from nsm.plaintext import shown
from nsm.wall import Screen, query_of

USUAL_LAG, LONGEST_LAG = 12, 104


def one(request: Request, name: str) -> str:
    """The one value of a parameter, "" without any; InputError for two."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise InputError(f"{name} is given {len(values)} times.", "Give it once.")
    return values[0] if values else ""


def day(request: Request, name: str) -> dt.date | None:
    """The day of a parameter, None without it."""
    said = one(request, name)
    if name not in request.query_params:
        return None
    try:
        # Only 2026-11-15: Python also reads 20261115 and week dates.
        return dt.datetime.strptime(said if len(said) == 10 else "", "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        raise InputError(f"{shown(said)} is not a day.", "Write it as 2026-11-15.") from error


def lag(request: Request) -> int:
    """How many weeks back a lead may be looked for."""
    said = one(request, "max_lag")
    if "max_lag" not in request.query_params:
        return USUAL_LAG
    if not (said.isascii() and said.isdigit()) or not 1 <= int(said[:9]) <= LONGEST_LAG:
        raise InputError(
            f"max_lag={shown(said)} cannot be used.",
            f"Write a whole number from 1 to {LONGEST_LAG}.",
        )
    return int(said)


def framed(request: Request) -> bool:
    """Whether the wall stands inside a screen of the dashboard, which brings its own way out."""
    return request.query_params.get("framed") == "1"


def again(screen: Screen, in_frame: bool) -> str:
    """The query that asks for the same screen again."""
    return "&".join(part for part in (query_of(screen), "framed=1" if in_frame else "") if part)


def following(screen: Screen, key: str) -> str:
    """The star whose turn comes after that of ``key``."""
    if key not in screen.stars:
        return key
    return screen.stars[(screen.stars.index(key) + 1) % len(screen.stars)]
