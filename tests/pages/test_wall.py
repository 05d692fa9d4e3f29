"""The wall among the screens: a frame with the plain page, whatever the database does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nsm.errors import StoreUnavailable

Screen = Callable[..., AppTest]


def frame(page: AppTest) -> str:
    """The address in the frame."""
    return next(str(one.proto.src) for one in parts(page.main) if one.type == "iframe")


def parts(node: Any) -> list[Any]:
    children = getattr(node, "children", {})
    return [node, *(found for child in children.values() for found in parts(child))]


@pytest.mark.usefixtures("shop")
def test_it_frames_the_plain_page_and_leaves_a_way_out(screen: Screen) -> None:
    page = screen("wall", star="shop")

    assert not page.exception
    assert not page.error
    assert frame(page) == "/wall.html?stars=shop&framed=1"
    assert 'href="./?star=shop"' in page.html[0].value


@pytest.mark.usefixtures("database")
def test_what_the_address_says_goes_along_and_nothing_else_does(screen: Screen) -> None:
    page = screen("wall", stars="shop,b&c", theme="day", embed="true", pin='"><script>')

    assert frame(page) == ("/wall.html?stars=shop,b%26c&theme=day&pin=%22%3E%3Cscript%3E&framed=1")
    assert "<script>" not in page.html[0].value


def test_it_stands_while_the_database_is_away(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(engine: object) -> None:
        raise StoreUnavailable("The database does not answer.", "Is it running?")

    monkeypatch.setattr("nsm.store.stars.star_versions", away)
    page = screen("wall")

    assert not page.error
    assert frame(page) == "/wall.html?framed=1"
