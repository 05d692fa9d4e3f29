"""Pictures drawn once and sent again until their star changes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import streamlit as st

# A stored picture is keyed by its star's version, so this only frees what nobody looks at.
DAY_SECONDS = 24 * 60 * 60

P = ParamSpec("P")
T = TypeVar("T")
Store = Callable[[Callable[..., T]], Callable[..., T]]


def kept(max_entries: int, waiting: str = "") -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Answers worked out once for each ``edition(star)`` and shared between all viewers.

    ``waiting`` is what a viewer reads meanwhile.
    """

    def keep(answer: Callable[P, T]) -> Callable[P, T]:
        return _asked_by_text(
            answer,
            st.cache_resource(
                ttl=DAY_SECONDS, max_entries=max_entries, show_spinner=waiting or False
            ),
        )

    return keep


def replayed(draw: Callable[P, T]) -> Callable[P, T]:
    """A function that draws, made to draw once per set of arguments.

    Streamlit stores the messages that the first call sent to the browser and sends them again:
    no figure is built, no frame is read. The arguments must be small, and what ``repr`` tells of
    them is all that the picture depends on: ``edition(star)`` and the filters. No widgets inside:
    a button, a selectable chart or an expander that reruns belongs outside.
    """
    return _asked_by_text(draw, st.cache_data(ttl=DAY_SECONDS, max_entries=200, show_spinner=False))


def _asked_by_text(answer: Callable[P, T], store: Store[T]) -> Callable[P, T]:
    """The answer behind one text that says all arguments.

    Streamlit looks up the name of each argument and pickles what it does not know, a tenth of the
    time of a page that has everything at hand.
    """

    @functools.wraps(answer)
    def worked_out(asked: str, _given: tuple[Any, Any]) -> T:
        return answer(*_given[0], **_given[1])

    stored = store(worked_out)

    @functools.wraps(answer)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        return stored(asked=repr((args, kwargs)), _given=(args, kwargs))

    return ask
