"""The star beside an input: the shift is right, both scales are marked, nothing is hidden."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsm.charts.inputs import cloud, indexed, pair_of, pair_rows, together
from nsm.model import Aggregate, Metric, Role

STAR = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
VISITS = Metric("visits", "Visits", Role.INPUT, Aggregate.SUM, unit="visits")
WEEKS = pd.date_range("2025-01-06", periods=60, freq="7D", unit="us")
FRAME = pd.DataFrame({"orders": np.arange(60.0) + 100, "visits": np.arange(60.0) * 2 + 50}, WEEKS)


def test_the_input_stands_as_many_weeks_later_as_asked():
    pair = pair_of(FRAME, STAR, VISITS, 3)

    assert pair.shifted.iloc[3] == FRAME["visits"].iloc[0]
    assert pair.both.iloc[-1].tolist() == [159.0, FRAME["visits"].iloc[-4]]
    assert len(pair.both) == 57


def test_the_shifted_input_reaches_beyond_the_star():
    pair = pair_of(FRAME, STAR, VISITS, 3)

    assert len(pair.weeks) == 63
    assert pair.goal.iloc[-3:].isna().all()
    assert pair.shifted.iloc[-1] == FRAME["visits"].iloc[-1]
    assert len(together(pair).layout.shapes) == 1
    assert not together(pair_of(FRAME, STAR, VISITS, 0)).layout.shapes


def test_both_scales_are_marked_in_the_colours_of_their_lines():
    figure = together(pair_of(FRAME, STAR, VISITS, 0))

    left, right = figure.layout.yaxis, figure.layout.yaxis2
    assert left.tickfont.color == figure.data[0].line.color
    assert right.tickfont.color == figure.data[1].line.color
    assert left.ticktext
    assert right.ticktext
    assert (right.side, right.overlaying) == ("right", "y")


def test_an_index_starts_both_at_a_hundred_on_one_scale():
    shown = indexed(pair_of(FRAME, STAR, VISITS, 3))

    assert shown.both.iloc[0].tolist() == [100.0, 100.0]
    figure = together(shown, as_index=True)
    assert {trace.yaxis for trace in figure.data} == {"y"}


@pytest.mark.parametrize("start", [0.0, -5.0])
def test_a_start_at_zero_or_below_has_no_index(start):
    frame = FRAME.assign(visits=np.r_[start, FRAME["visits"].to_numpy()[1:]])

    assert indexed(pair_of(frame, STAR, VISITS, 0)) is None


def test_the_cloud_has_a_mark_a_week_and_the_last_quarter_stands_out():
    earlier, recent = cloud(pair_of(FRAME, STAR, VISITS, 2)).data

    assert (len(earlier.x), len(recent.x)) == (45, 13)
    assert earlier.marker.color != recent.marker.color
    assert recent.y[-1] == 159


def test_a_missing_week_is_a_hole_not_a_line():
    frame = FRAME.copy()
    frame.loc[WEEKS[10], "orders"] = np.nan

    pair = pair_of(frame, STAR, VISITS, 0)

    assert together(pair).data[0].y[10] is None
    assert len(pair.both) == 59


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.iloc[:0],
        FRAME.iloc[:1],
        FRAME * np.nan,
        FRAME * 0,
        FRAME.assign(visits=np.nan),
        FRAME * 1e200,
    ],
    ids=["nothing", "one week", "no values", "zero", "no input", "huge"],
)
@pytest.mark.parametrize("lag", [0, 12])
def test_odd_histories_have_pictures_too(frame, lag):
    pair = pair_of(frame, STAR, VISITS, lag)

    for figure in (together(pair), cloud(pair)):
        json.loads(figure.to_json())
    assert len(pair_rows(pair)) == len(pair.weeks)


def test_hostile_names_never_become_code():
    bad = replace(VISITS, name="<a href='x'>%{y}</a>", unit="<b>$x$")

    for figure in (together(pair_of(FRAME, STAR, bad, 1)), cloud(pair_of(FRAME, STAR, bad, 1))):
        spec = figure.to_json()
        assert "<a href" not in spec
        assert "%{y}" not in spec
        assert all(not trace.hovertemplate for trace in figure.data)


def test_the_table_says_how_far_the_input_was_moved():
    rows = pair_rows(pair_of(FRAME, STAR, VISITS, 3))

    assert list(rows.columns) == ["Week", "Orders", "Visits 3 weeks before"]
    same = pair_rows(pair_of(FRAME, STAR, replace(VISITS, name="Orders"), 0))
    assert list(same.columns) == ["Week", "Orders", "Orders (input)"]
