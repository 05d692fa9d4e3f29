"""Definitions: every mistake one line with file, metric and field; a round trip changes nothing."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nsm.definitions import (
    METRIC_KEYS,
    STAR_KEYS,
    export_definition,
    parse_definition,
    read_definition,
)
from nsm.errors import DefinitionError
from nsm.model import (
    Aggregate,
    Better,
    Confidence,
    Direction,
    Grain,
    Metric,
    Role,
    Source,
    SourceQuery,
    Star,
    Take,
)

ROOT = Path(__file__).parents[1]
# The example of the project's specification.
SHOP = """
star: shop
name: Shop
week_start: sunday          # default monday
timezone: UTC
fiscal_year_end: december
north_star: orders
metrics:
  orders:   {name: Orders, role: north_star, aggregate: sum, better: up}
  visits:   {name: Visits, role: input, aggregate: sum, dimension: breadth}
  basket:   {name: Items per order, role: input, formula: items / orders}
  items:    {name: Items, role: candidate, aggregate: sum}
  seats:    {name: Open seats, role: candidate, aggregate: last}
  weekly_x: {name: Weekly only, role: input, aggregate: sum, grain: week}
"""


def parse(text: str) -> Star:
    return parse_definition(text, "shop.yaml").star


def refused(text: str) -> str:
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text, "shop.yaml")
    line = str(caught.value)
    assert line.startswith("shop.yaml")
    assert line.isprintable()
    assert len(line) < 500
    return line


def test_the_example_is_read_field_by_field() -> None:
    star = parse(SHOP)
    assert star == Star(
        key="shop",
        name="Shop",
        north_star="orders",
        week_start=6,
        metrics=(
            Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
            Metric("visits", "Visits", Role.INPUT, Aggregate.SUM, dimension="breadth"),
            Metric("basket", "Items per order", Role.INPUT, formula="items / orders"),
            Metric("items", "Items", Role.CANDIDATE, Aggregate.SUM),
            Metric("seats", "Open seats", Role.CANDIDATE, Aggregate.LAST),
            Metric("weekly_x", "Weekly only", Role.INPUT, Aggregate.SUM, grain=Grain.WEEK),
        ),
    )
    assert parse_definition(SHOP, "shop.yaml").warnings == ()


def test_every_field_arrives() -> None:
    star = parse("""
star: app
description: |
  Two
  lines.
simulated: true
timezone: America/New_York
fiscal_year_end: March
week_start: Friday
metrics:
  m: {role: north_star, aggregate: max, unit: percent, better: down, grain: day, dimension: depth,
      owner: Ada, description: What, lateness: 3, believed_lead: 0,
      believed_direction: down, believed_confidence: high}
""")
    assert star == Star(
        key="app",
        name="app",
        description="Two\nlines.\n",
        simulated=True,
        timezone="America/New_York",
        fiscal_year_end=3,
        week_start=4,
        north_star="m",
        metrics=(
            Metric(
                "m",
                "m",
                Role.NORTH_STAR,
                Aggregate.MAX,
                unit="percent",
                better=Better.DOWN,
                grain=Grain.DAY,
                dimension="depth",
                owner="Ada",
                description="What",
                lateness_days=3,
                believed_lead_weeks=0,
                believed_direction=Direction.DOWN,
                believed_confidence=Confidence.HIGH,
            ),
        ),
    )


def test_words_that_yaml_takes_for_values_are_names() -> None:
    star = parse("""
star: no
name: 2026-01-01
north_star: null
metrics:
  null: {name: null, aggregate: sum, unit: 1e3}
  NA: {name: NA, aggregate: sum, owner: ~}
  no: {name: yes, aggregate: sum}
  on: {name: 0x1F, formula: null / no, description: NaN}
  "y": {name: "null", aggregate: last, dimension: .inf}
