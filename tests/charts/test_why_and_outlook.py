"""The waterfall ends where its change ends; the fan opens from the last week."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from nsm.charts.outlook import fan
from nsm.charts.why import waterfall
from nsm.model import Aggregate, Better, Metric, Role, Star
from nsm.outlook import Outlook
from nsm.why import Part, Why

WEEK = dt.date(2026, 11, 9)


def star_of(better=Better.UP):
    return Star(
        "s",
        "S",
        "y",
        (
            Metric("y", "Y", Role.NORTH_STAR, formula="a - b", better=better),
            Metric("a", "<b>A", Role.INPUT, Aggregate.SUM),
            Metric("b", "<b>A", Role.INPUT, Aggregate.SUM),
        ),
    )


def why(*sizes, rest=None):
    parts = tuple(Part(key, 0, 1, size) for key, size in zip("ab", sizes, strict=True))
    whole = sum(sizes) + (rest or 0)
    return Why("y", "week", WEEK, WEEK, 10.0, 10.0 + whole, "formula", parts, rest)


def test_each_bar_begins_where_the_last_one_ended_and_the_whole_at_zero():
    figure = waterfall(star_of(), why(30.0, -50.0, rest=5.0))

    assert [bar.base[0] for bar in figure.data] == [0, 30, -20, 0]
    assert [bar.x[0] for bar in figure.data] == [30, -50, 5, -15]
    low, high = figure.layout.xaxis.range
    assert low < -20
    assert high > 30


def test_two_metrics_of_one_name_have_two_bars_and_names_stay_text():
    figure = waterfall(star_of(), why(1.0, 2.0))

    assert len({bar.y[0] for bar in figure.data}) == 3
    assert figure.layout.yaxis.ticktext == ("&lt;b&gt;A", "&lt;b&gt;A", "The change")


@pytest.mark.parametrize("better", list(Better))
def test_colour_follows_what_is_good(better):
    figure = waterfall(star_of(better), why(1.0, -2.0))
    turned = waterfall(star_of(Better.DOWN if better is Better.UP else Better.UP), why(1.0, -2.0))

    colours, others = ([bar.marker.color for bar in one.data] for one in (figure, turned))
    assert colours[:2] == others[1::-1]
    assert colours[2] == others[2]


def test_the_fan_opens_from_the_last_week_and_holds_its_ranges():
    index = pd.date_range(end=pd.Timestamp(WEEK), periods=40, freq="7D", unit="us")
    ahead = tuple(WEEK + dt.timedelta(weeks=n) for n in (1, 2))
    outlook = Outlook(
        weeks=ahead,
        values=(10.0, 11.0),
        low={0.8: (9.0, 9.0), 0.95: (8.0, 7.0)},
        high={0.8: (11.0, 13.0), 0.95: (12.0, 15.0)},
    )

    figure = fan(star_of().metric("a"), pd.Series(10.0, index=index), outlook)

    wide, near, expected, past = figure.data
    assert wide.y == (10.0, 12.0, 15.0, 7.0, 8.0, 10.0)
    assert near.y == (10.0, 11.0, 13.0, 9.0, 9.0, 10.0)
    assert (expected.x[0], past.x[-1]) == (WEEK, WEEK)
    assert len(past.x) == 26
    low, high = figure.layout.yaxis.range
    assert low <= 7
    assert high >= 15
