"""The weeks of a metric by segment: parts as their kind of metric wants it, and their shares."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from nsm.model import Aggregate, Grain, Metric, Role, SourceQuery, Take
from nsm.rows import PartRows
from nsm.segments import weeks_by_segment

MONDAY = dt.date(2026, 11, 2)
WEEKS = pd.DatetimeIndex([MONDAY, MONDAY + dt.timedelta(weeks=1)]).as_unit("us")


def metric(take, aggregate, grain=None):
    query = SourceQuery("lake", "at", take, "x", table="t", segments=("country",))
    return Metric("m", "M", Role.INPUT, aggregate, grain=grain, query=query)


def rows(*told, grain=Grain.DAY):
    """Rows as (days after the first Monday, part, value) and, of means, how many rows."""
    names = tuple(sorted({part for _, part, *_ in told}))
    return PartRows(
        grain,
        names,
        np.array([MONDAY + dt.timedelta(days=at) for at, *_ in told], dtype="datetime64[D]"),
        np.array([names.index(part) for _, part, *_ in told], dtype=np.int64),
        np.array([one[2] for one in told], dtype=float),
        np.array([one[3] if len(one) > 3 else math.nan for one in told], dtype=float),
    )


def weeks(one, told, whole=(10.0, 10.0), most=None):
    return weeks_by_segment(one, "country", told, pd.Series(whole, WEEKS), 0, most)


DAILY = [(0, "de", 4), (0, "se", 1), (3, "de", 2), (6, "de", 6), (9, "se", 5)]


@pytest.mark.parametrize(
    ("take", "aggregate", "expected"),
    [
        (Take.SUM, Aggregate.SUM, {"de": [12, 0], "se": [1, 5]}),
        (Take.COUNT, Aggregate.MEAN, {"de": [12 / 7, 0], "se": [1 / 7, 5 / 7]}),
        (Take.SUM, Aggregate.LAST, {"de": [6, 0], "se": [0, 0]}),
        (Take.COUNT_DISTINCT, Aggregate.MAX, {"de": [6, 0], "se": [1, 5]}),
        (Take.SUM, Aggregate.MIN, {"de": [0, 0], "se": [0, 0]}),
        # Of no rows these know nothing.
        (Take.MIN, Aggregate.MIN, {"de": [2, None], "se": [1, 5]}),
        (Take.LAST, Aggregate.LAST, {"de": [6, None], "se": [None, None]}),
        (Take.MEAN, Aggregate.MEAN, {"de": [None, None], "se": [None, None]}),
    ],
)
def test_the_days_of_a_part_come_to_its_week(take, aggregate, expected):
    found = weeks(metric(take, aggregate), rows(*DAILY)).values

    for part, values in expected.items():
        assert found[part].tolist() == pytest.approx(
            [math.nan if value is None else value for value in values], nan_ok=True
        )


def test_distinct_counts_are_what_the_source_said_of_the_week_and_never_added():
    one = metric(Take.COUNT_DISTINCT, Aggregate.SOURCE)
    told = rows((0, "de", 8), (0, "se", 5), (7, "de", 9), grain=Grain.WEEK)

    found = weeks(one, told)

    assert found.values.to_dict("list") == {"de": [8, 9], "se": [5, 0]}
    # Somebody is in both: their shares come to more than the whole.
    assert (found.share("de"), found.share("se")) == (17 / 20, 5 / 20)


def test_weeks_that_are_not_known_or_were_not_asked_for_are_holes():
    one = metric(Take.SUM, Aggregate.SUM)

    assert weeks(one, rows((0, "de", 4)), (10.0, 10.0)).values["de"].isna().tolist() == [0, 1]
    # What came to nothing has no rows to speak of.
    assert weeks(one, rows((0, "de", 4)), (10.0, 0.0)).values["de"].tolist() == [4, 0]
    assert weeks(one, rows(*DAILY), (math.nan, 10.0)).values["se"].tolist() == [5]
    assert weeks(one, rows(), (10.0, 10.0)).parts == ()


def test_the_largest_parts_stand_first_and_the_small_ones_are_counted():
    told = rows((0, "b", 1), (0, "a", 1), (0, "large", 7), (7, "old", 0), (8, "c", -3))

    found = weeks(metric(Take.SUM, Aggregate.SUM), told, (9.0, -3.0), most=3)

    assert (found.parts, found.left_out) == (("large", "c", "a"), 2)
    assert found.share("large") == 7 / 6


def test_the_share_of_a_mean_is_that_of_its_rows_and_a_highest_value_has_none():
    told = rows((0, "de", 5.0, 30), (0, "se", 9.0, 10), (7, "de", 5.0, 40), grain=Grain.WEEK)

    found = weeks(metric(Take.MEAN, Aggregate.SOURCE), told)

    assert found.share("se") == 10 / 80
    assert math.isnan(found.values["se"].iloc[1])
    assert weeks(metric(Take.MAX, Aggregate.MAX), rows(*DAILY)).share("de") is None
