"""A table leaves as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.export import export_csv

# https://owasp.org/www-community/attacks/CSV_Injection
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0=", "|")


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_that_a_spreadsheet_would_run_starts_with_an_apostrophe(start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    rows = read(export_csv(pd.DataFrame({"note": [cell, "fine"]})))
    assert rows == [["note"], [f"'{cell}"], ["fine"]]


def test_headings_are_cells_too() -> None:
    assert read(export_csv(pd.DataFrame({"=1+1": [1]})))[0] == ["'=1+1"]


def test_numbers_and_dates_stay_what_they_are() -> None:
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime(["2026-11-09", "2026-11-16"]),
            "change": [-1.5, np.nan],
            "count": [-3, 4],
        }
    )
    assert read(export_csv(frame)) == [
        ["week", "change", "count"],
        ["2026-11-09", "-1.5", "-3"],
        ["2026-11-16", "", "4"],
    ]


def test_missing_text_stays_empty() -> None:
    frame = pd.DataFrame({"note": ["=a", None]})
    assert read(export_csv(frame)) == [["note"], ["'=a"], [""]]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_text_comes_out_that_a_spreadsheet_would_run(cells: list[str]) -> None:
    rows = read(export_csv(pd.DataFrame({"n": range(len(cells)), "text": cells})))
    for cell in (row[1] for row in rows[1:] if len(row) > 1):
        assert cell.strip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
