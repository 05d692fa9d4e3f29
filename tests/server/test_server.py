"""The real server, asked over HTTP: health, headers, hosts, and what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import websockets

from nsm.periods import DAY, today_in
from nsm.server.guard import security_headers
from tests.awaited import awaited
from tests.e2e.serving import Server, answer, serving

PASSWORD = "geheim-7"


def test_healthz_tells_the_newest_day_of_each_star(server: Server) -> None:
    status, headers, body = answer(f"{server.url}/healthz")
    assert status == 200
    assert headers["cache-control"] == "no-store"
    yesterday = (today_in("UTC") - DAY).isoformat()
    assert json.loads(body) == {"status": "ok", "newest": {"shop": yesterday}}


@pytest.mark.parametrize(
    "path", ["/", "/wall", "/healthz", "/_stcore/health", "/_stcore/host-config", "/nowhere"]
)
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    _, headers, _ = answer(server.url + path)
    for name, value in security_headers().items():
        assert headers[name] == value
    assert "server" not in headers


def test_a_name_that_is_no_page_leads_to_the_first_one_which_is_told(server: Server) -> None:
    _, _, first = answer(f"{server.url}/?star=shop")
    status, _, body = answer(f"{server.url}/nowhere?star=shop&page=x")
    assert (status, body) == (200, first), "the dashboard's own index page, not Streamlit's"
    assert answer(f"{server.url}/robots.txt")[2] != first, "a file is no page"


def test_a_foreign_host_name_is_refused_in_one_line(server: Server) -> None:
    status, headers, body = answer(f"{server.url}/", {"Host": "evil.example"})
    assert status == 400
    assert "NSM_ALLOWED_HOSTS" in body
    assert len(body.splitlines()) == 1
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "origin", "accepted"),
    [
        ("localhost", "http://localhost:{port}", True),
        ("evil.example", "http://evil.example", False),
        ("localhost:{port}", "http://evil.example", False),
    ],
)
def test_the_websocket_has_the_same_door(
    server: Server, host: str, origin: str, accepted: bool
) -> None:
    async def status() -> int:
        try:
            async with websockets.connect(
                f"ws://localhost:{server.port}/_stcore/stream",
                origin=websockets.Origin(origin.format(port=server.port)),
                additional_headers=None,
                host="127.0.0.1",
                port=server.port,
            ):
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    assert awaited(status()) == (101 if accepted else 403)


def test_the_file_name_of_the_first_screen_leads_home(server: Server) -> None:
    status, _, body = answer(f"{server.url}/this_week?star=shop")
    assert status == 200
    assert "<title>North Star</title>" in body


def test_the_address_is_printed_and_nothing_is_looked_up_for_it(server: Server) -> None:
    assert f"http://localhost:{server.port}" in server.log()
    assert "Network URL" not in server.log()
    assert "External URL" not in server.log()


def test_without_a_database_health_is_503_in_one_line_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://dash:{PASSWORD}@127.0.0.1:9/metrics"
    with serving(tmp_path, url) as server:
        status, _, body = answer(f"{server.url}/healthz")
        assert status == 503
        told = json.loads(body)
        assert told["status"] == "unavailable"
        assert len(told["error"].splitlines()) == 1
        assert "Traceback" not in body
        assert PASSWORD not in body + server.log()


def test_a_database_of_something_else_is_503_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "holiday.db"
    file.write_bytes(b"not a database at all" * 100)
    with serving(tmp_path, f"sqlite:///{file}") as server:
        assert answer(f"{server.url}/healthz")[0] == 503
    assert file.read_bytes() == b"not a database at all" * 100


def test_uvicorn_alone_serves_the_same(tmp_path: Path, shop_url: str) -> None:
    command = (sys.executable, "-m", "uvicorn", "app:app", "--port", "{port}")
    with serving(tmp_path, shop_url, command=command) as server:
        assert answer(f"{server.url}/healthz")[0] == 200
        _, headers, body = answer(f"{server.url}/wall")
        assert "<title>North Star</title>" in body
        assert "server" not in headers
        assert "content-security-policy" in headers


def test_below_a_path_every_screen_has_its_address(tmp_path: Path, shop_url: str) -> None:
    command = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}")
    below = (*command, "--server.baseUrlPath", "star")
    with serving(tmp_path, shop_url, command=below, health="/star/_stcore/health") as server:
        for path in ("/star/", "/star/wall", "/star/this_week?star=shop"):
            status, _, body = answer(server.url + path)
            assert status == 200
            assert "<title>North Star</title>" in body
        assert answer(f"{server.url}/star/_stcore/host-config")[0] == 200


def test_a_broken_secrets_file_ends_the_start_with_one_line(tmp_path: Path) -> None:
    home = tmp_path / "copy"
    (home / ".streamlit").mkdir(parents=True)
    (home / ".streamlit" / "secrets.toml").write_text(f"[connections.nsm\nurl = '{PASSWORD}'")
    code = "import nsm.config as c, pathlib, sys; c.ROOT = pathlib.Path(sys.argv[1]); import app"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).resolve().parent.parent.parent,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.strip().count("\n") == 0
    assert "secrets.toml" in ended.stderr
    assert PASSWORD not in ended.stderr