""")
    assert [(metric.key, metric.name) for metric in star.metrics] == [
        ("null", "null"),
        ("NA", "NA"),
        ("no", "yes"),
        ("on", "0x1F"),
        ("y", "null"),
    ]
    assert (star.key, star.name, star.north_star) == ("no", "2026-01-01", "null")
    assert parse(export_definition(star)) == star
    assert list(yaml.safe_load(export_definition(star))["metrics"]) == [
        "null",
        "NA",
        "no",
        "on",
        "y",
    ], "other programs read the same names"


def test_the_role_of_the_north_star_may_be_said_once() -> None:
    named = parse("star: a\nnorth_star: m\nmetrics: {m: {aggregate: sum}, x: {aggregate: sum}}")
    assert [metric.role for metric in named.metrics] == [Role.NORTH_STAR, Role.CANDIDATE]
    by_role = parse("star: a\nmetrics: {m: {role: north_star, aggregate: sum}}")
    assert by_role.north_star == "m"
    computed = parse("star: a\nnorth_star: m\nmetrics: {m: {formula: x * 2}, x: {aggregate: sum}}")
    assert computed.star_metric.formula == "x * 2"


def test_an_empty_value_is_a_key_left_out() -> None:
    assert parse(SHOP.replace("timezone: UTC", "timezone:\ndescription: ''")) == parse(SHOP)


@pytest.mark.parametrize(
    ("inputs", "warns"), [(0, True), (2, True), (3, False), (5, False), (6, True)]
)
def test_a_star_wants_three_to_five_inputs(inputs: int, warns: bool) -> None:
    text = "star: a\nnorth_star: m\nmetrics:\n  m: {aggregate: sum}\n" + "".join(
        f"  x{n}: {{role: input, aggregate: sum}}\n" for n in range(inputs)
    )
    warnings = parse_definition(text, "a.yaml").warnings
    assert bool(warnings) == warns
    if warns:
        assert f"{inputs} input" in warnings[0]


def test_two_metrics_of_one_name_are_told() -> None:
    text = SHOP.replace("name: Visits", "name: orders")
    assert parse_definition(text, "a.yaml").warnings == (
        "orders and visits have the same name, 'orders'.",
    )


def swap(old: str, new: str) -> str:
    assert old in SHOP
    return SHOP.replace(old, new)


MISTAKES = {
    "unknown key of a star": (
        swap("week_start", "weekstart"),
        "field 'weekstart': is not a key of a star. Did you mean 'week_start'?",
    ),
    "unknown key of a metric": (
        swap("better: up", "beter: up"),
        "metric 'orders', field 'beter': is not a key of a metric. Did you mean 'better'?",
    ),
    "formula names no metric": (
        swap("items / orders", "itemz / orders"),
        "metric 'basket', field 'formula': there is no metric 'itemz'. Did you mean 'items'?",
    ),
    "formula is no arithmetic": (
        swap("items / orders", "exec(1)"),
        "metric 'basket', field 'formula': has '('",
    ),
    "cycle": (
        swap(
            "items:    {name: Items, role: candidate, aggregate: sum}", "items: {formula: basket}"
        ),
        "field 'formula': computes with itself (",
    ),
    "formula of itself": (
        swap("items / orders", "basket * 2"),
        "metric 'basket', field 'formula': computes with itself (basket -> basket).",
    ),
    "two north stars": (
        swap("name: Visits, role: input", "role: north_star"),
        "metric 'visits', field 'role': is north_star, but 'orders' is the north star already.",
    ),
    "two north stars, none named": (
        swap("name: Visits, role: input", "role: north_star").replace("north_star: orders", ""),
        "metric 'visits', field 'role': is north_star, but 'orders' is the north star already.",
    ),
    "north star of another role": (
        swap("north_star: orders", "north_star: visits"),
        "metric 'orders', field 'role': is north_star, but 'visits' is the north star already.",
    ),
    "north star that is an input": (
        swap("role: north_star", "role: input"),
        "metric 'orders', field 'role': is input, but north_star names this metric.",
    ),
    "no such north star": (
        swap("north_star: orders", "north_star: order").replace("role: north_star,", ""),
        "field 'north_star': is 'order', which is no metric of this file. Did you mean 'orders'?",
    ),
    "no north star": (
        swap("north_star: orders", "").replace("role: north_star,", ""),
        "field 'north_star': is missing.",
    ),
    "bad weekday": (
        swap("sunday ", "sonntag"),
        "field 'week_start': is 'sonntag', it must be one of monday, tuesday,",
    ),
    "bad month": (swap("december", "13"), "field 'fiscal_year_end': is '13'"),
    "bad time zone": (swap("UTC", "Mars/Olympus"), "field 'timezone': is 'Mars/Olympus'"),
    "time zone outside": (swap("UTC", "../../etc/passwd"), "field 'timezone': is '../../etc"),
    "time zone folder": (swap("UTC", "Europe"), "field 'timezone': is 'Europe'"),
    "bad role": (
        swap("role: north_star", "role: hero"),
        "metric 'orders', field 'role': is 'hero'",
    ),
    "bad aggregate": (
        swap("aggregate: last", "aggregate: median"),
        "metric 'seats', field 'aggregate': is 'median', it must be one of sum, mean, last, first,",
    ),
    "bad direction": (swap("better: up", "better: left"), "field 'better': is 'left'"),
    "bad grain": (swap("grain: week", "grain: month"), "metric 'weekly_x', field 'grain': is"),
    "neither": (
        swap("aggregate: last", "unit: seats"),
        "metric 'seats', field 'aggregate': is missing. A metric needs an aggregate, or a formula.",
    ),
    "both": (
        swap("formula: items", "aggregate: sum, formula: items"),
        "metric 'basket', field 'aggregate': stands beside a formula.",
    ),
    "formula with a grain": (
        swap("formula: items", "grain: day, formula: items"),
        "metric 'basket', field 'grain': stands beside a formula.",
    ),
    "metric without keys": (
        swap("{name: Open seats, role: candidate, aggregate: last}", ""),
        "metric 'seats', field 'aggregate': is missing.",
    ),
    "no star": (swap("star: shop", ""), "field 'star': is missing."),
    "no metrics": ("star: a\nnorth_star: b", "field 'metrics': is missing."),
    "metrics that are text": ("star: a\nmetrics: b", "field 'metrics': must be a mapping."),
    "metric that is text": (
        swap("{name: Items, role: candidate, aggregate: sum}", "sum"),
        "metric 'items': must be a mapping.",
    ),
    "star that is a mapping": ("star: {a: b}\nmetrics: {}", "field 'star': must be one value"),
    "list": (swap("name: Shop", "name: [Shop]"), "field 'name': is a list"),
    "mapping as a value": (swap("name: Items,", "name: {a: b},"), "metric 'items', field 'name'"),
    "blank name": (swap("name: Items,", "name: ' ',"), "metric 'items', field 'name': is blank."),
    "lateness in words": (
        swap("aggregate: last", "aggregate: last, lateness: two days"),
        "metric 'seats', field 'lateness': is 'two days', it must be a whole number",
    ),
    "lateness of a year and more": (
        swap("aggregate: last", "aggregate: last, lateness: 53 weeks"),
        "metric 'seats', field 'lateness': is '53 weeks', it must be a whole number of days",
    ),
    "negative lead": (
        swap("aggregate: last", "aggregate: last, believed_lead: -1"),
        "metric 'seats', field 'believed_lead': is '-1'",
    ),
    "bad switch": (swap("name: Shop", "simulated: maybe"), "field 'simulated': is 'maybe'"),
    "star key": (swap("star: shop", "star: my shop"), "field 'star': is 'my shop'"),
    "metric key": (swap("seats:", "open seats:"), "metric 'open seats': is no key"),
    "key of a formula": (swap("seats:", "a/b:"), "metric 'a/b': is no key"),
    "long key": (swap("seats:", "s" * 65 + ":"), "is no key"),
    "foreign letters": (swap("seats:", "plätze:"), "metric 'plätze': is no key"),
    "date": (swap("seats:", "Date:"), "metric 'Date': is the name of the date column"),
    "capitals": (swap("seats:", "Orders:"), "metric 'Orders': differs from 'orders' only by"),
    "twice": (swap("seats:", "orders:"), "line 13: metric 'orders': stands twice."),
    "field twice": (
        swap("name: Items,", "name: Items, name: Things,"),
        "line 12: metric 'items', field 'name': stands twice.",
    ),
    "top twice": (SHOP + "star: shop\n", "line 15: field 'star': stands twice."),
    "two documents": (SHOP + "---\n" + SHOP, "line 15: holds more than one document."),
    "not YAML": (SHOP + "  more: {", "is not YAML"),
    "tabs": (swap("  seats", "\tseats"), "is not YAML"),
    "empty": ("", "is empty."),
    "only comments": ("# nothing\n---\n", "is not a mapping"),
    "text": ("hello", "is not a mapping"),
    "tag": (swap("name: Shop", "name: !!python/object/apply:os.system [id]"), "has the tag"),
    "standard tag": (swap("name: Shop", "name: !!binary aGVsbG8="), "has the tag"),
    "anchor": (swap("name: Shop", "name: &a Shop"), "has an anchor or an alias"),
    "alias": (swap("name: Shop", "name: *a"), "has an anchor or an alias"),
    "merge": (swap("seats:", "<<:"), "metric '<<': is no key"),
    "key that is a mapping": (swap("  seats:", "  ? {a: b}\n  :"), "a key that is not plain text"),
    "NUL": (swap("name: Items,", 'name: "a\\0b",'), "metric 'items', field 'name': has a control"),
    "escape": (swap("name: Items,", 'name: "\\e[31m",'), "has a control character (U+001B)"),
    "line break": (swap("name: Items,", 'name: "a\\nb",'), "has a control character (U+000A)"),
    "raw control character": (swap("Items,", "It\x07ms,"), "line 12: has a character that YAML"),
    "surrogate": (swap("name: Items,", 'name: "\\ud83d",'), "has half a character (U+D83D)"),
    "raw surrogate": (swap("Items,", "\ud83d,"), "has a character that YAML refuses (U+D83D)"),
    "long name": (swap("name: Items,", f"name: {'x' * 10_001},"), "longer than 10,000"),
    "long unit": (swap("aggregate: last", f"aggregate: last, unit: {'x' * 65}"), "longer than 64"),
    "long file": (SHOP + "#" * 1_000_000, "is longer than 1,000,000 characters."),
    "many metrics": (
        SHOP + "".join(f"  m{n}: {{aggregate: sum}}\n" for n in range(1_000)),
        "field 'metrics': has more than 1,000 metrics.",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_metric_and_field(mistake: str) -> None:
    text, expected = MISTAKES[mistake]
    assert expected in refused(text)


def test_the_other_mistakes_are_counted() -> None:
    line = refused(swap("better: up", "beter: up, agregate: sum").replace("UTC", "Mars"))
    assert "(And 2 more problems in this file.)" in line


def test_all_mistakes_of_a_file_are_told_a_line_each() -> None:
    text = """
