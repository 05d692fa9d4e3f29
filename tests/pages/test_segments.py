"""By country on the pages: where the star moved, an input filtered and compared, all in a link."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nsm.definitions import parse_definition
from nsm.radiate import review_text
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.segmented import COUNTRIES, DEFINITION, TODAY, make_shop

Screen = Callable[..., AppTest]


@pytest.fixture
def shop(database: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> str:
    make_shop(tmp_path, database, monkeypatch)
    return database


def text_of(page: AppTest) -> str:
    parts = [*page.header, *page.subheader, *page.markdown, *page.caption]
    said = "\n".join(str(part.value) for part in parts).replace("\\", "")
    return said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")


def chart(page: AppTest, name: str) -> dict:
    charts = {one.proto.id.split("-")[-1]: one.proto for one in page.get("plotly_chart")}
    return json.loads(charts[name].spec)


def test_the_page_of_the_week_says_where_the_star_moved(shop: str, screen: Screen) -> None:
    page = screen("this_week")

    assert not page.exception
    assert "By country since last week" in text_of(page)
    (split,) = [
        one
        for one in json.loads(review_text(open_store(shop), "shop", TODAY))["why"]["week"][
            "segments"
        ]
        if one["segment"] == "country"
    ]
    for part in split["parts"][:3]:
        if moved := part["contribution"]:
            sign = "+" if moved > 0 else "\N{MINUS SIGN}"
            assert f"{sign}{abs(moved):.0f} {part['part']}" in text_of(page)
    assert {"Germany", "The change"} <= set(
        chart(page, "split_week")["layout"]["yaxis"]["ticktext"]
    )
    by_plan = screen("this_week", split="orders:plan")
    assert "By plan since last week" in text_of(by_plan)
    assert "(none)" in json.dumps(chart(by_plan, "split_year"))


def test_it_says_so_of_the_week_as_it_was_known_too(shop: str, screen: Screen) -> None:
    now, then = screen("this_week"), screen("this_week", as_of=TODAY.isoformat())

    assert not then.exception
    assert chart(then, "split_week") == chart(now, "split_week")


def test_of_a_mean_it_says_what_changed_inside_and_what_the_shares_did(
    shop: str, screen: Screen
) -> None:
    text = DEFINITION.replace("north_star: orders", "north_star: amount")
    text = text.replace("role: input, unit: $,", "unit: $,").replace(
        "{name: Orders,", "{name: Orders, role: input,"
    )
    save_star(open_store(shop), parse_definition(text, "shop.yaml").star, TODAY)
    page = screen("this_week")

    assert not page.exception
    assert "inside the parts" in text_of(page)
    names = chart(page, "split_week")["layout"]["yaxis"]["ticktext"]
    assert names[-2:] == ["their shares", "The change"]


@pytest.mark.usefixtures("shop")
def test_parts_stand_side_by_side_and_each_can_stand_beside_the_star(
    screen: Screen, tmp_path: Path
) -> None:
    page = screen("inputs", m="amount", by="country")

    assert not page.exception
    assert "Mean amount by country: 4 parts, the largest is Germany, 69 % of the rows" in (
        text_of(page)
    )
    assert "they do not add up to the whole" in text_of(page)
    drawn = [one["name"] for one in chart(page, "parts")["data"]]
    assert drawn[:3] == ["Germany", "Österreich", "Sweden"]
    assert drawn[3].startswith("&lt;b&gt;x"), "a name of a part is text"

    page.get_by_key("part").select("Sweden").run()
    assert page.query_params["part"] in ("Sweden", ["Sweden"])
    assert "Orders and Mean amount, Sweden, week by week." in text_of(page)
    with sqlite3.connect(tmp_path / "lake.db") as lake:
        (share,) = lake.execute(
            "select avg(country = 'Sweden') from orders where at >= '2026-08-17' "
            "and at < '2026-11-16'"
        ).fetchone()
    lake.close()
    said = f"Sweden is {share:.0%} of the rows behind Mean amount over the last 13 weeks."
    assert said.replace("%", " %") in text_of(page)
    assert "looks at the whole of Mean amount" in text_of(page)
    whole = chart(screen("inputs", m="amount"), "together")["data"][1]["y"]
    assert chart(page, "together")["data"][1]["y"] != whole


@pytest.mark.usefixtures("shop")
def test_a_link_says_column_and_part_and_what_is_small(screen: Screen) -> None:
    page = screen("inputs", m="orders", by="country", part=COUNTRIES[3], shift="2")

    assert not page.exception
    assert page.slider[0].value == 2
    assert "a small part, whose weeks jump" in text_of(page)
    assert "](http" not in "".join(part.value for part in [*page.header, *page.markdown])
    # What is not there falls back, and the address says so.
    lost = screen("inputs", m="buyers", by="planet", part="Mars")
    assert not lost.exception
    assert not {"by", "part"} & set(lost.query_params)
    assert "part" not in screen("inputs", m="buyers", by="country", part="Mars").query_params
    # A metric that comes from files has no such choice.
    files = screen("inputs", m="visits", by="country", part="Sweden")
    assert "By" not in [one.label for one in files.selectbox]
    assert not {"by", "part"} & set(files.query_params)


def test_a_column_that_was_not_asked_yet_says_how(shop: str, screen: Screen) -> None:
    text = DEFINITION.replace("{mean: amount}, segments: country", "{mean: amount}, segments: plan")
    save_star(open_store(shop), parse_definition(text, "shop.yaml").star, TODAY)
    page = screen("inputs", m="amount", by="plan")

    assert not page.exception
    assert "Mean amount has no week by plan yet" in text_of(page)
    assert page.code[0].value == "nsm sync --star shop --metric amount"
