"""Which hosts are answered, and what the content policy says."""

from __future__ import annotations

import pytest

from nsm.server.entry import index_page, script_hashes
from nsm.server.guard import host_allowed, security_headers

NAMES = ("localhost", "127.0.0.1", "[::1]", "dash.example.com", "*.team.example.com")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LOCALHOST:8501",
        "localhost.",
        "127.0.0.1:80",
        "[::1]",
        "[::1]:8501",
        "dash.example.com",
        "wall.team.example.com:443",
    ],
)
def test_named_hosts_are_answered(host: str) -> None:
    assert host_allowed(host, NAMES)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "evil.example:localhost",
        "localhost@evil.example",
        "localhost:99999999",
        "localhost/",
        "localhost evil",
        "team.example.com",
        "xteam.example.com",
        "dash.example.com.evil.example",
        "[::1",
        "localhost\r\nx: y",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    assert not host_allowed(host, NAMES)


def test_a_star_answers_to_any_host() -> None:
    assert host_allowed("whatever.example", ("*",))


def test_the_policy_has_no_inline_script_no_eval_and_no_foreign_source() -> None:
    policy = security_headers()["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in directives["script-src"]
    assert "unsafe" not in directives["default-src"]
    assert directives["img-src"] == "'self' data: blob:"
    assert "http" not in policy
    assert "*" not in policy


def test_the_only_inline_scripts_are_those_of_the_index_page() -> None:
    assert index_page().count("<script>") == len(script_hashes())
    policy = security_headers()["content-security-policy"]
    assert all(f" {digest}" in policy for digest in script_hashes())
    assert "window.__streamlit" in index_page().split('type="module"')[0]
