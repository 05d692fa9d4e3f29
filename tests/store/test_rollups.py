from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsm.errors import InputError, UnknownStar
from nsm.ingest import load_file
from nsm.model import Aggregate, Grain, Metric, Role, Star
from nsm.store import rollups, schema
from nsm.store.rollups import read_rollups
from nsm.store.schema import star as star_table
from nsm.store.stars import save_star
from nsm.store.transactions import writing

TODAY = dt.date(2020, 6, 1)
FIRST = dt.date(2019, 12, 20)
METRICS = (
    Metric("daily", "Daily", Role.NORTH_STAR, Aggregate.SUM, grain=Grain.DAY),
    Metric("weekly", "Weekly", Role.INPUT, Aggregate.SUM, grain=Grain.WEEK),
    Metric("found", "Found", Role.INPUT, Aggregate.LAST),
)
STAR = Star("shop", "Shop", "daily", METRICS)
_numbers = count()

# A load: when it was known, and values by metric and day. Weekly dates share a weekday.
offsets = st.integers(0, 50)
loads = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.dictionaries(st.tuples(st.just("daily"), offsets), st.integers(-3, 3), max_size=12),
        st.dictionaries(offsets.map(lambda n: n // 7 * 7), st.integers(-3, 3), max_size=5),
        st.dictionaries(
            offsets | offsets.map(lambda n: n // 7 * 7), st.integers(-3, 3), max_size=5
        ),
        st.integers(0, 6),
        st.randoms(use_true_random=False),
    ),
    min_size=1,
    max_size=5,
)


def load(engine: sa.Engine, key: str, lines: list[str], as_of: dt.date) -> None:
    content = "\n".join(["date,metric,value", *lines]).encode()
    load_file(engine, key, content, source="x", loaded_by="x", today=TODAY, as_of=as_of)


def expected(engine: sa.Engine, key: str, grain: Grain, week_start: int) -> pd.DataFrame:
    """The roll-ups, day by day in Python from what the tables hold."""
    one, known = schema.metric.c, schema.observation.c
    query = (
        sa.select(
            one.key,
            sa.func.coalesce(one.grain, one.grain_found),
            *(known.date, known.value, schema.load.c.as_of),
        )
        .select_from(schema.metric)
        .join(schema.observation)
        .join(star_table, star_table.c.id == one.star_id)
        .join(schema.load, schema.load.c.id == known.load_id)
        .where(star_table.c.key == key)
        .order_by(one.key, known.date)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    periods: dict[tuple[str, dt.date], list[tuple[dt.date, float]]] = {}
    for metric, kind, day, value, as_of in rows:
        week = day - dt.timedelta(days=(day.weekday() - week_start) % 7)
        over = day if kind == "day" else week + dt.timedelta(days=6)
        if over >= as_of or (kind == "week" and grain is Grain.MONTH):
            continue
        start = week if grain is Grain.WEEK else day.replace(day=1)
        periods.setdefault((metric, start), []).append((week if kind == "week" else day, value))
    table = []
    for (metric, start), found in sorted(periods.items()):
        values = [value for _, value in found]
        totals = [sum(values), min(values), max(values), values[0], values[-1]]
        table.append([metric, start, len(values), *totals, found[-1][0]])
    return pd.DataFrame(
        table,
        columns=["metric", "start", "days", "sum", "min", "max", "first", "last", "last_date"],
    ).astype({"start": "datetime64[us]", "last_date": "datetime64[us]"})


def assert_true(engine: sa.Engine, key: str, week_start: int) -> None:
    for grain in (Grain.WEEK, Grain.MONTH):
        kept = read_rollups(engine, key, grain).sort_values(["metric", "start"])
        pd.testing.assert_frame_equal(
            kept.reset_index(drop=True),
            expected(engine, key, grain, week_start),
            check_dtype=False,
        )


def on_one_store(examples: int):
    health = [HealthCheck.function_scoped_fixture]
    return settings(deadline=None, max_examples=examples, suppress_health_check=health)


@on_one_store(examples=30)
@given(loads=loads, week_start=st.integers(0, 6), later_start=st.integers(0, 6))
def test_roll_ups_always_equal_a_recomputation(
    file_store: sa.Engine, loads: list, week_start: int, later_start: int
) -> None:
    assert_always_true(file_store, loads, week_start, later_start)


@on_one_store(examples=3)
@given(loads=loads, week_start=st.integers(0, 6), later_start=st.integers(0, 6))
def test_roll_ups_equal_a_recomputation_on_every_engine(
    engine: sa.Engine, loads: list, week_start: int, later_start: int
) -> None:
    assert_always_true(engine, loads, week_start, later_start)


def assert_always_true(engine: sa.Engine, loads: list, week_start: int, later_start: int) -> None:
    key = f"shop{next(_numbers)}"
    star = replace(STAR, key=key, week_start=week_start)
    save_star(engine, star, TODAY)

    for as_of, daily, weekly, found, weekday, chance in sorted(loads, key=lambda one: one[0]):
        values = (
            [("daily", n, v) for (_, n), v in daily.items()]
            + [("weekly", n + weekday, v) for n, v in weekly.items()]
            + [("found", n, v) for n, v in found.items()]
        )
        lines = [f"{FIRST + dt.timedelta(days=n)},{metric},{v}" for metric, n, v in values]
        chance.shuffle(lines)
        if lines:
            load(engine, key, lines, FIRST + dt.timedelta(days=as_of))
        assert_true(engine, key, week_start)

    before = {grain: read_rollups(engine, key, grain) for grain in (Grain.WEEK, Grain.MONTH)}
    with writing(engine) as connection:
        star_id = connection.execute(
            sa.select(star_table.c.id).where(star_table.c.key == key)
        ).scalar_one()
        rollups.rebuild(connection, star_id)
    for grain, frame in before.items():
        pd.testing.assert_frame_equal(frame, read_rollups(engine, key, grain))

    save_star(engine, replace(star, week_start=later_start), TODAY)
    weekly_days = read_rollups(engine, key, Grain.WEEK)
    assert (weekly_days[weekly_days["metric"] == "weekly"]["days"] == 1).all()
    assert set(weekly_days["start"].dt.day_of_week) <= {later_start}


def test_a_frame_of_roll_ups_has_its_kinds_even_when_empty(engine: sa.Engine) -> None:
    save_star(engine, STAR, TODAY)

    empty = read_rollups(engine, "shop", Grain.WEEK)
    load(engine, "shop", ["2020-01-01,daily,1"], TODAY)
    full = read_rollups(engine, "shop", Grain.WEEK)

    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert str(full.dtypes["start"]) == str(full.dtypes["last_date"]) == "datetime64[us]"


def test_roll_ups_come_in_the_order_of_the_star_and_of_the_asked_metrics(engine: sa.Engine) -> None:
    save_star(engine, STAR, TODAY)
    lines = [f"2020-{m:02d}-06,{key},1" for m in (1, 2) for key in ("found", "daily")]
    load(engine, "shop", lines, TODAY)

    found = read_rollups(engine, "shop", Grain.MONTH)
    asked = read_rollups(engine, "shop", Grain.MONTH, ["found"])

    assert found["metric"].tolist() == ["daily", "daily", "found", "found"]
    assert found["start"].dt.month.tolist() == [1, 2, 1, 2]
    assert asked["metric"].tolist() == ["found", "found"]


def test_an_unknown_star_has_no_roll_ups(engine: sa.Engine) -> None:
    with pytest.raises(UnknownStar):
        read_rollups(engine, "nope", Grain.WEEK)


def test_older_knowledge_is_refused_before_anything_is_written(engine: sa.Engine) -> None:
    save_star(engine, STAR, TODAY)
    load(engine, "shop", ["2020-01-01,daily,1"], TODAY)

    with pytest.raises(InputError, match="in the order of the days"):
        load(engine, "shop", ["2020-01-02,daily,1", "2020-01-01,daily,2"], dt.date(2020, 3, 1))

    assert read_rollups(engine, "shop", Grain.WEEK)["days"].tolist() == [1]
