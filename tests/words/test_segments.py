"""What is said by segment: shares as people say them, and no sum that would be none."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from nsm.model import Aggregate, Metric, Role, SourceQuery, Star, Take
from nsm.segments import BySegment
from nsm.why import SegmentPart, SegmentSplit
from nsm.words.segments import (
    left_out_sentence,
    never_split,
    not_added,
    part_name,
    percent,
    share_sentence,
    side_sentence,
    split_sentence,
    split_table,
    told_split,
)

WEEKS = pd.date_range("2026-10-05", periods=4, freq="7D", unit="us")
WEEK, BASE = dt.date(2026, 10, 26), dt.date(2026, 10, 19)


def metric(take=Take.SUM, aggregate=Aggregate.SUM, unit=""):
    query = SourceQuery("lake", "at", take, "x", table="t", segments=("home_country",))
    return Metric("m", "Hours", Role.NORTH_STAR, aggregate, unit=unit, query=query)


def by(one, parts, left_out=0):
    values = pd.DataFrame({name: [value] * 4 for name, value in parts.items()}, index=WEEKS)
    whole = pd.Series([100.0] * 4, WEEKS)
    return BySegment(one, "home_country", whole, values, None, left_out)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.62, "62 %"), (0.004, "0.4 %"), (0.0004, "under 0.1 %"), (0, "0 %"), (1.0, "100 %")],
)
def test_shares_are_said_as_people_say_them(share, said):
    assert plain(percent(share)) == said


def test_a_small_part_is_called_small_and_what_is_not_drawn_is_added_only_where_it_adds_up():
    found = by(metric(), {"Germany": 90.0, "Malta": 1.0}, left_out=3)

    assert plain(share_sentence(found, "Malta")) == (
        "Malta is 1.0 % of Hours over the last 4 weeks: a small part, whose weeks jump."
    )
    assert plain(side_sentence(found, ["Germany"])) == (
        "Hours by home country: 1 of 5 parts, the largest is Germany, 90 % of the whole."
    )
    assert plain(left_out_sentence(found, ["Germany"])) == (
        "Not drawn: 4 smaller parts, together 10 % of the whole. Choose one to see it."
    )
    distinct = by(metric(Take.COUNT_DISTINCT, Aggregate.SOURCE), {"a": 90.0, "b": 60.0})
    assert left_out_sentence(distinct, ["a"]) == "Not drawn: 1 smaller part. Choose one to see it."
    assert "several parts" in not_added(distinct.metric)
    assert never_split(distinct.metric).startswith("Hours is kept by home country, but its change")
    assert not_added(found.metric) == ""


def test_the_smallest_parts_are_told_together_and_what_is_not_kept_apart_last():
    parts = [SegmentPart(f"p{n}", 0.0, float(n), float(n)) for n in (9, 8, 7, 3, 2, 1)]
    parts += [SegmentPart("still", 5.0, 5.0, 0.0)]
    split = SegmentSplit(
        "m", "home_country", "week", WEEK, BASE, 10.0, 42.5, "sum", tuple(parts), 2.5
    )

    assert told_split(split) == (
        ("p9", 9.0),
        ("p8", 8.0),
        ("p7", 7.0),
        ("p3", 3.0),
        ("2 smaller parts", 3.0),
        ("not kept apart", 2.5),
    )
    star = Star("s", "S", "m", (metric(),))
    assert plain(split_sentence(star, split)).startswith("+32.5: +9 p9, +8 p8")
    table = split_table(star, [split])
    assert table["Contribution"].iloc[0] == table["Contribution"].iloc[1:].sum()
    assert table["Part"].iloc[-1] == "– not kept apart"


def test_of_a_ratio_what_changed_inside_stands_beside_what_the_shares_did():
    parts = (
        SegmentPart("a", 0.2, 0.1, -0.08, -0.05, -0.03, 0.4, 0.6),
        SegmentPart("b", 0.3, 0.3, 0.01, 0.0, 0.01, 0.6, 0.4),
    )
    split = SegmentSplit("m", "home_country", "week", WEEK, BASE, 0.3, 0.23, "rates", parts)
    star = Star("s", "S", "m", (metric(unit="percent"),))

    assert plain(split_sentence(star, split)) == (
        "-7.0 pt: -5.0 pt inside the parts, -2.0 pt from their shares."
    )
    assert [name for name, _ in told_split(split)] == ["a", "their shares"]
    row = split_table(star, [split]).iloc[1]
    assert (row["Before"], row["Share now, %"], row["Inside"]) == pytest.approx((20, 60, -5))


def test_a_name_of_any_length_stays_on_its_line():
    assert len(part_name("x" * 500)) == 40
    assert part_name("a\n b") == "a b"
