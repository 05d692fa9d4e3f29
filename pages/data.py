"""Data: how new the numbers are, what they mean, where they come from; load a file, edit plans."""

import datetime as dt
from functools import partial

import streamlit as st

from nsm.model import Role
from nsm.periods import today_in
from nsm.ui.address import choose
from nsm.ui.data import draw_answer, draw_loads, draw_metric, draw_metrics, stock_of_star
from nsm.ui.definition import definition_section
from nsm.ui.page import chosen_star, edition, on_demand
from nsm.ui.plans import annotations_section, targets_section
from nsm.ui.replay import replayed
from nsm.ui.sources import sources_section
from nsm.ui.upload import any_star, first_steps, load_section
from nsm.words.data import candidates_title
from nsm.words.review import short_name

if not any_star():
    first_steps()
    definition_section(None, today_in("UTC"))
    st.stop()

star = chosen_star()
key, version, today = edition(star)
candidates = star.having(Role.CANDIDATE)


@replayed
def answer(key: str, version: int, today: dt.date) -> None:
    draw_answer(stock_of_star(key, version, today), today)


@replayed
def all_candidates(key: str, version: int, today: dt.date) -> None:
    stock = stock_of_star(key, version, today, candidates=True)
    draw_metrics(stock, stock.known.star.having(Role.CANDIDATE))


@replayed
def metric(key: str, version: int, today: dt.date, metric_key: str) -> None:
    asked = any(one.key == metric_key for one in candidates)
    draw_metric(stock_of_star(key, version, today, candidates=asked), metric_key)


@replayed
def loads(key: str, version: int, today: dt.date) -> None:
    draw_loads(stock_of_star(key, version, today))


answer(key, version, today)
if candidates:
    on_demand(
        candidates_title(candidates),
        lambda: all_candidates(key, version, today),
        key="candidates",
        icon=":material/search:",
    )

st.subheader("Load a file", anchor=False)
load_section(star, version, today)

st.subheader("One metric", anchor=False)
names = {one.key: short_name(one) for one in star.metrics}
opened = choose("Metric", names, key="m", default=star.north_star, width=320)
metric(key, version, today, opened)

st.subheader("Sources", anchor=False)
sources_section(star, today)

st.subheader("Loads", anchor=False)
loads(key, version, today)

st.subheader("Plans and definition", anchor=False)
for title, icon, section in (
    ("Targets", ":material/flag:", partial(targets_section, star)),
    ("Annotations", ":material/edit_note:", partial(annotations_section, star)),
    ("Definition", ":material/schema:", partial(definition_section, star, today)),
):
    with st.expander(title, icon=icon, key=f"part_{title}", on_change="rerun") as part:
        if part.open:
            section()
