"""Choices that stand in the page's address by key, so that a link opens what its sender saw.

Streamlit's own ``bind="query-params"`` is right for numbers, dates and switches. For a choice among
names it writes the displayed name into the address - and a name is anybody's text, may stand
twice, and changes. Here the address holds the key.

Every write is a step of the browser's history, so none is made without need. While a viewer steps
back, the browser replaces the address instead: no write can bar the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from nsm.ui.text import line

_SCREEN = "_screen"
# What the address said of each choice when its screen was last drawn, by screen ("" for all).
_SAID = "_address"


def arrive(screen: str) -> None:
    """Note which screen this run shows; the router calls it before anything is drawn.

    A link to another screen carries no parameters: those that its address had before come back,
    all in one step.
    """
    if st.session_state.get(_SCREEN) == screen:
        return
    st.session_state[_SCREEN] = screen
    lost = {
        key: said
        for key, said in {**_said(shared=True), **_said(shared=False)}.items()
        if said is not None and key not in st.query_params
    }
    if lost:
        st.query_params.update(lost)


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
    option unless given. A silent address means the default, which therefore stays out of it.

    A ``shared`` choice holds on every screen and always stands in the address: a link to any of
    them still means the same when the default is another.
    """
    start = _start(options, key, default, shared)
    if st.session_state.get(key) != start:
        st.session_state[key] = start
    picked = widget(
        label, list(options), format_func=lambda one: name(options[one]), key=key, **look
    )
    answer = str(picked) if picked in options else start
    _tell(options, key, default, shared, answer)
    return answer


def choose_many(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: Sequence[str],
    name: Callable[[str], str] = line,
    **look: Any,
) -> tuple[str, ...]:
    """The keys a viewer chose, in the order of choosing: ``?key=one,other``; () for none.

    What the address asks for and does not exist is left out.
    """
    asked, said = st.query_params.get(key), _said(shared=False)
    if key not in said or asked != said[key]:
        keys = [one for one in dict.fromkeys((asked or "").split(",")) if one in options]
        st.session_state[key] = keys or list(default)
    else:
        kept = [one for one in st.session_state.get(key, default) if one in options]
        if st.session_state.get(key) != kept:
            st.session_state[key] = kept
    picked = tuple(
        st.multiselect(
            label, list(options), format_func=lambda one: name(options[one]), key=key, **look
        )
    )
    silent = picked in ((), tuple(default))
    text = None if silent else ",".join(picked)
    if text is None and key in st.query_params:
        del st.query_params[key]
    elif text is not None and asked != text:
        st.query_params[key] = text
    said[key] = text
    return picked


def chosen(
    options: Mapping[str, str], *, key: str, default: str | None = None, shared: bool = False
) -> str:
    """The same for a screen that draws no controls: what its address says, or the default."""
    answer = _start(options, key, default, shared)
    _tell(options, key, default, shared, answer)
    return answer


def asked_in_vain(options: Mapping[str, str], key: str) -> str | None:
    """What the address asks for and is none of ``options``: for a screen to say so.

    To be asked before :func:`choose`, which corrects the address.
    """
    asked = st.query_params.get(key)
    return asked if asked is not None and asked not in options else None


def _start(options: Mapping[str, str], key: str, default: str | None, shared: bool) -> str:
    """What the address asks for when it has changed by itself, else what the viewer chose."""
    asked, said = st.query_params.get(key), _said(shared)
    # A silent address is the first of its screen, or a step back to it: there a shared choice
    # stays what it was.
    meant = asked or (said.get(key) if shared else None) or _usual(options, default)
    moved = key not in said or asked != said[key]
    wanted = meant if moved else st.session_state.get(key, meant)
    return str(wanted) if wanted in options else _usual(options, default)


def _usual(options: Mapping[str, str], default: str | None) -> str:
    return default if default is not None and default in options else next(iter(options))


def _tell(
    options: Mapping[str, str], key: str, default: str | None, shared: bool, answer: str
) -> None:
    """Make the address say the answer, where it does not say or mean it already."""
    silent = not shared and answer == _usual(options, default)
    if silent:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != answer:
        st.query_params[key] = answer
    _said(shared)[key] = None if silent else answer


def _said(shared: bool) -> dict[str, str | None]:
    by_screen = st.session_state.setdefault(_SAID, {})
    found: dict[str, str | None] = by_screen.setdefault(
        "" if shared else f"/{st.session_state.get(_SCREEN, '')}", {}
    )
    return found
