"""Writes the plain pictures and answers as files, for a static host."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from nsm import answers
from nsm.answers import Engine
from nsm.errors import InputError
from nsm.periods import today_in
from nsm.plaintext import harmless
from nsm.radiate.answering import (
    ahead_of,
    json_text,
    leads_text,
    review_text,
    stars_json,
    wall_facts,
)
from nsm.store.stars import read_star
from nsm.wall import Place, Screen, badge, program, script, spark, wall_document
from nsm.words.figures import day
from nsm.words.wall import WRITTEN

# A picture that nobody renewed for so long says so by itself: a daily job may be two hours late.
KEPT_SECONDS = 26 * 3600


def radiate(engine: Engine, screen: Screen, folder: Path, now: dt.datetime) -> tuple[Path, ...]:
    """Write the wall, badges, sparks and answers of the screen's stars into a folder.

    Each file appears whole or not at all, in place of an older one; the heartbeat, which makes
    open screens take the new pictures, comes last. Returns what was written. Raises UnknownStar
    before anything is written, InputError for a folder that cannot be written.
    """
    files: dict[str, str] = {"wall.js": script()}
    pictures = []
    when = ""
    for place, key in enumerate(screen.stars):
        star = read_star(engine, key)
        here = now.astimezone(ZoneInfo(star.timezone))
        when = when or f"{day(here.date())} {here:%H:%M}"
        today = today_in(star.timezone)
        known = answers.histories(engine, key, today)
        wall = wall_facts(engine, known, today, ahead_of(engine, known, today))
        name = "wall.html" if place == 0 else f"wall-{key}.html"
        following = screen.stars[(place + 1) % len(screen.stars)]
        next_name = "wall.html" if following == screen.stars[0] else f"wall-{following}.html"
        where = Place("beat.json", next_name if len(screen.stars) > 1 else "")
        tag = _tag(wall_document(wall, screen, "", where))
        files[name] = wall_document(wall, screen, tag, where, WRITTEN.format(when=when))
        files[f"badge/{key}.svg"] = badge(wall)
        files[f"spark/{key}.svg"] = spark(wall)
        files[f"api/v1/stars/{key}/review.json"] = review_text(engine, key, today)
        files[f"api/v1/stars/{key}/leads.json"] = leads_text(engine, key, today)
        pictures.append({"star": key, "tag": tag, "href": name})
    chosen = [one for one in stars_json(engine) if one["star"] in screen.stars]
    files["api/v1/stars.json"] = json_text(chosen)
    files["beat.json"] = json_text(_beat(pictures, when, now))
    return tuple(write_file(folder / name, text) for name, text in files.items())


def _beat(pictures: Sequence[dict[str, str]], when: str, now: dt.datetime) -> dict[str, object]:
    """What the script of the wall asks for; a file cannot tell the hour, so it tells none."""
    return {
        "program": program(),
        "script": "wall.js",
        "clock": when,
        "said": WRITTEN.format(when=when),
        "hour": -1,
        "written": int(now.timestamp()),
        "keeps": KEPT_SECONDS,
        "when": when,
        "pictures": list(pictures),
    }


def _tag(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_file(path: Path, text: str) -> Path:
    """Replace a file in one step; a reader sees the old one or the new one. InputError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise InputError(
            f"{harmless(path)} cannot be written: {error.strerror or 'that is no path'}.",
            "Name a folder that this account may write.",
        ) from error
    return path
