"""The targets of a definition: as they are written, with every mistake in its place, and back."""

from __future__ import annotations

import datetime as dt

import pytest

from nsm.definitions import export_definition, parse_definition
from nsm.errors import DefinitionError
from nsm.model import Target

STAR = """
star: shop
north_star: orders
fiscal_year_end: march
metrics:
  orders: {aggregate: sum}
"""
PLANS = """
targets:
  orders:
    quarter 2026-10-01: 120000
    year 2026-04-01: 4.5e5
    week 2026-11-16: -0.5
"""


def test_targets_are_read_and_written_back():
    found = parse_definition(STAR + PLANS, "star.yaml")

    assert found.targets == (
        Target("orders", "quarter", dt.date(2026, 10, 1), 120_000.0),
        Target("orders", "year", dt.date(2026, 4, 1), 450_000.0),
        Target("orders", "week", dt.date(2026, 11, 16), -0.5),
    )
    text = export_definition(found.star, found.targets)
    assert parse_definition(text, "again.yaml") == found


def test_a_definition_may_leave_targets_alone():
    found = parse_definition(STAR, "star.yaml")

    assert found.targets is None
    assert "targets" not in export_definition(found.star)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("visits: {quarter 2026-10-01: 1}", "visits"),
        ("orders: {decade 2026-10-01: 1}", "no period"),
        ("orders: {quarter 2026-10-41: 1}", "no period"),
        ("orders: {year 2026-01-01: 1}", "Its first day is 2025-04-01"),
        ("orders: {quarter 2026-10-01: many}", "'many', which is no number"),
        ("orders: {quarter 2026-10-01: inf}", "no number"),
        ("orders: 12", "orders"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(written, said):
    with pytest.raises(DefinitionError, match="targets") as error:
        parse_definition(f"{STAR}targets:\n  {written}\n", "star.yaml")

    assert said in str(error.value)
    assert "\n" not in str(error.value)
