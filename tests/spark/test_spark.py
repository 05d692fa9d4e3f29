"""Spark SQL as a source: the same figures as everywhere, also while it is losing an executor."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.definitions import parse_definition
from nsm.errors import QueryRefused, SourceError, SourceUnavailable
from nsm.history import build_history
from nsm.model import Grain, Metric, Role, SourceQuery, Star, Take
from nsm.periods import today_in
from nsm.sources.asking import ask, preview, try_connection
from nsm.sources.guards import opened
from nsm.sources.statement import Window
from nsm.store.engine import open_store
from nsm.store.rollups import read_rollups
from nsm.store.stars import read_star, save_star
from tests.engines.spark import Spark
from tests.sources.attacks import ATTACKS, HONEST
from tests.sources.plays import PLAYS, expected, told
from tests.sources.silent import line_to
from tests.spark.conftest import EVENTS
from tests.spark.events import put_into, weeks

pytest.importorskip("pyhive", reason="Spark has a target of its own: make test-spark")

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Europe/Berlin"
MUSIC = f"""
star: music
timezone: {ZONE}
sources: {{lake: {{url_env: LAKE_URL}}}}
north_star: seconds
metrics:
  seconds: {{source: lake, table: plays, date: at, value: {{sum: seconds}}}}
  users: {{source: lake, sql: select * from plays, date: at, value: {{count_distinct: user_id}}}}
  plays: {{source: lake, table: plays, where: seconds >= 0, date: at, value: count}}
  length: {{source: lake, table: plays, date: at, value: {{mean: seconds}}}}
