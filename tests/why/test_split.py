"""A change split over its formula: the parts always add up, and known cases come out as known."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from nsm.formula import parse_formula
from nsm.model import Aggregate, Metric, Role, Star
from nsm.why import CannotSplit, split
from nsm.why.weights import log_mean, weights

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "leads"
KEYS = ("a", "b", "c", "d")


def star_of(formula, **more):
    """A star computed by this formula over measured metrics and further formulas."""
    names = set(KEYS) | parse_formula(formula).references
    for text in more.values():
        names |= parse_formula(text).references
    measured = [
        Metric(name, name, Role.CANDIDATE, Aggregate.SUM) for name in sorted(names - set(more))
    ]
    computed = [Metric(key, key, Role.INPUT, formula=text) for key, text in more.items()]
    whole = Metric("star", "Star", Role.NORTH_STAR, formula=formula)
    return Star("s", "S", "star", (whole, *measured, *computed))


def contributions(found):
    return {part.key: part.contribution for part in found.parts}


def adds_up(parts, whole, largest):
    sizes = [abs(part.contribution) for part in parts] + [abs(whole), largest]
    return abs(sum(part.contribution for part in parts) - whole) <= 1e-7 * max(sizes)


# Steps of a hundredth: nothing nearly cancels but does not, where floating point has no digits.
numbers = some.one_of(
    some.integers(-9, 9).map(float), some.integers(-100_000, 100_000).map(lambda n: n / 100)
)
above_zero = some.integers(1, 100_000).map(lambda n: n / 100)
values = some.fixed_dictionaries(dict.fromkeys(KEYS, numbers))
positive = some.fixed_dictionaries(dict.fromkeys(KEYS, above_zero))


def grown(parts):
    pair = some.tuples(parts, some.sampled_from("+-*/"), parts)
    return some.one_of(pair.map(lambda p: f"({p[0]} {p[1]} {p[2]})"), parts.map(lambda p: f"-{p}"))


formulas = some.recursive(some.sampled_from([*KEYS, "2", "0.5", "100"]), grown, max_leaves=8)


@given(formulas, formulas, values, values)
def test_the_parts_of_any_formula_over_formulas_add_up(text, inner, before, now):
    whole = f"({text}) * mid + a"
    star = star_of(whole, mid=f"{inner} + b")
    try:
        found = split(star, "star", before, now)
    except CannotSplit:
        return
    largest = max(abs(found.before), abs(found.now), 1e-300)
    assert adds_up(found.parts, found.change, largest)
    assert abs(sum(found.leaves.values()) - found.change) <= 1e-6 * max(
        largest, *(abs(part) for part in found.leaves.values())
    )
    for part in found.parts:
        assert not part.parts or adds_up(part.parts, part.contribution, largest)


@given(positive, positive)
def test_where_all_is_positive_a_product_is_split_by_log_means(before, now):
    found = split(star_of("a * b / c * 100"), "star", before, now)

    scale = log_mean(found.before, found.now)
    for key, power in (("a", 1), ("b", 1), ("c", -1)):
        said = power * scale * (math.log(now[key]) - math.log(before[key]))
        assert contributions(found)[key] == pytest.approx(said, rel=1e-6, abs=1e-6 * abs(scale))


def test_where_a_zero_forbids_logarithms_the_shapley_value_shares_evenly():
    found = split(star_of("a * b * c"), "star", {"a": 0, "b": 1, "c": 2}, {"a": 3, "b": 1, "c": 4})

    # Over the orders in which a and c may change: a comes first or second, with c at 2 or at 4.
    assert contributions(found) == pytest.approx({"a": 3 * (2 + 4) / 2, "b": 0.0, "c": 2 * 3 / 2})


def in_all_orders(powers, before, now):
    """The Shapley value by its definition: each factor's mean step over all orders of changing."""

    def value(changed):
        sides = ((now if key in changed else before)[key] ** power for key, power in powers.items())
        return math.prod(sides)

    orders = list(itertools.permutations(powers))
    shares = dict.fromkeys(powers, 0.0)
    for order in orders:
        for place, key in enumerate(order):
            shares[key] += value(order[: place + 1]) - value(order[:place])
    return {key: share / len(orders) for key, share in shares.items()}


factors = some.tuples(some.integers(-6, 6).map(float), some.integers(-6, 6).map(float))


