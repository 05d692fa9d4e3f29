"""What is said of why a star moved: parts with their signs, the small ones together, the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from nsm.model import Aggregate, Metric, Role, Star
from nsm.why import Part, Why, why_of
from nsm.words.why import signed, told_parts, why_introduction, why_missing, why_sentence, why_table

REAL = Path(__file__).resolve().parents[3] / "shared/real/leads/pizzaplace_weekly_identity.csv"
WEEK = dt.date(2015, 3, 16)
NAMES = {"orders": "orders", "basket": "pizzas per order", "price": "price"}
STAR = Star(
    "pizza",
    "Pizza",
    "revenue",
    (
        Metric("revenue", "Revenue", Role.NORTH_STAR, formula="orders * basket * price"),
        *(Metric(key, name, Role.INPUT, Aggregate.SUM) for key, name in NAMES.items()),
    ),
)
PARTS = (
    Part("orders", 404, 416, 461.49),
    Part("basket", 2.3886, 2.28125, -725.09),
    Part("price", 16.39, 16.56, 155.30),
)
PIZZA = Why(
    "revenue",
    "week",
    WEEK,
    dt.date(2015, 3, 9),
    15820.55,
    15712.25,
    "formula",
    PARTS,
)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_sentence_names_the_change_and_its_parts():
    said = why_sentence(STAR, PIZZA)

    assert said == "−108: +461 orders, −725 pizzas per order, +155 price."


@pytest.mark.skipif(not REAL.exists(), reason="the real series are not here")
def test_the_sentence_of_a_real_week_from_its_figures():
    columns = {"orders": "orders", "pizzas_per_order": "basket", "price_per_pizza": "price"}
    frame = pd.read_csv(REAL)[list(columns)].rename(columns=columns)
    frame.index = pd.date_range("2014-12-29", periods=len(frame), freq="7D", unit="us")
    frame["revenue"] = frame["orders"] * frame["basket"] * frame["price"]

    found = why_of(STAR, frame, frame.index[11].date())

    assert why_sentence(STAR, found) == ("−108: +461 orders, −725 pizzas per order, +155 price.")
    assert sum(part.contribution for part in found.parts) == pytest.approx(found.change, rel=1e-12)


def test_a_part_is_said_in_the_unit_of_the_star():
    assert plain(signed(-0.0041, "percent")) == "−0.4 pt"
    assert plain(signed(1_234_567, "$")) == "+$1.23 M"
    assert signed(0.0, "") == "0"


def test_many_parts_are_told_as_the_largest_and_the_rest_together():
    keys = [f"m{n}" for n in range(9)]
    star = replace(
        STAR,
        metrics=(
            STAR.metrics[0],
            *(Metric(key, key, Role.CANDIDATE, Aggregate.SUM) for key in keys),
        ),
    )
    parts = tuple(Part(key, 0, 1, float(n)) for n, key in enumerate(keys))
    told = told_parts(star, replace(PIZZA, parts=parts))

    assert [name for name, _ in told] == ["m5", "m6", "m7", "m8", "5 smaller parts"]
    assert sum(size for _, size in told) == sum(range(9))


def test_what_leading_inputs_would_explain_is_said_as_a_prediction_with_what_is_left():
    part = Part("orders", 404, 416, -50.0, low=-80.0, high=-20.0, lag_weeks=3)
    why = replace(PIZZA, method="leads", parts=(part,), rest=-58.3)

    assert why_sentence(STAR, why) == "−108: −50 orders, −58.3 not explained."
    said = plain(why_introduction(STAR, why))
    assert "orders 3 weeks earlier" in said
    assert "not a proof of cause" in said
    rows = why_table(STAR, [why])
    assert rows["Contribution"].tolist()[1:] == [-50.0, -58.3]
    assert rows["Weeks earlier"].tolist()[1] == 3


def test_the_table_goes_down_to_the_leaves():
    deep = replace(PARTS[1], parts=(Part("orders", 404, 416, -700.0), Part("price", 1, 2, -25.09)))
    rows = why_table(STAR, [replace(PIZZA, parts=(PARTS[0], deep, PARTS[2]))])

    assert rows["Part"].tolist() == [
        "Revenue",
        "– orders",
        "– pizzas per order",
        "– – orders",
        "– – price",
        "– price",
    ]


def test_what_is_missing_is_said_by_name_and_date():
    why = Why(
        "revenue", "week", WEEK, WEEK, reason="orders is not known for the week of 2015-03-09"
    )

    assert why_missing(STAR, why) == (
        "Why Revenue changed cannot be told: orders is not known for the week of 9 Mar 2015."
    )
