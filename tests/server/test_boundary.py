"""When something breaks, a viewer sees one line and an id; the log has the rest."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from nsm.errors import StoreUnavailable
from nsm.server.journal import Discreet, secrets_of


def test_an_unexpected_error_shows_an_id_that_the_log_knows(
    screen: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(engine: object) -> dict[str, int]:
        raise RuntimeError("could not connect with password geheim")

    monkeypatch.setattr("nsm.store.stars.star_versions", broken)
    with caplog.at_level(logging.ERROR, logger="nsm"):
        page = screen("this_week")

    assert len(page.error) == 1
    line = page.error[0].value
    assert "geheim" not in line
    found = re.search(r"under ([0-9a-f]{8})\.", line)
    assert found
    assert found[1] in caplog.text
    assert "could not connect" in caplog.text
    assert not page.exception


def test_a_refusal_of_the_program_is_shown_as_its_own_line(
    screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(engine: object) -> dict[str, int]:
        raise StoreUnavailable("The database *db* does not answer.", "Start it.")

    monkeypatch.setattr("nsm.store.stars.star_versions", away)
    page = screen("data")

    assert [error.value.replace("\\", "") for error in page.error] == [
        "The database *db* does not answer. Start it."
    ]
    assert not page.exception


def test_the_log_never_holds_the_password_of_the_database() -> None:
    url = "postgresql+psycopg://dash:p%40ss%2Fw@db:5432/metrics"
    record = logging.makeLogRecord({"msg": f"failed: {url} with p@ss/w"})
    line = Discreet(url).format(record)
    assert "p@ss/w" not in line
    assert "p%40ss%2Fw" not in line
    assert line.count("***") == 2


def test_a_database_without_a_password_hides_nothing() -> None:
    assert secrets_of("sqlite:////tmp/nsm.db") == ()
    assert secrets_of("mariadb+pymysql://dash@db/metrics") == ()
