"""What was loaded, refused and restated, and how new the data is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.model import Load, RejectedRow, Restatement, Star
from nsm.store import schema
from nsm.store.engine import writing
from nsm.store.keys import metric_ids
from nsm.store.loads import newest_dates, recent_loads, rejected_rows, restatements
from nsm.store.stars import save_star
from tests.store.conftest import LOADED_AT, MONDAY, record

SUNDAY = MONDAY - dt.timedelta(days=1)
SATURDAY = MONDAY - dt.timedelta(days=2)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)


def test_recent_loads_come_newest_first_and_bounded(engine: sa.Engine, bakery: Star) -> None:
    first = record(engine, "loaves", {SUNDAY: 5.0})
    second = record(engine, "loaves", {SATURDAY: 5.0}, as_of=NEXT_MONDAY)
    found = recent_loads(engine, "bakery")
    assert [load.id for load in found] == [second, first]
    assert found[1] == Load(first, "bakery", "till.csv", "anna", LOADED_AT, MONDAY, 1, 0, 0, 0)
    assert [load.id for load in recent_loads(engine, "bakery", limit=1)] == [second]


def test_loads_of_another_star_are_not_shown(engine: sa.Engine, bakery: Star) -> None:
    record(engine, "loaves", {SUNDAY: 5.0})
    save_star(engine, replace(bakery, key="cafe"), MONDAY)
    assert recent_loads(engine, "cafe") == ()


def test_rejected_rows_keep_their_order_and_their_text(engine: sa.Engine, bakery: Star) -> None:
    load_id = record(engine, "loaves", {})
    rows = (
        RejectedRow(7, "value", "<b>#REF!</b>", "is not a number"),
        RejectedRow(3, "date", "", "is no date"),
    )
    with writing(engine) as connection:
        for position, row in enumerate(rows):
            connection.execute(
                sa.insert(schema.rejected_row).values(
                    load_id=load_id,
                    position=position,
                    line=row.line,
                    column=row.column,
                    value=row.value,
                    reason=row.reason,
                )
            )
    assert rejected_rows(engine, load_id) == rows
    assert rejected_rows(engine, load_id + 1) == ()


def test_restatements_say_what_was_known_when(engine: sa.Engine, bakery: Star) -> None:
    old = record(engine, "loaves", {SUNDAY: 5.0})
    new = record(engine, "guests", {SUNDAY: 2.0}, as_of=NEXT_MONDAY)
    with writing(engine) as connection:
        ids = metric_ids(connection, "bakery")
        for key in ("guests", "loaves"):
            connection.execute(
                sa.insert(schema.restatement).values(
                    metric_id=ids[key],
                    date=SUNDAY,
                    old_value=5.0,
                    new_value=6.0,
                    old_load_id=old,
                    load_id=new,
                )
            )
    loaves = Restatement("loaves", SUNDAY, 5.0, 6.0, MONDAY, NEXT_MONDAY)
    assert restatements(engine, "bakery") == (loaves, replace(loaves, metric="guests"))
    assert restatements(engine, "bakery", metric="loaves") == (loaves,)
    assert restatements(engine, "bakery", limit=1) == (loaves,)
    with pytest.raises(UnknownStar, match="no metric 'bread'"):
        restatements(engine, "bakery", metric="bread")


def test_the_newest_date_is_that_of_the_last_final_value(engine: sa.Engine, bakery: Star) -> None:
    with writing(engine) as connection:
        ids = metric_ids(connection, "bakery")
        for key, grain, start, last in [
            ("loaves", "week", MONDAY - dt.timedelta(days=7), SATURDAY),
            ("loaves", "week", MONDAY - dt.timedelta(days=14), SUNDAY - dt.timedelta(days=7)),
            ("guests", "week", MONDAY - dt.timedelta(days=7), SUNDAY),
        ]:
            connection.execute(
                sa.insert(schema.rollup).values(
                    metric_id=ids[key],
                    grain=grain,
                    start=start,
                    days=1,
                    sum=1,
                    min=1,
                    max=1,
                    first=1,
                    last=1,
                    last_date=last,
                )
            )
    save_star(engine, replace(bakery, key="cafe"), MONDAY)
    assert newest_dates(engine) == {"bakery": {"loaves": SATURDAY, "guests": SUNDAY}, "cafe": {}}
