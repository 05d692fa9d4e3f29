"""Cold start: from starting the process to the first page sent, against a bare Streamlit app.

Twice: to the answer - the star and its inputs, results and guardrails drawn - and to the end of the
page, which asks the lead test why the star moved and forecasts what is coming.
"""

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
# The charts that come after the answer.
AFTER = ("why_week", "why_year", "outlook_fan")


def measure() -> list[dict[str, object]]:
    """Two rows: seconds from process start, ours over the bare app's whole page."""
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
    answer, whole = (median(pair[0][part] for pair in pairs[1:]) for part in (0, 1))
    floor = median(pair[1][1] for pair in pairs[1:])
    against = "a bare Streamlit app with one chart"
    return [
        {
            "name": name,
            "against": against,
            "value": f"{value:.2f} s",
            "floor": f"{floor:.2f} s",
            "ratio": value / floor,
            "goal": GOAL,
        }
        for name, value in (
            ("cold start to the answer: the star, its inputs and results drawn", answer),
            ("cold start to the end of the first page, lead test and forecasts included", whole),
        )
    ]


def first_page(folder: Path, url: str, script: Path | None = None) -> tuple[float, float]:
    """Seconds from starting a server to the answer, and to the end of the first script run."""
    start = time.perf_counter()
    with started(folder, url, **(stock(script) if script else {})) as server:
        seen = wait_for_view(server.port)
        whole = time.perf_counter() - start
    if seen.errors or not seen.charts:
        raise RuntimeError(f"the first page is not right: {seen}")
    if script:
        return whole, whole
    before = [moment for key, moment in seen.drawn.items() if key not in AFTER]
    if len(before) + len(AFTER) != len(seen.drawn):
        raise RuntimeError(f"the first page has other charts: {sorted(seen.drawn)}")
    return max(before) - start, whole
