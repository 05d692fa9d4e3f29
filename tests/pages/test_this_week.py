"""This week, run through the router on a real store: the answer, the week chosen, what is open."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from nsm.model import Annotation, Role, Target
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.targets import save_targets
from tests.conftest import SHOP, TODAY, fill


def charts(test):
    return {chart.proto.id.split("-")[-1]: chart.proto for chart in test.get("plotly_chart")}


def headline(test):
    return test.header[0].value.replace("\\", "")


def metrics(test):
    return {one.label.replace("\\", ""): one for one in test.metric}


def test_the_first_line_is_the_sentence_of_the_week(screen, shop):
    test = screen("this_week")

    assert not test.exception
    assert headline(test).startswith("Orders ")
    assert "usual range" in headline(test)
    assert "Returned orders" in metrics(test)


def test_the_numbers_are_those_of_the_review(screen, shop):
    from nsm.answers import review

    figures = review(open_store(shop), "shop", TODAY).metrics["orders"]

    test = screen("this_week")

    week = metrics(test)["Week of 9 Nov"]
    assert f"{figures.last_week:,.0f}" in week.value.replace("\\", "")
    assert f"{abs(figures.wow):.1f}" in week.delta.replace("\\", "")
    assert f"{abs(figures.yoy):.1f}" in metrics(test)["On last year"].value.replace("\\", "")


def test_the_page_says_what_is_coming_and_whether_the_plan_is_met(screen, shop):
    quarter = Target("orders", "quarter", dt.date(2026, 10, 1), 22_000.0)
    save_targets(open_store(shop), "shop", [quarter])

    test = screen("this_week")

    said = [
        part.value.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ") for part in test.markdown
    ]
    assert not test.exception
    outlook = next(text for text in said if text.startswith("Outlook, week of "))
    assert "chance to meet the quarter." in outlook
    assert any(text.startswith("Quarter to 31 Dec, Orders:") for text in said)
    assert {"outlook_fan", "why_week"} <= set(charts(test))


def test_every_picture_says_what_it_shows_and_has_its_table(screen, shop):
    test = screen("this_week")

    drawn = [chart.proto for chart in test.get("plotly_chart")]
    # The star and its three inputs.
    assert len([key for key in charts(test) if key.startswith("picture_")]) == 4
    assert all(chart.alt.endswith(".") for chart in drawn)
    labels = [part.label for part in test.expander]
    assert labels.count("Table of this picture") == 1
    assert labels.count("Table of these pictures") == 1


def test_another_week_is_in_the_address(screen, shop):
    now, before = screen("this_week"), screen("this_week", week="2026-10-11")

    assert headline(before) != headline(now)
    assert "Week of 5 Oct" in metrics(before)
    # A week that is over has nothing open beside it.
    assert not any("Not in these figures" in one.value for one in before.caption)
    assert any("Not in these figures" in one.value for one in now.caption)


@pytest.mark.parametrize("week", ["2026-10-10", "1900-01-07", "tomorrow", "2026-11-22"])
def test_a_week_that_is_none_falls_back_to_the_newest(screen, shop, week):
    test = screen("this_week", week=week)

    assert not test.exception
    assert "Week of 9 Nov" in metrics(test)
    said = [one.value.replace("\\", "") for one in test.warning]
    assert len(said) == 1
    assert said[0].startswith(f"There is no week “{week}” here")
    assert "week" not in test.query_params, "the address is corrected"


def test_an_address_without_a_week_means_the_newest_on_the_way_back_too(screen, shop):
    test = screen("this_week")
    test.selectbox(key="week").set_value("2026-10-11").run()
    assert "2026-10-11" in test.query_params["week"]

    # The browser steps back: the address changes, the widget has not.
    del test.query_params["week"]
    test.run()

    assert test.selectbox(key="week").value == "2026-11-15"
    assert "Week of 9 Nov" in metrics(test)
    assert not test.warning


def test_guardrails_are_no_results(screen, database):
    roles = {"visits": Role.RESULT, "returns": Role.GUARDRAIL}
    changed = [replace(one, role=roles.get(one.key, one.role)) for one in SHOP.metrics]
    star = replace(SHOP, metrics=tuple(changed))
    fill(database, star, until=TODAY - dt.timedelta(days=1), today=TODAY)

    test = screen("this_week")

    parts = ("Inputs", "Results", "Guardrails")
    assert tuple(one.value for one in test.subheader if one.value in parts) == parts


def test_the_running_week_is_drawn_hollow_with_its_days(screen, shop):
    test = screen("this_week")

    star = json.loads(test.get("plotly_chart")[0].proto.spec)
    hollow = [trace for trace in star["data"] if trace.get("name") == "Not complete"]
    assert len(hollow) == 2
    assert star["layout"]["xaxis"]["ticktext"][-1] == "2 of 7<br>days"


def test_annotations_and_targets_show_at_once(screen, shop):
    before = screen("this_week")
    engine = open_store(shop)
    note = Annotation(0, dt.date(2026, 11, 3), "Free delivery <b>began</b>")
    save_annotations(engine, "shop", [note])
    save_targets(engine, "shop", [Target("orders", "quarter", dt.date(2026, 10, 1), 30_000.0)])

    after = screen("this_week")

    assert "Of plan, quarter to date" not in metrics(before)
    assert metrics(after)["Of plan, quarter to date"].value.replace("\\", "").endswith("%")
    listed = [one.value for one in after.caption if "Free delivery" in one.value]
    assert len(listed) == 1
    assert listed[0].startswith("①")
    assert "<b>" not in listed[0]


def test_notes_are_those_of_the_weeks_and_metrics_shown(screen, shop):
    dates = {"before": "2025-01-07", "inside": "2026-10-07", "after": "2026-11-10"}
    notes = [Annotation(0, dt.date.fromisoformat(day), text) for text, day in dates.items()]
    about_candidate = Annotation(0, dt.date(2026, 10, 7), "candidate", metric="items")
    save_annotations(open_store(shop), "shop", [*notes, about_candidate])

    test = screen("this_week", week="2026-10-11")

    listed = " ".join(one.value for one in test.caption)
    assert "inside" in listed
    for hidden in ("before", "after", "candidate"):
        assert f" {hidden}" not in listed.replace("a year before", "")


def test_old_data_are_shown_as_old(screen, database):
    fill(database, until=TODAY - dt.timedelta(days=40), today=TODAY)

    test = screen("this_week")

    assert any("no complete week for the last" in one.value for one in test.markdown)


def test_a_week_is_drawn_once_and_sent_again(screen, shop, monkeypatch):
    import nsm.ui.week as week

    drawn = []
    real = week.six_twelve
    monkeypatch.setattr(week, "six_twelve", lambda *a, **k: drawn.append(a) or real(*a, **k))
    first = screen("this_week")
    again = screen("this_week")

    assert len([key for key in charts(again) if key.startswith("picture_")]) == 4
    assert [one.proto.spec for one in first.get("plotly_chart")] == [
        one.proto.spec for one in again.get("plotly_chart")
    ]
