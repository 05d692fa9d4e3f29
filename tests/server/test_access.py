"""Keys of screens at the real server: who is let in, and that a key stays where it belongs."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsm.config import read_settings
from nsm.errors import ConfigError
from nsm.periods import DAY, today_in
from nsm.server.door import FRESH_SECONDS
from nsm.store.engine import open_store
from nsm.store.screens import add_screen, list_screens, revoke_screen
from tests.conftest import fill
from tests.e2e.serving import Server, serving

NOW = dt.datetime(2026, 11, 18, 8, 41)  # noqa: DTZ001 -- the store keeps UTC without a zone
CLOSED = (
    "/wall.html",
    "/wall/beat",
    "/badge/shop.svg",
    "/spark/shop.svg",
    "/api/v1/stars",
    "/api/v1/stars/shop/review",
    "/api/v1/openapi.json",
    "/metrics",
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server that asks for keys and writes a log of requests, and the address of its store."""
    folder = tmp_path_factory.mktemp("closed")
    url = f"sqlite:///{folder / 'nsm.db'}"
    today = today_in("UTC")
    fill(url, until=today - DAY, today=today)
    command = (sys.executable, "-m", "uvicorn", "app:app", "--port", "{port}")
    setting = {"NSM_WALL_ACCESS": "token"}
    with serving(folder, url, command=command, environment=setting) as server:
        yield server, url


def ask(server: Server, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=30)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, response.headers, body


def new_key(url: str, query: str = "stars=shop") -> str:
    engine = open_store(url)
    token = add_screen(engine, "Kitchen", query, NOW)
    engine.dispose()
    return token


@pytest.mark.parametrize("path", CLOSED)
def test_without_a_key_nothing_is_shown(closed: tuple[Server, str], path: str) -> None:
    server, _ = closed
    for headers in ({}, {"Cookie": "nsm_screen=guess"}, {"Authorization": "Bearer guess"}):
        status, _, body = ask(server, path, **headers)
        assert status == 403
        assert "Orders" not in body
        assert "shop" not in body
        assert "The Screens page makes a new one" in body


def test_a_key_becomes_a_cookie_and_leads_to_its_screen(closed: tuple[Server, str]) -> None:
    server, url = closed
    token = new_key(url, "stars=shop&theme=day")
    status, headers, body = ask(server, f"/k/{token}")

    assert status == 303
    assert headers["location"] == "../wall.html?stars=shop&theme=day"
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert token not in body + headers["location"]
    assert "Secure" in ask(server, f"/k/{token}", **{"X-Forwarded-Proto": "https"})[1]["set-cookie"]

    shown = {"Cookie": cookie.partition(";")[0]}
    status, _, page = ask(server, "/wall.html?stars=shop", **shown)
    assert status == 200
    assert "Orders" in page
    assert token not in page
    assert ask(server, "/api/v1/stars", Authorization=f"Bearer {token}")[0] == 200


def test_the_log_of_requests_has_no_key(closed: tuple[Server, str]) -> None:
    server, url = closed
    token = new_key(url)
    ask(server, f"/k/{token}?x=1")
    ask(server, f"/k/{token[:-1]}%41/more")
    log = server.log()
    assert "/k/***" in log
    assert token not in log
    assert token[:-1] not in log


def test_a_wrong_key_is_refused_without_repeating_it(closed: tuple[Server, str]) -> None:
    server, _ = closed
    status, headers, body = ask(server, "/k/not-a-key-of-anybody")
    assert status == 403
    assert "set-cookie" not in headers
    assert "not-a-key" not in body


def test_a_revoked_key_is_bad_within_a_minute_and_the_script_is_told(
    closed: tuple[Server, str],
) -> None:
    server, url = closed
    token = new_key(url)
    shown = {"Cookie": f"nsm_screen={token}"}
    # The keys known to the server may be a few seconds old.
    begun = time.monotonic()
    while ask(server, "/wall/beat", **shown)[0] != 200:
        assert time.monotonic() - begun < FRESH_SECONDS + 5
        time.sleep(0.2)
    engine = open_store(url)
    revoke_screen(engine, list_screens(engine)[0].id, NOW)
    engine.dispose()
    begun = time.monotonic()
    while ask(server, "/wall/beat", **shown)[0] == 200:
        assert time.monotonic() - begun < 20
        time.sleep(0.2)
    status, _, body = ask(server, "/wall/beat", **shown)
    assert (status, json.loads(body)["closed"]) == (403, True)


def test_an_access_that_does_not_exist_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="NSM_WALL_ACCESS"):
        read_settings({"NSM_WALL_ACCESS": "everybody"}, tmp_path / "none")
    assert read_settings({"NSM_WALL_ACCESS": " Token "}, tmp_path / "none").wall_access == "token"
    assert read_settings({}, tmp_path / "none").wall_access == "open"
