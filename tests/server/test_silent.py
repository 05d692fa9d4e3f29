"""A database that says nothing: every answer still comes, in bounded time and one line."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nsm.periods import DAY, today_in
from nsm.server.desk import MOST_AT_WORK, Desk, Silent
from nsm.server.editions import VERSIONS_KEPT_SECONDS
from tests.awaited import awaited
from tests.conftest import fill
from tests.e2e.proxy import Proxy, Silence
from tests.e2e.serving import answer, serving
from tests.engines.servers import DatabaseServer

# The deadline is three seconds; the rest is for a machine that is busy with other tests.
BOUND_SECONDS = 15.0
ASKED = ("healthz", "wall.html", "wall/beat", "api/v1/stars", "badge/shop.svg")


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mariadb+pymysql"])
def test_a_database_that_never_answers_is_503(tmp_path: Path, driver: str) -> None:
    with Silence() as database:
        url = f"{driver}://dash:geheim@127.0.0.1:{database.port}/metrics"
        with serving(tmp_path, url) as server, ThreadPoolExecutor(len(ASKED) + 1) as viewers:
            begun = time.monotonic()
            counts = viewers.submit(answer, f"{server.url}/metrics")
            for path, (status, _, body) in zip(
                ASKED, viewers.map(lambda path: answer(f"{server.url}/{path}"), ASKED), strict=True
            ):
                assert status == 503, path
                assert "geheim" not in body
            assert counts.result()[0] == 200
            assert "nsm_up 0" in counts.result()[2]
            assert time.monotonic() - begun < BOUND_SECONDS


def test_a_database_that_falls_silent_is_503_and_heard_again_at_once(
    tmp_path: Path, postgresql_server: DatabaseServer
) -> None:
    with Proxy(postgresql_server.port) as network:
        own = postgresql_server.new_database()
        url = own.replace(f":{postgresql_server.port}/", f":{network.port}/")
        today = today_in("UTC")
        fill(own, until=today - DAY, today=today)
        with serving(tmp_path, url) as server:
            assert answer(f"{server.url}/wall/beat?stars=shop")[0] == 200
            network.swallow()
            time.sleep(VERSIONS_KEPT_SECONDS + 0.1)
            for _ in range(3):
                begun = time.monotonic()
                status, _, body = answer(f"{server.url}/wall/beat?stars=shop")
                assert (status, "error" in json.loads(body)) == (503, True)
                assert time.monotonic() - begun < BOUND_SECONDS
            network.mend()
            assert answer(f"{server.url}/wall/beat?stars=shop")[0] == 200


def test_many_who_ask_at_once_are_one_piece_of_work() -> None:
    done = []

    def work() -> int:
        time.sleep(0.05)
        done.append(1)
        return 7

    async def many(desk: Desk) -> list[int]:
        return await asyncio.gather(*(desk.answer("it", work, 5.0) for _ in range(50)))

    assert awaited(many(Desk())) == [7] * 50
    assert len(done) == 1


def test_stuck_work_costs_a_bounded_number_of_threads_and_is_hung_up() -> None:
    freed, hung = threading.Event(), []

    def hang_up(thread: int) -> None:
        hung.append(thread)

    desk = Desk(hang_up)
    before = threading.active_count()

    async def ask(number: int) -> None:
        with pytest.raises(Silent):
            await desk.answer(("stuck", number), freed.wait, 0.02)

    async def everybody() -> None:
        for number in range(3 * MOST_AT_WORK):
            await ask(number)

    awaited(everybody())
    assert threading.active_count() - before <= MOST_AT_WORK
    assert len(hung) == MOST_AT_WORK
    freed.set()
    time.sleep(0.1)
    assert awaited(desk.answer("again", lambda: 1, 1.0)) == 1


def test_a_failure_is_told_and_not_kept() -> None:
    desk = Desk()

    def broken() -> int:
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        awaited(desk.answer("it", broken, 1.0))
    assert awaited(desk.answer("it", lambda: 2, 1.0)) == 2
