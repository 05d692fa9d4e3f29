"""`make soak-wall`: ten thousand refreshes of a wall, and what they left behind on both sides.

The real page against the real server, only faster: the pause between two heartbeats is cut to a
few milliseconds, and the day changes so often that nearly every heartbeat brings a new picture,
which is fetched and put in place of the old one. Now and then something is noted, so that there are
new versions of the star as well. Memory is read after a first stretch and at the end: the page's
heap after a collection, its nodes, and the resident memory of the server.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import CDPSession, Page

from nsm.model import Annotation
from nsm.periods import DAY, WEEK, today_in, week_start_of
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from tests.conftest import fill
from tests.e2e.browser import chromium
from tests.e2e.publish import publish
from tests.e2e.serving import serving

REFRESHES, FIRST_STRETCH, NOTED_EVERY = 10_000, 1_000, 250
GOAL_MB = 5.0
MOST_SECONDS = 3600
FAST = """(() => {
    const after = window.setTimeout;
    window.setTimeout = (what, wait) => after(what, wait === 3000 ? 5 : wait);
    window.shown = 0;
    addEventListener('DOMContentLoaded', () => new MutationObserver(() => { window.shown += 1; })
        .observe(document.getElementById('stage'), { childList: true }));
})()"""


@dataclass(frozen=True)
class Weight:
    heap: float
    nodes: int
    server: float


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        before, after, refreshes = soak(Path(name))
    heap, server = after.heap - before.heap, after.server - before.server
    publish(
        "wall.md",
        "soak",
        "make soak-wall",
        f"| what | after {FIRST_STRETCH:,} refreshes | after {refreshes:,} | growth |\n"
        "|---|---|---|---|\n"
        f"| the page's heap | {before.heap:.2f} MB | {after.heap:.2f} MB | {heap:+.2f} MB |\n"
        f"| its nodes | {before.nodes:,} | {after.nodes:,} | {after.nodes - before.nodes:+,} |\n"
        f"| memory of the server | {before.server:.1f} MB | {after.server:.1f} MB "
        f"| {server:+.1f} MB |",
    )
    print(f"heap {heap:+.2f} MB, server {server:+.1f} MB in {refreshes:,} refreshes")
    return 0 if max(heap, server) < GOAL_MB and refreshes >= REFRESHES else 1


def soak(folder: Path) -> tuple[Weight, Weight, int]:
    """Weights after the first stretch and at the end, and how many pictures were put in place."""
    url = f"sqlite:///{folder / 'nsm.db'}"
    sunday = week_start_of(today_in("UTC"), 0) - WEEK - DAY
    fill(url, until=sunday, today=sunday + DAY)
    days = folder / "days"
    days.write_text("/".join(str(sunday + n * DAY) for n in range(1, 5)) + " soak", "utf-8")
    command = (sys.executable, "-m", "uvicorn", "tests.e2e.another_day:app", "--port", "{port}")
    environment = {"NSM_TEST_DAY": str(days)}
    with (
        serving(folder, url, command=command, environment=environment) as server,
        chromium() as browser,
    ):
        # Small, because a machine without a graphics card takes longest to paint.
        context = browser.new_context(viewport={"width": 960, "height": 540})
        context.add_init_script(FAST)
        page = context.new_page()
        page.goto(f"{server.url}/wall.html?stars=shop&pin=weeks")
        devtools = context.new_cdp_session(page)
        refresh(page, url, sunday, FIRST_STRETCH)
        before = weigh(devtools, server.process.pid)
        shown = refresh(page, url, sunday, REFRESHES)
        return before, weigh(devtools, server.process.pid), shown


def refresh(page: Page, url: str, day: dt.date, wanted: int) -> int:
    """Wait until so many pictures were put in place, and note something now and then."""
    engine = open_store(url)
    begun, shown, noted = time.monotonic(), 0, 0
    while shown < wanted and time.monotonic() - begun < MOST_SECONDS:
        time.sleep(0.5)
        shown = int(page.evaluate("window.shown"))
        if shown // NOTED_EVERY > noted:
            noted = shown // NOTED_EVERY
            save_annotations(engine, "shop", [Annotation(0, day, f"{shown} pictures")])
            print(f"{shown:,} refreshes", flush=True)
    engine.dispose()
    return shown


def weigh(devtools: CDPSession, server: int) -> Weight:
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
    nodes = devtools.send("Memory.getDOMCounters")["nodes"]
    return Weight(heap / 2**20, nodes, psutil.Process(server).memory_info().rss / 2**20)


if __name__ == "__main__":
    sys.exit(main())
