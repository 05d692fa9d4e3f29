"""Choices that stand in the page's address by key, so that a link opens what its sender saw.

Streamlit's own ``bind="query-params"`` is right for numbers, dates and switches. For a choice among
names it writes the displayed name into the address - and a name is anybody's text, may stand
twice, and changes. Here the address holds the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from nsm.ui.text import line

_SCREEN = "_screen"
_VISIT = "_visit"


def arrive(screen: str) -> None:
    """Note which screen this run shows; the router calls it before anything is drawn."""
    if st.session_state.get(_SCREEN) != screen:
        st.session_state[_SCREEN] = screen
        st.session_state[_VISIT] = st.session_state.get(_VISIT, 0) + 1


def choose(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    widget: Callable[..., Any] = st.selectbox,
    name: Callable[[str], str] = line,
    shared: bool = False,
    **look: Any,
) -> str:
    """The key a viewer chose among ``options`` (key to name), which is in the address as ``?key=``.

    ``widget`` may be ``st.segmented_control`` or ``st.radio``; those render Markdown, so give them
    ``name=plain``. What the address asks for and does not exist is the default, which is the first
    option unless given; the default itself stays out of the address. The choice is kept for the
    way back to the screen, and for all screens when it is ``shared``.
    """
    usual = _usual(options, default)
    start = recall(options, key=key, default=default, shared=shared)
    if st.session_state.get(key) != start:
        st.session_state[key] = start
    chosen = widget(
        label, list(options), format_func=lambda one: name(options[one]), key=key, **look
    )
    answer = str(chosen) if chosen in options else start
    _tell(key, answer, usual, _memory(key, shared))
    return answer


def recall(
    options: Mapping[str, str], *, key: str, default: str | None = None, shared: bool = False
) -> str:
    """What :func:`choose` starts from, for screens that draw no controls."""
    usual = _usual(options, default)
    memory = _memory(key, shared)
    visit = st.session_state.get(_VISIT, 0)
    asked = st.query_params.get(key)
    arrived = memory.get("visit") != visit
    if arrived:
        # On the way from another screen the address lost its parameters: there, none means this.
        memory |= {"visit": visit, "silent": memory.get("answer", usual)}
    memory["means"] = memory["silent"] if asked is None else asked
    memory["arrived"] = arrived and asked is None
    moved = arrived or asked != memory.get("seen")
    wanted = memory["means"] if moved else st.session_state.get(key, memory["means"])
    return str(wanted) if wanted in options else usual


def _usual(options: Mapping[str, str], default: str | None) -> str:
    return default if default is not None and default in options else next(iter(options))


def _tell(key: str, answer: str, usual: str, memory: dict[str, Any]) -> None:
    """Write the answer into the address when it does not say so already.

    Every write is a step of the browser's history, so none is made without need: the way back
    would lead to where it came from.
    """
    if answer != memory["means"]:
        if answer == usual == memory["silent"]:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = answer
    elif memory["arrived"] and answer != usual:
        st.query_params[key] = answer
    memory |= {"answer": answer, "seen": st.query_params.get(key)}


def _memory(key: str, shared: bool) -> dict[str, Any]:
    screen = "" if shared else st.session_state.get(_SCREEN, "")
    found: dict[str, Any] = st.session_state.setdefault(f"_address_{screen}_{key}", {})
    return found
