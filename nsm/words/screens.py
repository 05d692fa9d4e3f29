"""What the Screens page says."""

from __future__ import annotations

import datetime as dt

from nsm.words.figures import day

INTRO = (
    "A screen's address says everything it shows. Open it on a television, or scan it with a phone."
)
OPEN = (
    "Whoever reaches this server may see the wall. A key names a screen, so that it can be turned "
    "off from here. With NSM_WALL_ACCESS=token only screens with a key see the wall; the other "
    "pages of this dashboard have no lock either way."
)
CLOSED_TO_OTHERS = (
    "Only screens with a key see the wall and the plain routes. The other pages of this dashboard, "
    "this one included, have no lock: a proxy with a login is theirs."
)
ONCE = (
    "Open this address once on the screen. It is shown only now: whoever has it has the key, and "
    "it cannot be shown again."
)
ONLY_HERE = (
    "This address works on this machine alone, since the dashboard was opened as “localhost”. "
    "Open it by the name that televisions and phones reach, and copy it there: docs/settings.md "
    "says how."
)
NO_KEYS = "There are no keys yet."
PART_NAMES = {
    "weeks": "thirteen weeks of the star",
    "inputs": "each input with its six weeks",
    "lead": "the clearest lead",
    "target": "the next target",
    "work": "running work",
    "notes": "what happened",
}
THEME_NAMES = {"night": "Night", "day": "Day", "auto": "By the hour"}
TURNING = "nothing: all take turns"


def key_line(created: dt.datetime, revoked: dt.datetime | None, query: str) -> str:
    """When a key was made and ended, and what its screen shows."""
    said = f"made {day(created.date(), weekday=False, year=True)}"
    if revoked is not None:
        said += f", revoked {day(revoked.date(), weekday=False, year=True)}"
    return f"{said} · {query or 'the first star'}"
