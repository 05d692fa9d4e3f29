"""The parts of the Leads page: sentences, the profile of one input, the table, the meaning."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from nsm.answers import leads_json, tested_weeks
from nsm.charts.leads import lag_profile
from nsm.leads import LeadReport
from nsm.model import Star
from nsm.ui import answers
from nsm.ui.replay import DAY_SECONDS
from nsm.ui.tables import download
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.figures import count
from nsm.words.findings import SHAPES, Finding, findings
from nsm.words.leads import (
    KNOWN_HOW,
    MEANING,
    WORDS,
    belief,
    evidence,
    findings_table,
    headline,
    profile_key,
    profile_sentence,
    promise,
    scope,
    summary,
)
from nsm.words.review import SIMULATED, short_name

MOST_SENTENCES = 12
# Pixels of a row of the table that has room for two lines of notes.
WITH_NOTES = 52
COLOURS: dict[str, Literal["blue", "gray"]] = {"leads": "blue", "both": "blue"}


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The lead test of a star at one setting: the report, and each input ready to be told."""

    star: Star
    report: LeadReport
    found: tuple[Finding, ...]

    def profile(self, key: str) -> pd.DataFrame:
        """The numbers behind the picture of one input, in steps of star and input."""
        one = next(one for one in self.found if one.metric.key == key)
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


@st.cache_resource(ttl=DAY_SECONDS, max_entries=64, show_spinner=False)
def scan_of_star(star_key: str, version: int, today: dt.date, max_lag: int) -> Scan:
    """Everything that is said and drawn about the leads of a star."""
    known = answers.histories(star_key, version, today)
    report = answers.leads(star_key, version, today, max_lag)
    # The weeks that were tested: later ones of an input would change the size of its step.
    return Scan(known.star, report, findings(known.star, report, tested_weeks(known)))


def draw_findings(scan: Scan) -> None:
    """The answer: one sentence for the page, then one an input, the strongest lead first."""
    if scan.star.simulated:
        st.badge(SIMULATED, icon=":material/science:", color="gray")
    st.header(plain(summary(scan.star, scan.report, scan.found)), anchor=False)
    st.caption(plain(f"{scope(scan.report)}. {promise(scan.report.alpha)}"))
    for one in scan.found[:MOST_SENTENCES]:
        draw_finding(scan, one)
    hidden = len(scan.found) - MOST_SENTENCES
    if hidden > 0:
        st.caption(f"{count(hidden, 'more input')} in the table below.")


def draw_finding(scan: Scan, one: Finding) -> None:
    """One input: its verdict in shape and word, the sentence, its evidence, what we believed."""
    verdict, said, believed = st.columns([1.3, 6.2, 2.5], vertical_alignment="top", gap="small")
    mark = f"{one.place} {SHAPES[one.verdict]}" if one.place else SHAPES[one.verdict]
    verdict.badge(f"{mark} {WORDS[one.verdict]}", color=COLOURS.get(one.verdict, "gray"))
    lines = [f"**{plain(headline(scan.star, one))}**", plain(evidence(one, scan.report.weeks))]
    said.markdown("  \n".join(line for line in lines if line))
    if expected := belief(one):
        believed.caption(plain(expected))


def draw_profile(scan: Scan, key: str) -> None:
    """The lag profile of one input, under the sentence that says what it shows."""
    one = next(one for one in scan.found if one.metric.key == key)
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


def draw_table(scan: Scan) -> None:
    """One row an input, in the order of the sentences."""
    st.dataframe(
        findings_table(scan.found),
        hide_index=True,
        alt="One row an input: verdict, weeks, effect, and whether it could be chance.",
        column_config={
            "Input": st.column_config.TextColumn(pinned=True, width=170),
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
        row_height=WITH_NOTES if any(one.warnings for one in scan.found) else None,
    )


def draw_meaning() -> None:
    """What "leads" means and does not, and how the promise is known."""
    with st.expander("What “leads” means here – and what it does not", icon=":material/help:"):
        for said in MEANING:
            st.markdown(plain(said, longest=1000))
    with st.expander("How we know", icon=":material/verified:"):
        for said in KNOWN_HOW:
            st.markdown(plain(said, longest=1000))


def downloads(scan: Scan, max_lag: int) -> None:
    """The report as a program reads it, and as a table."""
    name = f"{scan.star.key}_leads_{max_lag}"
    with st.container(horizontal=True):
        st.download_button(
            "Report (JSON)",
            data=lambda: json.dumps(
                leads_json(scan.star.key, scan.report), indent=2, ensure_ascii=False
            ),
            file_name=f"{name}.json",
            mime="application/json",
            key="report_json",
            on_click="ignore",
            icon=":material/data_object:",
        )
        download(
            lambda: raw_table(scan.found, scan.report),
            key="report",
            file_name=f"{name}.csv",
            label="Report (CSV)",
        )


def raw_table(found: Sequence[Finding], report: LeadReport) -> pd.DataFrame:
    """The table of the report with names beside keys and warnings as one text."""
    names = {one.metric.key: short_name(one.metric) for one in found}
    rows = report.table.assign(
        name=report.table["input"].map(names), warnings=report.table["warnings"].map(" ".join)
    )
    return rows[["input", "name", *rows.columns.drop(["input", "name"])]]
