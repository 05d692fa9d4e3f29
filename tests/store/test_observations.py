from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.ingest import load_file
from nsm.model import Aggregate, Grain, Metric, Role, Star
from nsm.store.observations import read_days
from nsm.store.stars import save_star

TODAY = dt.date(2020, 6, 1)
STAR = Star(
    "shop",
    "Shop",
    "orders",
    (
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
        Metric("seats", "Seats", Role.INPUT, Aggregate.SUM, grain=Grain.WEEK),
    ),
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    save_star(engine, STAR, TODAY)
    for key, dates in (
        ("orders", [f"2020-01-{n:02d}" for n in range(1, 11)]),
        ("seats", ["2020-01-05", "2020-01-12"]),  # Sundays: the last days of their weeks
    ):
        text = f"date,{key}\n" + "\n".join(f"{date},{n}" for n, date in enumerate(dates))
        load_file(engine, "shop", text.encode(), source="x", loaded_by="x", today=TODAY)
    return engine


def test_the_days_of_spans_that_overlap_come_once(filled: sa.Engine) -> None:
    spans = [
        (day("2020-01-03"), day("2020-01-04")),
        (day("2020-01-04"), day("2020-01-05")),
        (day("2020-01-09"), day("2020-01-08")),
    ]

    found = read_days(filled, "shop", spans, ["orders"])

    assert found["date"].dt.day.tolist() == [3, 4, 5]
    assert found["value"].tolist() == [2, 3, 4]
    assert str(found["date"].dtype) == "datetime64[us]"


def test_a_weekly_value_stands_on_the_first_day_of_its_week(filled: sa.Engine) -> None:
    found = read_days(filled, "shop", [(day("2019-12-30"), day("2019-12-30"))])

    assert found["metric"].tolist() == ["seats"]
    assert found["date"].tolist() == [dt.datetime(2019, 12, 30)]  # noqa: DTZ001


def test_no_spans_and_no_metrics_are_an_empty_frame(filled: sa.Engine) -> None:
    everything = [(day("2019-01-01"), day("2021-01-01"))]

    for found in (read_days(filled, "shop", []), read_days(filled, "shop", everything, [])):
        assert found.empty
        assert found.columns.tolist() == ["metric", "date", "value"]
    with pytest.raises(UnknownStar):
        read_days(filled, "nope", everything)
