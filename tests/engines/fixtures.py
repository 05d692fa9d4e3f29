"""The servers as fixtures: one of each a test session (a worker), started when first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.engines import servers
from tests.engines.packages import NotInstalled
from tests.engines.servers import DatabaseServer


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[DatabaseServer]:
    """A PostgreSQL of our own; the test is skipped where there is none, under CI it fails."""
    yield from _running(servers.postgresql)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[DatabaseServer]:
    """A MariaDB of our own; the test is skipped where there is none, under CI it fails."""
    yield from _running(servers.mariadb)


def _running(
    start: Callable[[], AbstractContextManager[DatabaseServer]],
) -> Iterator[DatabaseServer]:
    try:
        with start() as server:
            yield server
    except NotInstalled as none:
        if os.environ.get("CI") == "true":
            pytest.fail(str(none))
        pytest.skip(str(none))
