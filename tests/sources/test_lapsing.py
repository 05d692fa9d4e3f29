"""What a source says nothing of any more: what stays known, what lapses, what is asked first."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from nsm.model import Grain
from nsm.sources.fingerprint import Lapse, by_other_periods, fingerprint, lapse_between
from nsm.sources.sync import Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.loads import restatements
from nsm.store.stars import declared_star
from nsm.store.syncs import read_syncs
from tests.engines.servers import DatabaseServer
from tests.sources.visits import (
    DAY,
    HEAD,
    HEAD_OF_FILES,
    NOVEMBER,
    OCTOBER,
    SUNDAY,
    Lake,
    each,
)

TODAY = SUNDAY + DAY
WEEKS = [OCTOBER + 7 * place * DAY for place in range(6)]
BEFORE_NOVEMBER = [day for day, _ in each(OCTOBER, NOVEMBER - DAY)]
EARLY, LATE = each(OCTOBER, SUNDAY, 1), each(NOVEMBER, SUNDAY, 2)


def failure(lake: Lake, **wanted: bool) -> str:
    (found,) = sync_star(lake.engine, "shop", lake.day, Wanted(**wanted))
    return found.error


@pytest.mark.parametrize("store", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize("value", ["count", "{count_distinct: user}"])
def test_days_that_answered_another_question_lapse_and_are_known_as_of_before(
    lake: Lake, value: str, store: str, request: pytest.FixtureRequest
) -> None:
    if store != "sqlite":
        server: DatabaseServer = request.getfixturevalue(f"{store}_server")
        lake.engine = open_store(server.new_database())
    lake.hold(*EARLY, *LATE)
    lake.define(f"{value}, segments: [user]")
    lake.sync(TODAY)
    then, parts = lake.weeks(), lake.parts()
    lake.define(f"{value}, segments: [user], where: user = 2")
    found = lake.sync(TODAY + DAY)

    assert "this one has no rows there: 28 days" in found.warnings[-1]
    one = 7.0 if value == "count" else 1.0
    assert lake.weeks() == {NOVEMBER: one, NOVEMBER + 7 * DAY: one}
    assert set(lake.days()) == {day for day, _ in LATE}
    assert {day: values for day, values in lake.parts().items() if values} == {
        day: {"2": one} for day in WEEKS[4:]
    }
    assert (lake.weeks(as_of=TODAY), lake.parts(as_of=TODAY)) == (then, parts)
    said = restatements(lake.engine, "shop", limit=None)
    gone = [one.date for one in said if one.new_value is None and one.grain is Grain.DAY]
    assert sorted(gone) == BEFORE_NOVEMBER
    again = lake.sync(full=True)
    assert (again.changed, again.warnings) == (0, ())


def test_with_keep_they_stay(lake: Lake) -> None:
    lake.hold(*EARLY, *LATE)
    lake.define("count, segments: [user]")
    lake.sync(TODAY)
    lake.define("count, segments: [user], where: user = 2")
    found = lake.sync(keep=True)

    assert "which are kept: 28" in found.warnings[-1]
    assert lake.weeks() == dict.fromkeys(WEEKS, 7.0)
    assert lake.parts()[OCTOBER]["1"] == lake.parts()[NOVEMBER]["2"] == 7.0
    assert lake.sync(full=True).changed == 0


def test_what_files_brought_from_before_the_answer_stays(lake: Lake) -> None:
    lake.hold(*EARLY, *LATE)
    lake.define("count")
    september = {day: 5.0 for day, _ in each(OCTOBER - 28 * DAY, OCTOBER - DAY)}
    lake.files(september)
    lake.sync(TODAY)
    lake.define("count, where: user = 2")
    found = lake.sync()

    assert "which are kept: 28" in found.warnings[0]
    assert "28 days" in found.warnings[1]
    assert lake.days() == september | {day: 1.0 for day, _ in LATE}


def test_a_source_that_keeps_a_few_months_only_takes_no_past_with_it(lake: Lake) -> None:
    lake.hold(*EARLY)
    lake.define("count, empty: zero, segments: [user]")
    lake.sync(TODAY)
    known, parts = lake.weeks(), lake.parts()
    lake.hold(*each(NOVEMBER, SUNDAY + DAY))
    for wanted in ({"full": True}, {"since": OCTOBER}, {}):
        lake.sync(TODAY + DAY, **wanted)
        assert (lake.weeks(), lake.parts()) == (known, parts)
    # Other rows of the same days are no other question.
    for more in ("count, empty: zero", "count, segments: [user]", "count, lateness: 9 days"):
        lake.define(more)
        lake.sync()
        assert lake.weeks() == known


def test_zeros_lapse_when_days_without_rows_are_unknown_again(lake: Lake) -> None:
    tuesday = OCTOBER + DAY
    rows = [row for row in EARLY if row[0] != tuesday]
    lake.hold(*rows)
    lake.define("{count_distinct: user}, empty: zero")
    lake.sync(TODAY)
    assert lake.days()[tuesday] == 0
    # A source that keeps a few days only.
    lake.hold(*(row for row in rows if row[0] > NOVEMBER))
    lake.define("{count_distinct: user}")
    lake.sync(TODAY + DAY)

    assert lake.days() == {day: 1.0 for day, _ in rows}
    assert OCTOBER not in lake.weeks()
    assert lake.weeks(as_of=TODAY)[OCTOBER] == 1.0


@pytest.mark.parametrize("value", ["count", "{count_distinct: user}"])
def test_a_week_that_loses_its_rows_stays_with_its_parts(lake: Lake, value: str) -> None:
    lake.define(f"{value}, segments: [user], lateness: 60 days")
    lake.hold(*EARLY, *LATE)
    lake.sync(TODAY)
    known, parts = lake.weeks(), lake.parts()
    lake.hold(*(row for row in (*EARLY, *LATE) if not WEEKS[2] <= row[0] < WEEKS[3]))
    found = lake.sync(TODAY + DAY)

    assert "which are kept: 7" in found.warnings[-1]
    assert (lake.weeks(), lake.parts()) == (known, parts)
    assert (lake.weeks(as_of=TODAY), lake.parts(as_of=TODAY)) == (known, parts)
    assert restatements(lake.engine, "shop", segments=True) == ()


def test_a_part_that_loses_its_rows_is_gone_from_weeks_of_which_the_source_speaks(
    lake: Lake,
) -> None:
    lake.define("count, segments: [user], lateness: 60 days")
    lake.hold(*EARLY, *LATE)
    lake.sync(TODAY)
    parts = lake.parts()
    lake.hold(*EARLY)
    lake.sync(TODAY + DAY)

    assert lake.parts()[NOVEMBER] == {"1": 7.0}
    assert lake.parts(as_of=TODAY) == parts
    assert len(restatements(lake.engine, "shop", segments=True)) == len(LATE)


def test_weeks_that_are_not_asked_for_any_more_lapse_with_their_days(lake: Lake) -> None:
    lake.hold(*EARLY, *LATE)
    lake.define("{count_distinct: user}")
    lake.sync(TODAY)
    known = lake.weeks()
    lake.define("{count_distinct: user}, aggregate: mean, where: user = 2")
    lake.sync(TODAY + DAY)
    lake.files({OCTOBER + n * DAY: 5.0 for n in range(7)})
    lake.define("{count_distinct: user}, where: user = 2")
    lake.sync(TODAY + 2 * DAY)

    assert set(lake.weeks()) == set(WEEKS[4:])
    assert lake.weeks(TODAY) == known


def test_parts_of_weeks_that_were_not_asked_for_are_not_known_as_of_before_either(
    lake: Lake,
) -> None:
    value = "{count_distinct: at}, segments: [user], lateness: 60 days"
    lake.define(value)
    for day, rows in ((TODAY, EARLY), (TODAY + DAY, EARLY[1:])):
        lake.hold(*rows)
        lake.sync(day)
    assert lake.parts(TODAY)[OCTOBER] == {"1": 7.0}
    lake.define(f"{value}, aggregate: mean")
    lake.sync(TODAY + 2 * DAY)
    lake.hold(*EARLY[7:])
    lake.define(value)
    lake.sync(TODAY + 3 * DAY)

    assert lake.parts()[OCTOBER] == lake.parts(TODAY + 3 * DAY)[OCTOBER] == {}
    assert {day for day, values in lake.parts(TODAY + DAY).items() if values} == set()


def test_days_that_the_last_sync_left_open_are_asked_for_though_less_is_late_now(
    lake: Lake,
) -> None:
    lake.define("count, empty: zero, lateness: 9 days")
    lake.hold(*EARLY[:-5])
    lake.sync(TODAY)
    assert max(lake.days()) == SUNDAY - 5 * DAY
    lake.define("count, empty: zero, lateness: 1 day")
    lake.sync()

    assert lake.days()[SUNDAY - DAY] == 0.0


def test_a_history_with_values_from_files_begins_anew_only_when_that_is_said(lake: Lake) -> None:
    lake.hold(*EARLY)
    lake.define("count")
    september = {day: 5.0 for day, _ in each(OCTOBER - 28 * DAY, OCTOBER - DAY)}
    lake.files(september)
    lake.sync(TODAY)
    lake.define("count, grain: week")
    known = lake.days()
    assert lake.weeks() == lake.weeks(TODAY) == {}, "days are no weeks before weeks are asked for"

    assert "files brought 28 of them. 'nsm sync --star shop --metric visits --anew'" in failure(
        lake
    )
    assert "no rows" not in failure(lake, full=True)
    assert lake.days() == known
    assert "28 of them" in read_syncs(lake.engine, "shop")["visits"].error
    tried = lake.sync(anew=True, dry_run=True)
    assert (tried.new, tried.changed, tried.unchanged) == (6, 0, 0)
    assert lake.days() == known
    found = lake.sync(anew=True)
    assert (found.new, found.changed, found.unchanged) == (6, 0, 0)
    assert lake.weeks() == dict.fromkeys(WEEKS, 7.0)


def test_days_of_a_file_are_no_weeks_of_a_source(lake: Lake) -> None:
    lake.hold(*EARLY)
    lake.define("count")
    lake.files({day: 5.0 for day, _ in each(OCTOBER, OCTOBER + 13 * DAY)})
    lake.define("count, grain: week")
    assert "asked by week, beside which the 14 values" in failure(lake)
    lake.sync(TODAY, anew=True)
    assert lake.weeks() == dict.fromkeys(WEEKS, 7.0)


def test_weeks_that_look_so_give_way_to_days_and_weeks_of_a_source(lake: Lake) -> None:
    lake.hold(*each(OCTOBER, SUNDAY, 1), *each(OCTOBER, SUNDAY, 2))
    lake.define("", HEAD_OF_FILES.replace(", grain: week", ""))
    lake.files(dict.fromkeys(WEEKS, 9.0))
    assert lake.weeks() == dict.fromkeys(WEEKS, 9.0)
    lake.define("{count_distinct: user}")
    assert "asked by day, beside which the 6 values" in failure(lake)
    lake.sync(TODAY, anew=True)
    assert lake.weeks() == dict.fromkeys(WEEKS, 2.0)


def test_weeks_of_a_file_are_no_days_of_a_source(lake: Lake) -> None:
    # No Mondays: the file's weeks would stand there.
    lake.hold(*(row for row in EARLY if row[0].weekday()))
    lake.define("", HEAD_OF_FILES)
    weeks = dict.fromkeys(WEEKS, 70.0)
    lake.files(weeks)
    assert lake.weeks() == weeks
    lake.define("count")
    assert lake.weeks() == {}
    assert failure(lake).endswith("If they are of days, say 'grain: day'.")
    lake.define("count, grain: week")
    lake.sync(TODAY)
    assert lake.weeks() == dict.fromkeys(WEEKS, 6.0)


@pytest.mark.parametrize("value", ["count", "{count_distinct: user}"])
def test_days_that_look_weekly_are_days_as_of_earlier_days_too(lake: Lake, value: str) -> None:
    lake.hold(*((day, 1) for day in WEEKS))
    lake.define(value)
    lake.sync(TODAY)
    assert lake.weeks() == lake.weeks(TODAY) == {}
    lake.files({OCTOBER - 7 * DAY: 1.0})
    assert lake.weeks() == lake.weeks(TODAY) == {}


def test_an_empty_answer_begins_nothing_anew(lake: Lake) -> None:
    lake.hold(*EARLY)
    lake.define("count")
    lake.sync(TODAY)
    known = lake.weeks()
    lake.hold()

    assert failure(lake, anew=True) == "The query finds no rows. Nothing was changed."
    lake.define("count, grain: week")
    assert failure(lake) == "The query finds no rows. Nothing was changed."
    lake.define("count, where: user = 9")
    assert "where 42 days are known" in failure(lake)
    assert lake.weeks() == known


def test_a_table_that_is_being_filled_again_makes_no_zeros(lake: Lake) -> None:
    lake.define("count, empty: zero, lateness: 3 days")
    lake.hold(*EARLY)
    lake.sync(TODAY)
    known = lake.days()
    lake.hold()

    lake.day += DAY
    assert "no rows since 2026-11-13, where 3 days are known" in failure(lake)
    assert "no rows since 2026-10-05, where 42 days are known" in failure(lake, full=True)
    assert lake.days() == known
    # Nothing happened since the last rows, however long ago: that are zeros.
    lake.hold(*EARLY)
    lake.sync(SUNDAY + 9 * DAY)
    lake.hold()
    lake.sync(SUNDAY + 10 * DAY)
    assert lake.days() == known | {SUNDAY + n * DAY: 0.0 for n in range(1, 7)}


def test_a_source_named_by_versions_that_told_less_takes_nothing_away(lake: Lake) -> None:
    lake.hold(*EARLY, *LATE)
    lake.define("count")
    lake.sync(TODAY)
    known = lake.days()
    lake.define("count, where: user = 2")
    for older in ("", "day:" + "f" * 56):
        with lake.engine.begin() as connection:
            connection.execute(sa.text("update sync set asked = :asked"), {"asked": older})
        assert "which are kept: 28" in lake.sync(full=True).warnings[-1]
        assert set(lake.days()) == set(known)


def asked(lake: Lake, value: str, head: str = HEAD) -> str:
    lake.define(value, head)
    star = declared_star(lake.engine, "shop")
    return fingerprint(star, star.metric("visits"))


VISITS = "select at, user from visits where user <> '  a'"


def lapse_of(lake: Lake, before: str, now: str) -> Lapse:
    head = HEAD.replace("table: visits", "sql: %s")
    old, new = (asked(lake, "count", head % json.dumps(sql)) for sql in (before, now))
    return lapse_between(old, new)


@pytest.mark.parametrize(
    "same",
    [
        "select at, user\n  from visits\n  where user <> '  a' ",
        "select at, user /* who, and it's when */ from visits where user <> '  a'",
        "select at, user -- it's when\nfrom visits where user <> '  a'",
        "select at, user --\nfrom visits where user <> '  a'",
    ],
)
def test_a_query_is_the_same_however_its_lines_are_broken(lake: Lake, same: str) -> None:
    assert lapse_of(lake, VISITS, same) is Lapse.NONE


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (VISITS, "select at, user from visits where user <> '  b'"),
        (VISITS, "select at, user from visits where user <> ' a'"),
        (VISITS, f"{VISITS} or 1"),
        (f"{VISITS} --\nand user > 1", f"{VISITS} --\nand user > 2"),
        # Only in some dialects is this a comment, or the end of a text.
        (f"{VISITS} or user > 5--3", f"{VISITS} or user > 5--4"),
        (f"{VISITS} or user > 5 --\u00a0it's\nor user <> ' b'", f"{VISITS} or user <> 'b'"),
        ("select at from visits where user <> '\\'' or ' a'", "select at from visits or 'a'"),
        (f"{VISITS} or [it's] in ('a b')", f"{VISITS} or [it's] in ('a  b')"),
    ],
)
def test_another_query_is_another_question(lake: Lake, before: str, now: str) -> None:
    assert lapse_of(lake, before, now) is Lapse.ALL


def test_what_is_asked_is_told_in_the_same_way_by_every_version(lake: Lake) -> None:
    """A store remembers it: another text for the same question would let days lapse."""
    told = asked(lake, "{sum: user}, where: user > 1, segments: [user], lateness: 2 days")
    assert told == "day=0e9df8601462f1d4eb042a3295d8+bb0247c5ac16e40e86bd1f633c8d"
    assert by_other_periods("day:" + "f" * 56, told) is False
    assert by_other_periods("week0:" + "f" * 56, told) is True


def test_the_longest_text_fits_its_column(lake: Lake) -> None:
    assert len(asked(lake, "count, grain: week, empty: zero")) <= 64


@pytest.mark.parametrize("more", [", segments: [user]", ", empty: zero", ", lateness: 3 days"])
def test_what_is_asked_besides_is_no_other_question(lake: Lake, more: str) -> None:
    one, other = asked(lake, "count"), asked(lake, f"count{more}")
    assert one != other
    assert lapse_between(one, other) is Lapse.NONE


def test_another_time_zone_is_another_question(lake: Lake) -> None:
    rows = [(f"{day} 02:00:00", 1) for day, _ in each(NOVEMBER + DAY, SUNDAY)]
    lake.hold(*rows)  # type: ignore[arg-type]
    lake.define("count")
    lake.sync(TODAY)
    lake.define("count", "\ntimezone: America/New_York" + HEAD)
    lake.sync()

    assert set(lake.days()) == {day for day, _ in each(NOVEMBER, SUNDAY - DAY)}


def test_weeks_that_began_on_another_day_lapse(lake: Lake) -> None:
    lake.hold(*EARLY)
    lake.define("{count_distinct: user}, segments: [user]")
    lake.sync(TODAY)
    lake.define("{count_distinct: user}, segments: [user]", "\nweek_start: sunday" + HEAD)
    lake.sync(TODAY + dt.timedelta(days=1))

    sundays = {day for day in lake.parts() if lake.parts()[day]}
    assert {day.weekday() for day in sundays} == {6}
    assert lake.weeks()[WEEKS[1] - DAY] == 1.0