@settings(max_examples=40)
@given(some.lists(some.tuples(factors, some.sampled_from([1, -1])), min_size=2, max_size=5))
def test_shapley_shares_are_those_over_all_orders(parts):
    pairs = dict(zip("abcde", (pair for pair, _ in parts), strict=False))
    before, now = ({key: pair[side] for key, pair in pairs.items()} for side in (0, 1))
    # The first is no divisor; the others are where they never vanish.
    powers = {
        key: power if place and all(pairs[key]) else 1
        for place, (key, (_, power)) in enumerate(zip(pairs, parts, strict=True))
    }
    assume(any(one * other <= 0 for one, other in pairs.values()))
    text = "a" + "".join(f" {'*' if powers[key] > 0 else '/'} {key}" for key in list(pairs)[1:])

    found = split(star_of(text), "star", before, now)

    exact = in_all_orders(powers, before, now)
    assert contributions(found) == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_a_ratio_that_changes_its_sign_is_split_too():
    found = split(
        star_of("(a - b) / c"), "star", {"a": 1, "b": 3, "c": 2}, {"a": 5, "b": 3, "c": 4}
    )

    assert found.change == pytest.approx(1.5)
    assert contributions(found) == pytest.approx({"a": 4 * 0.375, "b": 0.0, "c": 0.0})


def test_what_did_not_change_and_what_cancels_add_nothing():
    before, now = {"a": 2, "b": 3, "c": 4}, {"a": 7, "b": 3, "c": -1}

    assert contributions(split(star_of("b * b + 5"), "star", before, now)) == {"b": 0.0}
    # The sum stays 6 while its parts move by 5 either way: its share is theirs, not zero over zero.
    found = split(star_of("(a + c) * b"), "star", before, now)
    assert contributions(found) == pytest.approx({"a": 15, "b": 0, "c": -15})


def test_levels_between_are_shown_and_the_leaves_are_counted_over_all_ways():
    star = star_of("orders * basket * price", basket="pizzas / orders")
    before = {"orders": 400, "pizzas": 900, "price": 16}
    now = {"orders": 420, "pizzas": 900, "price": 16}

    found = split(star, "star", before, now)

    assert found.change == 0
    assert contributions(found)["orders"] == pytest.approx(-contributions(found)["basket"])
    basket = next(part for part in found.parts if part.key == "basket")
    assert [part.key for part in basket.parts] == ["pizzas", "orders"]
    assert found.leaves == pytest.approx({"orders": 0, "pizzas": 0, "price": 0}, abs=1e-9)


def test_a_tower_of_formulas_is_answered_at_once_and_exactly():
    tower = {f"f{n}": f"f{n + 1} + f{n + 1} * f{n + 1} - f{n + 2} * f{n + 2}" for n in range(60)}
    star = star_of("f0", **tower, f60="a", f61="b")

    found = split(star, "star", {"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.01})

    assert sum(found.leaves.values()) == pytest.approx(found.change)


def test_a_product_of_hundreds_of_factors_is_split():
    text = " * ".join(["a", *["b"] * 300, "c"])

    found = split(star_of(text), "star", {"a": 0, "b": 1, "c": 2}, {"a": 1, "b": 1.001, "c": 2})

    assert sum(contributions(found).values()) == pytest.approx(found.change)


def test_what_cannot_be_split_says_why():
    zero = {"a": 1.0, "b": 0.0}
    for formula, now, why in (
        ("a / b", zero, "division by zero"),
        ("a * d", {"a": 1.0}, "d is not known"),
    ):
        with pytest.raises(CannotSplit, match=why):
            split(star_of(formula), "star", {"a": 1.0, "b": 2.0, "d": 1.0}, now)
    with pytest.raises(CannotSplit, match="measured"):
        split(star_of("a"), "a", zero, zero)


def test_near_values_keep_their_digits_in_the_logarithmic_mean():
    assert log_mean(1.0, 1.0 + 1e-13) == pytest.approx(1.0)
    assert log_mean(-2.0, -2.0 * math.e) == pytest.approx(-2 * (math.e - 1))
    assert log_mean(1e-300, 1e300) == pytest.approx(1e300 / math.log(1e300) / 2)


@pytest.mark.skipif(not REAL.exists(), reason="the real series are not here")
def test_the_pizza_shop_as_published():
    with (REAL / "pizzaplace_weekly_identity.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    before, now = (
        {key: float(v) for key, v in row.items() if key != "index"} for row in rows[10:12]
    )
    formula = parse_formula("orders * pizzas_per_order * price_per_pizza")

    whole, found = weights(formula, {key: (before[key], now[key]) for key in formula.references})

    said = {key: weight * (now[key] - before[key]) for key, weight in found.items()}
    assert whole[1] - whole[0] == pytest.approx(-108.30, abs=0.005)
    assert said == pytest.approx(
        {"orders": 461.49, "pizzas_per_order": -725.09, "price_per_pizza": 155.30}, abs=0.005
    )
