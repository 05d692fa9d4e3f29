"""The review log on the page of the week: what signals ask, what was said, what is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from nsm import answers
from nsm.errors import NsmError
from nsm.habit import Habit
from nsm.model import ReviewEntry, Star
from nsm.periods import now_utc
from nsm.store.reviews import LONGEST_NAME, LONGEST_TEXT, add_entry, close_entry
from nsm.ui.page import engine
from nsm.ui.text import line, plain
from nsm.ui.week import Week
from nsm.words.figures import count
from nsm.words.habit import NOT_KNOWN_YET, asking, follow_up, habit_line, said_of
from nsm.words.review import short_name

MOST_SHOWN = 12
# An entry in full is a paragraph; what is longer is cut here and whole on the command line.
LONGEST_SHOWN = 500
LATEST = dt.date(2200, 12, 31)


def draw_habit(week: Week, today: dt.date) -> None:
    """The section of the page; of a week as it was known, the log of that day, only to be read."""
    star = week.known.star
    as_of = week.known.as_of
    habit = answers.habit(engine(), week.known, week.review, week.standings)
    st.subheader("What we say about it", anchor=False)
    st.markdown(plain(habit_line(habit)))
    if said := st.session_state.pop("_log_said", None):
        st.success(plain(said), icon=":material/check_circle:")
    for key in habit.asked[:MOST_SHOWN]:
        st.markdown(f":orange[:material/help: {plain(asking(week.standings[key]))}]")
    _lists(star, habit, as_of or today)
    if as_of is not None:
        return
    with st.expander("Write down an explanation", expanded=bool(habit.asked)):
        _writing(week, habit, today)
    if habit.open:
        with st.expander("Close a follow-up"):
            _closing(star, habit, today)


def _lists(star: Star, habit: Habit, today: dt.date) -> None:
    """Last week's explanations beside this week's, and what is open below."""
    if habit.said or habit.said_before:
        with st.grid(2, min_column_width=320):
            for title, entries in (
                ("Said of this week", habit.said),
                ("Said of the week before", habit.said_before),
            ):
                with st.container(gap="xsmall"):
                    st.markdown(f"**{title}**")
                    _items([said_of(star, one) for one in entries] or ["Nothing."])
    if habit.open:
        with st.container(gap="xsmall"):
            st.markdown("**Open follow-ups**")
            _items([follow_up(star, one, today) for one in habit.open])


def _items(texts: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {plain(text, LONGEST_SHOWN)}" for text in texts[:MOST_SHOWN]))
    if len(texts) > MOST_SHOWN:
        st.caption(f"and {len(texts) - MOST_SHOWN:,} more: nsm log lists them all")


def _writing(week: Week, habit: Habit, today: dt.date) -> None:
    star = week.known.star
    names = {key: line(short_name(one.metric)) for key, one in week.standings.items()}
    order = [*habit.asked, *(key for key in names if key not in habit.asked)]
    place = f"{star.key}_{week.start}_{len(habit.said)}"
    with st.form(f"log_{place}", border=False):
        metric = st.selectbox(
            "Metric",
            order,
            format_func=lambda key: names.get(str(key), str(key)),
            key=f"log_metric_{place}",
            width=320,
        )
        why = st.text_area(
            "Why it moved", max_chars=LONGEST_TEXT, key=f"log_why_{place}", height=80
        )
        unknown = st.checkbox(NOT_KNOWN_YET.rstrip("."), key=f"log_unknown_{place}")
        decision = st.text_input(
            "What we do about it", max_chars=LONGEST_TEXT, key=f"log_decision_{place}"
        )
        with st.container(horizontal=True):
            owner = st.text_input(
                "Who does it", max_chars=LONGEST_NAME, key=f"log_owner_{place}", width=200
            )
            due = st.date_input(
                "Until",
                value=None,
                min_value=week.start,
                max_value=LATEST,
                key=f"log_due_{place}",
                width=160,
            )
            by = st.text_input(
                "Your name", max_chars=LONGEST_NAME, key=f"log_by_{star.key}", width=200
            )
        pressed = st.form_submit_button("Write it down", type="primary", key=f"log_write_{place}")
    if not pressed:
        return
    entry = ReviewEntry(
        id=0,
        metric=str(metric),
        week=week.start,
        explanation=why or "",
        known=not unknown,
        decision=decision or "",
        owner=owner or "",
        due=due if isinstance(due, dt.date) else None,
        written_by=by or "",
        written_at=now_utc(),
    )
    try:
        add_entry(engine(), star.key, entry)
    except NsmError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state["_log_said"] = f"Written down for {names[entry.metric]}."
    st.rerun()


def _closing(star: Star, habit: Habit, today: dt.date) -> None:
    texts = {one.id: line(follow_up(star, one, today), 120) for one in habit.open}
    place = f"{star.key}_{min(texts)}_{len(texts)}"
    with st.form(f"close_{place}", border=False):
        number = st.selectbox(
            f"{count(len(texts), 'follow-up')} open",
            list(texts),
            format_func=lambda key: texts.get(int(key), str(key)),
            key=f"close_number_{place}",
        )
        outcome = st.text_input(
            "What came of it", max_chars=LONGEST_TEXT, key=f"close_outcome_{place}"
        )
        by = st.text_input(
            "Your name", max_chars=LONGEST_NAME, key=f"close_by_{star.key}", width=200
        )
        pressed = st.form_submit_button("Close it", key=f"close_write_{place}")
    if not pressed:
        return
    if not (by or "").strip():
        st.error("A closed follow-up needs a name: who reads it later will ask.")
        return
    try:
        close_entry(engine(), star.key, int(number), by or "", now_utc(), outcome or "")
    except NsmError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state["_log_said"] = "Closed."
    st.rerun()
