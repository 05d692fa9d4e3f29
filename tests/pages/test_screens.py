"""The Screens page: an address to copy, and keys that are shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nsm.store.engine import open_store
from nsm.store.screens import hash_of, list_screens, open_keys
from tests.pages.test_wall import parts

Screen = Callable[..., AppTest]


def addresses(page: AppTest) -> list[str]:
    return [str(one.value) for one in page.code]


def srcdoc(page: AppTest) -> str:
    return next(str(one.proto.srcdoc) for one in parts(page.main) if one.type == "iframe")


def in_address(page: AppTest, name: str) -> str:
    """What the page's own address says of it; bound widgets leave a list."""
    said = page.query_params[name]
    return said if isinstance(said, str) else ",".join(said)


def chosen(page: AppTest, kind: str, key: str) -> Any:
    return next(one for one in getattr(page, kind) if one.key == key)


@pytest.mark.usefixtures("shop")
def test_what_is_chosen_is_in_the_address_and_in_the_preview(screen: Screen) -> None:
    page = screen("screens", star="shop")
    assert not page.exception
    assert not page.error
    assert addresses(page)[0].endswith("wall.html?stars=shop")
    assert "Orders" in srcdoc(page)
    assert "<script" not in srcdoc(page)

    chosen(page, "number_input", "seconds").set_value(45)
    chosen(page, "selectbox", "pin").set_value("visits")
    page.run()
    assert addresses(page)[0].endswith("wall.html?stars=shop&seconds=45&pin=visits")
    assert "turn-input on" in srcdoc(page)
    assert in_address(page, "pin") == "visits"


@pytest.mark.usefixtures("shop")
def test_the_choices_are_in_the_address_of_the_page_itself(screen: Screen) -> None:
    said = {"order": "lead,weeks", "seconds": "30", "theme": "day", "scale": "90", "pin": "lead"}
    page = screen("screens", star="shop", **said)
    assert not page.exception
    query = "stars=shop&order=lead,weeks&seconds=30&theme=day&scale=90&pin=lead"
    assert addresses(page)[0].endswith(f"wall.html?{query}")

    chosen(page, "multiselect", "order").set_value(["notes"])
    page.run()
    assert in_address(page, "order") == "notes"
    assert addresses(page)[0].endswith(f"wall.html?{query.replace('lead,weeks', 'notes')}")

    odd = screen("screens", star="shop", stars="<b>,shop", order="money", seconds="1", theme="pink")
    assert not odd.exception
    assert addresses(odd)[0].endswith("wall.html?stars=shop")


def test_a_key_is_shown_once_and_ends_when_it_is_revoked(shop: str, screen: Screen) -> None:
    page = screen("screens", star="shop")
    page.text_input[0].set_value("Kitchen *one*")
    page.button[0].click()
    page.run()
    token = addresses(page)[1].rpartition("/k/")[2]
    engine = open_store(shop)
    assert open_keys(engine) == {hash_of(token): "stars=shop"}
    assert r"Kitchen \*one\*" in page.markdown[-1].value

    page.button[1].click()
    page.run()
    assert open_keys(engine) == {}
    assert list_screens(engine)[0].revoked_at is not None
    everything = "".join(str(getattr(one, "proto", "")) for one in parts(page.main))
    assert token not in everything
    engine.dispose()


@pytest.mark.usefixtures("shop")
def test_a_key_without_a_name_is_refused_in_words(screen: Screen) -> None:
    page = screen("screens", star="shop")
    page.button[0].click()
    page.run()
    assert "needs a name" in page.error[0].value
    assert len(addresses(page)) == 1
