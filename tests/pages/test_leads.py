"""The Leads page in process, on the demonstration whose truth is known."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from nsm import answers
from nsm.answers import histories, leads, leads_json
from nsm.inquiry import inputs_of
from nsm.leads.setting import Setting
from nsm.store.engine import open_store
from nsm.store.stars import read_star, save_star
from nsm.ui.leads import told
from nsm.ui.takeaway import raw_table, whole_json
from nsm.words.findings import findings
from tests.conftest import SHOP, TODAY
from tests.stores import put_demo

Screen = Callable[..., AppTest]


@pytest.fixture
def demo(database: str) -> str:
    put_demo(database, TODAY)
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


@pytest.mark.usefixtures("demo")
def test_a_setting_is_in_the_address_recomputes_and_is_counted(screen: Screen) -> None:
    page = screen("leads", star="music", **{"from": "2024-06-03", "logs": "true", "lag": "4"})

    said = text_of(page)
    assert not page.exception
    assert "128 weeks, up to 4 weeks back; weeks from 3 Jun 2024; logarithms." in said
    assert not page.info, "one version is no second look"

    page.get_by_key("logs").set_value(False).run()
    assert "logarithms" not in text_of(page)
    assert "You have looked at 2 versions" in page.info[0].value

    page.get_by_key("logs").set_value(True).run()
    assert "You have looked at 2 versions" in page.info[0].value, "seen before"
    page.get_by_key("usual").click().run()
    assert "157 weeks, up to 4 weeks back" in text_of(page)
    assert "up to 15 in 100" in page.info[0].value
    assert "You have looked at 3 versions" in page.code[-1].value


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday", "to": "9999-99-99", "logs": "perhaps", "without": "<b>"},
        {"from": "2026-06-01", "to": "2024-06-01", "at": "0", "fit": "<b>"},
    ],
)
def test_no_setting_in_the_address_breaks_the_page(screen: Screen, asked: dict[str, str]) -> None:
    page = screen("leads", star="music", **asked)

    assert not page.exception
    assert not page.error
    assert page.header


@pytest.mark.usefixtures("demo")
def test_what_is_closed_costs_nothing_and_what_is_open_is_there(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nsm.ui.beyond
    import nsm.ui.closer

    called: list[str] = []
    for module, name in (
        (nsm.ui.closer, "fit_detail"),
        (nsm.ui.closer, "cross_correlation"),
        (nsm.ui.closer, "forecasts"),
        (nsm.ui.closer, "stability"),
        (nsm.ui.beyond, "candidates_of"),
        (nsm.ui.beyond, "over_time"),
    ):

        def noted(
            *given: object, _real: object = getattr(module, name), _name: str = name
        ) -> object:
            called.append(_name)
            return _real(*given)  # type: ignore[operator]

        monkeypatch.setattr(module, name, noted)

    screen("leads", star="music")
    assert called == []

    opened = dict.fromkeys(("ccf", "fit", "halves", "gain", "past", "more"), "true")
    page = screen("leads", star="music", m="songs_shared", **opened)
    said = text_of(page)
    assert not page.exception
    assert sorted(called) == sorted(
        ["fit_detail", "cross_correlation", "forecasts", "stability", "candidates_of", "over_time"]
    )
    assert "the picture, not the test" in said
    assert "Breusch-Godfrey" in said
    assert "songs_shared lag 1" in page.code[0].value
    assert "same in both halves" in said
    assert "Knowing Songs shared saves" in said
    assert "Songs shared: shows since the data to" in said
    assert "is worth a closer look" in said
    assert "Another promise than that of the page" in said


@pytest.mark.usefixtures("demo")
def test_the_page_says_what_could_not_be_seen_and_whether_the_star_leads_its_results(
    screen: Screen,
) -> None:
    page = screen("leads", star="music")
    said = text_of(page).replace("\N{NO-BREAK SPACE}", " ")

    assert "Recommendations played: a lead of less than" in said
    assert "would mostly have stayed hidden" in said
    assert "leads both its results: Subscription revenue by 4 weeks and Renewals by 2" in said
    assert "We believed: 1 week, up, fairly sure – it leads, but the weeks do not fit." in said
    pasted = page.code[-1].value
    assert "Time spent listening leads Subscription revenue by 4 weeks" in pasted
    assert pasted.endswith("Simulated data.")


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


def test_the_report_and_the_picture_carry_what_made_them(demo: str) -> None:
    known = answers.tested(histories(open_store(demo), "music", TODAY))
    setting = Setting(4, first=dt.date(2024, 6, 3), logs=True, exclude=(dt.date(2025, 1, 6),))
    scan = told(inputs_of(known, setting))
    report = json.loads(json.dumps(whole_json(scan, [], 7), allow_nan=False))

    assert report["setting"] == {
        "max_lag": 4,
        "first": "2024-06-03",
        "last": None,
        "logs": True,
        "seasonal": True,
        "exclude": ["2025-01-06"],
    }
    assert report["provenance"]["transform"] == "logarithms"
    assert report["provenance"]["data_version"] == 7
    assert report["results"] == []
    assert "2025-01-06" in report["provenance"]["set_aside"]
    assert len(report["inputs"]) == 5


def test_the_downloads_hold_every_input(demo: str) -> None:
    engine = open_store(demo)
    report = leads(engine, "music", TODAY)
    known = histories(engine, "music", TODAY)
    found = findings(read_star(engine, "music"), report, known.weeks.values)
    table = raw_table(found, report)

    assert sorted(table["input"]) == sorted(metric.key for metric in known.star.inputs)
    assert {"name", "lag", "effect", "p_adjusted", "warnings"} <= set(table)
    assert table["warnings"].map(lambda cell: isinstance(cell, str)).all()
    said = dict(zip(table["input"], table["could_be_chance"], strict=True))
    assert said == {one.metric.key: one.doubt for one in found}, "as the page says it"
