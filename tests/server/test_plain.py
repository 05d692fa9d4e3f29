"""The plain routes of the real server: what they answer, and that they answer it once."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from nsm.cli import nsm
from nsm.server.entry import hash_of
from nsm.wall import script
from tests.e2e.serving import Server, answer, serving

STARRED = ("badge/{}.svg", "spark/{}.svg", "api/v1/stars/{}/review", "api/v1/stars/{}/leads")
ROUTES = ("wall.html", "wall.js", "api/v1/stars", "api/v1/openapi.json", *STARRED)
# The text format of Prometheus, line by line (prometheus.io/docs/instrumenting/exposition_formats).
SAMPLE = re.compile(
    r'[a-zA-Z_:][\w:]*(\{[a-zA-Z_]\w*="([^"\\\n]|\\[\\"n])*"\})? '
    r"[-+]?(\d+(\.\d*)?(e[-+]?\d+)?|Inf|NaN)"
)


def ask(server: Server, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=30)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    response.body = response.read()  # type: ignore[attr-defined]
    connection.close()
    return response


@pytest.mark.parametrize("route", ROUTES)
def test_what_did_not_change_is_not_sent_again(server: Server, route: str) -> None:
    path = f"/{route.format('shop')}"
    first = ask(server, "GET", path)
    assert first.status == 200, first.body  # type: ignore[attr-defined]
    tag = first.headers["etag"]
    # The clearest lead may just have been found: then the wall is another picture.
    second = ask(server, "GET", path, **{"If-None-Match": f'"other", W/{tag}'})
    assert second.status == 304 or (route == "wall.html" and second.headers["etag"] != tag)
    assert ask(server, "GET", path, **{"If-None-Match": "*"}).status == 304
    head = ask(server, "HEAD", path)
    assert head.status == 200
    assert head.headers["content-length"] != "0"
    assert head.body == b""  # type: ignore[attr-defined]
    assert ask(server, "POST", path).status == 405


def test_the_wall_is_small_and_whole(server: Server) -> None:
    status, headers, page = answer(f"{server.url}/wall.html?stars=shop")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert len(page.encode()) < 60_000
    assert "Orders" in page
    assert "week of" in page
    assert re.findall(r"<script.*?</script>", page, re.S) == [f"<script>{script()}</script>"]
    assert hash_of(script()) in headers["content-security-policy"], "and the policy allows it"
    beat = json.loads(answer(f"{server.url}/wall/beat?stars=shop")[2])
    assert [one["star"] for one in beat["pictures"]] == ["shop"]
    assert answer(f"{server.url}/{beat['pictures'][0]['href']}")[0] == 200


@pytest.mark.parametrize("route", STARRED)
def test_a_star_that_is_not_there_is_404_in_one_line(server: Server, route: str) -> None:
    status, _, body = answer(f"{server.url}/{route.format('nope')}")
    assert status == 404
    assert "There is no star" in body
    assert "shop" in body, "the line names the stars there are"
    assert len(body.splitlines()) == 1


@pytest.mark.parametrize("picture", ["badge", "spark"])
def test_a_picture_needs_no_ending(server: Server, picture: str) -> None:
    status, headers, body = answer(f"{server.url}/{picture}/shop")
    assert status == 200
    assert headers["content-type"].startswith("image/svg+xml")
    assert body == answer(f"{server.url}/{picture}/shop.svg")[2]


def test_an_empty_database_has_no_stars_however_often_it_is_asked(tmp_path: Path) -> None:
    with serving(tmp_path, f"sqlite:///{tmp_path / 'nsm.db'}") as server:
        for _ in range(2):
            status, _, body = answer(f"{server.url}/api/v1/stars")
            assert (status, json.loads(body)) == (200, [])


@pytest.mark.parametrize("path", ["api/", "api/v1/", "api/v1/star", "api/v1/stars/shop/review/x"])
def test_an_answer_that_is_not_there_is_404_and_no_page(server: Server, path: str) -> None:
    status, headers, body = answer(f"{server.url}/{path}")
    assert status == 404
    assert headers["content-type"] == "application/json"
    assert "api/v1/openapi.json" in json.loads(body)["error"]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("wall.html?theme=pink", "theme"),
        ("wall.html?seconds=0", "seconds"),
        ("wall.html?order=weeks,money", "money"),
        ("wall/beat?scale=9999", "scale"),
        ("api/v1/stars/shop/review?week_ending=yesterday", "yesterday"),
        ("api/v1/stars/shop/review?week_ending=2026-11-18", "2026-11-18"),
        ("api/v1/stars/shop/review?months=lunar", "lunar"),
        ("api/v1/stars/shop/leads?max_lag=0", "max_lag"),
        ("api/v1/stars/shop/leads?max_lag=1&max_lag=2", "max_lag"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_400_and_named(
    server: Server, path: str, named: str
) -> None:
    status, _, body = answer(f"{server.url}/{path}")
    assert status == 400
    assert named in body
    assert "Traceback" not in body


def test_the_answers_are_the_very_json_of_the_command_line(server: Server, shop_url: str) -> None:
    shell = CliRunner(env={"NSM_DATABASE_URL": shop_url})
    for path, command in (
        ("api/v1/stars", ["stars"]),
        ("api/v1/stars/shop/review?months=fiscal", ["review", "--star=shop", "--months=fiscal"]),
        ("api/v1/stars/shop/leads?max_lag=3", ["leads", "--star=shop", "--max-lag=3"]),
    ):
        printed = shell.invoke(nsm, [*command, "--json"], catch_exceptions=False)
        assert answer(f"{server.url}/{path}")[2] == printed.stdout


def test_badge_and_spark_are_pictures_that_say_value_direction_and_age(server: Server) -> None:
    for name in ("badge", "spark"):
        _, headers, text = answer(f"{server.url}/{name}/shop.svg")
        assert headers["content-type"] == "image/svg+xml"
        title = ElementTree.fromstring(text).find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text is not None
        assert "Orders: " in title.text
        assert "data to" in title.text
    assert re.search("[▲▼―]", answer(f"{server.url}/badge/shop.svg")[2])


def test_the_counts_are_in_the_format_of_prometheus(server: Server) -> None:
    answer(f"{server.url}/wall.html")
    _, headers, text = answer(f"{server.url}/metrics")
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not SAMPLE.fullmatch(line)] == []
    found = dict(line.rsplit(" ", 1) for line in samples)
    assert found["nsm_up"] == "1"
    assert found['nsm_loads_total{star="shop"}'] == "1"
    assert 0 <= float(found['nsm_newest_observation_age_seconds{star="shop"}']) < 2 * 86_400
    assert float(found['nsm_render_seconds_sum{what="wall"}']) > 0
