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
    from nsm.inquiry import Answer
    from nsm.leads import LeadReport
    from nsm.leads.setting import Setting


@st.cache_resource(ttl=DAY_SECONDS, max_entries=32, show_spinner=False)
def histories(star_key: str, version: int, today: dt.date) -> StarHistory:
    """Weeks and months of every metric of the star, with its targets and annotations."""
    return nsm.answers.histories(engine(), star_key, today)


@st.cache_resource(ttl=DAY_SECONDS, max_entries=16, show_spinner=False)
def known_on(star_key: str, version: int, today: dt.date, as_of: dt.date) -> StarHistory:
    """The same as it was known on an earlier day."""
    return nsm.answers.histories_as_of(engine(), star_key, as_of, today)


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


def leads(star_key: str, version: int, today: dt.date, max_lag: int = 12) -> LeadReport:
    """Which inputs lead the star: the report of the lead test at the usual setting."""
    from nsm.leads.setting import Setting

    return asked(star_key, version, today, Setting(max_lag)).report


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def asked(star_key: str, version: int, today: dt.date, setting: Setting) -> Answer:
    """The same at any setting, with the weeks that were tested."""
    from nsm import inquiry

    return inquiry.inputs_of(nsm.answers.tested(histories(star_key, version, today)), setting)


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def results(star_key: str, version: int, today: dt.date, setting: Setting) -> tuple[Answer, ...]:
    """Does the star lead its results: one answer each."""
    from nsm import inquiry

    return inquiry.results_of(nsm.answers.tested(histories(star_key, version, today)), setting)


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def earlier(
    star_key: str, version: int, today: dt.date, setting: Setting
) -> tuple[tuple[dt.date, Answer], ...]:
    """What the answer would have been at earlier dates, newest first."""
    from nsm import inquiry

    known = nsm.answers.tested(histories(star_key, version, today))
    return tuple(inquiry.earlier(known, setting))
