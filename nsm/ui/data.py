"""The parts of the Data page that tell: how fresh, what each metric means, what was loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from nsm.answers import StarHistory
from nsm.formula import leaves
from nsm.freshness import Freshness, Gap, freshness, gaps, missing_days, newest_of
from nsm.history import grains
from nsm.model import Load, Metric, Role, Star
from nsm.periods import week_end
from nsm.segments import segments_of
from nsm.store.loads import newest_loads, recent_loads, rejected_rows, restatements
from nsm.store.observations import read_days
from nsm.ui import answers
from nsm.ui.page import engine
from nsm.ui.replay import kept
from nsm.ui.text import line, plain
from nsm.words.data import (
    changes_table,
    description_lines,
    freshness_sentence,
    gaps_table,
    holes_sentence,
    loads_table,
    metrics_table,
    rejected_table,
    restatements_table,
)
from nsm.words.review import SIMULATED

MOST_GAPS = 200
# Tables up to so many rows stand in full, longer ones scroll at this height in pixels.
MOST_ROWS, ROWS_HEIGHT = 25, 600
FEW_ROWS, SHORT_HEIGHT = 8, 300


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """What is in the store of one star, and how new and whole it is, by metric."""

    known: StarHistory
    ages: dict[str, Freshness]
    gaps: dict[str, tuple[Gap, ...]]
    newest: dict[str, Load]
    loads: tuple[Load, ...]


@kept(64)
def stock_of_star(
    star_key: str, version: int, today: dt.date, *, candidates: bool = False
) -> Stock:
    """Everything the Data page tells of a star; of its candidates only where it is asked."""
    read = answers.everything if candidates else answers.histories
    known = read(star_key, version, today)
    star, grain_of = known.star, grains(known.star)
    return Stock(
        known=known,
        ages={
            metric.key: freshness(
                newest_of(star, metric, known.newest),
                grain_of[metric.key],
                metric.lateness_days,
                today,
            )
            for metric in star.metrics
        },
        gaps={metric.key: gaps(known.weeks, metric.key) for metric in star.metrics},
        newest=newest_loads(engine(), star_key),
        loads=recent_loads(engine(), star_key),
    )


def draw_answer(stock: Stock, today: dt.date) -> None:
    """Is everything as new as it should be? Then one row a metric."""
    star = stock.known.star
    if star.simulated:
        st.badge(SIMULATED, icon=":material/science:", color="gray")
    # Candidates are no promise to anybody: they do not make a star late.
    shown = [one for one in star.metrics if one.role is not Role.CANDIDATE]
    ages = {one.key: stock.ages[one.key] for one in shown}
    st.header(plain(freshness_sentence(star, ages)), anchor=False)
    if holes := holes_sentence(star, {key: stock.gaps[key] for key in ages}, today):
        st.markdown(f":material/warning: {plain(holes)}")
    if star.description:
        st.caption(plain(star.description))
    draw_metrics(stock, shown)


def draw_metrics(stock: Stock, metrics: Sequence[Metric]) -> None:
    """One row for each of these: what it is, how new and how whole."""
    st.dataframe(
        metrics_table(metrics, stock.ages, stock.gaps, stock.newest),
        hide_index=True,
        height="content" if len(metrics) <= MOST_ROWS else ROWS_HEIGHT,
        alt="The metrics of this star: role, newest day, late or not, gaps, definition, source.",
        column_config={
            "Metric": st.column_config.TextColumn(pinned=True, width="medium"),
            "Role": st.column_config.TextColumn(width=90),
            "Data to": st.column_config.TextColumn(width=130),
            "State": st.column_config.TextColumn(width=110),
            "Gaps": st.column_config.TextColumn(
                width=80, help="Weeks in which days are missing: they are not counted."
            ),
            "A week is": st.column_config.TextColumn(width="medium"),
            "Source": st.column_config.TextColumn(
                width="medium", help="The load that brought the newest value."
            ),
        },
    )


def draw_metric(stock: Stock, key: str) -> None:
    """One metric opened: its definition and what became of it, its holes and changed values."""
    metric, found = stock.known.star.metric(key), stock.gaps[key][-MOST_GAPS:]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(
            "  \n".join(
                f":gray[{label}:] {plain(said, longest=600)}"
                for label, said in description_lines(metric)
            )
        )
        changes = [one for one in stock.known.definition_changes if one.metric == key]
        _part("The definition changed", changes_table(changes), "It never changed its meaning.")
    with right:
        _part(
            "Past values that changed",
            restatements_table(metric, restatements(engine(), stock.known.star.key, key)),
            "No past value ever changed.",
        )
        if segments_of(metric):
            of_parts = restatements(engine(), stock.known.star.key, key, segments=True)
            _part(
                "Past values of parts that changed",
                restatements_table(metric, of_parts),
                "No past value of a part ever changed.",
            )
        _part(
            "Weeks with missing days",
            gaps_table(found, _missing(stock.known.star, key, found)),
            "No week between its first and its newest is missing a day.",
        )
        _rejected(stock, metric)


def _missing(star: Star, key: str, found: Sequence[Gap]) -> dict[dt.date, tuple[dt.date, ...]]:
    """The days that are missing in these weeks, of the metric or of what it is computed from."""
    if not found:
        return {}
    measured = [one for one in leaves(star, key) or {key} if star.metric(one).formula is None]
    spans = [(gap.week, week_end(gap.week)) for gap in found]
    return missing_days(found, read_days(engine(), star.key, spans, measured), measured)


def draw_loads(stock: Stock) -> None:
    """The last loads, and what each of them refused."""
    if not stock.loads:
        st.markdown("Nothing was loaded yet.")
        return
    st.dataframe(
        loads_table(stock.loads),
        hide_index=True,
        alt="The last loads: when, from where, by whom, and what they did to the rows.",
        column_config={
            "Source": st.column_config.TextColumn(width="large"),
            "Known on": st.column_config.TextColumn(
                help="The day on which these values were known."
            ),
            **{
                name: st.column_config.NumberColumn(format="localized")
                for name in ("New", "Changed", "Unchanged", "Rejected")
            },
        },
    )
    for load in stock.loads:
        if load.rejected:
            refused = rejected_rows(engine(), load.id)
            st.caption(plain(f"Left out of {load.source}:"))
            st.dataframe(
                rejected_table(refused),
                hide_index=True,
                alt="Rows that were refused: line, column, value, reason.",
                height=_height(refused),
            )


def _rejected(stock: Stock, metric: Metric) -> None:
    """What recent loads refused in the columns of this metric, by key or by name."""
    names = {metric.key.casefold(), metric.name.casefold()}
    refused = [
        row
        for load in stock.loads
        if load.rejected
        for row in rejected_rows(engine(), load.id)
        if row.column.casefold() in names
    ]
    if refused:
        _part("Rejected by recent loads", rejected_table(refused), "")


def _part(title: str, table: pd.DataFrame, empty: str) -> None:
    st.markdown(f"**{plain(title)}**")
    if table.empty:
        st.caption(empty)
        return
    st.dataframe(
        table,
        hide_index=True,
        alt=line(title),
        height=_height(table),
    )


def _height(rows: Sized) -> Literal["content"] | int:
    return "content" if len(rows) <= FEW_ROWS else SHORT_HEIGHT
