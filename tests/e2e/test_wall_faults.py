"""Truth under faults: a stale sign within ten seconds of any loss, gone fifteen after it is mended.

A real browser, a real server, and a network between them that can be broken. Each fault is tried
``WALL_FAULTS`` times (one by default); `make faults-wall` tries each of them fifty times.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page

from nsm.periods import DAY, today_in
from tests.conftest import fill
from tests.e2e.proxy import Proxy
from tests.e2e.serving import Server, free_port, started, wait
from tests.engines.servers import DatabaseServer

pytestmark = pytest.mark.e2e

ROUNDS = int(os.environ.get("WALL_FAULTS", "1"))
# Cut and stopped are much like killed and swallowed: `make faults-wall` alone tries them too.
LOSSES = ("swallow",) if ROUNDS == 1 else ("swallow", "cut", "stop")
STALE_SECONDS, BACK_SECONDS = 10.0, 15.0
# Both ways to the wall watch the same fault at once.
PATHS = ("wall.html?stars=shop&pin=weeks", "wall?star=shop&pin=weeks")
LOST = "() => /\\blost\\b/.test(document.body.className)"
LIVE = "() => !/\\blost\\b/.test(document.body.className) && /live/.test(document.body.innerText)"
# What a viewer reads: the star, its inputs, the sentence; and that nothing lies above it.
READS = "() => document.querySelector('.frame').innerText"
VEILED = """() => {
    const hidden = [];
    for (let part = window.frameElement || document.querySelector('.frame'); part;
            part = part.parentElement)
        if (getComputedStyle(part).opacity !== '1') hidden.push(part.tagName);
    const top = window.frameElement ? window.parent : window;
    for (let x = 10; x < top.innerWidth; x += top.innerWidth / 16)
        for (let y = 10; y < top.innerHeight; y += top.innerHeight / 16) {
            const found = top.document.elementFromPoint(x, y);
            if (!found.closest('.nsm-wall, .nsm-beat, #stage, iframe, .nsm-way-out'))
                hidden.push(found.tagName);
        }
    return hidden;
}"""


@contextmanager
def screens(browser: Browser, url: str) -> Iterator[list[Page | Frame]]:
    """The wall both ways, live."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    found: list[Page | Frame] = []
    try:
        for path in PATHS:
            page = context.new_page()
            page.goto(f"{url}/{path}")
            if path.startswith("wall?"):
                page.wait_for_selector("[data-testid=stIFrame]")
                page.wait_for_timeout(500)
                found.append(page.frames[1])
            else:
                found.append(page)
        for one in found:
            one.wait_for_function(LIVE, timeout=30_000)
        yield found
    finally:
        context.close()


def survives(views: list[Page | Frame], lose: Callable[[], None], mend: Callable[[], None]) -> None:
    before = [view.evaluate(READS) for view in views]
    lose()
    try:
        begun = time.monotonic()
        for view in views:
            left = STALE_SECONDS - (time.monotonic() - begun)
            view.wait_for_function(LOST, timeout=max(left, 0.05) * 1000)
        for view, read in zip(views, before, strict=True):
            assert view.locator("#sign").inner_text().startswith(("No word", "Since"))
            assert view.locator("#sign").is_visible()
            assert view.evaluate(READS) == read, "the last good picture stays"
            assert view.evaluate(VEILED) == []
    finally:
        mend()
    begun = time.monotonic()
    for view in views:
        left = BACK_SECONDS - (time.monotonic() - begun)
        view.wait_for_function(LIVE, timeout=max(left, 0.05) * 1000)


@pytest.mark.parametrize("fault", LOSSES)
def test_a_lost_network_or_a_stopped_server_is_told_and_forgotten(
    browser: Browser, server: Server, fault: str
) -> None:
    def tell(what: signal.Signals) -> Callable[[], None]:
        return lambda: os.kill(server.process.pid, what)

    with (
        Proxy(server.port) as network,
        screens(browser, f"http://localhost:{network.port}") as views,
    ):
        lose, mend = {
            "swallow": (network.swallow, network.mend),
            "cut": (network.cut, network.mend),
            "stop": (tell(signal.SIGSTOP), tell(signal.SIGCONT)),
        }[fault]
        for _ in range(ROUNDS):
            survives(views, lose, mend)


def test_a_killed_server_comes_back_by_itself(
    browser: Browser, shop_url: str, tmp_path: Path
) -> None:
    with Restarted(tmp_path, shop_url) as server, screens(browser, server.url) as views:
        for _ in range(ROUNDS):
            # The clock of "back" starts when the server answers again.
            survives(views, server.kill, server.start)


def test_a_database_that_is_gone_is_told_and_forgotten(
    browser: Browser, tmp_path: Path, postgresql_server: DatabaseServer
) -> None:
    own = postgresql_server.new_database()
    today = today_in("UTC")
    fill(own, until=today - DAY, today=today)
    with Proxy(postgresql_server.port) as network:
        url = own.replace(f":{postgresql_server.port}/", f":{network.port}/")
        with Restarted(tmp_path, url) as server, screens(browser, server.url) as views:
            for round_ in range(ROUNDS):
                survives(views, network.cut if round_ % 2 else network.swallow, network.mend)


class Restarted:
    """A server of our own that can be killed and started again at its port."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"

    def __enter__(self) -> Restarted:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.__exit__(None, None, None)

    def start(self) -> None:
        usual = (sys.executable, "-m", "streamlit", "run", "app.py")
        self._running = started(
            self.folder,
            self.database_url,
            command=(*usual, "--server.port", str(self.port)),
        )
        server = self._running.__enter__()
        self.process = server.process
        at = Server(self.url, self.port, server.process, server.log_file)
        wait(at, "/_stcore/health")

    def kill(self) -> None:
        self.process.kill()
        self._running.__exit__(None, None, None)
