"""The Leads page in process, on the demonstration whose truth is known."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nsm.answers import histories, leads, leads_json
from nsm.demo import fill_demo
from nsm.store.engine import open_store
from nsm.store.stars import read_star, save_star
from nsm.ui.leads import raw_table
from nsm.words.findings import findings
from tests.conftest import SHOP, TODAY

Screen = Callable[..., AppTest]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demonstration, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "nsm.db"
    engine = open_store(f"sqlite:///{path}")
    fill_demo(engine, TODAY)
    engine.dispose()
    return path


@pytest.fixture
def demo(filled: Path, database: str) -> str:
    shutil.copy(filled, database.removeprefix("sqlite:///"))
    return database


def text_of(page: AppTest) -> str:
    parts = [*page.header, *page.subheader, *page.markdown, *page.caption]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def test_the_answer_comes_first_and_agrees_with_the_command_line(demo: str, screen: Screen) -> None:
    page = screen("leads", star="music")
    report = leads_json("music", leads(open_store(demo), "music", TODAY))
    led = {row["input"]: row["lag"] for row in report["inputs"] if row["verdict"] == "leads"}

    assert not page.exception
    assert not page.error
    assert led, "the demonstration has inputs that lead"
    first = page.header[0].value.replace("\\", "")
    names = {metric.key: metric.name for metric in read_star(open_store(demo), "music").metrics}
    for key in led:
        assert names[key] in first
    assert "About one dashboard in twenty shows a lead that is not there" in text_of(page)
    assert "experiment" in text_of(page)
    assert "Simulated data" in text_of(page)


@pytest.mark.usefixtures("demo")
def test_the_address_says_input_and_farthest_lag(screen: Screen) -> None:
    page = screen("leads", star="music", m="session_length", lag="8")

    assert not page.exception
    assert page.get_by_key("m").value == "session_length"
    assert "up to 8 weeks back" in text_of(page)
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    lags = max(mark for trace in chart["data"] if trace["mode"] == "markers" for mark in trace["x"])
    assert lags == 8


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("asked", ["0", "-3", "99999", "twelve", "<b>"])
def test_nonsense_in_the_address_is_the_default(screen: Screen, asked: str) -> None:
    page = screen("leads", star="music", lag=asked, m=asked)

    assert not page.exception
    assert "up to 12 weeks back" in text_of(page)


@pytest.mark.usefixtures("shop")
def test_parts_of_a_formula_and_short_histories_are_told_plainly(screen: Screen) -> None:
    page = screen("leads")

    assert not page.exception
    assert not page.error
    assert page.header


def test_a_star_without_history_or_inputs_says_what_to_do(database: str, screen: Screen) -> None:
    save_star(open_store(database), SHOP, TODAY)
    page = screen("leads")

    assert not page.exception
    assert "no complete week yet" in text_of(page)
    assert "nsm load" in page.code[0].value


@pytest.mark.usefixtures("shop")
def test_a_star_without_inputs_says_what_to_do(shop: str, screen: Screen) -> None:
    save_star(open_store(shop), dataclasses.replace(SHOP, metrics=SHOP.metrics[:1]), TODAY)
    page = screen("leads")

    assert not page.exception
    assert "no inputs yet" in text_of(page)


def test_the_downloads_hold_every_input(demo: str) -> None:
    engine = open_store(demo)
    report = leads(engine, "music", TODAY)
    known = histories(engine, "music", TODAY)
    found = findings(read_star(engine, "music"), report, known.weeks.values)
    table = raw_table(found, report)

    assert sorted(table["input"]) == sorted(metric.key for metric in known.star.inputs)
    assert {"name", "lag", "effect", "p_adjusted", "warnings"} <= set(table)
    assert table["warnings"].map(lambda cell: isinstance(cell, str)).all()
