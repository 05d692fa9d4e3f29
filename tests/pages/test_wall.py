"""The wall's page in process: what it sends, and what it does when the database does not answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from nsm.errors import StoreUnavailable
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from nsm.wall import wall_of
from tests.conftest import SHOP, TODAY, fill

Screen = Callable[..., AppTest]


@pytest.mark.usefixtures("shop")
def test_it_sends_the_picture_and_the_heartbeat_and_nothing_else(screen: Screen) -> None:
    page = screen("wall")

    assert not page.exception
    assert not page.error
    picture, beat = (part.value for part in page.html)
    assert "Orders" in picture
    assert "week of 9 Nov" in picture
    assert 'href="./?star=shop"' in picture
    assert "live" in beat
    assert len(page.main.children) == 1, "nothing stands beside the wall"


@pytest.mark.usefixtures("shop")
def test_a_beat_sends_the_same_picture_and_a_new_heartbeat(screen: Screen) -> None:
    page = screen("wall")
    before = [part.value for part in page.html]
    page.run()

    assert page.html[0].value == before[0]


def test_old_data_are_shown_as_old(database: str, screen: Screen) -> None:
    fill(database, until=TODAY - dt.timedelta(days=9), today=TODAY - dt.timedelta(days=8))
    page = screen("wall")

    assert "data to Mon 9 Nov, 7 days late" in page.html[0].value
    assert "week of 2 Nov" in page.html[0].value


@pytest.mark.usefixtures("shop")
def test_when_the_database_is_silent_the_last_picture_stays_and_says_so(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = screen("wall")
    before = page.html[0].value

    def silent(*_: object) -> None:
        raise StoreUnavailable("The database does not answer.", "Is it running?")

    monkeypatch.setattr("nsm.ui.wall.edition", silent)
    page.run()

    assert page.html[0].value == before
    assert "The database does not answer. What you see may be old." in page.html[1].value
    monkeypatch.undo()


@pytest.mark.usefixtures("shop")
def test_a_mistake_of_the_program_shows_a_log_id_and_no_trace(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("nsm.ui.wall.edition", broken)
    page = screen("wall")

    assert not page.exception
    assert "log " in page.html[0].value
    assert "secret" not in page.html[0].value


def test_a_star_without_data_says_where_to_load_some(database: str, screen: Screen) -> None:
    save_star(open_store(database), SHOP, TODAY)
    page = screen("wall")

    assert "No data yet. Load some on the Data page." in page.html[0].value


def test_two_hundred_inputs_are_drawn(database: str) -> None:
    import dataclasses

    from nsm.answers import histories
    from nsm.model import Aggregate, Metric, Role
    from nsm.wall import wall_picture

    many = tuple(Metric(f"m{n}", f"M {n}", Role.INPUT, Aggregate.SUM) for n in range(200))
    star = dataclasses.replace(SHOP, metrics=(SHOP.metrics[0], *many))
    engine = open_store(database)
    save_star(engine, star, TODAY)
    known = histories(engine, "shop", TODAY)
    found = wall_picture(wall_of(known.star, known.weeks, known.newest, TODAY))

    assert found.count("<article") == 5
    assert "and 195 more inputs" in found
