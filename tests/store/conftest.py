"""A real store on each engine and a small star to keep in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.model import Aggregate, Metric, Role, Star
from nsm.store.engine import writing
from nsm.store.keys import metric_ids, require_star
from nsm.store.schema import load, observation
from nsm.store.stars import save_star
from tests.engines.stores import ENGINES, store_on
from tests.stores import new_store

MONDAY = dt.date(2026, 1, 5)
# UTC without saying so, as the store keeps it.
LOADED_AT = dt.datetime.fromisoformat("2026-01-05T08:30")
BAKERY = Star(
    key="bakery",
    name="Bakery",
    north_star="loaves",
    metrics=(
        Metric("loaves", "Loaves sold", Role.NORTH_STAR, Aggregate.SUM),
        Metric("guests", "Guests", Role.INPUT, Aggregate.SUM),
        Metric("each", "Loaves a guest", Role.INPUT, formula="loaves / guests"),
    ),
)


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'nsm.db'}"


@pytest.fixture
def file_store(address: str) -> Iterator[sa.Engine]:
    """A store in a file, for what only files have."""
    engine = new_store(address)
    yield engine
    engine.dispose()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty store, on each engine in turn."""
    yield from store_on(request.param, request, tmp_path)


@pytest.fixture
def bakery(engine: sa.Engine) -> Star:
    save_star(engine, BAKERY, MONDAY)
    return BAKERY


def record(
    engine: sa.Engine, metric_key: str, values: dict[dt.date, float], as_of: dt.date = MONDAY
) -> int:
    """Write observations of the bakery as one load would; the id of the load."""
    with writing(engine) as connection:
        made = connection.execute(
            sa.insert(load).values(
                star_id=require_star(connection, "bakery").id,
                source="till.csv",
                loaded_by="anna",
                loaded_at=LOADED_AT,
                as_of=as_of,
                new=len(values),
                changed=0,
                unchanged=0,
                rejected=0,
            )
        )
        load_id = int(made.inserted_primary_key[0])
        metric_id = metric_ids(connection, "bakery")[metric_key]
        for day, value in values.items():
            connection.execute(
                sa.insert(observation).values(
                    metric_id=metric_id, date=day, value=value, load_id=load_id
                )
            )
    return load_id
