"""A change split by segment: parts, rates and mixes always add up, and known cases hold."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from nsm.errors import FormulaError
from nsm.formula import evaluate, parse_formula
from nsm.model import Aggregate, Grain, Metric, Role, SourceQuery, Star, Take
from nsm.rows import PartRows
from nsm.segments import weeks_by_segment
from nsm.why import Question, SegmentSplit, questions, split_by_segment
from nsm.why.forms import form_of

WEEK, BASE = dt.date(2026, 11, 9), dt.date(2026, 11, 2)
INDEX = pd.DatetimeIndex([BASE, WEEK]).as_unit("us")
PARTS = ("at", "de", "se", "日本")
QUESTION = Question("star", "country")


def measured(key, take=Take.SUM, aggregate=Aggregate.SUM, segments=("country",)):
    role = Role.NORTH_STAR if key == "star" else Role.CANDIDATE
    query = SourceQuery("lake", "at", take, "x", table="t", segments=tuple(segments))
    return Metric(key, key, role, aggregate, grain=Grain.WEEK, query=query)


def star_of(formula="", *metrics):
    if formula:
        metrics = (Metric("star", "Star", Role.NORTH_STAR, formula=formula), *metrics)
    return Star("s", "S", "star", metrics)


def by_country(metric, before, now, weights=None):
    """The parts of a metric in both weeks; what is None has no rows."""
    rows = [
        (week, code, value, weight)
        for week, values, counts in zip(
            (BASE, WEEK), (before, now), weights or (before, now), strict=True
        )
        for code, (value, weight) in enumerate(zip(values, counts, strict=True))
        if value is not None
    ]
    start, code, value, weight = zip(*rows, strict=True) if rows else ((), (), (), ())
    told = PartRows(
        Grain.WEEK,
        PARTS,
        np.array(start, dtype="datetime64[D]"),
        np.array(code, dtype=np.int64),
        np.array(value, dtype=float),
        np.array(weight if weights else [math.nan] * len(rows), dtype=float),
    )
    return weeks_by_segment(metric, "country", told, pd.Series([1.0, 1.0], INDEX), 0)


def split(star, parts, before, now, question=QUESTION) -> SegmentSplit:
    values = pd.DataFrame({question.metric: [before, now]}, index=INDEX)
    return split_by_segment(star, question, values, parts, WEEK)


amounts = some.one_of(some.none(), some.integers(-100_000, 100_000).map(lambda n: n / 100))
counts = some.one_of(some.none(), some.integers(1, 10_000).map(float))


def lists(of):
    return some.lists(of, min_size=len(PARTS), max_size=len(PARTS))


def total(values):
    return math.fsum(value for value in values if value is not None)


@settings(max_examples=40)
@given(lists(amounts), lists(amounts), some.sampled_from([0.0, 12.5]))
def test_the_parts_of_a_sum_and_what_is_not_kept_apart_add_up(before, now, unknown):
    star = star_of("", measured("star"))
    parts = {"star": by_country(star.star_metric, before, now)}

    found = split(star, parts, total(before), total(now) + unknown)

    if not parts["star"].values.notna().any(axis=1).all():
        assert "is not kept by country for the week of" in found.reason
        return
    said = math.fsum(part.contribution for part in found.parts)
    assert said + found.rest == pytest.approx(found.change, rel=1e-9, abs=1e-6)
    assert found.rest == pytest.approx(unknown, abs=1e-6)
    for part in found.parts:
        assert part.contribution == part.now - part.before


@settings(max_examples=40)
@given(lists(amounts), lists(amounts), lists(counts), lists(counts))
def test_the_rates_and_mixes_of_a_ratio_add_up(before, now, below_before, below_now):
    if not (total(below_before) and total(below_now)):
        return
    star = star_of("100 * a / b", measured("a"), measured("b", Take.COUNT))
    parts = {
        "a": by_country(star.metric("a"), before, now),
        "b": by_country(star.metric("b"), below_before, below_now),
    }
    whole = [
        100 * total(above) / total(below)
        for above, below in ((before, below_before), (now, below_now))
    ]

    found = split(star, parts, *whole)

    if found.reason:
        assert "is not kept by country" in found.reason
        return
    scale = max(1.0, *(abs(one) for part in found.parts for one in (part.rate, part.mix)))
    assert found.rest == pytest.approx(0, abs=1e-9 * scale)
    assert found.rate + found.mix == pytest.approx(found.change, abs=1e-9 * scale)
    for part in found.parts:
        assert part.contribution == pytest.approx(part.rate + part.mix)


def test_a_mean_is_split_into_what_changed_inside_and_what_the_shares_did():
    star = star_of("", measured("star", Take.MEAN, Aggregate.SOURCE))
    # Nothing changed inside a country: all of it is the mix.
    parts = {
        "star": by_country(
            star.star_metric,
            [10, 20, None, None],
            [10, 20, None, None],
            ([50, 50, None, None], [80, 20, None, None]),
        )
    }
    found = split(star, parts, 15.0, 12.0)
    assert (found.method, found.rate, found.mix, found.rest) == ("rates", 0, -3, 0)
    # Both grew and shrank away from a whole of 13.5 on the mean of both weeks.
    assert {part.part: part.mix for part in found.parts} == pytest.approx(
        {"at": 0.3 * (10 - 13.5), "de": -0.3 * (20 - 13.5)}
    )
    # The shares stay: all of it is inside, each part at its share.
    parts["star"] = by_country(
        star.star_metric,
        [10, 20, None, None],
        [12, 20, None, None],
        ([75, 25, None, None], [150, 50, None, None]),
    )
    found = split(star, parts, 12.5, 14.0)
    assert (found.rate, found.mix) == pytest.approx((1.5, 0))
    assert [(part.part, part.share_now) for part in found.parts] == [("at", 0.75), ("de", 0.25)]


def test_a_part_that_comes_or_goes_is_all_mix():
    star = star_of("a / b", measured("a"), measured("b"))
    parts = {
        "a": by_country(star.metric("a"), [100, None, 30, None], [100, 40, None, None]),
        "b": by_country(star.metric("b"), [100, None, 10, None], [100, 20, None, None]),
    }

    found = split(star, parts, 130 / 110, 140 / 120)

    by_name = {part.part: part for part in found.parts}
    assert (by_name["de"].before, by_name["de"].now) == (None, 2.0)
    assert [by_name[name].rate for name in ("at", "de", "se")] == pytest.approx([0, 0, 0])
    assert by_name["se"].mix < 0 < by_name["de"].mix


def test_what_can_be_split_by_what():
    star = star_of(
        "orders * basket * price",
        Metric("basket", "Basket", Role.INPUT, formula="items / orders"),
        Metric("price", "Price", Role.INPUT, formula="revenue / items"),
        measured("orders", Take.COUNT, segments=("country", "plan")),
        measured("items", segments=("plan", "country")),
        measured("revenue", segments=("country",)),
        measured("users", Take.COUNT_DISTINCT, Aggregate.SOURCE),
    )

    # What is divided by cancels: the star is its revenue.
    assert form_of(star, "star").above == {("revenue", "value"): 1.0}
    assert questions(star) == (
        Question("star", "country"),
        Question("basket", "plan"),
        Question("basket", "country"),
        Question("price", "country"),
        Question("orders", "country"),
        Question("orders", "plan"),
        Question("items", "plan"),
        Question("items", "country"),
        Question("revenue", "country"),
    )
    for alone in (
        measured("star", Take.COUNT_DISTINCT, Aggregate.SOURCE),
        measured("star", Take.MEAN, Aggregate.MEAN),
        measured("star", Take.MAX, Aggregate.MAX),
        Metric("star", "Star", Role.NORTH_STAR, Aggregate.SUM),
    ):
        assert questions(star_of("", alone)) == ()


numbers = some.integers(1, 9).map(str)


def grown(parts):
    pair = some.tuples(parts, some.sampled_from("+-*/"), parts)
    return some.one_of(pair.map(lambda p: f"({p[0]} {p[1]} {p[2]})"), parts.map(lambda p: f"-{p}"))


@given(some.recursive(some.one_of(some.sampled_from("abcm"), numbers), grown, max_leaves=7))
def test_the_form_of_a_formula_computes_what_the_formula_does(text):
    try:
        formula = parse_formula(text)
    except FormulaError:
        return
    mean = measured("m", Take.MEAN, Aggregate.SOURCE)
    star = star_of(text, *(measured(key) for key in "abc"), mean)
    form = form_of(star, "star")
    if form is None:
        return
    values = {("a", "value"): 3.0, ("b", "value"): 7.0, ("c", "value"): 11.0}
    values |= {("m", "total"): 26.0, ("m", "rows"): 13.0}

    def come_to(terms):
        return sum(factor * values[term] for term, factor in terms.items())

    series = {
        key: pd.Series([value]) for key, value in zip("abcm", (3.0, 7.0, 11.0, 2.0), strict=True)
    }
    expected = float(evaluate(formula, series).iloc[0])
    below = 1.0 if form.below is None else come_to(form.below)
    if math.isfinite(expected) and below:
        assert come_to(form.above) / below == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_answer_names_the_largest_parts_and_adds_the_others():
    star = star_of("", measured("star"))
    names = tuple(f"part {n}" for n in range(200))
    rows = PartRows(
        Grain.WEEK,
        names,
        np.repeat(np.array([BASE, WEEK], dtype="datetime64[D]"), 200),
        np.tile(np.arange(200), 2),
        np.concatenate([np.zeros(200), np.arange(200.0)]),
        np.full(400, math.nan),
    )
    whole = pd.Series([1.0, 1.0], INDEX)
    parts = {"star": weeks_by_segment(star.star_metric, "country", rows, whole, 0)}

    answer = json.loads(json.dumps(split(star, parts, 0.0, 19900.0).to_json(), allow_nan=False))

    assert [part["part"] for part in answer["parts"][:2]] == ["part 199", "part 198"]
    assert answer["others"] == {
        # The first of them did not move.
        "parts": 149,
        "contribution": sum(range(150)),
        "rate": None,
        "mix": None,
    }
    assert answer["rest"] == 0


def test_what_cannot_be_split_says_why():
    star = star_of("a / b", measured("a"), measured("b"))
    one, none = [1, 2, 3, 4], [None] * 4
    kept = {key: by_country(star.metric(key), one, one) for key in "ab"}

    missing = kept | {"b": by_country(star.metric("b"), none, one)}
    assert split(star, missing, 1.0, 2.0).reason == (
        "b is not kept by country for the week of 2026-11-02"
    )
    zero = kept | {"b": by_country(star.metric("b"), [1, -1, 0, 0], one)}
    assert "comes to zero" in split(star, zero, 1.0, 2.0).reason
    assert "is not known" in split(star, kept, math.nan, 2.0).reason
