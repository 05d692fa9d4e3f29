"""A real browser and a real server; both live as long as the test session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import NoBrowser, Watch, chromium, settle
from tests.e2e.faults import ROUNDS, Tally

# Tests share the machine; a busy one may take its time.
expect.set_options(timeout=20_000)

SCREENS = ("", "inputs", "leads", "wall", "data", "screens")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as found:
            yield found
    except NoBrowser as none:
        if os.environ.get("CI") == "true":
            pytest.fail(str(none))
        pytest.skip(str(none))


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


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    """Counts the rounds of every fault; many of them are published."""
    found = Tally()
    yield found
    if ROUNDS > 1:
        found.publish()
