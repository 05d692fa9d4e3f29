"""Metrics follow their source: incrementally, repeatably, one by one, and without a secret said."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.answers import histories, histories_as_of
from nsm.definitions import export_definition, parse_definition
from nsm.history import build_history
from nsm.model import Grain
from nsm.sources.sync import SyncResult, Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.loads import recent_loads, restatements
from nsm.store.rollups import read_rollups
from nsm.store.stars import declared_star, delete_star, read_star, save_star
from nsm.store.syncs import read_syncs
from tests.segmented import parts_table

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 18)
CANARY = "canary-91bb"
MUSIC = """
star: music
sources: {lake: {url_env: LAKE_URL}}
north_star: seconds
metrics:
  seconds: {source: lake, table: plays, date: at, value: {sum: seconds}, lateness: 2 days}
  users: {source: lake, sql: select * from plays, date: at, value: {count_distinct: user}}
  length: {source: lake, table: plays, date: at, value: {mean: seconds}}
  skips: {source: lake, table: plays, where: seconds < 30, date: at, value: count, empty: zero}
"""


@dataclass(frozen=True)
class Lake:
    """A source of plays and a store that follows it."""

    path: Path
    engine: sa.Engine

    def do(self, statement: str, *values: object) -> None:
        connection = sqlite3.connect(self.path)
        connection.execute(statement, values)
        connection.commit()
        connection.close()

    def sync(
        self, today: dt.date = TODAY, metric: str | None = None, **wanted: object
    ) -> dict[str, SyncResult]:
        asked = Wanted(**wanted)  # type: ignore[arg-type]
        return {one.metric: one for one in sync_star(self.engine, "music", today, asked, metric)}

    def weeks(self, metric: str, grain: Grain = Grain.WEEK) -> dict[str, float]:
        star = read_star(self.engine, "music")
        rows = read_rollups(self.engine, "music", grain)
        values = build_history(star, rows, grain, TODAY).values[metric].dropna()
        return {f"{day:%Y-%m-%d}": value for day, value in values.items()}


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """From 1 September each day three plays: users 1 and 2 always, and 3 on Mondays, else 1."""
    path = tmp_path / "lake.db"
    monkeypatch.setenv("LAKE_URL", f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("create table plays (at text, user int, seconds int)")
    day = dt.date(2026, 9, 1)
    while day <= TODAY:
        users = (1, 2, 3 if day.weekday() == 0 else 1)
        rows = [(f"{day}T1{hour}:00:00Z", user, 60) for hour, user in enumerate(users)]
        connection.executemany("insert into plays values (?, ?, ?)", rows)
        day += dt.timedelta(days=1)
    connection.commit()
    connection.close()
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    save_star(engine, parse_definition(MUSIC, "music.yaml").star, TODAY)
    yield Lake(path, engine)
    engine.dispose()


def test_the_first_sync_brings_all_whole_days_and_the_second_changes_nothing(lake: Lake) -> None:
    first = lake.sync()
    assert {one.error for one in first.values()} == {""}
    assert [one.new for one in first.values()] == [78, 78, 78, 0]
    assert first["skips"].warnings == ("the query finds no rows",)
    again = lake.sync(full=True)
    assert {(one.new, one.changed) for one in again.values()} == {(0, 0)}
    assert again["users"].unchanged == 78
    assert restatements(lake.engine, "music") == ()
    loads = recent_loads(lake.engine, "music")
    assert [load.source for load in loads[:2]] == ["lake: skips", "lake: length"]
    assert loads[0].as_of == TODAY
    assert len(loads) == 8


def test_distinct_users_and_means_of_a_week_are_asked_and_not_added(lake: Lake) -> None:
    lake.do("insert into plays values ('2026-09-01 20:00:00', 2, 0)")
    lake.sync()
    assert lake.weeks("seconds")["2026-11-09"] == 7 * 180
    assert lake.weeks("users")["2026-11-09"] == 3
    assert lake.weeks("users", Grain.MONTH)["2026-10-01"] == 3
    # Not the mean of the days' means: one day of the week has far more plays.
    for _ in range(7):
        lake.do("insert into plays values ('2026-11-09 20:00:00', 2, 0)")
    lake.sync(full=True)
    assert lake.weeks("length")["2026-11-09"] == 7 * 180 / 28
    assert lake.weeks("skips")["2026-11-09"] == 7
    assert lake.weeks("skips")["2026-11-02"] == 0


def test_each_sync_asks_again_as_far_back_as_values_are_late(lake: Lake) -> None:
    lake.sync()
    late, later = "2026-11-17 09:00:00", "2026-11-12 09:00:00"
    lake.do("insert into plays values (?, 9, 5), (?, 9, 7)", late, later)
    found = lake.sync(TODAY + dt.timedelta(days=1), metric="seconds")["seconds"]
    assert (found.first, found.last) == (dt.date(2026, 11, 16), TODAY)
    # The day of the first sync is whole now, the late row was seen, the later one was not.
    assert (found.new, found.changed, found.unchanged) == (1, 1, 1)
    changed = restatements(lake.engine, "music", "seconds")
    assert [(one.date, one.old_value, one.new_value) for one in changed] == [
        (dt.date(2026, 11, 17), 180, 185)
    ]
    since = lake.sync(TODAY + dt.timedelta(days=1), "seconds", since=dt.date(2026, 11, 12))
    assert since["seconds"].changed == 1
    # A day that is asked for too late would be a day left out: what is due comes with it.
    late = lake.sync(TODAY + dt.timedelta(days=9), "seconds", since=TODAY)
    assert late["seconds"].first == dt.date(2026, 11, 17)


def test_a_history_is_kept_by_segment_too(lake: Lake) -> None:
    text = MUSIC.replace("{sum: seconds}", "{sum: seconds}, segments: [user]")
    text = text.replace("{count_distinct: user}", "{count_distinct: seconds}, segments: user")
    save_star(lake.engine, parse_definition(text, "music.yaml").star, TODAY)
    lake.do("insert into plays values ('2026-11-16 09:00:00', null, 7)")
    lake.sync()
    days = parts_table(lake.engine, "music", "seconds", "user")
    assert list(days.columns) == ["(none)", "1", "2", "3"]
    assert days.loc["2026-11-16"].tolist() == [7, 60, 60, 60]
    assert days.loc["2026-11-17"].dropna().to_dict() == {"1": 120, "2": 60}
    weeks = parts_table(lake.engine, "music", "users", "user", Grain.WEEK)
    assert weeks.loc["2026-11-16"].to_dict() == {"(none)": 1, "1": 1, "2": 1, "3": 1}
    # What a part had in the days that are asked again is what the source says now.
    lake.do("update plays set user = 2 where user = 1 and at like '2026-11-17%'")
    lake.sync(TODAY + dt.timedelta(days=1), "seconds")
    days = parts_table(lake.engine, "music", "seconds", "user")
    assert days.loc["2026-11-17"].dropna().to_dict() == {"2": 180}
    assert days.loc["2026-11-12"].dropna().to_dict() == {"1": 120, "2": 60}


def test_another_question_or_another_week_asks_for_everything(lake: Lake) -> None:
    lake.sync()
    text = MUSIC.replace("star: music", "star: music\nweek_start: sunday")
    save_star(lake.engine, parse_definition(text, "music.yaml").star, TODAY)
    assert lake.weeks("users") == {}, "weeks that nobody asked for have no distinct users"
    assert lake.weeks("seconds")["2026-11-08"] == 7 * 180
    found = lake.sync()
    assert found["users"].first is None
    assert lake.weeks("users")["2026-11-08"] == 3


def test_one_metric_that_fails_does_not_stop_the_others(lake: Lake) -> None:
    lake.sync()
    text = MUSIC.replace("sum: seconds", "sum: duration").replace("select *", "select 1; delete")
    save_star(lake.engine, parse_definition(text, "music.yaml").star, TODAY)
    found = lake.sync()
    assert found["seconds"].error == (
        "The query gives no column 'duration'. It gives: at, user, seconds."
    )
    assert "one" in found["users"].error
    assert (found["length"].error, found["skips"].error) == ("", "")
    state = read_syncs(lake.engine, "music")["seconds"]
    assert state.error == found["seconds"].error
    assert state.as_of == TODAY
    assert lake.weeks("seconds")["2026-11-09"] == 7 * 180


def test_a_day_without_rows_is_a_zero_only_where_that_is_said(lake: Lake) -> None:
    lake.do("insert into plays values ('2026-11-11 09:00:00', 1, 0)")
    lake.do("delete from plays where at like '2026-11-10%'")
    found = lake.sync()
    assert "which stay unknown: 1 (from 2026-11-10)" in found["seconds"].warnings[0]
    assert (found["skips"].new, found["skips"].warnings) == (7, ())
    # Nothing skipped since then is a zero as well, and a later skip corrects it.
    tomorrow = TODAY + dt.timedelta(days=1)
    assert lake.sync(tomorrow)["skips"].new == 1
    lake.do("insert into plays values ('2026-11-18 23:00:00', 1, 0)")
    assert lake.sync(tomorrow, "skips", full=True)["skips"].changed == 1


def test_what_a_source_lost_is_not_taken_for_zero(lake: Lake) -> None:
    lake.sync()
    lake.do("delete from plays where at like '2026-11-10%'")
    found = lake.sync(full=True)
    assert "known days without rows any more, which are kept: 1" in found["seconds"].warnings
    lake.do("delete from plays")
    found = lake.sync(full=True)
    assert "finds no rows since 2026-09-01, where 78 days are known" in found["seconds"].error
    assert lake.weeks("seconds")["2026-11-09"] == 7 * 180


@pytest.mark.parametrize(
    ("at", "seconds", "said"),
    [
        ("31.12.2026", 5, "The column 'at' has values that are no dates."),
        ("0022-01-01 00:00:00", 5, "The column 'at' has days from 0022-01-01"),
        ("2026-11-10 09:00:00", 9e999, "The column 'seconds' comes to 'inf' on 2026-11-10"),
        ("2026-11-10 09:00:00", "many", "The column 'seconds' comes to 'many' on 2026-11-10"),
    ],
)
def test_an_answer_that_is_no_history_is_refused(
    lake: Lake, at: str, seconds: object, said: str
) -> None:
    lake.do("insert into plays values (?, 1, ?)", at, seconds)
    found = lake.sync(metric="seconds")["seconds"]
    assert said in found.error
    assert found.error.isprintable()
    assert recent_loads(lake.engine, "music") == ()


def test_a_clock_that_went_back_is_noticed(lake: Lake) -> None:
    lake.sync()
    found = lake.sync(TODAY - dt.timedelta(days=3), metric="seconds")["seconds"]
    assert "the clock went back" in found.error


def test_the_star_in_the_database_knows_its_sources(lake: Lake) -> None:
    assert declared_star(lake.engine, "music") == parse_definition(MUSIC, "music.yaml").star


def test_the_command_says_a_line_a_metric_and_no_secret(lake: Lake, tmp_path: Path) -> None:
    broken = MUSIC.replace("star: music", "star: other").replace("LAKE_URL", "DEAD_URL")
    other = parse_definition(broken, "other.yaml").star
    save_star(lake.engine, other, TODAY)
    environment = os.environ | {
        "NSM_DATABASE_URL": f"sqlite:///{tmp_path / 'nsm.db'}",
        "DEAD_URL": f"postgresql+psycopg://anna:{CANARY}@127.0.0.1:1/x?application_name={CANARY}",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nsm", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    dry = run("sync", "--star", "music", "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    answer = json.loads(dry.stdout)
    assert [one["metric"] for one in answer] == ["seconds", "users", "length", "skips"]
    assert answer[0]["dry_run"] is True
    assert recent_loads(lake.engine, "music") == ()
    assert dry.stderr.splitlines()[0] == "music seconds: asking lake ..."
    done = run("sync")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert lines[0].startswith("music seconds: ")
    assert [line.split(":")[1] for line in lines[4:]] == [
        " failed. The source lake does not answer as it should"
    ] * 4
    assert done.stderr.splitlines()[-1] == "Error: 4 of 8 metrics could not be synced."
    said = done.stdout + done.stderr + export_definition(declared_star(lake.engine, "other"))
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("nsm.db*"))
    assert CANARY not in said
    assert CANARY.encode() not in kept


SEGMENTED = (
    MUSIC.replace("{sum: seconds}", "{sum: seconds}, segments: [user]")
    .replace("{count_distinct: user}", "{count_distinct: seconds}")
    .replace("{mean: seconds}", "{mean: seconds}, segments: user")
)


def test_weeks_that_the_source_says_otherwise_are_restated_like_days(lake: Lake) -> None:
    save_star(lake.engine, parse_definition(SEGMENTED, "music.yaml").star, TODAY)
    lake.sync()
    lake.do("update plays set seconds = 50 where at like '2026-11-12%' and user = 2")
    later = TODAY + dt.timedelta(days=1)
    lake.sync(later, full=True)
    users = restatements(lake.engine, "music", "users")
    # The running week and month said one thing and another, which restates nothing.
    assert [(one.grain, one.date, one.old_value, one.new_value) for one in users] == [
        (Grain.WEEK, dt.date(2026, 11, 9), 1, 2),
        (Grain.DAY, dt.date(2026, 11, 12), 1, 2),
    ]
    assert {(one.old_as_of, one.as_of) for one in users} == {(TODAY, later)}
    assert lake.sync(later + dt.timedelta(days=1), "users", full=True)["users"].error == ""
    assert restatements(lake.engine, "music", "users") == users, "the same again is no other"
    then = histories_as_of(lake.engine, "music", TODAY, later).weeks.values["users"]
    now = histories(lake.engine, "music", later).weeks.values["users"]
    assert (then["2026-11-09"], now["2026-11-09"]) == (1, 2)
    assert restatements(lake.engine, "music", since=later) == ()
    assert users[0] in restatements(lake.engine, "music", since=TODAY)


def test_parts_that_the_source_says_otherwise_are_restated_too(lake: Lake) -> None:
    save_star(lake.engine, parse_definition(SEGMENTED, "music.yaml").star, TODAY)
    lake.sync()
    lake.do("update plays set user = 3 where user = 2 and at like '2026-11-12%'")
    lake.do("update plays set seconds = 61 where user = 1 and at like '2026-11-17%'")
    later = TODAY + dt.timedelta(days=1)
    lake.sync(later, full=True)
    found = restatements(lake.engine, "music", "seconds", segments=True)
    said = [(one.part, one.date, one.old_value, one.new_value) for one in found]
    assert said == [
        ("2", dt.date(2026, 11, 12), 60, None),
        ("1", dt.date(2026, 11, 17), 120, 122),
    ]
    assert {(one.segment, one.grain, one.old_as_of) for one in found} == {
        ("user", Grain.DAY, TODAY)
    }
    means = restatements(lake.engine, "music", "length", segments=True)
    assert [(one.grain, one.part, one.new_value) for one in means] == [
        (Grain.DAY, "2", None),
        (Grain.DAY, "1", 61),
    ]
    # What is the same is still known from the first sync: a change of it says so.
    lake.do("update plays set seconds = 1 where user = 2 and at like '2026-10-01%'")
    lake.sync(later + dt.timedelta(days=1), "seconds", full=True)
    newest = restatements(lake.engine, "music", "seconds", segments=True)[0]
    assert (newest.date, newest.old_as_of) == (dt.date(2026, 10, 1), TODAY)
    assert delete_star(lake.engine, "music") is None


def test_parts_that_read_alike_are_told_apart_or_refused(lake: Lake) -> None:
    save_star(lake.engine, parse_definition(SEGMENTED, "music.yaml").star, TODAY)
    lake.do("update plays set user = '(none)' where at like '2026-11-16%' and user = 3")
    for user in (None, "", "a\nb", "a" * 300 + "1", "a" * 300 + "2"):
        lake.do("insert into plays values ('2026-11-16 09:00:00', ?, 7)", user)
    assert lake.sync(metric="seconds")["seconds"].error == ""
    day = parts_table(lake.engine, "music", "seconds", "user").loc["2026-11-16"].dropna()
    assert len(day) == 8
    assert day[["(none)", "'(none)'", "''"]].tolist() == [7, 60, 7]
    lake.do("insert into plays values ('2026-11-16 09:00:00', '1', 7)")
    lake.do("create table other (at text, user, seconds int)")
    lake.do("insert into other select at, user, seconds from plays")
    lake.do("insert into other values ('2026-11-16 09:00:00', '1', 7)")
    text = SEGMENTED.replace("lake, table: plays", "lake, table: other")
    save_star(lake.engine, parse_definition(text, "music.yaml").star, TODAY)
    assert "two values that read alike: '1'" in lake.sync(metric="seconds")["seconds"].error
