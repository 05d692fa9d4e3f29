"""Targets and annotations to edit on the page, with a look at what saving would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from nsm.errors import NsmError
from nsm.model import Annotation, Star, Target
from nsm.store.annotations import KINDS, read_annotations, save_annotations
from nsm.store.targets import PERIODS, read_targets, save_targets
from nsm.ui.edits import (
    EARLIEST,
    LATEST,
    annotation_words,
    annotations_frame,
    differences,
    edited_annotations,
    edited_targets,
    merged,
    target_words,
    targets_frame,
)
from nsm.ui.page import engine, today
from nsm.ui.text import line, plain
from nsm.words.figures import count
from nsm.words.review import short_name

MOST_SHOWN = 12
T = TypeVar("T", Target, Annotation)


def targets_section(star: Star) -> None:
    """What each metric should reach in a week, a month, a quarter or a year."""
    st.caption(
        "One row a target. For a metric in percent, 0.037 is 3.7 %. "
        "Add a row at the bottom; select rows to remove them."
    )
    there = read_targets(engine(), star.key)
    frame = _edited(
        "targets",
        star,
        targets_frame(star, there),
        {
            "metric": _metric_column(star, required=True),
            "period": st.column_config.SelectboxColumn("Period", options=PERIODS, required=True),
            "start": _date_column("Starts on"),
            "value": st.column_config.NumberColumn("Target", required=True, format="localized"),
        },
    )
    wanted, problems = edited_targets(star, frame)
    _save_section(
        "targets",
        star,
        there,
        wanted,
        problems,
        lambda one: target_words(star, one),
        lambda keep: save_targets(
            engine(), star.key, keep(read_targets(engine(), star.key)), today(star)
        ),
    )


def annotations_section(star: Star) -> None:
    """What happened on a date; a break tells the statistics that a level changed."""
    st.caption(
        "A note, a holiday, a piece of work, or a break: from a break on, the weeks before it no "
        "longer say what is usual. Leave the metric blank for the whole star."
    )
    there = [replace(one, id=0) for one in read_annotations(engine(), star.key)]
    frame = _edited(
        "annotations",
        star,
        annotations_frame(there),
        {
            "date": _date_column("Date"),
            "kind": st.column_config.SelectboxColumn("Kind", options=KINDS, default="note"),
            "metric": _metric_column(star, required=False),
            "text": st.column_config.TextColumn("Text", required=True, width="large"),
        },
    )
    wanted, problems = edited_annotations(star, frame)

    def save(keep: Callable[[Sequence[Annotation]], list[Annotation]]) -> None:
        now = [replace(one, id=0) for one in read_annotations(engine(), star.key)]
        save_annotations(engine(), star.key, keep(now), today(star))

    _save_section(
        "annotations",
        star,
        there,
        wanted,
        problems,
        lambda one: annotation_words(star, one),
        save,
    )


def _edited(what: str, star: Star, frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The table as the viewer has it now."""
    return st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=_key(what, star),
        alt=f"The {what} of this star, to edit.",
        column_config=columns,
    )


def _save_section(
    what: str,
    star: Star,
    there: Sequence[T],
    wanted: Sequence[T],
    problems: Sequence[str],
    words: Callable[[T], str],
    save: Callable[[Callable[[Sequence[T]], list[T]]], None],
) -> None:
    """What is wrong, what would change, and the button that writes it."""
    if said := st.session_state.get(f"_saved_{what}"):
        st.success(plain(said), icon=":material/check_circle:")
    if problems:
        st.error(plain(" ".join(problems[:MOST_SHOWN]), longest=1500), icon=":material/error:")
    added, removed = differences(there, wanted)
    lines = [f"+ {words(one)}" for one in added] + [f"− {words(one)}" for one in removed]
    if lines and not problems:
        st.session_state.pop(f"_saved_{what}", None)
        st.markdown("Saving changes this:")
        st.markdown("  \n".join(plain(said) for said in lines[:MOST_SHOWN]))
        if len(lines) > MOST_SHOWN:
            st.caption(f"and {len(lines) - MOST_SHOWN:,} more")
    why_not = ""
    if problems:
        why_not = "Correct or remove these rows first."
    elif not lines:
        why_not = "Nothing to save: the table says what is stored."
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            f"Save {what}", key=f"save_{what}", type="primary", disabled=bool(why_not)
        )
        if why_not:
            st.caption(why_not)
    if pressed:
        try:
            # Others may have written since this page was drawn: only the differences are applied.
            save(lambda now: merged(now, added, removed))
        except NsmError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        st.session_state[f"_saved_{what}"] = f"{count(len(lines), 'change')} saved."
        st.session_state[f"_round_{what}"] = st.session_state.get(f"_round_{what}", 0) + 1
        st.rerun()


def _key(what: str, star: Star) -> str:
    """A new table after each saving: the old one remembers edits that are written by now."""
    return f"{what}_{star.key}_{st.session_state.get(f'_round_{what}', 0)}"


def _date_column(label: str) -> Any:
    # With its ends given the browser keeps no mistyped year: none comes as far as the message.
    return st.column_config.DateColumn(
        label,
        required=True,
        format="D MMM YYYY",
        min_value=EARLIEST,
        max_value=LATEST,
        help=f"A day from {EARLIEST.year} to {LATEST.year}.",
    )


def _metric_column(star: Star, *, required: bool) -> Any:
    names = {metric.key: line(short_name(metric)) for metric in star.metrics}
    return st.column_config.SelectboxColumn(
        "Metric",
        options=list(names),
        format_func=lambda key: names.get(str(key), str(key)),
        required=required,
        width="medium",
    )
