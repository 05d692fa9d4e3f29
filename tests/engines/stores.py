"""The store on each engine, empty for each test: the tables are made once a session and engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.store.engine import open_store
from nsm.store.schema import metadata
from tests.engines.servers import DatabaseServer
from tests.stores import new_store

ENGINES = ("sqlite", "postgresql", "mariadb")
_made: dict[tuple[str, int], sa.Engine] = {}


def store_on(name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[sa.Engine]:
    """An empty store on the engine of that name, for one test."""
    if name == "sqlite":
        engine = new_store(f"sqlite:///{folder / 'nsm.db'}")
        yield engine
        engine.dispose()
        return
    server: DatabaseServer = request.getfixturevalue(f"{name}_server")
    made = _made.get((name, server.port))
    if made is None:
        made = _made[name, server.port] = open_store(server.new_database())
    empty(made)
    yield made
    made.dispose()


def empty(engine: sa.Engine) -> None:
    """Take every row out of a store; the tables stay."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
