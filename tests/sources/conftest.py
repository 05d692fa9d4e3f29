"""Every engine filled with the same rows, once a test session; and a small source of visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.plays import ENGINES, make_source
from tests.sources.visits import Lake


@pytest.fixture(scope="session", params=ENGINES)
def source_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the plays in each engine."""
    return make_source(request.param, tmp_path_factory.mktemp(request.param), request)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    found = Lake(tmp_path)
    monkeypatch.setenv("LAKE_URL", f"sqlite:///{found.path}")
    yield found
    found.engine.dispose()
