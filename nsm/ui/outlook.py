"""The weeks ahead and the plans, on the page of the week."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

import nsm.answers
from nsm.charts.outlook import fan
from nsm.model import Star
from nsm.prospect import Prospect
from nsm.standing import known_weeks
from nsm.ui import answers
from nsm.ui.replay import kept, replayed
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.outlook import (
    chance_sentence,
    how_known,
    outlook_alt,
    outlook_sentence,
    outlook_table,
    plan_sentence,
    plans_table,
)

Edition = tuple[str, int, dt.date]


@kept(64)
def prospect_of_star(
    star_key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None = None
) -> Prospect:
    """The outlook and the plans as of the end of a week, from what is known now or was then."""
    known = answers.known(star_key, version, today, as_of)
    review = answers.review(star_key, version, today, ending, as_of)
    leads = answers.leading(star_key, version, today, as_of)
    return nsm.answers.prospect_of(known, review, leads)


def draw_outlook(
    star: Star, edition: Edition, ending: dt.date, as_of: dt.date | None = None
) -> None:
    """The section of the page. It asks the lead test and forecasts: call it last."""
    _section(*edition, ending, as_of)
    found = prospect_of_star(*edition, ending, as_of)
    if found.outlook.weeks:
        data_table(
            lambda: _rows(star, found),
            key="outlook",
            alt="The weeks ahead of the star, with the ranges they may lie in.",
            label="Table of the outlook",
            file_name=f"{star.key}_{ending}_outlook.csv",
        )
    if found.plans:
        data_table(
            lambda: plans_table(star, found.plans),
            key="plans",
            alt="Every plan: planned, come so far, where it may end, and the chance of meeting it.",
            label="Table of the plans",
            file_name=f"{star.key}_{ending}_plans.csv",
        )


def draw_chance(
    star: Star, edition: Edition, ending: dt.date, as_of: dt.date | None = None
) -> None:
    """The chance to meet the first plan, for the place beside its pace; as late as the rest."""
    said = chance_sentence(star, prospect_of_star(*edition, ending, as_of))
    if said:
        st.caption(plain(said))


def _rows(star: Star, found: Prospect) -> pd.DataFrame:
    return outlook_table(star, found.outlook)


@replayed
def _section(
    star_key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None
) -> None:
    known = answers.known(star_key, version, today, as_of)
    review = answers.review(star_key, version, today, ending, as_of)
    found = prospect_of_star(star_key, version, today, ending, as_of)
    star = known.star
    st.subheader("What is coming", anchor=False)
    st.markdown(plain(outlook_sentence(star, found)))
    if found.outlook.weeks:
        st.plotly_chart(
            fan(
                star.star_metric,
                known_weeks(known.weeks, star.north_star, review.week_starts[-1]),
                found.outlook,
            ),
            key="outlook_fan",
            config=CHART_CONFIG,
            alt=outlook_alt(star, found.outlook),
        )
        st.caption(
            plain(
                "Dotted: expected. Dark: where four weeks of five come. Light: nineteen of twenty. "
                + how_known(star, found.outlook),
                longest=1000,
            )
        )
    for plan in found.plans:
        # The plans of the other metrics are in the table.
        if plan.metric == star.north_star:
            st.markdown(plain(plan_sentence(star, plan, ending), longest=600))
