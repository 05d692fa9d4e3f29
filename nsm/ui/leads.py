"""The parts of the Leads page: sentences, the profile of one input, the table, the meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from nsm.charts.leads import lag_profile
from nsm.inquiry import Answer
from nsm.leads import LeadReport
from nsm.leads.badges import Forecasts
from nsm.leads.series import Series
from nsm.leads.setting import Setting
from nsm.model import Star
from nsm.ui import answers
from nsm.ui.replay import kept, replayed
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.believed import belief
from nsm.words.figures import count
from nsm.words.findings import SHAPES, Finding, findings
from nsm.words.leads import (
    KNOWN_HOW,
    MEANING,
    evidence,
    findings_table,
    headline,
    more_weeks,
    not_seen,
    profile_key,
    profile_sentence,
    promise,
    scope,
    shared_notes,
    summary,
    verdict_words,
)
from nsm.words.looks import setting_words
from nsm.words.review import SIMULATED

MOST_SENTENCES = 12
# Pixels of a row with notes, four lines of them; above four times the type size they wrap.
WITH_NOTES = 80
MOST_ROWS = 10  # that stand on the page without a scroll bar of their own


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The lead test of a star at one setting: the answer, and each input ready to be told."""

    answer: Answer
    found: tuple[Finding, ...]

    @property
    def star(self) -> Star:
        """The star, with the metric that was predicted as its north star."""
        return self.answer.star

    @property
    def report(self) -> LeadReport:
        return self.answer.report

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the last week that was tested."""
        weeks = self.answer.prepared.weeks.index
        return (weeks[-1] + pd.Timedelta(days=6)).date() if len(weeks) else None

    def finding(self, key: str) -> Finding:
        """What was found about one input."""
        return next(one for one in self.found if one.metric.key == key)

    def series(self, key: str) -> Series:
        """One input as the test saw it."""
        return next(x for x in self.report.working.inputs if x.name == key)

    def can_be_looked_at(self, key: str) -> bool:
        """Whether there is a fit of this input to look at."""
        place = [x.name for x in self.report.working.inputs].index(key)
        working = self.report.working
        found = working.forward.estimates[place]
        return found is not None and working.responses[place] is not None

    def as_known(self, made: Forecasts) -> Forecasts:
        """Forecasts in the values of the star also where its logarithms were tested."""
        if self.star.north_star not in self.answer.prepared.logged:
            return made
        parts = {name: np.exp(getattr(made, name)) for name in ("actual", "alone", "beside")}
        return replace(made, **parts)

    def profile(self, key: str) -> pd.DataFrame:
        """The numbers behind the picture of one input, in steps of star and input."""
        one = self.finding(key)
        rows = self.report.profile[self.report.profile["input"] == key]
        scale = one.step.size / one.goal.size
        return pd.DataFrame(
            {
                "Weeks before": rows["lag"],
                f"Star for {one.step.said(1)}": rows["coefficient"] * scale,
                "Between": rows["low"] * scale,
                "And": rows["high"] * scale,
                "Could be chance": rows["p_adjusted"],
                "Coefficient": rows["coefficient"],
                "HC3 error": rows["error"],
                "t": rows["t"],
            }
        )


def scan_of_star(star_key: str, version: int, today: dt.date, max_lag: int) -> Scan:
    """Everything that is said and drawn about the leads of a star at the usual setting."""
    return scan_at(star_key, version, today, Setting(max_lag))


@kept(64)
def scan_at(star_key: str, version: int, today: dt.date, setting: Setting) -> Scan:
    """The same at any setting."""
    return told(answers.asked(star_key, version, today, setting))


def told(answer: Answer) -> Scan:
    """An answer with each of its inputs ready to be told."""
    logged = answer.prepared.logged
    return Scan(answer, findings(answer.star, answer.report, answer.weeks, logged))


@replayed
def draw_findings(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """The answer: one sentence for the page, then one an input, the strongest lead first."""
    scan = scan_at(star_key, version, today, setting)
    if scan.star.simulated:
        st.badge(SIMULATED, icon=":material/science:", color="gray")
    st.header(plain(summary(scan.star, scan.report, scan.found)), anchor=False)
    differs = setting_words(scan.answer.setting, scan.star, scan.answer.prepared.logged)
    asked = f"{scope(scan.report)}; {differs}" if differs else scope(scan.report)
    st.caption(plain(f"{asked}. {promise(scan.report.alpha)}", longest=1000))
    st.markdown("\n\n".join(finding_text(scan, one) for one in scan.found[:MOST_SENTENCES]))
    hidden = len(scan.found) - MOST_SENTENCES
    if hidden > 0:
        st.caption(f"{count(hidden, 'more input')} in the table below.")


def finding_text(scan: Scan, one: Finding, *, numbered: bool = True) -> str:
    """One input: its verdict in shape and word, the sentence, its evidence, what we believed."""
    mark = f"{one.place} {SHAPES[one.verdict]}" if one.place and numbered else SHAPES[one.verdict]
    verdict = f":{'blue' if one.stands else 'gray'}-badge[{plain(f'{mark} {verdict_words(one)}')}]"
    opening, rest = headline(scan.star, one), evidence(one, scan.report.weeks)
    if one.place:
        opening = f"{opening.removesuffix('.')}:"
    said = f"{verdict} **{plain(opening)}** {plain(rest)}".strip()
    if expected := belief(one):
        said += f"  \n:small[:gray[{plain(expected)}]]"
    return said


@replayed
def draw_profile(star_key: str, version: int, today: dt.date, setting: Setting, key: str) -> None:
    """The lag profile of one input, under the sentence that says what it shows."""
    scan = scan_at(star_key, version, today, setting)
    one = scan.finding(key)
    said = profile_sentence(scan.star, one)
    st.markdown(plain(said))
    if one.chance is None:
        st.caption(plain(" ".join(one.warnings)))
        return
    st.plotly_chart(
        lag_profile(
            one,
            *(rows[rows["input"] == key] for rows in (scan.report.profile, scan.report.same_week)),
        ),
        key="profile",
        config=CHART_CONFIG,
        alt=said,
    )
    st.caption(plain(profile_key(scan.star, one)))
    if one.warnings:
        st.caption(plain("To know: " + " ".join(one.warnings), longest=1000))


@replayed
def draw_not_seen(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """What this much history could not have shown, of every input without a clear lead."""
    scan = scan_at(star_key, version, today, setting)
    quiet = [one for one in scan.found if not one.place]
    if not quiet:
        st.markdown("Every input leads, so no “no clear lead” has to be read with care.")
    weeks = scan.report.weeks
    more = [more_weeks(one, weeks) for one in quiet]
    alike = len(set(more)) == 1
    told = [
        plain(f"{not_seen(scan.star, one, weeks)} {'' if alike else said}", longest=1000)
        for one, said in list(zip(quiet, more, strict=True))[:MOST_SENTENCES]
    ]
    if told:
        st.markdown("\n".join(f"- {one}" for one in told))
    if alike and more[0]:
        st.markdown(plain(more[0]))
    if len(quiet) > MOST_SENTENCES:
        st.caption(f"{count(len(quiet) - MOST_SENTENCES, 'more input')} in the table below.")


@replayed
def draw_table(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """One row an input, in the order of the sentences."""
    found = scan_at(star_key, version, today, setting).found
    draw_rows(findings_table(found), found, "Input")


def draw_rows(rows: pd.DataFrame, found: Sequence[Finding], what: str) -> None:
    """A table of findings, one row for each ``what``; what holds for all rows stands below it."""
    st.dataframe(
        rows,
        hide_index=True,
        alt=f"One row for each {what}: verdict, weeks, effect, and whether it could be chance.",
        column_config={
            what: st.column_config.TextColumn(pinned=True, width=170),
            "Verdict": st.column_config.TextColumn(width=150),
            "Weeks": st.column_config.TextColumn(
                help="By how many weeks; in brackets the weeks that cannot be told from it.",
                width=75,
            ),
            "Effect": st.column_config.TextColumn(width=150),
            "Between": st.column_config.TextColumn(
                help="Holds at 95 % for all inputs and weeks looked at together.", width=150
            ),
            "Could be chance": st.column_config.TextColumn(
                help="How often chance alone shows what the verdict says, anywhere on the page: "
                "its adjusted p-value.",
                width=125,
            ),
            "We believed": st.column_config.TextColumn(width=110),
            # The rest of the width, in as many lines as it takes.
            "To know": st.column_config.TextColumn(width=320),
        },
        row_height=WITH_NOTES if rows["To know"].any() else None,
        height="content" if len(rows) <= MOST_ROWS else "auto",
    )
    if shared := shared_notes(found):
        st.caption(plain(f"To know of all: {' '.join(shared)}", longest=1000))


@replayed
def draw_meaning() -> None:
    """What "leads" means and does not, and how the promise is known."""
    with st.expander("What “leads” means here – and what it does not", icon=":material/help:"):
        st.markdown("\n\n".join(plain(said, longest=1000) for said in MEANING))
    with st.expander("How we know", icon=":material/verified:"):
        st.markdown("\n\n".join(plain(said, longest=1000) for said in KNOWN_HOW))