"""
ENGINES = ("spark", "duckdb", "parquet", "sqlite", "postgresql", "mariadb", "clickhouse")


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[dt.date, float]]:
    """What the whole weeks come to, the ones that are cut by the ends left out."""
    return {name: dict(list(found.items())[1:-1]) for name, found in weeks(EVENTS, ZONE).items()}


def synced(folder: Path, url: str, *more: str) -> tuple[subprocess.Popen[str], str]:
    """``nsm sync`` of the music star into a new store, begun; the process and the store."""
    store_url = f"sqlite:///{folder / 'nsm.db'}"
    store = open_store(store_url)
    save_star(store, parse_definition(MUSIC, "music.yaml").star, today_in("UTC"))
    store.dispose()
    environment = os.environ | {
        "NSM_DATABASE_URL": store_url,
        "LAKE_URL": url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "nsm", "sync", "--star", "music", "--json", *more],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, store_url


def finished(process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, (out, err)
    assert {one["error"] for one in json.loads(out)} == {""}
    assert "Traceback" not in err


def kept_weeks(store_url: str) -> dict[str, dict[dt.date, float]]:
    """What the pages would show: by metric, the first day of each week and its figure."""
    store = open_store(store_url)
    star = read_star(store, "music")
    rows = read_rollups(store, "music", Grain.WEEK)
    history = build_history(star, rows, Grain.WEEK, today_in("UTC"))
    store.dispose()
    return {
        key: {day.date(): value for day, value in history.values[key].dropna().items()}
        for key in history.values
    }


def assert_same(
    found: Mapping[str, Mapping[dt.date, float]], counted: Mapping[str, Mapping[dt.date, float]]
) -> None:
    for name, right in counted.items():
        assert {day: found[name][day] for day in right} == right, name


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_million_events_are_the_same_weeks_to_the_last_digit(
    engine: str,
    lake: Path,
    tmp_path: Path,
    counted: dict[str, dict[dt.date, float]],
    request: pytest.FixtureRequest,
) -> None:
    if engine == "spark":
        url = request.getfixturevalue("cluster").url
    elif engine == "parquet":
        # The folder holds the table in four files here: one file is one table.
        url = put_into("duckdb", lake, tmp_path, request)
        (tmp_path / "lake").mkdir()
        import duckdb

        with duckdb.connect(url.removeprefix("duckdb:///")) as connection:
            connection.execute(f"copy plays to '{tmp_path / 'lake' / 'plays.parquet'}'")
        url = f"duckdb:///{tmp_path / 'lake'}"
    else:
        url = put_into(engine, lake, tmp_path, request)
    process, store = synced(tmp_path, url)
    finished(process)
    assert_same(kept_weeks(store), counted)


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York"])
def test_texts_with_offsets_say_the_same_moments(cluster: Spark, timezone: str) -> None:
    if not cluster.run("show tables like 'texts'"):
        rows = ", ".join(f"('{told(one.at, n)}', {one.seconds})" for n, one in enumerate(PLAYS))
        cluster.run(
            f"create table texts using parquet as select * from values {rows} as t(at, seconds)"
        )
    for take in (Take.SUM, Take.LAST):
        query = SourceQuery("lake", "at", take, "seconds", table="texts")
        metric = Metric("m", "m", Role.INPUT, query=query)
        star = Star("s", "s", "m", (metric,), timezone=timezone)
        windows = {Grain.DAY: Window(None, today_in("UTC"))}
        day, value = ask(star, metric, sa.make_url(cluster.url), windows, 120).periods[Grain.DAY]
        found = dict(zip(day.tolist(), value.tolist(), strict=True))
        assert found == expected(take, Grain.DAY, timezone, 0), take


def test_a_sync_does_not_notice_that_an_executor_is_killed(
    cluster: Spark, tmp_path: Path, counted: dict[str, dict[dt.date, float]]
) -> None:
    earlier = cluster.tasks()
    process, store = synced(tmp_path, cluster.url, "--metric", "users")
    victim = 0
    while not victim and process.poll() is None:
        if cluster.tasks() - earlier:
            victim = cluster.executors()[0]
            os.kill(victim, signal.SIGKILL)
        time.sleep(0.05)
    finished(process)
    assert victim, "the sync was over before anything could be killed"
    assert_same(kept_weeks(store), {"users": counted["users"]})
    for _ in range(300):  # the driver may hear of it after the sync has its answer
        if "Lost executor" in cluster.log("thrift"):
            return
        time.sleep(0.1)
    raise AssertionError("nobody noticed that an executor was killed")


def test_no_attack_has_an_effect_and_no_honest_query_is_refused(
    cluster: Spark, tmp_path: Path
) -> None:
    secret, out = tmp_path / "secret.txt", tmp_path / "out.txt"
    secret.write_text("the text of a secret file")
    if not cluster.run("show tables like 'kept'"):
        cluster.run("create table kept using parquet as select 'one' as word from range(50)")
    looks = ["select * from kept", "show tables", "show user functions", "list jars"]
    before = [cluster.run(one) for one in looks]
    url = sa.make_url(cluster.url)
    effective = {}
    for attack in ATTACKS["hive"]:
        text = attack.replace("{out}", str(out)).replace("{secret}", str(secret))
        began = time.monotonic()
        try:
            said = repr(preview(SourceQuery("lake", "word", Take.COUNT, sql=text), url, 5))
        except SourceError as refusal:
            said = str(refusal)
        if "the text of" in said or out.exists() or time.monotonic() - began > 17:
            effective[attack] = said
    assert effective == {}
    assert [cluster.run(one) for one in looks] == before
    for query in HONEST:
        found = preview(SourceQuery("lake", "at", Take.COUNT, sql=query), url, 60)
        assert found.columns[0] == "at"
        assert found.rows


def test_without_the_gate_a_file_is_still_no_table(cluster: Spark, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the text of a secret file")

    def read() -> None:
        with opened("lake", sa.make_url(cluster.url), 60) as connection:
            connection.exec_driver_sql(f"select * from text.`{tmp_path}/secret.txt`").all()

    with pytest.raises(QueryRefused, match="TABLE_OR_VIEW_NOT_FOUND"):
        read()


def test_a_query_without_an_end_is_ended_on_the_server_too(cluster: Spark) -> None:
    endless = "select * from plays cross join range(1000000000000) where id % 7 = seconds % 9 - 9"
    query = SourceQuery("lake", "at", Take.COUNT, sql=endless)
    threads, earlier = threading.active_count(), cluster.tasks()
    begun = cluster.log("thrift").count(" Starting task ")
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="did not answer within 8 seconds"):
        preview(query, sa.make_url(cluster.url), 8)
    assert time.monotonic() - began < 8 + 12
    assert threading.active_count() == threads
    assert cluster.log("thrift").count(" Starting task ") > begun
    deadline = time.monotonic() + 60
    while left := cluster.tasks() - earlier:
        log = cluster.log("thrift")[-4000:]
        assert time.monotonic() < deadline, f"the server goes on for nobody, tasks {left}: {log}"
        time.sleep(0.2)


@pytest.mark.parametrize("greets", [False, True])
def test_a_silent_thrift_server_is_given_up(
    cluster: Spark, greets: bool, caplog: pytest.LogCaptureFixture
) -> None:
    url = sa.make_url(cluster.url)
    with line_to(cluster.thrift_port if greets else None) as line:
        away = url.set(port=line.port)

        def ask() -> None:
            with opened("lake", away, 8 if greets else 2) as connection:
                line.silent.set()
                connection.exec_driver_sql("select count(*) from plays").all()

        if greets:
            try_connection("lake", away, seconds=60)
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="did not answer within"):
            ask()
        assert time.monotonic() - began < 20
    assert caplog.text == ""


def test_what_the_server_says_is_one_line_without_its_classes(cluster: Spark) -> None:
    query = SourceQuery("lake", "at", Take.COUNT, sql="select nothing from nowhere")
    with pytest.raises(QueryRefused) as caught:
        preview(query, sa.make_url(cluster.url), 60)
    said = str(caught.value)
    assert "nowhere" in said
    assert "\n" not in said
    assert "org.apache" not in said
