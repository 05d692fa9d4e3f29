"""Truth under faults: a stale sign within ten seconds of any loss, gone fifteen after it is mended.

A real browser, a real server, and a network between them that can be broken. Each fault is tried
``WALL_FAULTS`` times (one by default); `make faults-wall` tries each of them fifty times.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from nsm.periods import DAY, today_in
from tests.conftest import fill
from tests.e2e.faults import ROUNDS, Restarted, Tally, screens, survives
from tests.e2e.proxy import Proxy
from tests.e2e.serving import Server
from tests.engines.servers import DatabaseServer

pytestmark = pytest.mark.e2e

# Cut and stopped are much like killed and swallowed: `make faults-wall` alone tries them too.
LOSSES = {"swallow": "every packet swallowed"} | (
    {} if ROUNDS == 1 else {"cut": "connections cut", "stop": "server stopped"}
)


@pytest.mark.parametrize("fault", LOSSES)
def test_a_lost_network_or_a_stopped_server_is_told_and_forgotten(
    browser: Browser, server: Server, tally: Tally, fault: str
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
        tally.rounds(LOSSES[fault], lambda _: survives(views, lose, mend))


def test_a_killed_server_comes_back_by_itself(
    browser: Browser, shop_url: str, tmp_path: Path, tally: Tally
) -> None:
    with Restarted(tmp_path, shop_url) as server, screens(browser, server.url) as views:
        # The clock of "back" starts when the server answers again.
        tally.rounds(
            "server killed and restarted", lambda _: survives(views, server.kill, server.start)
        )


def test_a_database_that_is_gone_is_told_and_forgotten(
    browser: Browser, tmp_path: Path, postgresql_server: DatabaseServer, tally: Tally
) -> None:
    own = postgresql_server.new_database()
    today = today_in("UTC")
    fill(own, until=today - DAY, today=today)
    with Proxy(postgresql_server.port) as network:
        url = own.replace(f":{postgresql_server.port}/", f":{network.port}/")
        with Restarted(tmp_path, url) as server, screens(browser, server.url) as views:
            tally.rounds(
                "database silent, or gone, and back",
                lambda round_: survives(
                    views, network.cut if round_ % 2 else network.swallow, network.mend
                ),
            )
