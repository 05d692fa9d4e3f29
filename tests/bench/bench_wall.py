"""Time from navigation to the complete picture of the wall, in a real browser.

The plain page against the same picture among the screens, and that against a bare Streamlit page
with as many charts; each view with a cold browser profile, in turns in the same run.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from nsm.demo import fill_demo
from nsm.periods import today_in
from nsm.store.engine import open_store
from tests.bench.bench_pages import plain_page
from tests.e2e.browser import chromium
from tests.e2e.serving import serving

ROUNDS = 9
CHARTS = 6
# Looks from the first moment of a page, in its own clock, until the picture is complete: the
# star's line, that of each input and the sentence, here or in the frame; or all charts.
LOOK = """() => {
    const wall = from => from?.querySelectorAll('article svg').length >= 4
        && from.querySelector('.turn.on svg') && from.querySelector('.sentence');
    const charts = () => [...document.querySelectorAll('.js-plotly-plot, .slice_container')]
        .filter(chart => chart.querySelector('.main-svg, canvas')).length >= CHARTS;
    const look = setInterval(() => {
        const inner = document.querySelector('[data-testid=stIFrame]')?.contentDocument;
        if (!wall(document) && !wall(inner) && !charts()) return;
        clearInterval(look);
        requestAnimationFrame(() => { window.__complete = performance.now(); });
    }, 2);
}"""


def measure() -> list[dict[str, object]]:
    """Two rows: the plain page against the screen, the screen against a bare page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'nsm.db'}"
        engine = open_store(url)
        fill_demo(engine, today_in("UTC"))
        engine.dispose()
        ours = stack.enter_context(serving(folder, url))
        bare = stack.enter_context(plain_page(folder, url, CHARTS))
        browser = stack.enter_context(chromium())
        asked = (f"{ours.url}/wall.html?stars=music", f"{ours.url}/wall?star=music", bare.url)
        for one in asked:
            milliseconds(browser, one)
        times = zip(
            *([milliseconds(browser, one) for one in asked] for _ in range(ROUNDS)), strict=True
        )
    plain, screen, page = map(median, times)
    return [
        row("complete picture: /wall.html", "/wall", plain, screen, 0.1),
        row("complete picture: /wall", f"a bare page, {CHARTS} charts", screen, page, 1.1),
    ]


def milliseconds(browser: Browser, url: str) -> float:
    """From navigation until the picture is complete, in a profile that has seen nothing."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    try:
        context.add_init_script(f"({LOOK.replace('CHARTS', str(CHARTS))})()")
        page = context.new_page()
        page.goto(url, wait_until="commit")
        page.wait_for_function("() => window.__complete", polling=20, timeout=60_000)
        return float(page.evaluate("window.__complete"))
    finally:
        context.close()


def row(name: str, against: str, value: float, floor: float, goal: float) -> dict[str, object]:
    return {
        "name": name,
        "against": against,
        "value": f"{value:.0f} ms",
        "floor": f"{floor:.0f} ms",
        "ratio": value / floor,
        "goal": goal,
    }
