"""How the Leads page is asked: its controls, all in the address, and how often one has looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from nsm.leads.setting import Setting
from nsm.model import Star
from nsm.ui.address import choose
from nsm.ui.leads import Scan
from nsm.ui.page import filters
from nsm.ui.text import plain
from nsm.words.looks import versions_said

LOOK_BACK = {"4": "4 weeks back", "8": "8 weeks", "12": "12 weeks", "26": "26 weeks"}
USUAL = "12"
FIRST, LAST, LOGS, YEARLY, WITHOUT = "from", "to", "logs", "yearly", "without"
_LOOKED = "_looked"


def chosen_setting(weeks: Sequence[dt.date]) -> Setting:
    """How the viewer asks; ``weeks`` are the first days of the weeks there are, oldest first."""
    with filters():
        back = choose(
            "Look back up to",
            LOOK_BACK,
            key="lag",
            default=USUAL,
            widget=st.segmented_control,
            name=plain,
            label_visibility="collapsed",
            required=True,
        )
        with st.popover("Ask differently", icon=":material/tune:"):
            setting = _other_controls(int(back), weeks)
        if setting != Setting(int(back)):
            st.button("Ask as usual", icon=":material/undo:", on_click=_usual, key="usual")
    if setting.first and setting.last and setting.first > setting.last:
        st.warning("“Weeks from” lies after “weeks to”, so no week is left.")
    return setting


def _other_controls(max_lag: int, weeks: Sequence[dt.date]) -> Setting:
    st.caption(
        "Each version is one more look at the same data, and is counted. "
        "Choose before you look, for a reason outside the data."
    )
    since, until = st.columns(2)
    begin, end = weeks[0], weeks[-1] + dt.timedelta(days=6)
    with since:
        first = st.date_input("Weeks from", None, begin, end, key=FIRST, bind="query-params")
    with until:
        last = st.date_input("Weeks to", None, begin, end, key=LAST, bind="query-params")
    logs = st.toggle(
        "Logarithms",
        key=LOGS,
        bind="query-params",
        help="For metrics whose ups and downs grow with their size. Those in per cent, or with "
        "values of zero or below, stay as they are.",
    )
    yearly = st.toggle(
        "Leave the yearly season in",
        key=YEARLY,
        bind="query-params",
        help="Left in, everything that shares the season may look related.",
    )
    left_out = st.multiselect(
        "Leave out the weeks that start on",
        [str(week) for week in reversed(weeks)],
        key=WITHOUT,
        bind="query-params",
        placeholder="No week",
    )
    return Setting(
        max_lag=max_lag,
        first=first,
        last=last,
        logs=logs,
        seasonal=not yearly,
        exclude=tuple(sorted(dt.date.fromisoformat(week) for week in left_out)),
    )


def _usual() -> None:
    st.session_state.update({FIRST: None, LAST: None, LOGS: False, YEARLY: False, WITHOUT: []})


def draw_looks(star: Star, scan: Scan) -> str:
    """How many versions this viewer has looked at, and what that means; returns what it says.

    Counted a visit and a star; a first look says nothing.
    """
    said = versions_said(looked(star, scan.answer.setting), scan.report.alpha)
    if said:
        st.info(plain(said, 600), icon=":material/visibility:")
    return said


def looked(star: Star, setting: Setting) -> int:
    """How many versions of this star's page this viewer has looked at, this one included."""
    seen: set[Setting] = st.session_state.setdefault(_LOOKED, {}).setdefault(star.key, set())
    seen.add(setting)
    return len(seen)
