"""Inputs: the star against one input, shifted by weeks, and what the lead test found there."""

import datetime as dt

import streamlit as st

from nsm.charts.inputs import pair_rows
from nsm.ui.address import choose
from nsm.ui.inputs import (
    LONGEST_LAG,
    choosable,
    draw_cloud,
    draw_found,
    draw_together,
    no_choice,
    no_weeks,
    pair_of_star,
)
from nsm.ui.page import chosen_star, edition, filters
from nsm.ui.replay import replayed
from nsm.ui.segments import choose_part, draw_parts, draw_share
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.words.figures import count
from nsm.words.review import SIMULATED, short_name
from nsm.words.segments import of_part
from nsm.words.series import shift

star = chosen_star()
key, version, today = edition(star)
names = choosable(star)
if not names:
    no_choice(star)
    st.stop()

with filters():
    chosen = choose("Input", names, key="m", width=260, label_visibility="collapsed")
    metric = star.metric(chosen)
    segment, part = choose_part(star, (key, version, today), metric)
    apart = bool(segment) and not part
    season = choose(
        "Season",
        {"in": "As it is", "out": "Season taken out"},
        key="season",
        widget=st.segmented_control,
        name=plain,
        label_visibility="collapsed",
        required=True,
    )
    scale = choose(
        "Scale",
        {"two": "Values" if apart else "Two scales", "index": "Index"},
        key="scale",
        widget=st.segmented_control,
        name=plain,
        label_visibility="collapsed",
        required=True,
    )
    if star.simulated:
        st.badge(SIMULATED, icon=":material/science:", color="gray")
deseasoned, as_index = season == "out", scale == "index"
if apart:
    draw_parts(
        star, (key, version, today), metric, segment, deseasoned=deseasoned, as_index=as_index
    )
    st.stop()
LAG = "shift"


def move_to(weeks: int) -> None:
    st.session_state[LAG] = weeks


# The sentence stands first and is written last: the pictures do not wait for the lead test.
sentence = st.container(gap="xsmall")
other = of_part(metric, part) if part else metric
lag = st.slider(
    f"Shift {plain(short_name(other))} by weeks", 0, LONGEST_LAG, key=LAG, bind="query-params"
)
pair = pair_of_star(key, version, today, chosen, lag, deseasoned, segment, part)
if not len(pair.both):
    with sentence:
        no_weeks(star, other)
    st.stop()


@replayed
def pictures(
    key: str,
    version: int,
    today: dt.date,
    metric: str,
    lag: int,
    deseasoned: bool,
    as_index: bool,
    segment: str,
    part: str,
) -> None:
    pair = pair_of_star(key, version, today, metric, lag, deseasoned, segment, part)
    lines, weeks = st.columns([5, 3], gap="medium")
    with lines:
        draw_together(pair, star, as_index=as_index, deseasoned=deseasoned)
    with weeks:
        draw_cloud(pair, star)


pictures(key, version, today, chosen, lag, deseasoned, as_index, segment, part)
data_table(
    lambda: pair_rows(pair),
    key="pair",
    alt=f"{shift(star, other, lag)} One row a week.",
    label="Table of these pictures",
    file_name=f"{key}_{chosen}_{lag}_weeks.csv",
)

if part:
    with sentence:
        st.header(plain(shift(star, other, lag)), anchor=False)
        draw_share((key, version, today), metric, segment, part)
    st.stop()
with sentence:
    found = draw_found(key, version, today, chosen, lag)
    if found is not None and found != lag:
        st.button(
            f"Show it at {count(found, 'week')}", key="found", on_click=move_to, args=(found,)
        )
