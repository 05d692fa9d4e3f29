"""Targets from a file: read as they are meant, merged with what is there, all or none."""

from __future__ import annotations

import datetime as dt

import pytest

from nsm.errors import InputError
from nsm.ingest.targets import load_targets, read_targets_csv
from nsm.model import Target
from nsm.store.engine import open_store
from nsm.store.stars import save_star, star_version
from nsm.store.targets import read_targets, save_targets
from tests.conftest import SHOP, TODAY

HEAD = "metric,period,start,value\n"


def read(text, **more):
    return read_targets_csv(text.encode(), SHOP, source="plan.csv", **more)


@pytest.fixture
def engine(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    save_star(engine, SHOP, TODAY)
    return engine


def test_any_day_of_a_period_stands_for_it_and_metrics_and_periods_are_found_as_written():
    found = read(
        "Period;Date;Metric;Value\n"
        "quarterly;2026-12-31;Orders;120.000\n"
        "Month;2026-11-01;ORDERS;40.000,5\n"
        "week;18.11.2026;items per order;2,1\n"
        "year;2026-11-18;returns;5 %\n"
    )

    assert found == (
        Target("orders", "quarter", dt.date(2026, 10, 1), 120_000.0),
        Target("orders", "month", dt.date(2026, 11, 1), 40_000.5),
        Target("basket", "week", dt.date(2026, 11, 16), 2.1),
        Target("returns", "year", dt.date(2026, 1, 1), 0.05),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metric,period,value\norders,week,1\n", "no column start"),
        (HEAD + "nobody,week,2026-11-16,1\n", "line 2, column metric: 'nobody' is no metric"),
        (HEAD + "orders,decade,2026-11-16,1\n", "line 2, column period: 'decade' is not one of"),
        (HEAD + "orders,week,soon,1\n", "line 2, column start"),
        (HEAD + "orders,week,2026-11-16,many\n", "line 2, column value"),
        (HEAD + "orders,week,2026-11-16,\n", "line 2, column value: '' is empty"),
        (
            HEAD + "orders,week,2026-11-16,1\norders,week,2026-11-18,2\n",
            "line 3, column value: '2' is another target for the same week than that of line 2",
        ),
        (HEAD + "orders,week,03/04/2026,1\n", "can be 2026-03-04 or 2026-04-03"),
        ("", "is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    with pytest.raises(InputError, match=r"plan\.csv") as error:
        read(text)

    assert said in str(error.value)


def test_a_file_adds_and_changes_and_leaves_the_rest(engine):
    kept = Target("returns", "week", dt.date(2026, 11, 16), 3.0)
    old = Target("orders", "week", dt.date(2026, 11, 16), 1000.0)
    save_targets(engine, "shop", [kept, old])
    text = (HEAD + "orders,week,2026-11-16,1100\norders,month,2026-11-01,4400\n").encode()

    dry = load_targets(engine, SHOP, text, source="plan.csv", dry_run=True)
    before = star_version(engine, "shop")
    first = load_targets(engine, SHOP, text, source="plan.csv")
    written = star_version(engine, "shop")
    again = load_targets(engine, SHOP, text, source="plan.csv")

    assert (dry.new, dry.changed, dry.unchanged) == (1, 1, 0)
    assert (first.new, first.changed, first.unchanged) == (1, 1, 0)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert before < written == star_version(engine, "shop")
    assert set(read_targets(engine, "shop")) == {
        kept,
        Target("orders", "week", dt.date(2026, 11, 16), 1100.0),
        Target("orders", "month", dt.date(2026, 11, 1), 4400.0),
    }


def test_one_wrong_row_and_nothing_is_written(engine):
    text = (HEAD + "orders,week,2026-11-16,1100\norders,week,2026-11-23,x\n").encode()

    with pytest.raises(InputError, match="No target was changed"):
        load_targets(engine, SHOP, text, source="plan.csv")

    assert read_targets(engine, "shop") == ()
