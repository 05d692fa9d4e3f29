"""Inputs, run through the router on a real store: the shift, its sentence, its pictures."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from nsm.model import Aggregate, Metric, Role, Star
from tests.conftest import TODAY
from tests.stores import put

LED = Star(
    "led",
    "Led",
    "orders",
    (
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
        Metric("visits", "Visits", Role.INPUT, Aggregate.SUM),
        Metric("chats", "Chats", Role.INPUT, Aggregate.SUM),
        Metric("items", "Items", Role.CANDIDATE, Aggregate.SUM),
    ),
)
LAG_WEEKS = 3


def led_history(weeks: int = 120) -> bytes:
    """Orders follow visits by three weeks; chats have nothing to do with either."""
    rng = np.random.default_rng(1)
    drawn = rng.standard_normal((3, weeks + LAG_WEEKS))
    visits = 7000 + 300 * drawn[0]
    orders = 700 + 60 * drawn[1]
    orders[LAG_WEEKS:] += 0.3 * (visits[:-LAG_WEEKS] - 7000)
    chats = 500 + 40 * drawn[2]
    first = dt.date(2026, 11, 9) - dt.timedelta(weeks=weeks - 1)
    lines = ["date,orders,visits,chats,items"]
    for day in range(7 * weeks):
        week = day // 7 + LAG_WEEKS
        values = (orders[week], visits[week], chats[week], 2 * orders[week])
        cells = ",".join(f"{value / 7:.3f}" for value in values)
        lines.append(f"{first + dt.timedelta(days=day)},{cells}")
    return "\n".join(lines).encode()


@pytest.fixture
def led(database):
    put(database, LED, led_history(), TODAY)


def first_line(test):
    return test.header[0].value.replace("\\", "")


def said(test):
    return [one.value.replace("\\", "") for one in test.markdown]


def spec(test, place):
    return json.loads(test.get("plotly_chart")[place].proto.spec)


def test_the_first_line_is_what_the_lead_test_says_of_the_input(screen, led):
    test = screen("inputs", m="visits", shift="3")

    assert not test.exception
    assert first_line(test).startswith("Visits leads Orders by")
    assert "3 weeks" in first_line(test)
    assert any("more than chance explains" in one for one in said(test))


def test_the_sentence_changes_with_the_shift(screen, led):
    found, other = screen("inputs", m="visits", shift="3"), screen("inputs", m="visits", shift="7")

    assert first_line(found) == first_line(other)
    assert any("it could be chance" in one for one in said(other))
    assert said(found) != said(other)


def test_the_slider_moves_the_input(screen, led):
    still, moved = screen("inputs", m="visits"), screen("inputs", m="visits", shift="3")

    assert spec(still, 0) != spec(moved, 0)
    assert "3 weeks before" in json.dumps(spec(moved, 0)["layout"])
    assert "3 weeks before" in moved.get("plotly_chart")[0].proto.alt


def test_one_button_goes_to_the_lag_that_was_found(screen, led):
    test = screen("inputs", m="visits")

    test.get_by_key("found").click().run()

    assert test.slider[0].value == LAG_WEEKS
    assert any("more than chance explains" in one for one in said(test))
    assert not [one for one in test.button if one.key == "found"]


def test_an_input_that_does_not_lead_is_said_so(screen, led):
    test = screen("inputs", m="chats", shift="2")

    assert first_line(test) == "Chats: no clear lead."


def test_a_candidate_can_be_looked_at_but_is_not_tested(screen, led):
    test = screen("inputs", m="items")

    assert first_line(test) == "Orders and Items, week by week."
    assert any("inputs only" in one for one in said(test))


def test_an_index_has_one_scale(screen, led):
    two, index = screen("inputs", m="visits"), screen("inputs", m="visits", scale="index")

    assert "yaxis2" in spec(two, 0)["layout"]
    assert "yaxis2" not in spec(index, 0)["layout"]


def test_the_season_can_be_taken_out_from_two_years_on(screen, led):
    raw, flat = screen("inputs", m="visits"), screen("inputs", m="visits", season="out")

    assert spec(raw, 0)["data"][0]["y"] != spec(flat, 0)["data"][0]["y"]
    assert not any("104" in one.value for one in flat.caption)


def test_with_less_than_two_years_it_says_so_and_shows_the_metric_as_it_is(screen, database):
    put(database, LED, led_history(80), TODAY)

    raw, flat = screen("inputs", m="visits"), screen("inputs", m="visits", season="out")

    assert spec(raw, 0)["data"] == spec(flat, 0)["data"]
    assert any("104" in one.value for one in flat.caption)


@pytest.mark.parametrize("lag", ["-1", "13", "many", ""])
def test_a_shift_that_is_none_falls_back(screen, led, lag):
    test = screen("inputs", m="visits", shift=lag)

    assert not test.exception
    assert test.slider[0].value == 0


def test_the_pictures_do_not_wait_for_the_lead_test(screen, led, monkeypatch):
    import nsm.ui.inputs as inputs

    order = []
    real = inputs.together
    monkeypatch.setattr(
        inputs, "together", lambda *a, **k: order.append("picture") or real(*a, **k)
    )
    monkeypatch.setattr(
        "nsm.inquiry.inputs_of",
        lambda *a, **k: order.append("test") or (_ for _ in ()).throw(ZeroDivisionError),
    )

    screen("inputs", m="visits", shift="5")

    assert order == ["picture", "test"]
