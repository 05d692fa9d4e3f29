"""What many tests start from: an empty store, a small star with history, a page run in process."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from nsm.model import Aggregate, Better, Metric, Role, Star
from nsm.periods import today_in
from tests.e2e.serving import Server, serving
from tests.engines.fixtures import mariadb_server, postgresql_server

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

# Fixtures are found where a conftest names them.
__all__ = ["mariadb_server", "postgresql_server"]

# Machines are noisy: no example has a deadline, and CI always tries the same ones.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
# A Wednesday; the last complete week (from Monday) ended on Sunday 15 November.
TODAY = dt.date(2026, 11, 18)

SHOP = Star(
    key="shop",
    name="Shop",
    north_star="orders",
    metrics=(
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
        Metric("visits", "Visits", Role.INPUT, Aggregate.SUM),
        Metric("basket", "Items per order", Role.INPUT, formula="items / orders"),
        Metric("returns", "Returned orders", Role.INPUT, Aggregate.SUM, better=Better.DOWN),
        Metric("items", "Items", Role.CANDIDATE, Aggregate.SUM),
    ),
)


def shop_history(until: dt.date, days: int = 800) -> bytes:
    """A wide CSV of the shop: a weekday rhythm, a slow rise, nothing random."""
    lines = ["date,orders,visits,returns,items"]
    for place in range(days):
        day = until - dt.timedelta(days=days - 1 - place)
        busy = (1.0, 1.1, 1.2, 1.1, 1.3, 0.8, 0.7)[day.weekday()]
        wave = 1 + 0.05 * ((place * 37) % 11 - 5) / 5
        orders = round(200 * busy * wave + place / 10)
        visits = round(orders * (9 + (place * 13) % 7 / 7))
        lines.append(f"{day},{orders},{visits},{orders // 25},{orders * 2 + place % 5}")
    return "\n".join(lines).encode()


def fill(url: str, star: Star = SHOP, *, until: dt.date, today: dt.date) -> None:
    """Define the star in the store at ``url`` and load its history up to ``until``."""
    from tests.stores import put

    put(url, star, shop_history(until), today)


@functools.cache
def installed_components() -> Any:
    from streamlit.components.v2.manifest_scanner import scan_component_manifests

    return scan_component_manifests()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store that does not exist yet; the program uses it in this test."""
    import streamlit as st

    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    monkeypatch.setenv("NSM_DATABASE_URL", url)
    st.cache_resource.clear()
    st.cache_data.clear()
    return url


@pytest.fixture
def shop(database: str) -> str:
    """A store with the shop's history up to the day before TODAY; the address of the store."""
    fill(database, until=TODAY - dt.timedelta(days=1), today=TODAY)
    return database


@pytest.fixture
def screen(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Run a page in process through the router, on TODAY: ``screen("inputs", m="visits")``."""
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import AppTest

    # Streamlit reads the metadata of every installed package before each run of a page.
    found = installed_components()
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
    monkeypatch.setattr("nsm.ui.page.today_in", lambda timezone: TODAY)
    monkeypatch.setattr("nsm.server.editions.today_in", lambda timezone: TODAY)

    def run(name: str, **query: Any) -> AppTest:
        test = AppTest.from_file(str(ROOT / "nsm" / "router.py"), default_timeout=30)
        if name != "this_week":
            test.switch_page(f"../pages/{name}.py")
        for key, value in query.items():
            test.query_params[key] = value
        return test.run()

    return run


@pytest.fixture(scope="session")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the shop's history up to yesterday, for reading only."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shop') / 'nsm.db'}"
    today = today_in("UTC")
    fill(url, until=today - dt.timedelta(days=1), today=today)
    return url


@pytest.fixture(scope="session")
def server(shop_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard on the shop's store."""
    with serving(tmp_path_factory.mktemp("server"), shop_url) as running:
        yield running
