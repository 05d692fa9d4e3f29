"""How usual is judged, on the page of the week: limits, moves, and who locked them and why."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from nsm.charts.limits import limits_chart
from nsm.errors import NsmError
from nsm.limits import Limits, preview_of
from nsm.model import LimitLock
from nsm.periods import now_utc
from nsm.standing import Standing
from nsm.store.limits import LONGEST_NAME, LONGEST_WHY, save_lock
from nsm.ui.page import engine
from nsm.ui.text import line, plain
from nsm.ui.week import CHART_CONFIG, Week
from nsm.words.locks import (
    LIMITS_KEY,
    PLANNED_KEY,
    limits_alt,
    lock_line,
    moves_sentence,
    preview_sentence,
)
from nsm.words.review import short_name

MOST_LISTED = 12
# A reason in full; a longer one is cut here and whole on the command line.
LONGEST_SHOWN = 600
LOOK, LOCK, RELEASE = "Only look", "Lock it", "Let every week teach again"


def draw_limits(week: Week) -> None:
    """The section of the page, built when a viewer opens it; a week of the past is only shown."""
    with st.expander(
        "How usual is judged: limits, moves and locks",
        key="limits_part",
        on_change="rerun",
        icon=":material/straighten:",
    ) as part:
        if not part.open:
            return
        if said := st.session_state.pop("_lock_said", None):
            st.success(plain(said), icon=":material/check_circle:")
        _section(week)


def _section(week: Week) -> None:
    star = week.known.star
    names = {key: line(short_name(one.metric)) for key, one in week.standings.items()}
    key = st.selectbox(
        "Metric",
        list(names),
        format_func=lambda key: names.get(str(key), str(key)),
        key=f"limits_metric_{star.key}",
        width=320,
    )
    one = week.standings[str(key)]
    if not len(one.limits.weeks.dropna()):
        st.caption("No complete week of it is known.")
        return
    picture = st.container()
    _history(week, one)
    planned = _control(week, one) if week.known.as_of is None else None
    with picture:
        _picture(week, one, planned)


def _picture(week: Week, one: Standing, planned: Limits | None) -> None:
    st.markdown(plain(moves_sentence(one.metric, one.limits, week.start)))
    st.plotly_chart(
        limits_chart(one.metric, one.limits, planned),
        key="limits_picture",
        config=CHART_CONFIG,
        alt=plain(limits_alt(one.metric, one.limits)),
    )
    st.caption(LIMITS_KEY + (PLANNED_KEY if planned is not None else ""))


def _history(week: Week, one: Standing) -> None:
    """What was decided about this range so far, newest first."""
    found = [lock for lock in week.known.locks if lock.metric == one.metric.key]
    if not found:
        st.caption("Nobody has locked this range: it is learned from every week.")
    for lock in reversed(found[-MOST_LISTED:]):
        said = lock_line(lock, week.known.star.timezone, short_name(one.metric))
        st.caption(plain(said, LONGEST_SHOWN))


def _control(week: Week, one: Standing) -> Limits | None:
    """Lock the range or take a lock back: what it would change first, then who says so and why.

    Returns the limits as they would be, while somebody thinks of it.
    """
    place = f"{one.metric.key}_{len(week.known.locks)}"
    choices = [LOOK, LOCK, *([RELEASE] if one.limits.lock is not None else [])]
    wanted = st.segmented_control(
        "What to do", choices, default=LOOK, key=f"limits_do_{place}", label_visibility="collapsed"
    )
    if wanted not in (LOCK, RELEASE):
        return None
    first, last = _weeks(week, one, place) if wanted == LOCK else (None, None)
    if wanted == LOCK and last is None:
        st.caption("Choose the last week to learn from.")
        return None
    why = st.text_input("Why", max_chars=LONGEST_WHY, key=f"limits_why_{place}")
    by = st.text_input(
        "Your name", max_chars=LONGEST_NAME, key=f"limits_by_{week.known.star.key}", width=240
    )
    lock = LimitLock(one.metric.key, first, last, by or "", now_utc(), why or "")
    found = preview_of(
        week.known.star,
        one.metric,
        week.year(one),
        lock,
        week.known.annotations,
        week.known.definition_changes,
        week.known.locks,
    )
    st.info(plain(preview_sentence(one.metric, found, week.start), LONGEST_SHOWN))
    if st.button(wanted, type="primary", key=f"limits_write_{place}"):
        _write(week, one, lock)
    return found.then


def _weeks(week: Week, one: Standing, place: str) -> tuple[dt.date | None, dt.date | None]:
    """From which to which week a lock learns; by default from the last recorded change to now."""
    begin, end = week.year(one).index[0].date(), week.review.week_ending
    with st.container(horizontal=True):
        first = st.date_input(
            "First week to learn from",
            None,
            begin,
            end,
            key=f"limits_first_{place}",
            width=220,
            help="Any of its days; empty: since the last recorded change.",
        )
        last = st.date_input(
            "Last week to learn from", end, begin, end, key=f"limits_last_{place}", width=220
        )
    return (
        first if isinstance(first, dt.date) else None,
        last if isinstance(last, dt.date) else None,
    )


def _write(week: Week, one: Standing, lock: LimitLock) -> None:
    try:
        save_lock(engine(), week.known.star.key, lock)
    except NsmError as error:
        st.error(plain(str(error), LONGEST_SHOWN), icon=":material/error:")
        return
    star = week.known.star
    st.session_state["_lock_said"] = lock_line(lock, star.timezone, short_name(one.metric))
    st.rerun()
