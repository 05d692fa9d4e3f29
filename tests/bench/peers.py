"""`make bench-peers`: the wall against what others would put in its place, all in the same run.

Six charts of the same weeks from the same database: a bare Streamlit page, Plotly Dash and Apache
Superset; then a hundred viewers at once against a plainly written Streamlit page. Writes
docs/benchmarks-peers.md; exits 1 when a goal is missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from nsm.periods import today_in
from tests.bench.__main__ import ROOT, line
from tests.bench.bench_pages import PLAIN, plain_page, stock
from tests.bench.bench_wall import CHARTS, milliseconds, row
from tests.bench.viewers import VIEWERS, Crowd, crowd, page, plain_wall, screen_wall
from tests.bench.views import visit
from tests.e2e.browser import chromium
from tests.e2e.serving import Server, answer, serving
from tests.stores import put_demo

ROUNDS, CROWDS = 5, 1
# The lead test is worked out and its libraries are there: what a server is like after a minute.
SETTLED_SECONDS = 25.0
SCRIPTS = PLAIN.parent
DASH = ROOT / ".venv" / "peers" / "bin" / "python"
SUPERSET = ROOT / ".venv" / "superset" / "bin"
HEAD = """# Benchmarks against others

Written by `make bench-peers`: everything in turns in the same run on the same machine. Only the
ratios carry over to another machine. Below the goal is good.
"""


def main() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'nsm.db'}"
        put_demo(url, today_in("UTC"))
        ours = stack.enter_context(serving(folder, url))
        settle(ours)
        times = pictures(folder, url, ours)
        crowds = viewers(folder, url, ours)
    peers = {name: took for name, took in times.items() if not name.startswith("/wall")}
    fastest = min(peers, key=lambda name: median(peers[name]))
    bare = "a bare Streamlit page"
    rows = [
        row("complete picture: /wall", bare, median(times["/wall"]), median(times[bare]), 1.1),
        row(
            "complete picture: /wall.html",
            f"the fastest peer, {fastest}",
            median(times["/wall.html"]),
            median(times[fastest]),
            0.1,
        ),
        *(crowded(name, crowds[name], crowds["plain"]) for name in ("/wall.html", "/wall")),
        *(weighed(name, crowds[name]) for name in ("/wall.html", "/wall")),
    ]
    text = written(times, rows)
    (ROOT / "docs" / "benchmarks-peers.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if "missed" in text else 0


def settle(server: Server) -> None:
    """The first views of each page, and the time until nothing is worked out any more."""
    for _ in range(3):
        answer(f"{server.url}/wall.html?stars=music")
        visit(server.port, "wall")
    time.sleep(SETTLED_SECONDS)


def pictures(folder: Path, url: str, ours: Server) -> dict[str, list[float]]:
    """Milliseconds to the complete picture, a cold profile each time, by page."""
    with ExitStack() as stack:
        lean = stack.enter_context(serving(folder, url, **stock(SCRIPTS / "lean.py")))  # type: ignore[arg-type]
        asked = {
            "/wall.html": f"{ours.url}/wall.html?stars=music",
            "/wall": f"{ours.url}/wall?star=music",
            "a bare Streamlit page": lean.url,
        }
        asked["Plotly Dash"] = stack.enter_context(dashing(folder, url)).url
        asked["Apache Superset"] = stack.enter_context(superset(folder, url))
        browser = stack.enter_context(chromium())
        for one in asked.values():
            milliseconds(browser, one)
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, one in asked.items():
                times[name].append(milliseconds(browser, one))
        return times


@contextmanager
def dashing(folder: Path, url: str) -> Iterator[Server]:
    command = (str(DASH), "dashing.py", "{port}")
    with serving(folder, url, command=command, directory=SCRIPTS, health="/_dash-layout") as found:
        yield found


@contextmanager
def superset(folder: Path, url: str) -> Iterator[str]:
    """A dashboard of six charts, made by superset_charts.py, that anybody may see."""
    environment = {
        "SUPERSET_CONFIG_PATH": str(SCRIPTS / "superset_settings.py"),
        "SUPERSET_HOME": str(folder),
        "NSM_DATABASE_URL": url,
        "FLASK_APP": "superset",
    }
    for step in (
        ["superset", "db", "upgrade"],
        ["superset", "init"],
        ["python", "superset_charts.py"],
    ):
        done = subprocess.run(
            [str(SUPERSET / step[0]), *step[1:]],
            cwd=SCRIPTS,
            env=os.environ | environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(step)}: {done.stderr[-2000:]}")
    command = (str(SUPERSET / "superset"), "run", "-p", "{port}", "--with-threads")
    with serving(
        folder,
        url,
        command=command,
        directory=SCRIPTS,
        environment=environment,
        health="/health",
    ) as found:
        yield f"{found.url}/superset/dashboard/six/?standalone=1"


def viewers(folder: Path, url: str, ours: Server) -> dict[str, Crowd]:
    """The middle one of several crowds at each page; the plainly written page has one."""
    found = {}
    for name, view in (("/wall.html", plain_wall), ("/wall", screen_wall)):
        crowd(ours, view)
        crowds = [crowd(ours, view) for _ in range(CROWDS)]
        found[name] = sorted(crowds, key=lambda one: one.p95)[CROWDS // 2]
    with plain_page(folder, url, CHARTS) as plain:
        visit(plain.port)
        found["plain"] = crowd(plain, page)
    return found


def crowded(name: str, ours: Crowd, plain: Crowd) -> dict[str, object]:
    return {
        "name": f"{VIEWERS} viewers at once, {len(ours.seconds)} answered, p95: {name}",
        "against": f"a plainly written Streamlit page, {len(plain.seconds)} answered",
        "value": f"{ours.p95:.2f} s",
        "floor": f"{plain.p95:.1f} s",
        "ratio": ours.p95 / plain.p95 if not ours.failed else float("inf"),
        "goal": 0.025,
    }


def weighed(name: str, ours: Crowd) -> dict[str, object]:
    return {
        "name": f"memory of the server a viewer: {name}",
        "against": "1 MB",
        "value": f"{ours.growth:.3f} MB",
        "floor": "1 MB",
        "ratio": max(ours.growth, 0.0),
        "goal": 1.0,
    }


def written(times: dict[str, list[float]], rows: list[dict[str, object]]) -> str:
    """The page: the time of each picture, then the ratios that are promised."""
    lines = [
        HEAD,
        f"Time from navigation to the complete picture, cold browser, {ROUNDS} rounds:\n",
        "| page | median | fastest |\n|---|---|---|",
        *(
            f"| {name} | {median(took):.0f} ms | {min(took):.0f} ms |"
            for name, took in times.items()
        ),
        "\n| what | against | this | floor | ratio | goal | |\n|---|---|---|---|---|---|---|",
        *(line(one) for one in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
