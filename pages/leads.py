"""Leads: which inputs lead the star, by how many weeks, how sure, and what that does not mean."""

import datetime as dt

import streamlit as st

from nsm.history import last_complete_week
from nsm.ui import answers
from nsm.ui.address import choose
from nsm.ui.leads import (
    downloads,
    draw_findings,
    draw_meaning,
    draw_profile,
    draw_table,
    scan_of_star,
)
from nsm.ui.page import chosen_star, edition
from nsm.ui.replay import replayed
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import no_history, no_inputs
from nsm.words.figures import count
from nsm.words.review import short_name

star = chosen_star()
key, version, today = edition(star)
if last_complete_week(answers.histories(key, version, today).weeks, star.north_star) is None:
    no_history(star)
    st.stop()
if not star.inputs:
    no_inputs(star)
    st.stop()

LOOK_BACK = {"4": "4 weeks", "8": "8 weeks", "12": "12 weeks", "26": "26 weeks"}
max_lag = int(
    choose(
        "Look back up to",
        LOOK_BACK,
        key="lag",
        default="12",
        widget=st.segmented_control,
        name=plain,
        required=True,
    )
)
with st.spinner(f"Testing {count(len(star.inputs), 'input')} against worlds where nothing leads …"):
    scan = scan_of_star(key, version, today, max_lag)


@replayed
def answer(key: str, version: int, today: dt.date, max_lag: int) -> None:
    draw_findings(scan_of_star(key, version, today, max_lag))
    draw_meaning()


@replayed
def profile(key: str, version: int, today: dt.date, max_lag: int, metric: str) -> None:
    draw_profile(scan_of_star(key, version, today, max_lag), metric)


@replayed
def table(key: str, version: int, today: dt.date, max_lag: int) -> None:
    draw_table(scan_of_star(key, version, today, max_lag))


answer(key, version, today, max_lag)

st.subheader("One input, week by week", anchor=False)
names = {one.metric.key: short_name(one.metric) for one in scan.found}
metric = choose("Input", names, key="m", width=320)
profile(key, version, today, max_lag, metric)
data_table(
    lambda: scan.profile(metric),
    key="profile",
    alt="The lag profile of this input as numbers, with its simultaneous band.",
    label="Table of this picture",
    file_name=f"{key}_{metric}_profile.csv",
)

st.subheader("All inputs", anchor=False)
table(key, version, today, max_lag)
downloads(scan, max_lag)
