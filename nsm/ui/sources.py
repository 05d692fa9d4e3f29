"""The part of the Data page on the databases that metrics come from: their runs, tried and seen."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from nsm.config import ROOT
from nsm.errors import NsmError
from nsm.model import Metric, SourceQuery, Star
from nsm.store.stars import declared_star
from nsm.store.syncs import SyncState, read_syncs
from nsm.ui.address import choose
from nsm.ui.page import engine
from nsm.ui.text import plain
from nsm.words.review import short_name
from nsm.words.sources import (
    CRON,
    NO_SOURCE,
    Run,
    answered,
    cron_line,
    cron_needs,
    preview_sentence,
    preview_table,
    run_lines,
    runs_sentence,
    runs_table,
)

# The deadline of what a screen asks; and when it stops waiting, whatever the driver waits for.
ASK_SECONDS, WAIT_SECONDS = 4.0, 4.8
MOST_ROWS, ROWS_HEIGHT = 25, 600
_STORE = "NSM_DATABASE_URL"

T = TypeVar("T")


def sources_section(star: Star, today: dt.date) -> None:
    """Every metric with a source: its last run and its next; one of them to try and to look at."""
    if not any(metric.query for metric in star.metrics):
        st.markdown(NO_SOURCE)
        return
    runs = _runs(star, today)
    st.markdown(plain(runs_sentence(list(runs.values()), today)))
    st.dataframe(
        runs_table(list(runs.values()), today),
        hide_index=True,
        height="content" if len(runs) <= MOST_ROWS else ROWS_HEIGHT,
        alt="The metrics that come from a database: last run, rows moved, next run, last error.",
        column_config={
            "Rows moved": st.column_config.NumberColumn(
                format="localized", help="Grouped rows that travelled in the last run that worked."
            ),
            "Last error": st.column_config.TextColumn(width="large"),
        },
    )
    chosen = next(iter(runs))
    if len(runs) > 1:
        names = {key: short_name(run.metric) for key, run in runs.items()}
        chosen = choose("From a source", names, key="asked", width=320)
    st.markdown(
        "  \n".join(
            f":gray[{label}:] {plain(said, longest=600)}"
            for label, said in run_lines(runs[chosen], today)
        )
    )
    _try_it(star, runs[chosen].metric)
    st.caption(CRON)
    st.code(cron_line(star, str(ROOT), sys.executable), language=None, wrap_lines=True)
    variables = [one.url_env for one in star.sources if one.url_env]
    needed = [*variables, *([_STORE] if os.environ.get(_STORE) else [])]
    if said := cron_needs(needed):
        st.caption(plain(said, longest=600))


def _runs(star: Star, today: dt.date) -> dict[str, Run]:
    """By metric what is known of its runs; read anew each time, a failure draws no new edition."""
    # What asks sources is loaded only where there are some.
    from nsm.sources.due import due

    states = read_syncs(engine(), star.key)
    declared = declared_star(engine(), star.key)
    found = {}
    for metric in declared.metrics:
        if metric.query is None:
            continue
        state = states.get(metric.key, SyncState(metric.key))
        next_one = due(declared, metric, state, today)
        found[metric.key] = Run(
            metric,
            metric.query.source,
            next_one.day,
            next_one.first,
            state.synced_at,
            state.rows,
            state.error,
            state.failed_at,
        )
    return found


@st.fragment
def _try_it(star: Star, metric: Metric) -> None:
    """Two buttons and what came of them; the rest of the page does not wait."""
    query = metric.query
    assert query is not None
    with st.container(horizontal=True):
        tried = st.button("Test the connection", key="try_source", icon=":material/cable:")
        looked = st.button("Preview 100 rows", key="preview_source", icon=":material/table_view:")
    if tried:
        _draw_trial(star, query)
    elif looked:
        _draw_preview(star, query)


def _draw_trial(star: Star, query: SourceQuery) -> None:
    from nsm.sources.address import address_of
    from nsm.sources.asking import try_connection

    source = query.source

    def trial() -> float:
        began = time.monotonic()
        try_connection(source, address_of(star, source), ASK_SECONDS)
        return time.monotonic() - began

    seconds = _asked(source, trial)
    if seconds is not None:
        st.success(plain(answered(source, seconds)), icon=":material/check_circle:")


def _draw_preview(star: Star, query: SourceQuery) -> None:
    from nsm.sources.address import address_of
    from nsm.sources.asking import preview

    found = _asked(
        query.source, lambda: preview(query, address_of(star, query.source), ASK_SECONDS)
    )
    if found is None:
        return
    st.caption(preview_sentence(len(found.rows), more=found.more))
    if found.rows:
        st.dataframe(
            preview_table(found.columns, found.rows),
            hide_index=True,
            height=ROWS_HEIGHT // 2,
            alt="The first rows of the query, as they are in the source.",
        )


def _asked(source: str, ask: Callable[[], T]) -> T | None:
    """What a source answered in time; None once its one line of error stands on the page."""
    from nsm.sources.patience import within

    try:
        with st.spinner(plain(f"Asking {source} …")):
            return within(WAIT_SECONDS, source, ask)
    except NsmError as error:
        st.error(plain(str(error), longest=600), icon=":material/error:")
        return None
