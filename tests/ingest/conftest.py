"""A star with a metric of each kind, and a store that knows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nsm.ingest import LoadReport, load_file
from nsm.model import Aggregate, Grain, Metric, Role, Star
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.engines.stores import store_on
from tests.stores import put

TODAY = dt.date(2026, 11, 18)

STAR = Star(
    key="shop",
    name="Shop",
    north_star="orders",
    week_start=6,
    metrics=(
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM, grain=Grain.DAY),
        Metric("visits", "Visits", Role.INPUT, Aggregate.SUM),
        Metric("page_views", "Pages seen", Role.INPUT, Aggregate.SUM),
        Metric("rate", "Conversion", Role.INPUT, Aggregate.MEAN, unit="percent"),
        Metric("basket", "Basket", Role.INPUT, formula="orders / visits"),
        Metric("seats", "Seats", Role.CANDIDATE, Aggregate.SUM, grain=Grain.WEEK),
        Metric("NA", "null", Role.CANDIDATE, Aggregate.SUM),
    ),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    put(url, STAR, b"", TODAY)
    opened = open_store(url)
    yield opened
    opened.dispose()


@pytest.fixture(params=["postgresql", "mariadb"])
def server_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """The same store on each server in turn."""
    for store in store_on(request.param, request, tmp_path):
        save_star(store, STAR, TODAY)
        yield store


@pytest.fixture
def load(engine: sa.Engine) -> Callable[..., LoadReport]:
    """Load a text into the shop: ``load("date,orders\\n...", as_of=...)``."""

    def run(text: str | bytes, **options: Any) -> LoadReport:
        content = text.encode() if isinstance(text, str) else text
        options = {"source": "test.csv", "loaded_by": "me", "today": TODAY} | options
        return load_file(engine, "shop", content, **options)

    return run
