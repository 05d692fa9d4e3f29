"""The answers of the store and the statistics, kept until their star changes.

Every argument comes from ``nsm.ui.page.edition(star)``: star key, version, today. The results are
shared between all viewers: read them, never change them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import nsm.answers
from nsm.answers import StarHistory
from nsm.review import Review
from nsm.ui.page import engine
from nsm.ui.replay import kept

if TYPE_CHECKING:
    # SciPy is not on the way to the first picture.
    from nsm.inquiry import Answer
    from nsm.leads import LeadReport
    from nsm.leads.setting import Setting
    from nsm.why.leading import Lead


@kept(32)
def histories(star_key: str, version: int, today: dt.date) -> StarHistory:
    """Weeks and months of the star's metrics, with its targets and annotations; no candidates."""
    return nsm.answers.histories(engine(), star_key, today, candidates=False)


@kept(8)
def everything(star_key: str, version: int, today: dt.date) -> StarHistory:
    """The same with its candidates: where somebody asks for them."""
    return nsm.answers.histories(engine(), star_key, today)


def around(star_key: str, version: int, today: dt.date, metric: str) -> StarHistory:
    """The history in which this metric is: of a candidate the one that has everything."""
    found = histories(star_key, version, today)
    if any(one.key == metric for one in found.star.metrics):
        return found
    return everything(star_key, version, today)


@kept(16)
def known_on(star_key: str, version: int, today: dt.date, as_of: dt.date) -> StarHistory:
    """The same as it was known on an earlier day."""
    return nsm.answers.histories_as_of(engine(), star_key, as_of, today)


def known(star_key: str, version: int, today: dt.date, as_of: dt.date | None) -> StarHistory:
    """The star as it is known now, or as it was on an earlier day."""
    if as_of is None:
        return histories(star_key, version, today)
    return known_on(star_key, version, today, as_of)


@kept(64)
def review(
    star_key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None = None
) -> Review:
    """The review of the week that ended then, as it is known now or as it was on an earlier day."""
    found = known(star_key, version, today, as_of)
    return nsm.answers.review_of(engine(), found, as_of or today, ending)


@kept(32)
def leading(star_key: str, version: int, today: dt.date, as_of: dt.date | None) -> tuple[Lead, ...]:
    """The inputs that lead the star, found in what is known now or was known then."""
    found = known(star_key, version, today, as_of)
    report = leads(star_key, version, today) if as_of is None else None
    return tuple(nsm.answers.leading_of(found, report))


@kept(32)
def tested_weeks(star_key: str, version: int, today: dt.date) -> list[dt.date]:
    """The first days of the weeks that the lead test sees, oldest first."""
    weeks = nsm.answers.tested_weeks(histories(star_key, version, today)).index
    return [week.date() for week in weeks]


def leads(star_key: str, version: int, today: dt.date, max_lag: int = 12) -> LeadReport:
    """Which inputs lead the star: the report of the lead test at the usual setting."""
    from nsm.leads.setting import Setting

    return asked(star_key, version, today, Setting(max_lag)).report


@kept(64, "Testing the inputs against worlds where nothing leads …")
def asked(star_key: str, version: int, today: dt.date, setting: Setting) -> Answer:
    """The same at any setting, with the weeks that were tested."""
    from nsm import inquiry

    return inquiry.inputs_of(nsm.answers.tested(histories(star_key, version, today)), setting)


@kept(64)
def results(star_key: str, version: int, today: dt.date, setting: Setting) -> tuple[Answer, ...]:
    """Does the star lead its results: one answer each."""
    from nsm import inquiry

    return inquiry.results_of(nsm.answers.tested(histories(star_key, version, today)), setting)


@kept(64)
def earlier(
    star_key: str, version: int, today: dt.date, setting: Setting
) -> tuple[tuple[dt.date, Answer], ...]:
    """What the answer would have been at earlier dates, newest first."""
    from nsm import inquiry

    known = nsm.answers.tested(histories(star_key, version, today))
    return tuple(inquiry.earlier(known, setting))