star: shop
timezone: Mars
north_star: ordrs
metrics:
  orders: {aggregate: sums, beter: up}
  visits: {role: input}
  date: {aggregate: sum}
  rate: {formula: orders / visitors + visits}
  half: {formula: "orders /"}
"""
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text, "shop.yaml")

    wrong = [line.split(":")[1].strip() for line in caught.value.problems]
    assert sorted(wrong) == [
        "field 'north_star'",
        "field 'timezone'",
        "metric 'date'",
        "metric 'half', field 'formula'",
        "metric 'orders', field 'aggregate'",
        "metric 'orders', field 'beter'",
        "metric 'rate', field 'formula'",
        "metric 'visits', field 'aggregate'",
    ]
    assert "Did you mean 'visits'?" in "".join(caught.value.problems)
    assert "(And 7 more problems in this file.)" in str(caught.value)
    assert all(line.isprintable() for line in caught.value.problems)


def test_a_formula_that_computes_with_itself_is_told_beside_other_mistakes() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_definition(
            swap("items / orders", "basket / orders").replace("UTC", "Mars"), "shop.yaml"
        )

    assert len(caught.value.problems) == 2
    assert "computes with itself (basket -> basket)" in caught.value.problems[1]


def test_mistakes_beyond_twenty_are_counted_soon() -> None:
    wrong = "".join(f"  m{n}: {{beter: up, formula: {'+'.join('xyz')}{n}}}\n" for n in range(900))
    began = time.process_time()

    with pytest.raises(DefinitionError) as caught:
        parse_definition(f"star: a\nnorth_star: m0\nmetrics:\n{wrong}", "shop.yaml")

    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "shop.yaml: and 1,780 more problems in this file."
    assert time.process_time() - began < 5


def test_what_one_mistake_leaves_open_is_no_second_one() -> None:
    for text in (
        swap("aggregate: last", "aggregate: lst"),
        swap("week_start: sunday", "week_start: soon"),
        swap("seats:", "date:"),
        "star: shop\nmetrics: {}\n",
    ):
        assert "more problem" not in refused(text)
    assert "field 'metrics': is empty." in refused("star: shop\nmetrics: {}\n")


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
        "star: " + "[" * 100_000,
        "star: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "!" * 100_000,
        "star: |\n" + " x\n" * 100_000,
        '"' * 99_999,
        "a: " * 100_000,
    ],
    ids=lambda bomb: bomb[:9].strip(),
)
def test_a_file_made_to_hurt_is_refused_soon(bomb: str) -> None:
    began = time.process_time()
    refused(bomb)
    assert time.process_time() - began < 10


@settings(deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="a:{}[]&*!|>'\"%@`#-?, \n\t", max_size=200))
def test_any_text_is_a_definition_or_one_clear_line(text: str) -> None:
    refused(text)


def test_hostile_text_in_a_name_is_kept_as_text() -> None:
    for name in (
        "<script>alert(1)</script>",
        "![x](https://example.org/x.png)",
        "\u202eRTL\u202c",
        "a\u200bb\ufeff",
        "👩‍👩‍👧",
        "' OR 1=1 --",
        "{{7*7}} ${x} %s",
        "=cmd|' /C calc'!A0",
        "x" * 10_000,
        " spaces ",
        "- [ ] # : ? *",
        " many  words,  wide   apart " * 20,
    ):
        star = Star(
            key="a",
            name=name,
            north_star="m",
            metrics=(Metric("m", name, Role.NORTH_STAR, Aggregate.SUM, owner=name),),
            description=f"  {name[:4_000]}\n\n\t{name[:4_000]}\n",
        )
        assert parse(export_definition(star)) == star


def test_files_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(SHOP.replace("Shop", "Bücher").encode("latin-1"))
    packed = tmp_path / "packed.yaml"
    packed.write_bytes(b"\x1f\x8b\x08\x00" + bytes(range(256)))
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 5_000_000)
    for path, what in [
        (latin, "is not UTF-8"),
        (packed, "is not UTF-8"),
        (large, "longer than"),
        (tmp_path, "is a folder"),
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path / "a\0b", "not the name of a file"),
    ]:
        with pytest.raises(DefinitionError, match=what) as caught:
            read_definition(path)
        assert str(caught.value).isprintable()
    marked = tmp_path / "marked.yaml"
    marked.write_bytes(b"\xef\xbb\xbf" + SHOP.replace("\n", "\r\n").encode())
    assert read_definition(marked).star == parse(SHOP)


KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,63}", fullmatch=True)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip())
)
LINES = st.just("") | st.lists(LINE, min_size=1, max_size=3).map("\n".join)


COLUMN = LINE.filter(lambda text: text.strip() != "*")


@st.composite
def queries(draw: st.DrawFn) -> SourceQuery:
    take = draw(st.sampled_from(Take))
    sql = draw(st.one_of(st.just(""), LINES.map(lambda text: f"(select {text}")))
    return SourceQuery(
        source=draw(st.sampled_from(["lake", "warehouse"])),
        date=draw(LINE),
        take=take,
        column=draw(st.just("") | COLUMN if take is Take.COUNT else COLUMN),
        sql=sql,
        table="" if sql else draw(LINE),
        where="" if sql else draw(LINES),
        segments=tuple(draw(st.lists(LINE, max_size=3, unique_by=str.casefold))),
        empty_is_zero=draw(st.booleans()),
    )


@st.composite
def stars(draw: st.DrawFn) -> Star:
    keys = draw(
        st.lists(KEYS, min_size=2, max_size=5, unique_by=str.lower).filter(
            lambda keys: "date" not in map(str.lower, keys)
        )
    )
    metrics = []
    for place, key in enumerate(keys):
        formula = None
        if place and draw(st.booleans()):
            formula = f"{draw(st.sampled_from(keys[:place]))} / 7.5"
        query = None if formula else draw(st.none() | queries())
        aggregates = [one for one in Aggregate if query or one is not Aggregate.SOURCE]
        if query and query.take in (Take.COUNT_DISTINCT, Take.MEAN):
            aggregates.remove(Aggregate.SUM)
        metrics.append(
            Metric(
                key=key,
                name=draw(LINE),
                role=Role.NORTH_STAR
                if place == 0
                else draw(st.sampled_from([role for role in Role if role != Role.NORTH_STAR])),
                aggregate=None if formula else draw(st.sampled_from(aggregates)),
                formula=formula,
                unit=draw(st.just("") | LINE),
                better=draw(st.sampled_from(Better)),
                grain=None if formula else draw(st.sampled_from([None, Grain.DAY, Grain.WEEK])),
                dimension=draw(st.just("") | LINE),
                owner=draw(st.just("") | LINE),
                description=draw(LINES),
                lateness_days=draw(st.integers(0, 366)),
                believed_lead_weeks=draw(st.none() | st.integers(0, 104)),
                believed_direction=draw(st.none() | st.sampled_from(Direction)),
                believed_confidence=draw(st.none() | st.sampled_from(Confidence)),
                query=query,
            )
        )
    return Star(
        key=draw(KEYS),
        name=draw(LINE),
        north_star=keys[0],
        metrics=tuple(metrics),
        week_start=draw(st.integers(0, 6)),
        timezone=draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/Argentina/Ushuaia"])),
        fiscal_year_end=draw(st.integers(1, 12)),
        description=draw(LINES),
        simulated=draw(st.booleans()),
        sources=(Source("lake"), Source("warehouse", "WAREHOUSE_URL")),
    )


SOURCED = """
star: music
sources:
  warehouse: {url_env: WAREHOUSE_URL}
  lake:
