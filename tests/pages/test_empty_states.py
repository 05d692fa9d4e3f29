"""Nothing there, hardly anything, or far too much: every page says something useful."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nsm.model import Aggregate, Annotation, Metric, Role, Star, Target
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.targets import save_targets
from tests.conftest import SHOP, TODAY, shop_history
from tests.pages.framed import framed
from tests.stores import put, put_demo

SCREENS = ("this_week", "inputs", "leads", "wall", "data")
YESTERDAY = TODAY - dt.timedelta(days=1)
BROKEN = "This page could not be shown"


def written(test: Any) -> str:
    """Every text that a page sends to the browser, whichever element carries it."""
    return "\n".join(_texts(test.main))


def _texts(node: Any) -> Iterator[str]:
    proto = getattr(node, "proto", None)
    if proto is not None:
        yield from _strings(proto)
    if getattr(node, "type", "") == "iframe":
        page = framed(node.proto.src)
        assert "</html>" in page
        # Its words, without its style.
        yield html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page))
    for child in getattr(node, "children", {}).values():
        yield from _texts(child)


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, str):
                yield one
            elif hasattr(one, "ListFields"):
                yield from _strings(one)


def shown(screen: Callable[..., Any], name: str, **query: Any) -> str:
    """What the page says; it must not have failed."""
    test = screen(name, **query)
    text = written(test)
    assert not test.exception, test.exception
    assert BROKEN not in text, text
    assert text.strip()
    assert "nan" not in text.lower().split()
    return text


def store(url: str, star: Star, rows: bytes = b"") -> None:
    put(url, star, rows, TODAY)


def days(count: int, *columns: str, value: Callable[[int, int], float] = lambda *_: 5.0) -> bytes:
    """So many days up to yesterday; ``value`` of the day's and the column's number."""
    lines = [",".join(("date", *columns))]
    for place in range(count):
        day = YESTERDAY - dt.timedelta(days=count - 1 - place)
        cells = (value(place, column) for column in range(len(columns)))
        lines.append(
            ",".join([str(day), *("" if math.isnan(cell) else f"{cell}" for cell in cells)])
        )
    return "\n".join(lines).encode()


def star_of(*metrics: Metric) -> Star:
    return Star(
        "shop",
        "Shop",
        "orders",
        (Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM), *metrics),
    )


VISITS = Metric("visits", "Visits", Role.INPUT, Aggregate.SUM)


@pytest.mark.parametrize("name", SCREENS)
def test_an_empty_database_says_how_to_fill_it(screen, name):
    text = shown(screen, name)

    assert "nsm demo" in text or "Fill with the demonstration" in text
    assert "describe your own" in text


@pytest.mark.parametrize("name", SCREENS)
def test_a_star_that_was_never_loaded_says_how_to_load_it(screen, database, name):
    store(database, SHOP)

    text = shown(screen, name)

    assert "Shop" in text or "Orders" in text
    assert "nsm load" in text or "load" in text.lower()


@pytest.mark.parametrize("name", SCREENS)
def test_a_star_without_inputs_says_so(screen, database, name):
    store(database, star_of(), days(200, "orders", value=lambda place, _: 100 + place % 7))

    text = shown(screen, name)

    assert "Orders" in text
    if name != "data":
        assert "input" in text.lower()


@pytest.mark.parametrize("name", SCREENS)
def test_a_metric_without_data_is_named_beside_the_others(screen, database, name):
    never = Metric("never", "Never loaded", Role.INPUT, Aggregate.SUM)
    store(database, star_of(VISITS, never), shop_history(YESTERDAY))

    text = shown(screen, name)

    assert "Orders" in text
    assert "Never loaded" in text


@pytest.mark.parametrize("name", SCREENS)
def test_an_input_without_data_can_be_chosen(screen, database, name):
    never = Metric("never", "Never loaded", Role.INPUT, Aggregate.SUM)
    store(database, star_of(VISITS, never), shop_history(YESTERDAY))

    assert "Never loaded" in shown(screen, name, m="never", input="never", metric="never")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("count", [1, 7, 14])
def test_a_few_days_of_data(screen, database, name, count):
    store(database, star_of(VISITS), days(count, "orders", "visits"))

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("value", [0.0, -3.0])
def test_a_history_that_never_changes(screen, database, name, value):
    store(database, star_of(VISITS), days(500, "orders", "visits", value=lambda *_: value))

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_one_constant_input_beside_a_living_star(screen, database, name):
    rows = days(600, "orders", "visits", value=lambda place, column: 7 if column else place % 41)
    store(database, star_of(VISITS), rows)

    assert "Visits" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_a_formula_that_can_never_be_computed(screen, database, name):
    ratio = Metric("ratio", "Orders per visit", Role.INPUT, formula="orders / visits")
    visits = Metric("visits", "Visits", Role.CANDIDATE, Aggregate.SUM)
    rows = days(500, "orders", "visits", value=lambda place, column: 0 if column else place % 9)
    store(database, star_of(ratio, visits), rows)

    assert "Orders per visit" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_a_star_that_cannot_be_computed_because_a_part_was_never_loaded(screen, database, name):
    star = Star(
        "shop",
        "Shop",
        "ratio",
        (
            Metric("ratio", "Orders per visit", Role.NORTH_STAR, formula="orders / visits"),
            Metric("clicks", "Clicks", Role.INPUT, Aggregate.SUM),
            Metric("orders", "Orders", Role.CANDIDATE, Aggregate.SUM),
            Metric("visits", "Visits", Role.CANDIDATE, Aggregate.SUM),
        ),
    )
    store(database, star, days(500, "orders", "clicks", value=lambda place, _: place % 9))

    assert "Orders per visit" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_a_history_that_ended_long_ago(screen, database, name):
    store(database, SHOP, shop_history(TODAY - dt.timedelta(days=900)))

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_a_history_full_of_holes(screen, database, name):
    def value(place: int, column: int) -> float:
        return math.nan if (place * 5 + column) % 9 == 0 else 50.0 + place % 13

    store(database, star_of(VISITS), days(500, "orders", "visits", value=value))

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_values_far_from_any_that_a_business_has(screen, database, name):
    def value(place: int, column: int) -> float:
        return (1e120 if column else 1e-120) * (1 + (place * 37) % 101)

    store(database, star_of(VISITS), days(500, "orders", "visits", value=value))

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_weeks_only(screen, database, name):
    lines = ["date,orders,visits"]
    monday = TODAY - dt.timedelta(days=TODAY.weekday())
    for place in range(120, 0, -1):
        lines.append(f"{monday - dt.timedelta(weeks=place)},{100 + place % 9},{70 + place % 5}")
    store(database, star_of(VISITS), "\n".join(lines).encode())

    assert "Orders" in shown(screen, name)


@pytest.mark.parametrize("name", SCREENS)
def test_notes_and_targets_before_any_data(screen, database, name):
    store(database, SHOP)
    engine = open_store(database)
    save_annotations(engine, "shop", [Annotation(0, TODAY, "We begin", "break")])
    save_targets(engine, "shop", [Target("orders", "month", TODAY.replace(day=1), 5.0)])
    engine.dispose()

    shown(screen, name)


def test_two_hundred_metrics(screen, database):
    roles = [Role.INPUT] * 120 + [Role.RESULT] * 30 + [Role.GUARDRAIL] * 20 + [Role.CANDIDATE] * 29
    metrics = [
        Metric(f"m{place}", f"Metric number {place}", role, Aggregate.SUM)
        for place, role in enumerate(roles)
    ]
    keys = ["orders", *(metric.key for metric in metrics)]
    rows = days(420, *keys, value=lambda place, column: 50 + (place * (column + 3)) % 17)
    store(database, star_of(*metrics), rows)

    for name in SCREENS:
        text = shown(screen, name)

        assert "Orders" in text, name
        assert "Metric number 1" in text, name


@pytest.mark.parametrize("name", SCREENS)
def test_the_demo_itself_and_that_it_is_simulated(screen, database, name):
    put_demo(database, TODAY)

    text = shown(screen, name, star="music")

    assert "Time spent listening" in text
    assert "imulated" in text


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize(
    "query",
    [
        {"star": "nobody", "week": "2026-13-99", "m": "nothing", "lag": "99"},
        {"star": "<b>x</b>", "week": "1066-10-14", "m": "m'--", "lag": "-1", "back": "1e9"},
        {"lag": "1e9", "season": "x", "scale": "x", "back": "0", "week": "x"},
    ],
    ids=str,
)
def test_an_address_that_names_nothing(screen, shop, name, query):
    text = shown(screen, name, **query)
    if name == "wall":
        # On a wall nobody would notice that another star stands in for the one that is not there.
        assert "Known stars: shop." in text or "Write a whole number" in text
    else:
        assert "Orders" in text
