"""Where the star moved: its change by country, plan or platform on the page of the week."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from nsm.charts.why import split_steps
from nsm.model import Star
from nsm.segmented import split_of
from nsm.segments import segments_of
from nsm.ui import answers
from nsm.ui.address import choose
from nsm.ui.page import engine
from nsm.ui.replay import kept, replayed
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.why import Question, SegmentSplit, questions
from nsm.words.segments import (
    never_split,
    question_name,
    split_alt,
    split_introduction,
    split_missing,
    split_sentence,
    split_table,
    split_title,
)


@kept(64)
def splits_of_star(
    star_key: str,
    version: int,
    today: dt.date,
    week: dt.date,
    question: Question,
    as_of: dt.date | None,
) -> tuple[SegmentSplit, ...]:
    """What each part adds to the change to that week, since the week before and since last year."""
    known = answers.known(star_key, version, today, as_of)
    return split_of(engine(), known, question, week)


def draw_split(
    star: Star, edition: tuple[str, int, dt.date], week: dt.date, as_of: dt.date | None
) -> None:
    """The section of the page; nothing where neither the star nor its parts are kept apart."""
    there = {f"{one.metric}:{one.segment}": one for one in questions(star)}
    if not there:
        if segments_of(star.star_metric):
            st.caption(plain(never_split(star.star_metric)))
        return
    chosen = next(iter(there))
    if len(there) > 1:
        names = {key: question_name(star, one) for key, one in there.items()}
        chosen = choose("Where it moved", names, key="split", width=320)
    question = there[chosen]
    asked = (*edition, week, question, as_of)
    _pictures(*asked)
    found = splits_of_star(*asked)
    if any(split.parts for split in found):
        data_table(
            lambda: split_table(star, found),
            key="split",
            alt=f"What each part adds to the change: {question_name(star, question)}.",
            label="Table of all parts",
            file_name=f"{star.key}_{week}_{question.metric}_by_segment.csv",
        )


@replayed
def _pictures(
    star_key: str,
    version: int,
    today: dt.date,
    week: dt.date,
    question: Question,
    as_of: dt.date | None,
) -> None:
    star = answers.known(star_key, version, today, as_of).star
    found = splits_of_star(star_key, version, today, week, question, as_of)
    shown = [split for split in found if split.parts]
    if not shown:
        st.caption(plain(split_missing(star, found[0]), longest=1000))
        return
    with st.grid(2 if len(shown) > 1 else 1, min_column_width=360):
        for split in shown:
            with st.container(gap="xsmall"):
                st.subheader(plain(split_title(star, split)), anchor=False)
                st.markdown(plain(split_sentence(star, split), longest=1000))
                st.plotly_chart(
                    split_steps(star, split),
                    key=f"split_{split.against}",
                    config=CHART_CONFIG,
                    alt=split_alt(star, split),
                )
                st.caption(plain(split_introduction(star, split), longest=1000))
