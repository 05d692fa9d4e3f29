"""This week: did the star move, is that signal or noise, what else is unusual, are we on plan."""

import datetime as dt
from functools import partial

import streamlit as st

from nsm.model import Role
from nsm.periods import week_start_of
from nsm.standing import reviewable_weeks
from nsm.ui import answers
from nsm.ui.address import asked_in_vain, choose
from nsm.ui.as_of import as_of_in_vain, choose_as_of, draw_since, newest_ending
from nsm.ui.habit import draw_habit
from nsm.ui.limits import draw_limits
from nsm.ui.outlook import draw_chance, draw_outlook
from nsm.ui.page import chosen_star, edition, filters
from nsm.ui.replay import replayed
from nsm.ui.split import draw_split
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import (
    draw_answer,
    draw_badges,
    draw_cards,
    draw_star,
    no_history,
    no_inputs,
    week_of_star,
)
from nsm.ui.why import draw_why
from nsm.words.figures import week_of
from nsm.words.review import capital, figures_table, no_such_week

star = chosen_star()
key, version, today = edition(star)
in_vain = as_of_in_vain(star, version, today)
with filters():
    weeks_there = st.container(width="content")
    as_of = choose_as_of(star, version, today)
known = answers.known(key, version, today, as_of)
endings = reviewable_weeks(star, known.weeks, as_of or today)
if not endings:
    no_history(star)
    st.stop()

names = {
    ending.isoformat(): capital(week_of(week_start_of(ending, star.week_start), year=True))
    for ending in endings
}
newest = newest_ending(key, version, today, as_of).isoformat()
unknown = asked_in_vain(names, "week")
with weeks_there:
    asked = choose(
        "Week", names, key="week", default=newest, width=220, label_visibility="collapsed"
    )
if in_vain:
    st.warning(plain(in_vain))
if unknown is not None:
    st.warning(plain(no_such_week(unknown, names[asked])))
ending = dt.date.fromisoformat(asked)
week = week_of_star(key, version, today, ending, as_of)
with filters():
    draw_badges(week, as_of or today)
if as_of:
    draw_since(week, version, today)


@replayed
def answer(key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None) -> None:
    draw_answer(week_of_star(key, version, today, ending, as_of))


@replayed
def picture(key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None) -> None:
    draw_star(week_of_star(key, version, today, ending, as_of))


@replayed
def cards(
    key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None, role: Role
) -> None:
    shown = week_of_star(key, version, today, ending, as_of)
    draw_cards(shown, shown.of(role))


answer(key, version, today, ending, as_of)
chance = st.container(key="chance")
picture(key, version, today, ending, as_of)
data_table(
    lambda: week.rows([week.star]),
    key="star",
    alt="The weeks and months of the star, as drawn.",
    label="Table of this picture",
    file_name=f"{key}_{ending}_star.csv",
)
draw_limits(week)
why = st.container(key="why")
where = st.container(key="where")

for title, role in (
    ("Inputs", Role.INPUT),
    ("Results", Role.RESULT),
    ("Guardrails", Role.GUARDRAIL),
):
    shown = week.of(role)
    if not shown and role is Role.INPUT:
        no_inputs(star)
    if not shown:
        continue
    st.subheader(title, anchor=False)
    cards(key, version, today, ending, as_of, role)
    data_table(
        partial(week.rows, shown),
        key=title.lower(),
        alt=f"The weeks and months of the {title.lower()}, as drawn.",
        label="Table of these pictures",
        file_name=f"{key}_{ending}_{title.lower()}.csv",
    )

with st.container(key="habit"):
    draw_habit(week, today)
coming = st.container(key="coming")
data_table(
    lambda: figures_table(week.standings.values()),
    key="figures",
    alt="Every figure of the week, one row a metric.",
    label="All figures of the week, and why some are missing",
    file_name=f"{key}_{ending}_figures.csv",
)

with where:
    draw_split(star, (key, version, today), week.start, as_of)
# Last, once all of the above is on the screen: these ask the lead test and forecast.
with why:
    draw_why(star, (key, version, today), week.start, as_of)
with chance:
    draw_chance(star, (key, version, today), ending, as_of)
with coming:
    draw_outlook(star, (key, version, today), ending, as_of)
