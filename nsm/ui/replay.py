"""Pictures drawn once and sent again until their star changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import streamlit as st

# A stored picture is keyed by its star's version, so this only frees what nobody looks at.
DAY_SECONDS = 24 * 60 * 60

# Streamlit pickles what it does not know to tell two arguments apart; these say it themselves, at
# a tenth of the cost. The setting of the lead test is named: its module is not on the way to the
# first picture.
HASHED: dict[str | type, Callable[[Any], Any]] = {
    dt.date: dt.date.isoformat,
    "nsm.leads.setting.Setting": repr,
}

P = ParamSpec("P")
T = TypeVar("T")


def kept(max_entries: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Answers worked out once for each ``edition(star)`` and shared between all viewers."""
    return st.cache_resource(
        ttl=DAY_SECONDS, max_entries=max_entries, show_spinner=False, hash_funcs=HASHED
    )


def replayed(draw: Callable[P, T]) -> Callable[P, T]:
    """A function that draws, made to draw once per set of arguments.

    Streamlit stores the messages that the first call sent to the browser and sends them again:
    no figure is built, no frame is read. The arguments must be small and say everything the
    picture depends on - ``edition(star)`` and the filters. No widgets inside: a button, a
    selectable chart or an expander that reruns belongs outside.
    """
    stored: Callable[P, T] = st.cache_data(
        ttl=DAY_SECONDS, max_entries=200, show_spinner=False, hash_funcs=HASHED
    )(draw)
    return stored
