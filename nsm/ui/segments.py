"""The parts of the Inputs page that filter and compare by segment."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from nsm.charts.segments import MOST_LINES, indexed_parts, part_rows, side_by_side
from nsm.model import Metric, Star
from nsm.season import FEWEST_WEEKS, without_season
from nsm.segmented import by_segment
from nsm.segments import BySegment, segments_of
from nsm.ui import answers
from nsm.ui.address import choose, chosen
from nsm.ui.page import engine
from nsm.ui.replay import kept, replayed
from nsm.ui.tables import data_table
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.segments import (
    column_name,
    left_out_sentence,
    no_common_index,
    no_parts,
    not_added,
    not_tested_apart,
    part_name,
    share_sentence,
    side_alt,
    side_sentence,
)
from nsm.words.series import no_season_yet

# So many parts can be chosen, the largest first.
MOST_PARTS = 200
# What stands in the address for no choice: no column and no part is called so.
WHOLE = SIDE_BY_SIDE = ""


@kept(64)
def parts_of_star(
    star_key: str, version: int, today: dt.date, metric: str, segment: str
) -> BySegment:
    """The weeks of a metric by one column, its largest parts."""
    known = answers.around(star_key, version, today, metric)
    return by_segment(engine(), known, metric, segment, MOST_PARTS)


def choose_part(star: Star, edition: tuple[str, int, dt.date], metric: Metric) -> tuple[str, str]:
    """The column and the part that a viewer looks at; empty for the whole, and for all parts."""
    columns = segments_of(metric)
    if not columns:
        return chosen({WHOLE: ""}, key="by"), chosen({SIDE_BY_SIDE: ""}, key="part")
    names = {one: f"By {column_name(one)}" for one in columns}
    if metric.key != star.north_star:
        names = {WHOLE: "The whole"} | names
    segment = choose("By", names, key="by", width=180, label_visibility="collapsed")
    parts = parts_of_star(*edition, metric.key, segment).parts if segment else ()
    if not parts:
        # Where there is nothing to choose the address says nothing of it either.
        return segment, chosen({SIDE_BY_SIDE: ""}, key="part")
    shown = {SIDE_BY_SIDE: "Side by side"} | {part: part_name(part) for part in parts}
    return segment, choose("Part", shown, key="part", width=200, label_visibility="collapsed")


def draw_parts(
    star: Star,
    edition: tuple[str, int, dt.date],
    metric: Metric,
    segment: str,
    *,
    deseasoned: bool,
    as_index: bool,
) -> None:
    """All parts side by side: the sentence, the lines, what is not drawn, and the table."""
    by = parts_of_star(*edition, metric.key, segment)
    if not by.values.notna().to_numpy().any():
        st.header(plain(no_parts(metric, segment)), anchor=False)
        st.write("It needs one complete week, and comes with the next sync, or at once:")
        st.code(f"nsm sync --star {star.key} --metric {metric.key}", language=None)
        return
    _lines(*edition, metric.key, segment, deseasoned, as_index)
    data_table(
        lambda: part_rows(by.values, percent=metric.is_percent),
        key="parts",
        alt=side_alt(by, by.parts[:MOST_LINES]),
        label="Table of the parts",
        file_name=f"{star.key}_{metric.key}_by_segment.csv",
    )


def draw_share(edition: tuple[str, int, dt.date], metric: Metric, segment: str, part: str) -> None:
    """Below the sentence of a part: how much of the whole it is, and what was not asked of it."""
    by = parts_of_star(*edition, metric.key, segment)
    st.markdown(plain(share_sentence(by, part), longest=600))
    st.caption(plain(not_tested_apart(metric)))


@replayed
def _lines(
    star_key: str,
    version: int,
    today: dt.date,
    metric: str,
    segment: str,
    deseasoned: bool,
    as_index: bool,
) -> None:
    by = parts_of_star(star_key, version, today, metric, segment)
    shown = by.parts[:MOST_LINES]
    st.header(plain(side_sentence(by, shown), longest=600), anchor=False)
    notes = [not_added(by.metric), left_out_sentence(by, shown)]
    values = by.values[list(shown)].dropna(how="all")
    if deseasoned:
        values, note = _without_season(by.metric, values)
        notes.append(note)
    index = indexed_parts(values) if as_index else None
    if as_index and index is None:
        notes.append(no_common_index(by.metric))
    st.plotly_chart(
        side_by_side(by, values if index is None else index, as_index=index is not None),
        key="parts",
        config=CHART_CONFIG,
        alt=side_alt(by, shown),
    )
    if said := " ".join(filter(None, notes)):
        st.caption(plain(said, longest=1000))


def _without_season(metric: Metric, values: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The season taken out of every part that has weeks enough, and why it stays elsewhere."""
    flat = {part: without_season(series.to_numpy()) for part, series in values.items()}
    found = pd.DataFrame(
        {part: values[part] if one is None else one for part, one in flat.items()},
        index=values.index,
    )
    short = any(one is None for one in flat.values())
    return found, no_season_yet(metric, len(values), FEWEST_WEEKS) if short else ""
