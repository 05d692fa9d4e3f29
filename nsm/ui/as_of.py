"""The week as it was known on an earlier day: its control in the address, and what came since."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from nsm.model import Restatement, Star
from nsm.review import chosen_week_ending
from nsm.store.as_known import first_known
from nsm.store.loads import restatements
from nsm.ui import answers
from nsm.ui.page import engine
from nsm.ui.replay import kept
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import Week, week_of_star
from nsm.words.as_known import (
    MOST_RESTATED,
    NOTES_OF_TODAY,
    as_known_sentence,
    differing,
    not_as_known,
    restated_table,
    then_and_now,
)

AS_OF = "as_of"


def choose_as_of(star: Star, version: int, today: dt.date) -> dt.date | None:
    """The earlier day whose knowledge the viewer asks for; None for what is known now.

    A star whose values all came today has no earlier day, and no control.
    """
    first = _first_known(star.key, version)
    if first is None or first >= today:
        return None
    with st.popover("As known on", icon=":material/history:"):
        chosen = st.date_input(
            "Show what was known on", None, first, today, key=AS_OF, bind="query-params"
        )
        st.caption("Values as they were before later loads changed them, beside those of today.")
    if not isinstance(chosen, dt.date) or chosen >= today:
        return None
    st.button("What is known now", icon=":material/undo:", on_click=_now, key="known_now")
    return chosen


def as_of_in_vain(star: Star, version: int, today: dt.date) -> str:
    """Why the day that the address asks for cannot be shown; empty where it can, or asks for none.

    To be asked before :func:`choose_as_of`, which corrects the address.
    """
    asked = st.query_params.get(AS_OF)
    return not_as_known(star, asked[:40], _first_known(star.key, version), today) if asked else ""


def newest_ending(star_key: str, version: int, today: dt.date, as_of: dt.date | None) -> dt.date:
    """The last day of the week that the page opens with."""
    known = answers.known(star_key, version, today, as_of)
    return chosen_week_ending(known.star, known.weeks, None, as_of or today)


def draw_since(then: Week, version: int, today: dt.date) -> None:
    """How much of the week is known differently today, and the values that changed since."""
    star, as_of = then.known.star, then.known.as_of
    if as_of is None:
        return
    now = week_of_star(star.key, version, today, then.review.week_ending)
    restated = _restated(star.key, version, as_of)
    said = as_known_sentence(as_of, restated, differing(then.standings, now.standings))
    st.info(plain(f"{said} {NOTES_OF_TODAY}"), icon=":material/history:")
    data_table(
        lambda: then_and_now(then.standings, now.standings),
        key="then_and_now",
        alt="The week of every metric as it was known then, and as it is known now.",
        label="This week then, and as it is known now",
        file_name=f"{star.key}_{then.review.week_ending}_as_of_{as_of}.csv",
    )
    if restated:
        data_table(
            lambda: restated_table(star, restated),
            key="restated",
            alt="Values that were known then and changed since: day, old and new value, when.",
            label="Values that changed since",
            file_name=f"{star.key}_changed_since_{as_of}.csv",
        )


@kept(64)
def _first_known(star_key: str, version: int) -> dt.date | None:
    return first_known(engine(), star_key)


@kept(64)
def _restated(star_key: str, version: int, as_of: dt.date) -> tuple[Restatement, ...]:
    return restatements(engine(), star_key, limit=MOST_RESTATED, since=as_of)


def _now() -> None:
    st.session_state[AS_OF] = None
