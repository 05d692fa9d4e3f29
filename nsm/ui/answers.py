"""The answers of the store and the statistics, kept until their star changes.

Every argument comes from ``nsm.ui.page.edition(star)``: star key, version, today. The results are
shared between all viewers: read them, never change them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

import nsm.answers
from nsm.answers import StarHistory
from nsm.review import Review
from nsm.ui.page import engine
from nsm.ui.replay import DAY_SECONDS

if TYPE_CHECKING:
    # SciPy is not on the way to the first picture.
    from nsm.leads import LeadReport


@st.cache_resource(ttl=DAY_SECONDS, max_entries=32, show_spinner=False)
def histories(star_key: str, version: int, today: dt.date) -> StarHistory:
    """Weeks and months of every metric of the star, with its targets and annotations."""
    return nsm.answers.histories(engine(), star_key, today)


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def review(
    star_key: str,
    version: int,
    today: dt.date,
    week_ending: dt.date | None = None,
    months: str = "trailing",
) -> Review:
    """The weekly review of the star for the week that ended then, by default the last one."""
    return nsm.answers.review(engine(), star_key, today, week_ending, months)


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def leads(star_key: str, version: int, today: dt.date, max_lag: int = 12) -> LeadReport:
    """Which inputs lead the star: the report of the lead test."""
    return nsm.answers.leads(engine(), star_key, today, max_lag=max_lag)
