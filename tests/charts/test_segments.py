"""Parts side by side: lines told apart and named at their ends, whatever they are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from nsm.charts.segments import DASHES, indexed_parts, part_rows, side_by_side, spread
from nsm.model import Aggregate, Metric, Role
from nsm.segments import BySegment

WEEKS = pd.date_range("2025-01-06", periods=30, freq="7D", unit="us")
PARTS = ("Germany", "<b>Swe</b>", "Week")
VALUES = pd.DataFrame({name: np.arange(30.0) + 10 * n for n, name in enumerate(PARTS)}, WEEKS)
ORDERS = Metric("orders", "Orders", Role.INPUT, Aggregate.SUM)


def test_each_line_has_its_dash_and_its_name_at_its_end():
    figure = side_by_side(BySegment(ORDERS, "country", VALUES.sum(axis=1), VALUES), VALUES)

    assert tuple(line.line.dash for line in figure.data) == DASHES[:3]
    names = [note.text for note in figure.layout.annotations]
    assert names == ["Germany", "&lt;b&gt;Swe&lt;/b&gt;", "Week"]
    heights = [note.y for note in figure.layout.annotations]
    assert heights == sorted(heights)
    rows = part_rows(VALUES, percent=True)
    assert list(rows.columns) == ["Week", "Germany", "<b>Swe</b>", "Week (part)"]
    assert rows["Germany"].iloc[-1] == 2900


def test_an_index_starts_all_parts_in_the_first_week_that_all_know():
    index = indexed_parts(VALUES)

    # In the first week one of them is zero.
    assert index.iloc[1].tolist() == pytest.approx([100.0] * 3)
    assert indexed_parts(VALUES.assign(Week=-1.0)) is None


@settings(max_examples=30)
@given(some.lists(some.floats(0, 1), max_size=6))
def test_names_keep_apart_in_the_order_of_their_lines(heights):
    placed = spread(heights)

    order = np.argsort(heights, kind="stable")
    inside = np.array(placed)[order]
    assert (np.diff(inside) > 0.06).all()
    assert not len(inside) or inside.max() <= 1
