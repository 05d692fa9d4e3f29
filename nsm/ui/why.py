"""Why the star moved: the parts of its change on the page of the week."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from nsm.charts.why import waterfall
from nsm.model import Star
from nsm.ui import answers
from nsm.ui.replay import kept, replayed
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.why import Why, whys
from nsm.words.why import why_alt, why_introduction, why_missing, why_sentence, why_table

TITLES = {"week": "Why it moved since last week", "year": "And since last year"}


@kept(64)
def whys_of_star(
    star_key: str,
    version: int,
    today: dt.date,
    week: dt.date,
    as_of: dt.date | None,
    *,
    with_leads: bool,
) -> tuple[Why, Why]:
    """Why the star changed to that week, against the week before and against last year."""
    known = answers.known(star_key, version, today, as_of)
    leads = answers.leading(star_key, version, today, as_of) if with_leads else None
    return whys(known.star, known.weeks.values, week, leads)


def draw_why(
    star: Star, edition: tuple[str, int, dt.date], week: dt.date, as_of: dt.date | None = None
) -> None:
    """The section of the page. For a measured star it asks the lead test: call it last."""
    with_leads = star.star_metric.formula is None
    _pictures(*edition, week, as_of, with_leads)
    found = whys_of_star(*edition, week, as_of, with_leads=with_leads)
    if any(why.parts for why in found):
        data_table(
            lambda: why_table(star, found),
            key="why",
            alt="The parts of the change of the star, down to what is measured.",
            label="Table of the parts",
            file_name=f"{star.key}_{week}_why.csv",
        )


@replayed
def _pictures(
    star_key: str,
    version: int,
    today: dt.date,
    week: dt.date,
    as_of: dt.date | None,
    with_leads: bool,
) -> None:
    star = answers.known(star_key, version, today, as_of).star
    found = whys_of_star(star_key, version, today, week, as_of, with_leads=with_leads)
    shown = [why for why in found if why.parts]
    if not shown:
        st.subheader("Why it moved", anchor=False)
        st.caption(plain(why_missing(star, found[0])))
        return
    with st.grid(2 if len(shown) > 1 else 1, min_column_width=360):
        for why in shown:
            with st.container(gap="xsmall"):
                st.subheader(TITLES[why.against], anchor=False)
                st.markdown(plain(why_sentence(star, why), longest=1000))
                st.plotly_chart(
                    waterfall(star, why),
                    key=f"why_{why.against}",
                    config=CHART_CONFIG,
                    alt=why_alt(star, why),
                )
                said = " ".join(filter(None, (why_introduction(star, why), why_missing(star, why))))
                st.caption(plain(said, longest=1000))
