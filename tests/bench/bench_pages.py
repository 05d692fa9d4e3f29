"""Server CPU a view of each page, caches warm, against a plainly written page of as many charts.

Both servers run side by side and are asked in turns through the websocket, as browsers do.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from nsm.demo import fill_demo
from nsm.periods import today_in
from nsm.store.engine import open_store
from tests.bench.views import View, cpu_seconds, visit
from tests.e2e.serving import Server, serving

PLAIN = Path(__file__).resolve().parent / "plain" / "charts.py"
SCREENS = {
    "This week": "",
    "Inputs": "inputs",
    "Leads": "leads",
    "Wall": "wall",
    "Data": "data",
}
WARM, ROUNDS, VIEWS = 3, 5, 12
GOAL = 0.1


def measure() -> list[dict[str, object]]:
    """A row a page: name, against, value, floor, ratio, goal."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'nsm.db'}"
        engine = open_store(url)
        fill_demo(engine, today_in("UTC"))
        engine.dispose()
        ours = stack.enter_context(serving(folder, url))
        rows = []
        for name, page in SCREENS.items():
            seen = warm(ours, page)
            # The wall draws its picture itself: as much as one chart of the plain page.
            charts = max(1, seen.charts)
            with plain_page(folder, url, charts) as plain:
                warm(plain)
                rows.append(compared(name, charts, ours, page, plain))
        return rows


def plain_page(folder: Path, url: str, charts: int):
    return serving(folder, url, **stock(PLAIN), environment={"NSM_BENCH_CHARTS": str(charts)})


def stock(script: Path) -> dict[str, object]:
    """How to start a script with Streamlit as it comes: no settings of this project."""
    return {
        "command": (
            *(sys.executable, "-m", "streamlit", "run", str(script)),
            *("--server.port", "{port}", "--server.headless", "true"),
            *("--browser.gatherUsageStats", "false", "--server.address", "127.0.0.1"),
        ),
        "directory": script.parent,
    }


def warm(server: Server, page: str = "") -> View:
    for _ in range(WARM):
        seen = visit(server.port, page)
        if seen.errors:
            raise RuntimeError(f"page {page!r} shows an error: {seen.errors[0]}")
    return seen


def compared(name: str, charts: int, ours: Server, page: str, plain: Server) -> dict[str, object]:
    pairs = [
        (cpu_a_view(ours, page, VIEWS), cpu_a_view(plain, "", VIEWS // 2)) for _ in range(ROUNDS)
    ]
    value = median(pair[0] for pair in pairs)
    floor = median(pair[1] for pair in pairs)
    return {
        "name": f"server CPU a view: {name}",
        "against": f"a plainly written page, {charts} chart{'s' if charts > 1 else ''}",
        "value": f"{value * 1000:.1f} ms",
        "floor": f"{floor * 1000:.1f} ms",
        "ratio": value / floor,
        "goal": GOAL,
    }


def cpu_a_view(server: Server, page: str, views: int) -> float:
    before = cpu_seconds(server.process.pid)
    for _ in range(views):
        visit(server.port, page)
    return (cpu_seconds(server.process.pid) - before) / views
