"""Targets and annotations as tables: there and back, every mistake named, others' edits kept."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from nsm.model import Annotation, Target
from nsm.ui.edits import (
    annotation_words,
    annotations_frame,
    differences,
    edited_annotations,
    edited_targets,
    merged,
    target_words,
    targets_frame,
)
from tests.days import measured, star_of

STAR = star_of(measured("orders"), measured("rate", unit="percent"), fiscal_year_end=6)
TARGETS = (
    Target("orders", "month", dt.date(2026, 11, 1), 120_000.0),
    Target("orders", "quarter", dt.date(2026, 10, 1), 360_000.0),
    Target("rate", "week", dt.date(2026, 11, 9), 0.037),
    Target("orders", "year", dt.date(2026, 7, 1), 1_400_000.0),
)
NOTES = (
    Annotation(0, dt.date(2026, 11, 9), "= not a formula", "note", None),
    Annotation(0, dt.date(2026, 11, 9), "Recount", "break", "orders"),
)


def row(**cells: object) -> pd.DataFrame:
    usual = {"metric": "orders", "period": "month", "start": dt.date(2026, 11, 1), "value": 5.0}
    return pd.DataFrame([usual | cells])


def test_there_and_back_changes_nothing() -> None:
    targets, problems = edited_targets(STAR, targets_frame(STAR, TARGETS))
    notes, note_problems = edited_annotations(STAR, annotations_frame(NOTES))

    assert (set(targets), problems) == (set(TARGETS), ())
    assert (set(notes), note_problems) == (set(NOTES), ())
    assert differences(TARGETS, targets) == ([], [])


def test_empty_tables_keep_their_columns_and_say_nothing() -> None:
    assert edited_targets(STAR, targets_frame(STAR, ())) == ((), ())
    assert edited_annotations(STAR, annotations_frame(())) == ((), ())


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"metric": "gone"}, "Row 1 needs a metric."),
        ({"metric": None}, "Row 1 needs a metric."),
        ({"period": "decade"}, "Row 1 needs a period."),
        ({"start": pd.NaT}, "Row 1 needs the first day of its period."),
        ({"value": None}, "Row 1 needs a number."),
        ({"value": float("inf")}, "Row 1 needs a number."),
        ({"start": dt.date(1650, 1, 1)}, "Row 1 has a date before 1900 or after 2200."),
        (
            {"start": dt.date(2026, 11, 2)},
            "Row 1 starts inside a month: its first day is 1 Nov 2026.",
        ),
        (
            {"period": "year", "start": dt.date(2026, 1, 1)},
            "Row 1 starts inside a year: its first day is 1 Jul 2025.",
        ),
        (
            {"period": "week", "start": dt.date(2026, 11, 11)},
            "Row 1 starts inside a week (weeks start on Monday): its first day is 9 Nov 2026.",
        ),
    ],
)
def test_a_mistake_in_a_target_is_named(cells: dict[str, object], said: str) -> None:
    targets, problems = edited_targets(STAR, row(**cells))

    assert targets == ()
    assert problems == (said,)


@pytest.mark.parametrize("start", ["20226-11-01", "tomorrow", "0000-00-00"])
def test_a_date_that_is_none_is_named(start: str) -> None:
    targets, problems = edited_targets(STAR, row().astype(object).assign(start=start))

    assert targets == ()
    assert problems == (f"Row 1 has “{start}” where it needs the first day of its period.",)


def test_targets_stand_by_metric_then_period_newest_first() -> None:
    more = (
        Target("orders", "month", dt.date(2026, 9, 1), 1.0),
        Target("rate", "week", dt.date(2026, 11, 16), 1.0),
        Target("orders", "month", dt.date(2026, 10, 1), 1.0),
    )
    frame = targets_frame(STAR, (*TARGETS, *more))

    shown = frame.assign(start=frame["start"].dt.strftime("%d%m"))[["metric", "period", "start"]]
    assert list(shown.itertuples(index=False, name=None)) == [
        ("orders", "year", "0107"),
        ("orders", "quarter", "0110"),
        ("orders", "month", "0111"),
        ("orders", "month", "0110"),
        ("orders", "month", "0109"),
        ("rate", "week", "1611"),
        ("rate", "week", "0911"),
    ]


def test_a_target_that_stands_twice_and_a_blank_row() -> None:
    blank = {"metric": None, "period": None, "start": pd.NaT, "value": float("nan")}
    frame = pd.concat([row(), pd.DataFrame([blank]), row(value=6.0)], ignore_index=True)
    targets, problems = edited_targets(STAR, frame)

    assert len(targets) == 1
    assert problems == ("Row 3 stands twice: one target for a metric and a period.",)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"text": "  "}, "Row 1 needs a text."),
        ({"kind": "party"}, "Row 1 needs a kind: note, holiday, break, work."),
        ({"metric": "gone"}, "Row 1 needs a metric of this star, or none."),
        ({"date": None}, "Row 1 needs a date."),
    ],
)
def test_a_mistake_in_an_annotation_is_named(cells: dict[str, object], said: str) -> None:
    usual = {"date": dt.date(2026, 11, 9), "kind": "note", "metric": "", "text": "Launch"}
    notes, problems = edited_annotations(STAR, pd.DataFrame([usual | cells]))

    assert notes == ()
    assert problems == (said,)


def test_saving_keeps_what_others_wrote_since() -> None:
    mine = (TARGETS[0], Target("orders", "month", dt.date(2026, 12, 1), 1.0))
    theirs = Target("rate", "month", dt.date(2026, 12, 1), 0.05)
    added, removed = differences(TARGETS, mine)

    assert set(merged([*TARGETS, theirs], added, removed)) == {*mine, theirs}


def test_one_of_two_equal_annotations_is_removed_once() -> None:
    twice = (NOTES[0], NOTES[0])

    assert differences(twice, twice[:1]) == ([], [NOTES[0]])


def test_rows_are_said_in_words() -> None:
    words = target_words(STAR, TARGETS[2]).replace("\N{NO-BREAK SPACE}", " ")

    assert words == "Rate, week from 9 Nov 2026: 3.7 %"
    assert annotation_words(STAR, NOTES[1]) == "9 Nov 2026, break, Orders: Recount"
