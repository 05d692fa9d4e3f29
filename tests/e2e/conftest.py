"""A real browser and a real server; both live as long as the test session."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from nsm.periods import today_in
from tests.conftest import fill
from tests.e2e.browser import NoBrowser, Watch, chromium, settle
from tests.e2e.serving import Server, serving

SCREENS = ("", "inputs", "leads", "wall", "data")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as found:
            yield found
    except NoBrowser as none:
        if os.environ.get("CI") == "true":
            pytest.fail(str(none))
        pytest.skip(str(none))


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


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open an address in a fresh browser profile and wait until it is drawn."""
    contexts = []

    def open_address(
        url: str, width: int = 1440, height: int = 900, scheme: str = "light", wait: bool = True
    ) -> tuple[Page, Watch]:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        watch = Watch().of(page)
        page.goto(url)
        if wait:
            settle(page)
        return page, watch

    yield open_address
    for context in contexts:
        context.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's own server writes its log."""
    return tmp_path
