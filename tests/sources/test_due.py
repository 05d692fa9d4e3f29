"""When a source is asked again, and how long a screen waits for it."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from nsm.definitions import parse_definition
from nsm.errors import InputError, SourceUnavailable
from nsm.sources.due import Due, due
from nsm.sources.fingerprint import fingerprint
from nsm.sources.patience import within
from nsm.store.syncs import SyncState
from nsm.words.sources import cron_line, preview_table

TODAY = dt.date(2026, 11, 18)
STAR = parse_definition(
    """
star: music
sources: {lake: }
north_star: plays
metrics:
  plays: {source: lake, table: plays, date: at, value: count, lateness: 2 days}
  weekly: {source: lake, table: plays, date: at, value: count, grain: week, lateness: 8 days}
""",
    "music.yaml",
).star


def asked(key, as_of, **more):
    state = SyncState(key, as_of, asked=fingerprint(STAR, STAR.metric(key)), **more)
    return due(STAR, STAR.metric(key), state, TODAY)


def test_the_next_run_is_due_when_the_next_day_or_week_is_over():
    assert asked("plays", TODAY) == Due(dt.date(2026, 11, 19), dt.date(2026, 11, 16))
    assert asked("plays", dt.date(2026, 11, 10)).day == dt.date(2026, 11, 11)
    # The week of the 16th is over on the 23rd, and is asked for again with the one before.
    assert asked("weekly", TODAY) == Due(dt.date(2026, 11, 23), dt.date(2026, 11, 9))


def test_what_failed_or_was_never_asked_is_due_now():
    assert due(STAR, STAR.metric("plays"), None, TODAY) == Due(TODAY, None)
    assert asked("plays", TODAY, error="gone").day == TODAY
    another = SyncState("plays", TODAY, asked="another question")
    assert due(STAR, STAR.metric("plays"), another, TODAY) == Due(TODAY, None)
    # The clock went back: the run says so, the page is drawn all the same.
    assert asked("plays", TODAY + dt.timedelta(days=9)).first == TODAY + dt.timedelta(days=9)


def test_waiting_ends_where_nothing_else_can_be_ended():
    never = threading.Event()
    with pytest.raises(SourceUnavailable, match=r"lake did not answer within 0\.2 seconds"):
        within(0.2, "lake", never.wait)
    never.set()
    assert within(10, "lake", lambda: 5) == 5
    with pytest.raises(InputError, match="why"):
        within(10, "lake", raising)


def raising():
    raise InputError("why")


def test_the_line_for_cron_is_quoted_as_cron_and_the_shell_read_it():
    line = cron_line(STAR, "/srv/my apps/100%", "/srv/venv/bin/python")

    assert line == (
        "17 * * * * cd '/srv/my apps/100\\%' && /srv/venv/bin/python -m nsm sync --star music "
        ">> sync.log 2>&1"
    )


def test_columns_of_one_name_are_told_apart():
    shown = preview_table(["a", "a", "a (2)", ""], [["1", "2", "3", "<b>"]])

    assert list(shown.columns) == ["a", "a (2)", "a (2) (2)", ""]
