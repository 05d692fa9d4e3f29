"""What stands beside the answer: earlier dates, the star's results, metrics that are no inputs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

import nsm.answers
from nsm.answers import StarHistory
from nsm.inquiry import candidates_of
from nsm.leads.setting import Setting
from nsm.model import Metric, Star
from nsm.ui import answers
from nsm.ui.leads import Scan, draw_rows, finding_text, scan_at, told
from nsm.ui.page import engine
from nsm.ui.replay import kept, replayed
from nsm.ui.tables import download
from nsm.ui.text import plain
from nsm.words.believed import EARLIER_KEY, course, over_time
from nsm.words.beyond import (
    CANDIDATES_PROMISE,
    NO_RESULTS,
    RESULTS_KEY,
    candidates_summary,
    candidates_table,
    results_summary,
    results_table,
)
from nsm.words.figures import count
from nsm.words.findings import Finding

MOST_COURSES = 12


@replayed
def draw_over_time(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """What this page would have said at earlier dates, beside what was believed."""
    now = scan_at(star_key, version, today, setting)
    before = [
        (last, {one.metric.key: one for one in told(answer).found})
        for last, answer in answers.earlier(star_key, version, today, setting)
    ]
    if not before:
        st.markdown("The history is too short for an earlier look: one is taken every 26 weeks.")
        return
    st.markdown("\n".join(f"- {plain(course(one, before))}" for one in now.found[:MOST_COURSES]))
    st.dataframe(
        over_time(now.found, before),
        hide_index=True,
        alt="One row an input, one column a date: the verdict as it would have been then.",
        column_config={"Input": st.column_config.TextColumn(pinned=True)},
    )
    st.caption(plain(EARLIER_KEY))


@kept(64)
def results_found(
    star_key: str, version: int, today: dt.date, setting: Setting
) -> list[tuple[Metric, Scan, Finding]]:
    """By result: the metric, its answer, and what was found of the star."""
    scans = [told(answer) for answer in answers.results(star_key, version, today, setting)]
    return [(scan.star.star_metric, scan, scan.found[0]) for scan in scans if scan.found]


@replayed
def draw_results(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """Is the star an early sign of success: a sentence and a row a result."""
    found = results_found(star_key, version, today, setting)
    if not found:
        st.markdown(plain(NO_RESULTS))
        return
    star = answers.histories(star_key, version, today).star
    rows = [(result, one) for result, _, one in found]
    told_each = (finding_text(scan, one, numbered=False) for _, scan, one in found)
    st.markdown("\n\n".join((f"**{plain(results_summary(star, rows))}**", *told_each)))
    draw_rows(results_table(rows), [one for _, one in rows], "Result")
    st.caption(plain(RESULTS_KEY))


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """A finished scan of candidates, and the stars that they are of: the one asked about first."""

    stars: tuple[Star, ...]
    table: pd.DataFrame


def draw_candidates(star_key: str, version: int, today: dt.date, setting: Setting) -> None:
    """Which other metrics may lead the star, under false-discovery control."""
    from nsm.store.stars import star_versions

    others = {key: one for key, one in star_versions(engine()).items() if key != star_key}
    st.caption(plain(CANDIDATES_PROMISE))
    everywhere = bool(others) and st.toggle(
        "Also the metrics of other stars", key="everywhere", bind="query-params"
    )
    others = others if everywhere else {}
    kept = _kept(star_key, version, today, setting, tuple(sorted(others.items())))
    if not kept:
        editions = {star_key: version} | others
        known = [answers.everything(key, one, today) for key, one in editions.items()]
        kept.append(Scanned(tuple(one.star for one in known), _scanned(known, setting)))
    (star, *_), table = kept[0].stars, kept[0].table
    names = {(one.key, metric.key): metric for one in kept[0].stars for metric in one.metrics}
    st.markdown(f"**{plain(candidates_summary(table, star))}**")
    if not len(table):
        return
    rows = candidates_table(table, star, names)
    st.dataframe(rows, hide_index=True, alt="One row a candidate, the most convincing first.")
    download(table, key="candidates", file_name=f"{star.key}_candidates.csv")


@kept(16)
def _kept(
    star_key: str,
    version: int,
    today: dt.date,
    setting: Setting,
    others: tuple[tuple[str, int], ...],
) -> list[Scanned]:
    """Where a finished scan is kept: a scan that shows its progress cannot be cached itself."""
    return []


def _scanned(known: list[StarHistory], setting: Setting) -> pd.DataFrame:
    """The scan, with its progress; Streamlit ends it here when the section is closed meanwhile."""
    bar: Any = st.progress(0.0, "Close this section to stop.")

    def progress(done: int, all_there_are: int) -> bool:
        bar.progress(
            done / all_there_are,
            f"{done:,} of {count(all_there_are, 'metric')}. Close this section to stop.",
        )
        return True

    own, *others = (nsm.answers.tested(one) for one in known)
    table = candidates_of(own, setting, others, progress)
    bar.empty()
    return table
