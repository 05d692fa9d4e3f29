"""What the fault tests of the wall share: screens in a real browser, a fault, and how it was told.

`make faults-wall` tries each fault many times and writes what was seen into docs/wall.md.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Error, Frame, Page

from tests.e2e.publish import publish, published
from tests.e2e.serving import Server, free_port, started, wait

ROUNDS = int(os.environ.get("WALL_FAULTS", "1"))
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
def screens(
    browser: Browser, url: str, paths: Sequence[str] = PATHS, script: str = ""
) -> Iterator[list[Page | Frame]]:
    """The wall both ways, live; ``script`` runs in each page before anything else."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    found: list[Page | Frame] = []
    try:
        if script:
            context.add_init_script(script)
        for path in paths:
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


def survives(
    views: list[Page | Frame], lose: Callable[[], None], mend: Callable[[], None]
) -> tuple[float, float]:
    """The seconds until the last screen told the fault, and until it was forgotten again."""
    before = [view.evaluate(READS) for view in views]
    lose()
    try:
        told = seconds_until(LOST, views, STALE_SECONDS)
        for view, read in zip(views, before, strict=True):
            assert view.locator("#sign").inner_text().startswith(("No word", "Since"))
            assert view.locator("#sign").is_visible()
            assert view.evaluate(READS) == read, "the last good picture stays"
            assert view.evaluate(VEILED) == []
    finally:
        mend()
    return told, seconds_until(LIVE, views, BACK_SECONDS)


def seconds_until(condition: str, views: list[Page | Frame], most: float) -> float:
    """Wait until it holds on every screen; playwright's TimeoutError when it takes longer."""
    begun = time.monotonic()
    for view in views:
        left = most - (time.monotonic() - begun)
        view.wait_for_function(condition, timeout=max(left, 0.05) * 1000)
    return time.monotonic() - begun


@dataclass
class Tally:
    """How often each fault was tried, how often all was as promised, and the slowest times."""

    lines: list[str] = field(default_factory=list)

    def rounds(self, fault: str, once: Callable[[int], tuple[float | None, float]]) -> None:
        """Try a fault ROUNDS times; ``once`` gives the seconds until it was told and forgotten."""
        times, failures = [], list[str]()
        for round_ in range(ROUNDS):
            try:
                times.append(once(round_))
            except (AssertionError, Error) as failure:
                failures.append(f"round {round_ + 1}: {str(failure).splitlines()[0][:200]}")
        told = [one for one, _ in times if one is not None]
        back = [one for _, one in times]
        self.lines.append(
            f"| {fault} | {len(times)} of {ROUNDS} | {_slowest(told)} | {_slowest(back)} |"
        )
        assert not failures, f"{fault}: {failures}"

    def publish(self) -> None:
        """Write the table into the page of the wall; a fault that was not tried keeps its line."""
        place = ("wall.md", "faults", "make faults-wall")
        tried = {line.split("|")[1] for line in self.lines}
        stand = [line for line in published(*place).splitlines()[2:] if line.count("|") > 1]
        lines = [line for line in stand if line.split("|")[1] not in tried] + self.lines
        head = (
            "| fault, seen on both ways to the wall | as promised | told after at most "
            "| right again after at most |\n|---|---|---|---|\n"
        )
        publish(*place, head + "\n".join(lines))


def _slowest(seconds: Sequence[float]) -> str:
    return f"{max(seconds):.1f} s" if seconds else "-"


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
