"""The wall as a page of its own: one small document, its script inside.

The script (wall.js) turns the parts and the stars, asks the server for its heartbeat, puts a new
picture in place of the old one, and says so when it hears nothing. Without any script the page is
the picture, loaded anew every minute.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nsm.wall.facts import Wall
from nsm.wall.picture import wall_picture
from nsm.wall.screen import Screen
from nsm.wall.style import styled
from nsm.wall.text import LONGEST_SENTENCE, escape
from nsm.words.wall import CLOSED, LOST, NOT_RENEWED, TROUBLE

STAGE, STAGE_END = "<!--stage-->", "<!--/stage-->"
REFRESH_SECONDS = 60
LONGEST_TOLD = 4_000
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document finds what it asks for, as addresses relative to its own.

    ``beat`` answers its heartbeat; ``following`` is the same screen with its next star;
    ``way_out`` the dashboard, "" for none; ``framed`` leaves room for the way out of the page
    around it.
    """

    beat: str
    following: str = ""
    way_out: str = ""
    framed: bool = False


def wall_document(wall: Wall, screen: Screen, tag: str, place: Place, said: str = "") -> str:
    """The whole page for one star of a screen.

    ``tag`` names this very picture, as the heartbeat does; ``said`` is what stands in the place of
    the heartbeat until the first one comes. The same facts make the same text.
    """
    picture = wall_picture(wall, screen.order, screen.pin, place.way_out)
    if place.framed:
        picture = picture.replace("</header>", '<span class="room">dashboard</span></header>', 1)
    seconds = max(screen.seconds * 3, REFRESH_SECONDS)
    following = f";url={place.following}" if place.following else ""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<title>{escape(wall.name)}</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<noscript><meta http-equiv="refresh" content="{seconds}{html.escape(following)}">'
        f'</noscript></head><body class="{"day" if screen.theme == "day" else "night"}">'
        f'<div id="stage">{STAGE}{styled(screen.scale)}<div class="nsm-wall" id="wall" '
        f"{_told(wall.key, screen, tag, place)}>"
        f'<div class="frame" id="frame">{picture}</div></div>{STAGE_END}</div>'
        '<div class="nsm-beat" role="status"><p class="live">'
        f'<span id="clock">{escape(said)}</span></p><p class="sign" id="sign"></p></div>'
        f"<script>{script()}</script></body></html>"
    )


def _told(star: str, screen: Screen, tag: str, place: Place) -> str:
    """What the script needs to know, as attributes; its words come from here too."""
    told = {
        "star": star,
        "tag": tag,
        "beat": place.beat,
        "program": program(),
        "seconds": str(screen.seconds),
        "theme": screen.theme,
        "lost": LOST,
        "trouble": TROUBLE,
        "closed": CLOSED,
        "old": NOT_RENEWED,
    }
    return " ".join(f'data-{name}="{escape(text, LONGEST_TOLD)}"' for name, text in told.items())


def message_document(line: str, again_seconds: int = 10) -> str:
    """A page of one line, in the look of the wall, that tries again by itself."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>North Star</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{again_seconds}"></head><body>{styled()}'
        f'<div class="nsm-wall"><div class="frame"><p class="closed">'
        f"{escape(line, LONGEST_SENTENCE * 2)}</p></div></div></body></html>"
    )


@cache
def script() -> str:
    """The script of the page, without its comments and indents."""
    code = re.sub(r"/\*.*?\*/", "", (_HERE / "wall.js").read_text(encoding="utf-8"), flags=re.S)
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())


@cache
def program() -> str:
    """A name for this version of everything that draws: another one, another picture."""
    found = hashlib.sha256()
    for path in sorted(_HERE.parent.rglob("*.py")):
        found.update(path.read_bytes())
    found.update(script().encode())
    return found.hexdigest()[:12]