north_star: hours
metrics:
  hours: {source: warehouse, table: plays, date: at, value: {sum: hours}, lateness: 2 days}
  users: {source: lake, sql: select * from plays, time: at, value: {count_distinct: user}}
  ratio: {formula: hours / users}
"""


def test_a_metric_says_where_it_comes_from() -> None:
    star = parse(SOURCED.replace("2 days}", "1 week, segments: [country, plan]}"))
    assert star.sources == (Source("warehouse", "WAREHOUSE_URL"), Source("lake"))
    hours, users, _ = star.metrics
    assert hours.query == SourceQuery(
        "warehouse", "at", Take.SUM, "hours", table="plays", segments=("country", "plan")
    )
    assert (hours.aggregate, hours.lateness_days) == (Aggregate.SUM, 7)
    assert users.query == SourceQuery(
        "lake", "at", Take.COUNT_DISTINCT, "user", sql="select * from plays"
    )
    assert users.aggregate is Aggregate.SOURCE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: lake", "source: laek", "'source': is 'laek', which the sources of this file do"),
        ("source: lake, ", "", "metric 'users', field 'sql': stands in a metric without a source"),
        ("table: plays, ", "", "metric 'hours', field 'sql': is missing."),
        ("table: plays,", "table: plays, sql: select 1,", "'sql': stands beside a table."),
        ("table: plays,", "sql: drop table plays,", "'sql': is no query."),
        ("table: plays,", "sql: '/* select */ delete from plays',", "'sql': is no query."),
        ("time: at,", "time: at, where: a > 1,", "'where': stands beside sql."),
        ("time: at,", "", "metric 'users', field 'date': is missing."),
        ("time: at,", "time: at, date: at,", "'date': stands beside time."),
        ("value: {sum: hours}, ", "", "metric 'hours', field 'value': is missing."),
        ("{sum: hours}", "hours", "'value': is 'hours'; it must be one of sum, count,"),
        ("{sum: hours}", "{total: hours}", "'value': is 'total' of a column, it must be one of"),
        ("{sum: hours}", "{sum: '*'}", "'value': does not say which column"),
        ("{sum: hours}", "{sum: {a: b}}", "field 'value.sum': is a mapping where one value"),
        ("user}}", "user}, aggregate: sum}", "is sum, but a count_distinct of days does not add"),
        ("formula: hours / users", "aggregate: source", "'aggregate': is source, but the metric"),
        ("formula: hours /", "source: lake, formula: hours /", "'source': stands beside a formula"),
        ("2 days}", "2 days, segments: [a, A]}", "'segments': names a column twice."),
        ("2 days}", "2 days, segments: {a: b}}", "'segments': must be a list of columns"),
        (
            "2 days}",
            "2 days, empty: maybe}",
            "'empty': is 'maybe', it must be one of missing, zero",
        ),
        ("url_env: WAREHOUSE_URL", "url: x", "'sources.warehouse.url': is not a key of a source."),
        ("  lake:", "  la ke:", "field 'sources.la ke': is no key"),
    ],
)
def test_a_mistake_about_sources_is_one_line(old: str, new: str, said: str) -> None:
    assert old in SOURCED
    assert said in refused(SOURCED.replace(old, new))


def test_an_address_in_a_definition_is_refused_and_not_repeated() -> None:
    for key in ("url_env", "url"):
        address = "postgresql://anna:canary-7f3a@db/x"
        line = refused(SOURCED.replace("url_env: WAREHOUSE_URL", f"{key}: '{address}'"))
        assert "environment variable" in line
        assert "canary" not in line


@settings(deadline=None, max_examples=50)
@given(stars())
def test_a_round_trip_changes_nothing(star: Star) -> None:
    text = export_definition(star)
    assert parse(text) == star
    assert export_definition(parse(text)) == text


def test_the_export_leaves_out_what_is_the_default() -> None:
    text = export_definition(parse("star: a\nmetrics: {m: {role: north_star, aggregate: sum}}"))
    assert text == (
        "star: a\nnorth_star: m\nmetrics:\n  m:\n    role: north_star\n    aggregate: sum\n"
    )


def documented(title: str) -> list[str]:
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    part = page.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE)


def test_every_key_is_documented() -> None:
    assert sorted(documented("The star")) == sorted(STAR_KEYS)
    assert sorted(documented("A metric")) == sorted(METRIC_KEYS)


def test_the_examples_of_the_page_are_definitions() -> None:
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(star:.*?)```", page, flags=re.DOTALL)
    assert examples
    for example in examples:
        assert parse_definition(example, "definitions.md").warnings == ()


def test_real_definitions_are_read() -> None:
    for path in sorted((ROOT.parent / "shared" / "real").glob("*/*.yaml")):
        star = read_definition(path).star
        assert parse(export_definition(star)) == star
