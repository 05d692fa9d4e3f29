"""The wall on its screen: drawn anew when its star changes, kept when the database is silent."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from nsm.errors import NsmError
from nsm.ui import answers
from nsm.ui.page import chosen_star, edition
from nsm.ui.replay import DAY_SECONDS
from nsm.wall import heartbeat, wall_of, wall_picture

logger = logging.getLogger(__name__)

# The last picture that could be drawn, and since when none can be.
_LAST, _SINCE = "_wall_last", "_wall_since"


def draw_wall() -> None:
    """The picture and the heartbeat; the browser gets the picture again only when it changed."""
    trouble = ""
    timezone = "UTC"
    try:
        star = chosen_star()
        timezone = star.timezone
        st.session_state[_LAST] = _picture(*edition(star))
        st.session_state.pop(_SINCE, None)
    except Exception as error:  # Nobody stands before a wall to reload it: the picture stays.
        trouble = _what_is_wrong(error)
    picture = st.session_state.get(_LAST)
    if picture:
        st.html(picture)
    st.html(heartbeat(dt.datetime.now(ZoneInfo(timezone)), trouble))


@st.cache_data(ttl=DAY_SECONDS, max_entries=50, show_spinner=False)
def _picture(star_key: str, version: int, today: dt.date) -> str:
    known = answers.histories(star_key, version, today)
    wall = wall_of(
        known.star,
        known.weeks,
        known.newest,
        today,
        known.targets,
        known.annotations,
        known.definition_changes,
    )
    return wall_picture(wall, way_out=f"./?{urlencode({'star': star_key})}")


def _what_is_wrong(error: Exception) -> str:
    """One line for the wall; the reason goes to the log."""
    since = st.session_state.setdefault(_SINCE, f"{dt.datetime.now(dt.UTC):%H:%M} UTC")
    old = "What you see may be old." if _LAST in st.session_state else ""
    if isinstance(error, NsmError):
        logger.warning("wall: %s: %s", type(error).__name__, error)
        return f"Since {since}: {error.message} {old}"
    log_id = secrets.token_hex(4)
    logger.error("wall: log id %s", log_id, exc_info=error)
    return f"Since {since} the picture cannot be drawn (log {log_id}). {old}"
