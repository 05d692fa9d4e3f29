"""The Data page in process: what it tells, the way from a file to the store, edits, definitions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from nsm.definitions import export_definition
from nsm.model import Annotation, Role, Target
from nsm.store.annotations import read_annotations
from nsm.store.engine import open_store
from nsm.store.loads import newest_loads, recent_loads, restatements
from nsm.store.stars import list_stars, read_star, save_star
from nsm.store.targets import read_targets, save_targets
from tests.conftest import SHOP, TODAY, fill, shop_history

Screen = Callable[..., AppTest]
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/x.png)"


def text_of(page: AppTest) -> str:
    parts = [*page.header, *page.subheader, *page.markdown, *page.caption]
    parts += [*page.error, *page.warning, *page.success]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def table(page: AppTest, column: str) -> dict[str, list[object]]:
    frames = [frame.value for frame in page.dataframe]
    return next(frame for frame in frames if column in frame).to_dict(orient="list")


def upload(page: AppTest, name: str, content: bytes | str) -> AppTest:
    raw = content.encode() if isinstance(content, str) else content
    page.file_uploader[0].upload(name, raw)
    return page.run()


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


@pytest.mark.usefixtures("shop")
def test_it_says_first_whether_the_data_are_up_to_date(screen: Screen) -> None:
    page = screen("data")
    metrics = table(page, "Metric")

    assert not page.exception
    assert page.header[0].value.replace("\\", "") == (
        "All 4 metrics are up to date: data to Tue 17 Nov."
    )
    shown = [metric for metric in SHOP.metrics if metric.role is not Role.CANDIDATE]
    assert metrics["Metric"] == [metric.name for metric in shown]
    assert metrics["A week is"][2] == "items / orders"
    assert set(metrics["State"]) == {"● on time"}
    assert set(metrics["Source"]) == {"test", "formula"}


@pytest.mark.usefixtures("shop")
def test_candidates_stand_apart_and_open_like_any_metric(screen: Screen) -> None:
    page = screen("data", candidates="true", m="items")

    assert not page.exception
    assert "1 candidate, not counted above" in [part.label for part in page.expander]
    tables = [frame.value for frame in page.dataframe if "Metric" in frame.value]
    assert tables[1]["Metric"].tolist() == ["Items"]
    assert tables[1]["Role"].tolist() == ["candidate"]


def test_late_metrics_are_named(database: str, screen: Screen) -> None:
    fill(database, until=TODAY - dt.timedelta(days=4), today=TODAY)
    page = screen("data")

    assert "metrics are late" in page.header[0].value
    assert "2 days late" in page.header[0].value.replace("\\", "").replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert set(table(page, "Metric")["State"]) == {"▲ 2 days late"}


def test_a_file_is_looked_at_before_anything_is_written(shop: str, screen: Screen) -> None:
    engine = open_store(shop)
    before = recent_loads(engine, "shop")
    page = upload(screen("data"), "more.csv", "date,orders\n2026-11-16,1\n2026-11-18,9\n")

    assert not page.exception
    assert figures(page) == {"New": "1", "Changed": "1", "Unchanged": "0", "Rejected": "0"}
    assert "Nothing is written before you press the button" in text_of(page)
    assert recent_loads(engine, "shop") == before


def test_the_values_that_would_change_are_shown_before_they_do(shop: str, screen: Screen) -> None:
    page = upload(
        screen("data"), "more.csv", "date,orders,visits\n2026-11-17,1,2\n2026-11-18,9,9\n"
    )
    shown = table(page, "Would be")

    assert shown["Day"] == ["Tue 17 Nov 2026"] * 2
    assert shown["Metric"] == ["Orders", "Visits"]
    assert shown["Would be"] == ["1", "2"]
    assert restatements(open_store(shop), "shop") == (), "nothing is written yet"
    page.button(key="load").click().run()
    was = {one.metric: one.old_value for one in restatements(open_store(shop), "shop")}
    assert shown["Is"] == [f"{was['orders']:,.0f}", f"{was['visits']:,.0f}"]


@pytest.mark.usefixtures("shop")
def test_of_many_changed_values_the_first_are_shown_and_the_rest_counted(screen: Screen) -> None:
    days = [TODAY - dt.timedelta(days=n) for n in range(1, 301)]
    page = upload(screen("data"), "all.csv", "date,orders\n" + "\n".join(f"{d},1" for d in days))

    assert len(table(page, "Would be")["Day"]) == 200
    assert "and 100 more changed values" in text_of(page)


def test_pressing_the_button_writes_once_and_keeps_the_old_value(shop: str, screen: Screen) -> None:
    engine = open_store(shop)
    page = upload(screen("data"), "more.csv", "date,orders\n2026-11-16,1\n2026-11-17,9\n")
    page.button(key="load").click().run()

    assert "Loaded more.csv: 0 new, 2 changed, 0 unchanged." in text_of(page)
    newest = recent_loads(engine, "shop")[0]
    assert (newest.source, newest.changed, newest.loaded_by) == ("more.csv", 2, "Data page")
    assert {one.new_value for one in restatements(engine, "shop")} == {1.0, 9.0}
    assert newest_loads(engine, "shop")["orders"].source == "more.csv"
    assert page.file_uploader[0].value is None, "ready for the next file"
    page.run()
    assert len(recent_loads(engine, "shop")) == 2, "a rerun loads nothing"


def test_bad_values_are_listed_and_stop_the_load_until_they_are_left_out(
    shop: str, screen: Screen
) -> None:
    engine = open_store(shop)
    page = upload(
        screen("data"),
        "bad.csv",
        f"date,orders,visits\n2026-11-16,#REF!,5\n2026-11-17,{HOSTILE},6\n",
    )
    rejected = table(page, "Reason")

    assert figures(page)["Rejected"] == "2"
    assert rejected["Line"] == [2, 3]
    assert rejected["Column"] == ["orders", "orders"]
    assert rejected["Value"][1] == HOSTILE
    assert page.button(key="load").disabled

    page.checkbox[0].check().run()
    page.button(key="load").click().run()
    assert "2 left out" in text_of(page)
    assert recent_loads(engine, "shop")[0].rejected == 2
    assert "Left out of bad.csv" in text_of(page)


@pytest.mark.usefixtures("shop")
def test_dates_that_can_be_read_in_two_ways_are_asked_about(screen: Screen) -> None:
    page = upload(screen("data"), "two.csv", "date,orders\n01/02/2026,5\n03/04/2026,6\n")

    assert "Choose how its dates are written" in text_of(page)
    assert "--day-first" not in text_of(page)
    assert not page.metric

    page.get_by_key("dates").set_value("Day first").run()
    assert figures(page)["Changed"] == "2"
    assert "1 Feb 2026 to 3 Apr 2026" in text_of(page)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04zip",
        b"<html></html>",
        b"date,nothing\n2026-11-16,1\n",
        b"a",
    ],
)
def test_a_file_that_is_no_table_is_one_clear_line(screen: Screen, content: bytes) -> None:
    page = upload(screen("data"), "wrong.csv", content)

    assert not page.exception
    assert len(page.error) == 1
    assert "wrong.csv" in text_of(page)
    assert "log id" not in text_of(page)


def test_a_hostile_file_name_is_text(shop: str, screen: Screen) -> None:
    page = upload(screen("data"), f"{HOSTILE}.csv", shop_history(TODAY - dt.timedelta(days=1), 9))
    page.button(key="load").click().run()

    assert not page.exception
    assert "](http" not in "".join(part.value for part in [*page.success, *page.caption])
    assert recent_loads(open_store(shop), "shop")[0].source.startswith("<script>")


def open_part(page: AppTest, title: str) -> AppTest:
    page.session_state[f"part_{title}"] = True
    return page.run()


def test_targets_are_edited_with_a_look_at_what_changes(shop: str, screen: Screen) -> None:
    engine = open_store(shop)
    save_targets(engine, "shop", [Target("orders", "month", dt.date(2026, 11, 1), 6000.0)])
    page = open_part(screen("data"), "Targets")

    assert not page.exception
    assert page.button(key="save_targets").disabled
    assert "Nothing to save: the table says what is stored." in text_of(page)
    edit(page, "targets_shop_0", {"edited_rows": {"0": {"value": 7000.0}}})
    assert "Saving changes this" in text_of(page)
    assert "7,000" in text_of(page)
    page.button(key="save_targets").click().run()

    assert [one.value for one in read_targets(engine, "shop")] == [7000.0]
    assert "2 changes saved" in text_of(page)


def test_a_mistake_in_a_target_is_said_and_nothing_can_be_saved(shop: str, screen: Screen) -> None:
    page = open_part(screen("data"), "Targets")
    added = [{"metric": "orders", "period": "month", "start": "2026-11-02", "value": 5}]
    edit(page, "targets_shop_0", {"added_rows": added})

    assert not page.exception
    assert "starts inside a month: its first day is 1 Nov 2026" in text_of(page)
    assert page.button(key="save_targets").disabled
    assert "Correct or remove these rows first." in text_of(page)
    assert read_targets(open_store(shop), "shop") == ()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("part", "column"), [("Targets", "start"), ("Annotations", "date")])
def test_the_browser_knows_which_years_can_be_kept(screen: Screen, part: str, column: str) -> None:
    page = open_part(screen("data"), part)
    columns = [json.loads(one.proto.columns) for one in page.dataframe]
    dates = next(one[column] for one in columns if column in one)["type_config"]

    assert (dates["min_value"], dates["max_value"]) == ("1900-01-01", "2200-12-31")


def test_annotations_are_edited(shop: str, screen: Screen) -> None:
    page = open_part(screen("data"), "Annotations")
    added = [{"date": "2026-11-02", "kind": "work", "text": HOSTILE}]
    edit(page, "annotations_shop_0", {"added_rows": added})
    page.button(key="save_annotations").click().run()
    found = read_annotations(open_store(shop), "shop")

    assert not page.exception
    assert [dataclasses.replace(one, id=0) for one in found] == [
        Annotation(0, dt.date(2026, 11, 2), HOSTILE, "work", None)
    ]


def edit(page: AppTest, key: str, change: dict[str, object]) -> None:
    """What a person types into the table of that key."""
    whole = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | change
    page.session_state[key] = whole
    page.run()


def definition(engine: Engine, **changes: object) -> str:
    return export_definition(dataclasses.replace(read_star(engine, "shop"), **changes))  # type: ignore[arg-type]


def test_a_definition_is_looked_at_and_then_applied(shop: str, screen: Screen) -> None:
    engine = open_store(shop)
    page = open_part(screen("data"), "Definition")
    page.file_uploader[1].upload("shop.yaml", definition(engine, name="Corner shop").encode())
    page.run()

    assert not page.exception
    assert "This changes Shop" in text_of(page)
    assert read_star(engine, "shop").name == "Shop"
    page.button(key="apply").click().run()
    assert read_star(engine, "shop").name == "Corner shop"
    assert "Corner shop was changed" in text_of(page)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("content", [b"\xff\xfe", b"star: [", b"star: a\nmetrics: {}\n", b"- 1"])
def test_a_wrong_definition_is_one_clear_line(screen: Screen, content: bytes) -> None:
    page = open_part(screen("data"), "Definition")
    page.file_uploader[1].upload("star.yaml", content)
    page.run()

    assert not page.exception
    assert len(page.error) == 1
    assert "star.yaml" in text_of(page)


def test_an_empty_database_offers_the_demonstration(database: str, screen: Screen) -> None:
    page = screen("data")

    assert "No star yet" in text_of(page)
    page.button[0].click().run()
    assert not page.exception
    assert {star.key for star in list_stars(open_store(database))} == {"music", "restaurant"}
    assert "up to date" in page.header[0].value


def test_a_star_without_data_waits_for_a_file(database: str, screen: Screen) -> None:
    engine = open_store(database)
    save_star(engine, SHOP, TODAY)
    page = screen("data")

    assert "has no data yet" in text_of(page)
    upload(page, "first.csv", shop_history(TODAY - dt.timedelta(days=1), 60))
    page.button(key="load").click().run()
    assert "up to date" in page.header[0].value
