"""The star of the address, kept from run to run; what a page says without any star."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from nsm.store.engine import open_store
from nsm.store.stars import save_star
from nsm.ui.page import engine
from tests.conftest import SHOP, TODAY

Screen = Callable[..., AppTest]
OTHER = dataclasses.replace(SHOP, key="a_first", name="First")


def in_address(page: AppTest) -> str | None:
    found = page.query_params.get("star")
    return found[0] if isinstance(found, list) else found


def test_without_a_star_every_screen_says_what_to_do(screen: Screen) -> None:
    for name in ("this_week", "inputs", "leads", "data"):  # the wall frames a page of its own
        page = screen(name)
        assert not page.exception
        assert not page.error
        assert "No star yet" in [header.value for header in page.header]
        if name == "data":
            assert page.button, "the data screen fills the store itself"
        else:
            assert any("nsm demo" in code.value for code in page.code), name


def test_the_address_chooses_the_star_by_its_key(database: str, screen: Screen) -> None:
    store = open_store(database)
    save_star(store, OTHER, TODAY)
    save_star(store, SHOP, TODAY)
    assert screen("data").selectbox(key="star").value == "a_first"
    page = screen("data", star="shop")
    assert page.selectbox(key="star").value == "shop"
    assert in_address(page) == "shop"


def test_every_link_names_its_star_also_the_default(database: str, screen: Screen) -> None:
    store = open_store(database)
    save_star(store, OTHER, TODAY)
    save_star(store, SHOP, TODAY)
    page = screen("data")
    assert in_address(page) == "a_first"
    page.selectbox(key="star").set_value("shop").run()
    assert in_address(page) == "shop"
    page.selectbox(key="star").set_value("a_first").run()
    assert in_address(page) == "a_first"


def test_an_unknown_star_in_the_address_is_named_and_replaced(
    database: str, screen: Screen
) -> None:
    save_star(open_store(database), SHOP, TODAY)
    page = screen("data", star="<i>gone</i>")
    assert page.selectbox(key="star").value == "shop"
    assert page.warning[0].value.replace("\\", "").startswith("There is no star “<i>gone</i>”")
    assert in_address(page) == "shop"


def test_a_star_that_is_deleted_while_it_is_looked_at_gives_way(
    database: str, screen: Screen
) -> None:
    from nsm.store.stars import delete_star

    store = open_store(database)
    save_star(store, OTHER, TODAY)
    save_star(store, SHOP, TODAY)
    page = screen("data", star="shop")
    delete_star(store, "shop")
    page.run()
    assert not page.error
    assert page.selectbox(key="star").value == "a_first"


def test_one_engine_serves_every_viewer(database: str) -> None:
    assert engine() is engine()
