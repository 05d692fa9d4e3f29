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


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab for all visits to the shop's server, one after the other.

    A tab that has read the scripts of Streamlit once draws the next screen in half the time.
    """
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, browser: Browser
) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open an address as a new viewer and wait until it is drawn."""
    own = request.getfixturevalue("server").url if "server" in request.fixturenames else None
    contexts = []
    visits: list[tuple[Page, Watch]] = []

    def open_address(
        url: str, width: int = 1440, height: int = 900, scheme: str = "light", wait: bool = True
    ) -> tuple[Page, Watch]:
        page = request.getfixturevalue("tab") if own and url.startswith(own) else None
        if page is None or any(page is other for other, _ in visits):
            contexts.append(browser.new_context())
            page = contexts[-1].new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        watch = Watch().of(page)
        visits.append((page, watch))
        page.goto(url)
        if wait:
            settle(page)
        return page, watch

    yield open_address
    for page, watch in visits:
        watch.leave(page)
    for context in contexts:
        context.close()
    for page in [page for page, _ in visits if not page.is_closed()]:
        # Not an empty page: that would be another process, which knows no script yet.
        page.goto(f"{own}/healthz")
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.context.clear_cookies()


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    """Counts the rounds of every fault; many of them are published."""
    found = Tally()
    yield found
    if ROUNDS > 1:
        found.publish()
