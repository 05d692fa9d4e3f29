"""A small shop that comes from a database, kept by country: a source, its definition, its store."""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from nsm.definitions import parse_definition
from nsm.model import Grain
from nsm.sources.sync import Wanted, sync_star
from nsm.store.segments import read_part_rows
from nsm.store.stars import save_star
from tests.stores import new_store

TODAY = dt.date(2026, 11, 18)
CANARY = "canary-5e77"
DEFINITION = """
star: shop
name: Shop
sources: {lake: {url_env: SHOP_LAKE_URL}}
north_star: orders
metrics:
  orders: {name: Orders, source: lake, table: orders, date: at, value: count,
           segments: [country, plan]}
  amount: {name: Mean amount, role: input, unit: $, source: lake, table: orders, date: at,
           value: {mean: amount}, segments: country}
  buyers: {name: Buyers, role: input, source: lake, date: at, value: {count_distinct: buyer},
           sql: select * from orders where amount > 0, segments: country}
  visits: {name: Visits, role: input, aggregate: sum}
"""
DAYS = 430
COUNTRIES = ("Germany", "Sweden", "Österreich", "<b>x</b> [a](http://e.example)")


def parts_table(
    engine: sa.Engine, star: str, metric: str, segment: str, grain: Grain = Grain.DAY
) -> pd.DataFrame:
    """What the store keeps of the parts of a metric: a row a period, a column a part."""
    rows = read_part_rows(engine, star, metric, segment, grain)
    frame = pd.DataFrame(
        {
            "start": rows.start.astype("datetime64[us]"),
            "part": [rows.names[code] for code in rows.code],
            "value": rows.value,
        }
    )
    return frame.pivot(index="start", columns="part", values="value")


def make_lake(path: Path, until: dt.date = TODAY, days: int = DAYS) -> None:
    """Orders of each day: most from Germany, hardly any from the last; dearer in Sweden."""
    rows = []
    for place in range(days):
        day = until - dt.timedelta(days=days - place)
        busy = (9, 10, 11, 10, 12, 7, 6)[day.weekday()] + place % 5 + place // 90
        for number in range(busy):
            which = 0 if number % 3 < 2 else 1 if number % 2 else 2
            if number == 8 and place % 9 == 0:
                which = 3
            amount = 20 + (15 if which == 1 else 0) + (number * 7 + place) % 11
            plan = None if number % 6 == 5 else ("free", "paid")[number % 2]
            at = f"{day} {8 + number % 12:02}:00:00"
            rows.append((at, number % 9 + which * 5, amount, COUNTRIES[which], plan))
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table orders (at text, buyer int, amount real, country text, plan text)"
        )
        connection.executemany("insert into orders values (?, ?, ?, ?, ?)", rows)
    connection.close()


def make_shop(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store at ``url``, in step with a source of this folder; the path of the source."""
    lake = folder / "lake.db"
    monkeypatch.setenv("SHOP_LAKE_URL", address(lake))
    made = _made(TODAY)
    shutil.copyfile(made / "lake.db", lake)
    shutil.copyfile(made / "nsm.db", url.removeprefix("sqlite:///"))
    return lake


def address(lake: Path) -> str:
    """Where the source is; what stands behind the question mark is as secret as a password."""
    return f"sqlite:///{lake}?application_name={CANARY}"


@functools.cache
def _made(today: dt.date) -> Path:
    """A folder with the source and the store, synced; made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="nsm-segmented-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_lake(folder / "lake.db", today)
    engine = new_store(f"sqlite:///{folder / 'nsm.db'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_LAKE_URL", address(folder / "lake.db"))
        save_star(engine, parse_definition(DEFINITION, "shop.yaml").star, today)
        results = list(sync_star(engine, "shop", today, Wanted(synced_by="test")))
    assert [one.error for one in results] == ["", "", ""]
    engine.dispose()
    return folder
