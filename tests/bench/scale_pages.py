"""Pages over a large store against the same pages over a small one: the server's work for a view.

The large store has 200 metrics of 10 years daily beside a shop of 6 metrics and 3 years; the small
one has that shop alone. Both are served and asked in turns. "Again" is a page whose data did not
change, "new data" one after a value was loaded: the caches of that star are empty then. What a
server does until it rests again belongs to the view.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from nsm.ingest import load_file
from nsm.model import Aggregate, Metric, Role, Star
from nsm.periods import today_in
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.bench.bench_pages import SCREENS
from tests.bench.views import cpu_seconds, visit
from tests.e2e.serving import Server, serving

WIDE, LONG = 200, 3_650
SMALL, SHORT = 6, 1_095
ROUNDS, VIEWS = 9, 6
# The seconds of a processor that a server without a visitor takes in a tenth of a second, at most.
IDLE = 0.003


def measure() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="nsm-scale-") as name, ExitStack() as stack:
        folder = Path(name)
        small, large = (f"sqlite:///{folder / one}.db" for one in ("small", "large"))
        for url in (small, large):
            fill(url, "shop", SMALL, SHORT)
        fill(large, "chain", WIDE, LONG)
        servers = {url: stack.enter_context(serving(folder, url)) for url in (small, large)}
        shop, beside, chain = (
            (servers[small], small, "shop", SMALL, SHORT),
            (servers[large], large, "shop", SMALL, SHORT),
            (servers[large], large, "chain", WIDE, LONG),
        )
        for page_name, page in SCREENS.items():
            for fresh in (False, True):
                again = "new data" if fresh else "again"
                yield _row(
                    f"{page_name}, {again}: 3 years beside {WIDE} metrics x 10 years",
                    "the same page on a store without them",
                    *_in_turns(beside, shop, page, fresh=fresh),
                    1.2,
                )
                yield _row(
                    f"{page_name}, {again}: {WIDE} metrics x 10 years",
                    f"{SMALL} metrics x 3 years",
                    *_in_turns(chain, shop, page, fresh=fresh),
                    2.0,
                )


Side = tuple[Server, str, str, int, int]


def fill(url: str, key: str, metrics: int, days: int) -> None:
    """A star, five inputs and candidates, with values that follow a weekday and wander."""
    keys = [f"{key}_{place:03d}" for place in range(metrics)]
    roles = [Role.NORTH_STAR, *[Role.INPUT] * 5, *[Role.CANDIDATE] * (metrics - 6)]
    star = Star(
        key,
        key.title(),
        keys[0],
        tuple(Metric(one, one, role, Aggregate.SUM) for one, role in zip(keys, roles, strict=True)),
    )
    today = today_in("UTC")
    lines = ["date," + ",".join(keys)]
    for place in range(days):
        day = today - dt.timedelta(days=days - place)
        values = (
            f"{500 + 40 * (day.weekday() < 5) + (place * 37 + number * 101) % 97}"
            for number in range(metrics)
        )
        lines.append(f"{day},{','.join(values)}")
    engine = open_store(url)
    save_star(engine, star, today)
    _load(engine, key, "\n".join(lines).encode())
    engine.dispose()


def _load(engine: sa.Engine, key: str, table: bytes) -> None:
    load_file(engine, key, table, source="bench", loaded_by="bench", today=today_in("UTC"))


def _in_turns(ours: Side, floor: Side, page: str, *, fresh: bool) -> tuple[float, float]:
    """Medians of the server's seconds a view, of one and of the other."""
    views = 1 if fresh else VIEWS
    for side in (ours, floor):
        _seconds(side, page, 2, fresh=False)
    pairs = [
        tuple(_seconds(side, page, views, fresh=fresh) for side in (ours, floor))
        for _ in range(ROUNDS)
    ]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


_turn = 0


def _seconds(side: Side, page: str, views: int, *, fresh: bool) -> float:
    global _turn
    server, url, key, _, days = side
    if fresh:
        _turn += 1
        day = today_in("UTC") - dt.timedelta(days=days // 2)
        engine = open_store(url)
        _load(engine, key, f"date,{key}_000\n{day},{600 + _turn}".encode())
        engine.dispose()
    before = _quiet(server)
    for _ in range(views):
        seen = visit(server.port, page, f"star={key}")
        if seen.errors:
            raise RuntimeError(f"page {page!r} shows an error: {seen.errors[0]}")
    return (_quiet(server) - before) / views


def _quiet(server: Server) -> float:
    """The processor time that a server has used when it does nothing any more.

    Some work goes on after a page was sent, and belongs to the view that asked for it.
    """
    used = cpu_seconds(server.process.pid)
    while True:
        time.sleep(0.1)
        before, used = used, cpu_seconds(server.process.pid)
        if used - before < IDLE:
            return used


def _row(name: str, against: str, value: float, floor: float, goal: float) -> dict[str, object]:
    return {
        "name": f"server CPU a view: {name}",
        "against": against,
        "value": f"{value * 1000:.1f} ms",
        "floor": f"{floor * 1000:.1f} ms",
        "ratio": value / floor,
        "goal": goal,
    }
