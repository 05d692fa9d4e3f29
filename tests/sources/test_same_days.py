"""Days, weeks and months are the same on every engine, with any week start, through any night."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.errors import SourceError
from nsm.model import Grain, Metric, Role, SourceQuery, Star, Take
from nsm.sources.asking import ask
from nsm.sources.reading import Periods
from nsm.sources.statement import Window
from tests.engines.servers import DatabaseServer
from tests.sources.plays import PLAYS, expected

END = dt.date(2026, 9, 1)
WHOLE = {Grain.DAY: Window(None, END)}
CALENDARS = [("UTC", 0), ("Europe/Berlin", 0), ("America/New_York", 6), ("Asia/Kathmandu", 3)]


def asked(
    url: str,
    take: Take,
    timezone: str,
    week_start: int,
    first: dt.date | None = None,
    when: str = "at",
) -> dict[Grain, dict[dt.date, float]]:
    column = {Take.COUNT: "", Take.COUNT_DISTINCT: "user_id"}.get(take, "seconds")
    # Percent signs, colons and comments of all kinds must reach the engine as they are, or not.
    sql = "select *, '12:30 %s 100%' as odd -- what: %(this)s\nfrom plays where 1 = 1 /* :x */"
    query = SourceQuery("lake", when, take, column, sql=sql)
    metric = Metric("m", "m", Role.INPUT, query=query)
    star = Star("s", "s", "m", (metric,), week_start=week_start, timezone=timezone)
    windows = {grain: Window(first, END) for grain in Grain}
    found = ask(star, metric, sa.make_url(url), windows, seconds=60)
    return {grain: as_dict(periods) for grain, periods in found.periods.items()}


def as_dict(periods: Periods) -> dict[dt.date, float]:
    day, value = periods
    return dict(zip(day.tolist(), value.tolist(), strict=True))


@pytest.mark.parametrize(("timezone", "week_start"), CALENDARS)
def test_every_engine_finds_the_same_periods(
    source_url: str, timezone: str, week_start: int
) -> None:
    takes = Take if timezone == "Europe/Berlin" else (Take.COUNT_DISTINCT, Take.LAST)
    for take in takes:
        found = asked(source_url, take, timezone, week_start)
        for grain in Grain:
            assert found[grain] == expected(take, grain, timezone, week_start), (take, grain)


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York"])
def test_texts_with_offsets_say_the_same_moments(source_url: str, timezone: str) -> None:
    for take in (Take.COUNT, Take.LAST):
        found = asked(source_url, take, timezone, 0, when="told")
        for grain in Grain:
            assert found[grain] == expected(take, grain, timezone, 0), (take, grain)
    first = dt.date(2025, 10, 26)
    found = asked(source_url, Take.COUNT, timezone, 0, first, when="told")
    every = expected(Take.COUNT, Grain.DAY, timezone, 0)
    assert found[Grain.DAY] == {day: value for day, value in every.items() if day >= first}


def test_texts_of_ten_characters_are_days(source_url: str) -> None:
    chars = "substring(told, 1, 10)" if source_url.startswith("clickhouse") else "left(told, 10)"
    if source_url.startswith("sqlite"):
        chars = "substr(told, 1, 10)"
    query = SourceQuery("lake", "day", Take.COUNT, sql=f"select {chars} as day from plays")
    metric = Metric("m", "m", Role.INPUT, query=query)
    found = {}
    for timezone in ("UTC", "America/New_York"):
        star = Star("s", "s", "m", (metric,), timezone=timezone)
        answer = ask(star, metric, sa.make_url(source_url), WHOLE, seconds=60)
        found[timezone] = as_dict(answer.periods[Grain.DAY])
    assert found["UTC"] == found["America/New_York"]
    assert sum(found["UTC"].values()) == len(PLAYS)


@pytest.mark.parametrize(
    "odd", ["garbage", "", "2026-13-01 10:00:00", "2026-11-02 10:00:00 QQ", "02/11 10h"]
)
def test_texts_that_say_no_moment_are_heard_of(source_url: str, odd: str) -> None:
    sql = f"select case when seconds < 100 then '{odd}' else told end as told from plays"
    query = SourceQuery("lake", "told", Take.COUNT, sql=sql)
    metric = Metric("m", "m", Role.INPUT, query=query)
    window = {Grain.DAY: Window(dt.date(2025, 6, 1), END)}
    for timezone in ("UTC", "Europe/Berlin"):
        star = Star("s", "s", "m", (metric,), timezone=timezone)
        with pytest.raises(SourceError):
            ask(star, metric, sa.make_url(source_url), window, seconds=60)


def test_a_window_holds_exactly_its_days(source_url: str) -> None:
    first = dt.date(2025, 10, 26)
    found = asked(source_url, Take.COUNT, "Europe/Berlin", 0, first)
    every = expected(Take.COUNT, Grain.DAY, "Europe/Berlin", 0)
    assert found[Grain.DAY] == {day: value for day, value in every.items() if day >= first}


@pytest.mark.parametrize("take", [Take.COUNT, Take.MEAN, Take.MAX])
def test_a_column_of_dates_is_taken_as_it_is(source_url: str, take: Take) -> None:
    column = {Take.COUNT: "", Take.COUNT_DISTINCT: "user_id"}.get(take, "seconds")
    query = SourceQuery("lake", "day", take, column, table="plays", where="seconds < 5000")
    metric = Metric("m", "m", Role.INPUT, query=query)
    star = Star("s", "s", "m", (metric,), week_start=3, timezone="America/New_York")
    windows = {grain: Window(None, END) for grain in Grain}
    found = ask(star, metric, sa.make_url(source_url), windows, seconds=60)
    for grain in Grain:
        assert as_dict(found.periods[grain]) == expected(take, grain, "UTC", 3)


@pytest.mark.parametrize("take", [Take.SUM, Take.MEAN])
def test_texts_are_never_added_as_zeros(source_url: str, take: Take) -> None:
    query = SourceQuery("lake", "at", take, "country", table="plays")
    metric = Metric("m", "m", Role.INPUT, query=query)
    with pytest.raises(SourceError) as caught:
        ask(Star("s", "s", "m", (metric,)), metric, sa.make_url(source_url), WHOLE, seconds=60)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("late", "total"), [("0.5", 280.5), ("'12'", 292), ("null", 280), ("'twelve'", None)]
)
@pytest.mark.parametrize("when", ["2026-08-03", "2026-08-03 09:30:00"])
def test_what_is_no_whole_number_is_found_behind_many_that_are(
    tmp_path: Path, late: str, total: float | None, when: str
) -> None:
    url = f"sqlite:///{tmp_path / 'lake.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table plays (at text, seconds)")
        for value in [*["7"] * 40, late]:
            connection.exec_driver_sql(f"insert into plays values ('{when}', {value})")
    engine.dispose()
    query = SourceQuery("lake", "at", Take.SUM, "seconds", table="plays")
    metric = Metric("m", "m", Role.INPUT, query=query)
    star = Star("s", "s", "m", (metric,))
    if total is None:
        with pytest.raises(SourceError, match="'twelve' on 2026-08-03, which is no number"):
            ask(star, metric, sa.make_url(url), WHOLE, seconds=60)
    else:
        found = ask(star, metric, sa.make_url(url), WHOLE, seconds=60)
        assert as_dict(found.periods[Grain.DAY]) == {dt.date(2026, 8, 3): total}


@pytest.mark.parametrize("late", ["'x', 9e999, -9e999", "9e999, -9e999"])
def test_infinities_that_cancel_are_no_missing_day(tmp_path: Path, late: str) -> None:
    url = f"sqlite:///{tmp_path / 'lake.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table plays (at text, seconds)")
        for value in [*["7"] * 40, *late.split(", ")]:
            connection.exec_driver_sql(f"insert into plays values ('2026-08-03', {value})")
    engine.dispose()
    metric = Metric(
        "m", "m", Role.INPUT, query=SourceQuery("lake", "at", Take.SUM, "seconds", table="plays")
    )
    with pytest.raises(SourceError, match="which is no number"):
        ask(Star("s", "s", "m", (metric,)), metric, sa.make_url(url), WHOLE, seconds=60)


def test_sums_of_binary_fractions_are_the_same_twice(postgresql_server: DatabaseServer) -> None:
    """Several workers would add them in another order each time; what cancels shows it."""
    url = postgresql_server.new_database(
        "create table ledger as select date '2026-01-01' + i %% 20 as at, "
        "(case when i %% 2 = 0 then 1 else -1 end) * sin(i / 2) * 1e6 as amount "
        "from generate_series(1, 600000) i order by sin(i * 7.0)",
        "vacuum analyze ledger",
    )
    query = SourceQuery("lake", "at", Take.SUM, "amount", sql="select at, amount from ledger")
    metric = Metric("m", "m", Role.INPUT, query=query)
    star = Star("s", "s", "m", (metric,))
    found = [
        as_dict(ask(star, metric, sa.make_url(url), WHOLE, seconds=60).periods[Grain.DAY])
        for _ in range(4)
    ]
    assert len(found[0]) == 20
    assert all(one == found[0] for one in found)
