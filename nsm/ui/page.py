"""What every page starts from: the store, the chosen star, its day and its version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nsm.config import read_settings
from nsm.model import Star
from nsm.periods import today_in
from nsm.ui.address import asked_in_vain, choose, chosen
from nsm.ui.replay import DAY_SECONDS
from nsm.ui.text import plain

# The key of the selector and of its parameter in the address, ?star=.
STAR = "star"
_CHOSEN = "_star"
_ROW = "_filters"
_FRESH = "_version"


@st.cache_resource(show_spinner=False)
def engine() -> Any:
    """The one SQLAlchemy engine of this process, on the database of the settings."""
    from nsm.store.engine import open_store

    return open_store(read_settings().database_url)


def choose_star(*, drawn: bool = True) -> None:
    """Settle which star this viewer looks at; the router calls it once, before the page.

    ``drawn`` False leaves the selector away, for the wall: there the address alone decides.
    """
    versions = _versions()
    stars = _stars_at(tuple(sorted(versions.items())))
    st.session_state[_CHOSEN] = None
    if not stars:
        return
    names = {key: star.name for key, star in stars.items()}
    unknown = asked_in_vain(names, STAR)
    if drawn:
        row = st.container(horizontal=True, vertical_alignment="bottom", key="filters")
        st.session_state[_ROW] = row
        with row:
            key = choose(
                "Star", names, key=STAR, shared=True, label_visibility="collapsed", width=260
            )
    else:
        key = chosen(names, key=STAR, shared=True)
    if unknown is not None:
        st.warning(plain(f"There is no star “{unknown}” here; this is {names[key]}."))
    st.session_state[_CHOSEN] = stars[key]
    st.session_state[_FRESH] = versions[key]


def chosen_star() -> Star:
    """The star that this viewer looks at; without any star the page says so and stops."""
    if _CHOSEN not in st.session_state:
        # A page that runs without the router, as in a test, has only the address.
        choose_star(drawn=False)
    star = st.session_state[_CHOSEN]
    if not isinstance(star, Star):
        st.header("No star yet")
        st.write(
            "The database holds no North Star. The page Data fills it with the demonstration at a "
            "press; or describe your own and load its history:"
        )
        st.code("nsm demo\n\nnsm apply star.yaml\nnsm load history.csv --star STAR", language=None)
        st.stop()
    return star


def last_star() -> str:
    """The key of the star that this viewer looked at last, "" for none; asks no database."""
    star = st.session_state.get(_CHOSEN)
    return star.key if isinstance(star, Star) else ""


def filters() -> DeltaGenerator:
    """The row of the star selector, for the page's own filters: ``with filters(): choose(...)``."""
    row = st.session_state.get(_ROW)
    return row if isinstance(row, DeltaGenerator) else st.container(horizontal=True)


def today(star: Star) -> dt.date:
    """The day it is where the star lives."""
    return today_in(star.timezone)


def version(star: Star) -> int:
    """A number that differs after every write to the star: a picture drawn at it is still true."""
    # What the router has just read serves the page once; a fragment that runs later asks again.
    fresh = st.session_state.pop(_FRESH, None)
    if isinstance(fresh, int) and st.session_state.get(_CHOSEN) == star:
        return fresh
    return _versions().get(star.key, 0)


def edition(star: Star) -> tuple[str, int, dt.date]:
    """Star key, version and day: all that a stored picture of the star depends on, but filters."""
    return star.key, version(star), today(star)


def _versions() -> dict[str, int]:
    from nsm.store.stars import star_versions

    return star_versions(engine())


@st.cache_resource(max_entries=4, ttl=DAY_SECONDS, show_spinner=False)
def _stars_at(versions: tuple[tuple[str, int], ...]) -> dict[str, Star]:
    from nsm.store.stars import list_stars

    return {star.key: star for star in list_stars(engine())}


def on_demand(label: str, draw: Callable[[], None], *, key: str, icon: str) -> None:
    """A closed section, open in the address by its key; ``draw`` runs only while it is open."""
    with st.expander(label, key=key, on_change="rerun", bind="query-params", icon=icon) as part:
        if part.open:
            with st.spinner("One moment …"):
                draw()
