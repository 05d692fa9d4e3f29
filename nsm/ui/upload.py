"""From a file on someone's machine to the store, with a look before anything is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from nsm.demo import fill_demo
from nsm.errors import NsmError
from nsm.ingest import LoadReport, load_file
from nsm.model import Star
from nsm.periods import today_in
from nsm.store.stars import star_versions
from nsm.ui.page import engine
from nsm.ui.tables import download
from nsm.ui.text import plain
from nsm.words.data import changed_table, load_result, on_the_page, rejected_table
from nsm.words.figures import count, day, listed

LOADED_BY = "Data page"
# Tables up to so many rows stand in full, longer ones scroll at this height in pixels.
FEW_ROWS, ROWS_HEIGHT = 8, 300
DATES: dict[str, bool | None] = {"As the file shows": None, "Day first": True, "Month first": False}
NUMBERS: dict[str, bool | None] = {"As the file shows": None, "1,234.5": False, "1.234,5": True}
# Counts the files that were loaded, so that the uploader stands empty after each; and the result.
_ROUND, _RESULT, _PREVIEW = "_upload_round", "_upload_result", "_upload_preview"


def load_section(star: Star, version: int, today: dt.date) -> None:
    """Choose a file, see what it would do, then write it, in one transaction."""
    if result := st.session_state.get(_RESULT):
        st.success(plain(result), icon=":material/check_circle:")
    file = st.file_uploader(
        "CSV file – long (date, metric, value) or wide (date, one column a metric)",
        type=["csv", "tsv", "txt", "gz"],
        key=f"upload_{_round()}",
    )
    if file is None:
        return
    st.session_state.pop(_RESULT, None)
    with st.container(horizontal=True, gap="medium"):
        dates = st.segmented_control("Dates", list(DATES), default="As the file shows", key="dates")
        numbers = st.segmented_control(
            "Numbers", list(NUMBERS), default="As the file shows", key="decimals"
        )
        as_of = st.date_input(
            "Values were known on",
            value=today,
            max_value=today,
            key="as_of",
            help="Values of days that were not over then are kept, but not counted yet.",
            width=190,
        )
    reading: dict[str, Any] = {
        "as_of": as_of,
        "day_first": DATES.get(dates or ""),
        "decimal_comma": NUMBERS.get(numbers or ""),
    }
    found = _preview(file, star, version, today, reading)
    if isinstance(found, NsmError):
        _draw_refusal(found)
        return
    _draw_preview(star, found)
    skip_bad = bool(found.rejected) and st.checkbox(
        f"Leave {count(found.rejected, 'value')} out and load the rest", key=f"skip_{_round()}"
    )
    if st.button(
        f"Load {count(found.new + found.changed + found.unchanged, 'value')}",
        type="primary",
        key="load",
        icon=":material/upload:",
        disabled=bool(found.rejected) and not skip_bad,
    ):
        _load(file, star, today, reading, skip_bad=skip_bad)


def any_star() -> bool:
    """Whether there is a star to show at all."""
    return bool(star_versions(engine()))


def first_steps() -> None:
    """Without any star: the button that fills the demonstration, and the way to an own star."""
    st.header("No star yet", anchor=False)
    st.markdown(
        "Look around in two simulated products with three years of history, "
        "or describe your own star and load its history."
    )
    if st.button("Fill with the demonstration", type="primary", icon=":material/science:"):
        bar = st.progress(0.0, text="Simulating three years of two products …")
        fill_demo(engine(), today_in("UTC"), progress=lambda part: _advance(bar, part))
        st.rerun()


def _preview(
    file: Any, star: Star, version: int, today: dt.date, reading: dict[str, Any]
) -> LoadReport | NsmError:
    """What loading would do; kept until the file, the star or a choice changes."""
    key = (file.file_id, star.key, version, today, *reading.values())
    kept: tuple[object, LoadReport | NsmError] | None = st.session_state.get(_PREVIEW)
    if kept is not None and kept[0] == key:
        return kept[1]
    found = _run("Reading", file, star, today, reading, skip_bad=True, dry_run=True)
    st.session_state[_PREVIEW] = (key, found)
    return found


def _draw_changes(star: Star, found: LoadReport) -> None:
    """Which values would not be what they are now."""
    rows = changed_table(star, found.changes)
    st.dataframe(
        rows,
        hide_index=True,
        alt="Values that would change: day, metric, what they are, what they would be.",
        height="content" if len(rows) <= FEW_ROWS else ROWS_HEIGHT,
    )
    more = found.changed - len(rows)
    if more > 0:
        st.caption(f"and {count(more, 'more changed value')}")


def _run(
    doing: str,
    file: Any,
    star: Star,
    today: dt.date,
    reading: dict[str, Any],
    *,
    skip_bad: bool,
    dry_run: bool,
) -> LoadReport | NsmError:
    """Load the file, or only look what loading would do, under a bar that says how far it is."""
    bar = st.progress(0.0, text=plain(f"{doing} {file.name} …"))
    try:
        return load_file(
            engine(),
            star.key,
            file.getvalue(),
            source=file.name,
            loaded_by=LOADED_BY,
            today=today,
            skip_bad=skip_bad,
            dry_run=dry_run,
            progress=lambda part: _advance(bar, part),
            **reading,
        )
    except NsmError as error:
        return error
    finally:
        bar.empty()


def _draw_preview(star: Star, found: LoadReport) -> None:
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("New", found.new),
            ("Changed", found.changed),
            ("Unchanged", found.unchanged),
            ("Rejected", found.rejected),
        ):
            st.metric(label, f"{value:,}", width="content")
    if found.first_date and found.last_date:
        first, last = (
            day(date, weekday=False, year=True) for date in (found.first_date, found.last_date)
        )
        st.caption(plain(f"{first} to {last}: {listed(list(found.metrics[:12]))}."))
    for warning in found.warnings:
        st.warning(plain(warning, longest=600), icon=":material/warning:")
    if found.changes:
        _draw_changes(star, found)
    if found.rejected:
        rows = rejected_table(found.rejected_rows)
        st.dataframe(
            rows,
            hide_index=True,
            alt="Rows that would be rejected: line, column, value, reason.",
            height="content" if len(rows) <= FEW_ROWS else ROWS_HEIGHT,
            column_config={"Reason": st.column_config.TextColumn(width="large")},
        )
        download(rows, key="rejected", file_name="rejected.csv", label="Rejected rows (CSV)")
    st.caption("Nothing is written before you press the button.")


def _load(
    file: Any, star: Star, today: dt.date, reading: dict[str, Any], *, skip_bad: bool
) -> None:
    done = _run("Loading", file, star, today, reading, skip_bad=skip_bad, dry_run=False)
    if isinstance(done, NsmError):
        _draw_refusal(done)
        return
    st.session_state[_RESULT] = load_result(
        done.source, done.new, done.changed, done.unchanged, done.rejected
    )
    st.session_state.pop(_PREVIEW, None)
    _next_round()
    st.rerun()


def _draw_refusal(error: NsmError) -> None:
    said = f"{error.message} {on_the_page(error.hint)}"
    st.error(plain(said, longest=1000), icon=":material/error:")


def _advance(bar: Any, part: float) -> None:
    bar.progress(min(max(part, 0.0), 1.0))


def _round() -> int:
    return int(st.session_state.get(_ROUND, 0))


def _next_round() -> None:
    st.session_state[_ROUND] = _round() + 1
