"""Cold start: from starting the process to the first page sent, against a bare Streamlit app."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from nsm.demo import fill_demo
from nsm.periods import today_in
from nsm.store.engine import open_store
from tests.bench.bench_pages import stock
from tests.bench.views import wait_for_view
from tests.e2e.serving import started

BARE = Path(__file__).resolve().parent / "plain" / "bare.py"
ROUNDS = 5
GOAL = 1.5


def measure() -> list[dict[str, object]]:
    """One row: seconds from process start to the first page, ours over the bare app's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'nsm.db'}"
        engine = open_store(url)
        fill_demo(engine, today_in("UTC"))
        engine.dispose()
        # The first of each is thrown away: it may compile bytecode and fill the disk's cache.
        pairs = [
            (first_page(folder, url), first_page(folder, url, BARE)) for _ in range(ROUNDS + 1)
        ]
    value = median(pair[0] for pair in pairs[1:])
    floor = median(pair[1] for pair in pairs[1:])
    return [
        {
            "name": "cold start to the first page",
            "against": "a bare Streamlit app with one chart",
            "value": f"{value:.2f} s",
            "floor": f"{floor:.2f} s",
            "ratio": value / floor,
            "goal": GOAL,
        }
    ]


def first_page(folder: Path, url: str, script: Path | None = None) -> float:
    """Seconds from starting a server to the end of the first script run of a first viewer."""
    start = time.perf_counter()
    with started(folder, url, **(stock(script) if script else {})) as server:
        seen = wait_for_view(server.port)
        took = time.perf_counter() - start
    if seen.errors or not seen.charts:
        raise RuntimeError(f"the first page is not right: {seen}")
    return took
