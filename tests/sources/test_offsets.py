"""Local time by its offsets is local time: in every summer, however short, and on lost days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from zoneinfo import ZoneInfo

import pytest

from nsm.sources.calendar_sql import offsets

SINCE, UNTIL = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.date(2027, 1, 1)
# Summers of a week, of half an hour, of two hours; with a pause in Ramadan; days that never were.
ODD = (
    "America/Recife",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
)


@pytest.mark.parametrize("timezone", ODD)
def test_every_half_day_has_the_offset_of_its_zone(timezone: str) -> None:
    found = offsets(timezone, UNTIL)
    moments = [moment for moment, _ in found]
    zone, at = ZoneInfo(timezone), SINCE
    while at.date() < UNTIL:
        local = at.astimezone(zone).utcoffset()
        assert local is not None
        assert found[bisect_right(moments, at) - 1][1] == local.total_seconds(), at
        at += dt.timedelta(hours=12)


@pytest.mark.parametrize("timezone", ODD)
def test_an_offset_holds_from_its_very_first_second(timezone: str) -> None:
    zone = ZoneInfo(timezone)
    for moment, seconds in offsets(timezone, UNTIL)[1:]:
        second = dt.timedelta(seconds=1)
        now, before = moment.astimezone(zone), (moment - second).astimezone(zone)
        assert now.utcoffset() == dt.timedelta(seconds=seconds) != before.utcoffset()
