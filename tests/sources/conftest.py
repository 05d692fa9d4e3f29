"""Every engine filled with the same rows, once a test session."""

from __future__ import annotations

import pytest

from tests.sources.plays import ENGINES, make_source


@pytest.fixture(scope="session", params=ENGINES)
def source_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the plays in each engine."""
    return make_source(request.param, tmp_path_factory.mktemp(request.param), request)
