"""Targets and annotations as tables that a person edits: there and back, with every mistake named.

Nothing here draws. A row number in a message counts the rows of the table from 1.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import pandas as pd

from nsm.model import WEEKDAYS, Annotation, Star, Target
from nsm.periods import period_start
from nsm.store.annotations import KINDS
from nsm.store.targets import PERIODS
from nsm.words.figures import day, number
from nsm.words.review import short_name

WHOLE_STAR = ""
# As far as files are read.
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
TARGET_COLUMNS = ["metric", "period", "start", "value"]
ANNOTATION_COLUMNS = ["date", "kind", "metric", "text"]

T = TypeVar("T")


def targets_frame(star: Star, targets: Sequence[Target]) -> pd.DataFrame:
    """Targets as the table to edit: by metric as in the definition, the longest period first.

    Of each metric and period the newest stands first.
    """
    place = {metric.key: number for number, metric in enumerate(star.metrics)}
    longest_first = PERIODS[::-1]
    rows = sorted(
        targets,
        key=lambda one: (
            place.get(one.metric, len(place)),
            longest_first.index(one.period),
            -one.start.toordinal(),
        ),
    )
    frame = pd.DataFrame(
        [(one.metric, one.period, one.start, one.value) for one in rows], columns=TARGET_COLUMNS
    )
    return frame.astype({"metric": "str", "period": "str", "value": "float64"}).assign(
        start=pd.to_datetime(frame["start"]).dt.as_unit("us")
    )


def annotations_frame(annotations: Sequence[Annotation]) -> pd.DataFrame:
    """Annotations as the table to edit, newest first; no metric means the whole star."""
    rows = sorted(annotations, key=lambda one: (one.date, one.id), reverse=True)
    frame = pd.DataFrame(
        [(one.date, one.kind, one.metric or WHOLE_STAR, one.text) for one in rows],
        columns=ANNOTATION_COLUMNS,
    )
    return frame.astype({"kind": "str", "metric": "str", "text": "str"}).assign(
        date=pd.to_datetime(frame["date"]).dt.as_unit("us")
    )


def edited_targets(star: Star, frame: pd.DataFrame) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """The targets a table says, and one line for every row that says none."""
    seen: set[tuple[str, str, dt.date]] = set()

    def target(row: Mapping[str, object]) -> Target:
        found = Target(
            _one_of(row["metric"], {one.key: one.key for one in star.metrics}, "a metric"),
            _one_of(row["period"], dict(zip(PERIODS, PERIODS, strict=True)), "a period"),
            _date(row["start"], "the first day of its period"),
            _value(row["value"]),
        )
        _check_start(star, found)
        place = (found.metric, found.period, found.start)
        if place in seen:
            raise ValueError("stands twice: one target for a metric and a period")
        seen.add(place)
        return found

    return _each_row(frame, target)


def edited_annotations(
    star: Star, frame: pd.DataFrame
) -> tuple[tuple[Annotation, ...], tuple[str, ...]]:
    """The annotations a table says, and one line for every row that says none."""

    def annotation(row: Mapping[str, object]) -> Annotation:
        metric = "" if _blank(row["metric"]) else str(row["metric"])
        if metric and metric not in {one.key for one in star.metrics}:
            raise ValueError("needs a metric of this star, or none")
        text = "" if _blank(row["text"]) else str(row["text"]).strip()
        if not text:
            raise ValueError("needs a text")
        kind = "note" if _blank(row["kind"]) else str(row["kind"])
        if kind not in KINDS:
            raise ValueError(f"needs a kind: {', '.join(KINDS)}")
        return Annotation(0, _date(row["date"], "a date"), text, kind, metric or None)

    return _each_row(frame, annotation)


def target_words(star: Star, one: Target) -> str:
    """A target in words: "Orders, quarter from 1 Oct 2026: 120,000"."""
    metric = star.metric(one.metric)
    start = day(one.start, weekday=False, year=True)
    return f"{short_name(metric)}, {one.period} from {start}: {number(one.value, metric.unit)}"


def annotation_words(star: Star, one: Annotation) -> str:
    """An annotation in words: "15 Nov 2026, holiday, whole star: Thanksgiving"."""
    about = short_name(star.metric(one.metric)) if one.metric else "whole star"
    return f"{day(one.date, weekday=False, year=True)}, {one.kind}, {about}: {one.text}"


def differences(before: Sequence[T], after: Sequence[T]) -> tuple[list[T], list[T]]:
    """What saving would add and what it would take away, in the order of the tables."""
    return _without(after, before), _without(before, after)


def merged(now: Sequence[T], added: Sequence[T], removed: Sequence[T]) -> list[T]:
    """What is stored by now with the differences of one editor; others' edits stay."""
    return [*_without(now, removed), *added]


def _without(these: Sequence[T], others: Sequence[T]) -> list[T]:
    """These less one for each equal one of the others."""
    left = list(others)
    kept = []
    for one in these:
        if one in left:
            left.remove(one)
        else:
            kept.append(one)
    return kept


def _each_row(
    frame: pd.DataFrame, read: Callable[[Mapping[str, object]], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    found: list[T] = []
    problems: list[str] = []
    for place, row in enumerate(frame.to_dict(orient="records"), start=1):
        cells = {str(name): cell for name, cell in row.items()}
        if all(_blank(cell) for cell in cells.values()):
            continue
        try:
            found.append(read(cells))
        except ValueError as problem:
            problems.append(f"Row {place} {problem}.")
    return tuple(found), tuple(problems)


def _check_start(star: Star, target: Target) -> None:
    start = target.start
    first = period_start(target.period, start, star.week_start, star.fiscal_year_end)
    if first != start:
        rule = f" (weeks start on {WEEKDAYS[star.week_start].capitalize()})"
        raise ValueError(
            f"starts inside a {target.period}{rule if target.period == 'week' else ''}: "
            f"its first day is {day(first, weekday=False, year=True)}"
        )


def _one_of(cell: object, known: Mapping[str, str], what: str) -> str:
    if _blank(cell) or str(cell) not in known:
        raise ValueError(f"needs {what}")
    return known[str(cell)]


def _date(cell: object, what: str) -> dt.date:
    if _blank(cell):
        raise ValueError(f"needs {what}")
    try:
        found = pd.Timestamp(str(cell)).date()
    except (ValueError, OverflowError):
        # A year of five digits, or no date at all.
        raise ValueError(f"has “{str(cell)[:20]}” where it needs {what}") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"has a date before {EARLIEST.year} or after {LATEST.year}")
    return found


def _value(cell: object) -> float:
    if _blank(cell) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise ValueError("needs a number")
    return float(cell)


def _blank(cell: object) -> bool:
    return (
        cell is None or cell is pd.NaT or cell == "" or (isinstance(cell, float) and cell != cell)
    )
