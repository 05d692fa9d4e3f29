"""Find a Chromium, start it quietly, and watch what a page does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    WebSocket,
    sync_playwright,
)

from tests.engines.packages import NotInstalled, program

# Without these Chromium itself talks to its maker.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
# The first draws without a window system, in less time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


class NoBrowser(Exception):
    """Raised when there is no Chromium and none may be installed."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: Playwright's own, else the system's, else the distribution's."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        path = str(own) if own.is_file() else _system_browser()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _system_browser() -> str:
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    for name in NAMES[:2]:
        with suppress(NotInstalled):
            return program(name)
    raise NoBrowser(
        "No Chromium here: not Playwright's own, none on the path, and none may be installed. "
        "Try: playwright install chromium, or install your system's chromium package."
    )


@dataclass
class Watch:
    """What went wrong while a page was open: console errors, and requests to other machines."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def of(self, page: Page) -> Watch:
        for event, heard in self._listeners():
            page.on(event, heard)
        return self

    def leave(self, page: Page) -> None:
        for event, heard in self._listeners():
            page.remove_listener(event, heard)

    def _listeners(self) -> list[tuple[Any, Callable[[Any], None]]]:
        return [
            ("console", self._said),
            ("pageerror", self._failed),
            ("request", self._asked),
            ("websocket", self._connected),
        ]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _failed(self, error: Exception) -> None:
        self.errors.append(str(error))

    def _asked(self, request: Request) -> None:
        self._left(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._left(socket.url)

    def _left(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in {
            "localhost",
            "127.0.0.1",
        }:
            self.outside.append(url)


DRAWN = """() => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
        .every(chart => chart.querySelector('.main-svg'))
    && document.querySelector('[data-testid=stMain]')?.innerText.trim().length > 0"""
# Fonts, and the layout passes after them, until nothing moves any more.
AT_REST = """async () => {
    await document.fonts.ready;
    let before = '';
    for (let round = 0; round < 50; round += 1) {
        const parts = [document.querySelector('[data-testid=stMain]'),
            ...document.querySelectorAll('[data-testid=stPlotlyChart], .main-svg')];
        const now = JSON.stringify(parts.map(part => part
            && [part.getBoundingClientRect(), part.scrollWidth, part.scrollHeight]));
        if (now === before) return;
        before = now;
        await new Promise(wake => setTimeout(wake, 100));
    }
}"""


def settle(page: Page, timeout_seconds: float = 30) -> None:
    """Wait until the script has run, every chart of the page is drawn and nothing moves."""
    page.wait_for_function(DRAWN, polling=50, timeout=timeout_seconds * 1000)
    page.evaluate(AT_REST)


def scrolls_sideways(page: Page) -> list[str]:
    """The parts of the page that are wider than they may be; empty is good."""
    found: list[str] = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(part => part && part.scrollWidth > part.clientWidth + 1)
            .map(part => `${part.tagName} ${part.scrollWidth} > ${part.clientWidth}`)"""
    )
    return found
