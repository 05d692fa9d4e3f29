"""From a file on someone's machine to the dashboard, with a real browser and a real server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nsm.periods import today_in
from nsm.store.engine import open_store
from nsm.store.loads import recent_loads
from nsm.store.stars import save_star
from tests.conftest import SHOP, shop_history
from tests.e2e.browser import Watch, settle
from tests.e2e.serving import serving

pytestmark = pytest.mark.e2e
Visit = Callable[..., tuple[Page, Watch]]


def test_a_file_is_previewed_loaded_and_shown(tmp_path: Path, visit: Visit) -> None:
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    engine = open_store(url)
    today = today_in("UTC")
    save_star(engine, SHOP, today)
    file = tmp_path / "history.csv"
    file.write_bytes(shop_history(today - dt.timedelta(days=1), 400))
    with serving(tmp_path, url) as server:
        page, watch = visit(f"{server.url}/data")
        expect(page.get_by_role("heading", name="Shop has no data yet.")).to_be_visible()

        page.locator("input[type=file]").first.set_input_files(file)
        button = page.get_by_role("button", name="Load 1,600 values")
        expect(button).to_be_visible()
        assert recent_loads(engine, "shop") == ()

        button.click()
        expect(page.get_by_text("Loaded history.csv: 1,600 new")).to_be_visible()
        assert [load.new for load in recent_loads(engine, "shop")] == [1600]
        settle(page)
        expect(page.get_by_role("heading", name="up to date")).to_be_visible()

        page.get_by_role("link", name="This week").first.click()
        expect(page.get_by_text("Orders").first).to_be_visible()
    assert watch.errors == []
    assert watch.outside == []
