"""Leads: which inputs lead the star, by how many weeks, how sure, and what that does not mean."""

import streamlit as st

from nsm.ui import answers
from nsm.ui.address import choose
from nsm.ui.asking import chosen_setting, draw_looks
from nsm.ui.beyond import draw_candidates, draw_over_time, draw_results, results_found
from nsm.ui.closer import best_lag, draw_fit, draw_gain, draw_halves, draw_whitened
from nsm.ui.leads import (
    draw_findings,
    draw_meaning,
    draw_not_seen,
    draw_profile,
    draw_table,
    scan_at,
)
from nsm.ui.page import chosen_star, edition, on_demand
from nsm.ui.tables import data_table
from nsm.ui.takeaway import downloads, draw_paragraph
from nsm.ui.text import plain
from nsm.ui.week import no_history, no_inputs
from nsm.words.figures import count
from nsm.words.review import short_name

star = chosen_star()
key, version, today = edition(star)
weeks = answers.tested_weeks(key, version, today)
if not weeks:
    no_history(star)
    st.stop()
if not star.inputs:
    no_inputs(star)
    st.stop()

setting = chosen_setting(weeks)
asked = key, version, today, setting
answers.asked(*asked)  # first by itself: within another answer nobody would see that it takes time
scan = scan_at(*asked)
goal = plain(short_name(star.star_metric))

draw_findings(*asked)
looks = draw_looks(star, scan)
draw_meaning()

st.subheader("One input, week by week", anchor=False)
names = {one.metric.key: short_name(one.metric) for one in scan.found}
with st.container(horizontal=True, vertical_alignment="bottom"):
    metric = choose("Input", names, key="m", width=320)
    lags = {str(lag): count(lag, "week") for lag in range(1, setting.max_lag + 1)}
    lag = int(
        choose("Closer look at", lags, key="at", default=str(best_lag(scan, metric)), width=140)
    )
draw_profile(*asked, metric)
data_table(
    lambda: scan.profile(metric),
    key="profile",
    alt="The lag profile of this input as numbers, with its simultaneous band.",
    label="Table of this picture",
    file_name=f"{key}_{metric}_profile.csv",
)
if scan.can_be_looked_at(metric):
    on_demand(
        "Cross-correlation: the picture, not the test",
        lambda: draw_whitened(*asked, metric),
        key="ccf",
        icon=":material/bar_chart:",
    )
    on_demand(
        f"The fit at {lags[str(lag)]}, and what it leaves over",
        lambda: draw_fit(*asked, metric, lag),
        key="fit",
        icon=":material/functions:",
    )
    on_demand(
        "First half against second half",
        lambda: draw_halves(*asked, metric, lag),
        key="halves",
        icon=":material/splitscreen_left:",
    )
    on_demand(
        f"What it is worth for forecasts: {goal} with and without",
        lambda: draw_gain(*asked, metric, lag),
        key="gain",
        icon=":material/trending_up:",
    )

st.subheader("What we could not have seen", anchor=False)
draw_not_seen(*asked)

st.subheader("What we believed, and how the answer came about", anchor=False)
on_demand(
    "The same page at earlier dates",
    lambda: draw_over_time(*asked),
    key="past",
    icon=":material/history:",
)

st.subheader(f"Does {goal} lead its results?", anchor=False)
draw_results(*asked)

st.subheader("All inputs", anchor=False)
draw_table(*asked)
downloads(scan, [one for _, one, _ in results_found(*asked)], metric, version)
draw_paragraph(*asked, looks)

st.subheader("Other metrics that may be inputs", anchor=False)
on_demand(
    "Scan the candidates",
    lambda: draw_candidates(*asked),
    key="more",
    icon=":material/search:",
)
