"""A Spark cluster for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.spark import Spark, spark
from tests.spark.events import write_lake

EVENTS = 1_000_000


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million events as Parquet files."""
    return write_lake(tmp_path_factory.mktemp("lake"), EVENTS)


@pytest.fixture(scope="session")
def cluster(lake: Path) -> Iterator[Spark]:
    """A master, two workers and a Thrift server that know the events as a table."""
    with spark() as running:
        running.run(f"create table plays using parquet location '{lake}'")
        yield running
