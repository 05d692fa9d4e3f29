"""Pictures drawn once and sent again until their star changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

# A stored picture is keyed by its star's version, so this only frees what nobody looks at.
DAY_SECONDS = 24 * 60 * 60

P = ParamSpec("P")
T = TypeVar("T")


def replayed(draw: Callable[P, T]) -> Callable[P, T]:
    """A function that draws, made to draw once per set of arguments.

    Streamlit stores the messages that the first call sent to the browser and sends them again:
    no figure is built, no frame is read. The arguments must be small and say everything the
    picture depends on - ``edition(star)`` and the filters. No widgets inside: a button, a
    selectable chart or an expander that reruns belongs outside.
    """
    stored: Callable[P, T] = st.cache_data(ttl=DAY_SECONDS, max_entries=200, show_spinner=False)(
        draw
    )
    return stored
