"""The lead test speaks of keys and periods; people read names and weeks."""

from __future__ import annotations

import pytest

from nsm.model import Metric, Role, Star
from nsm.words.findings import _in_names

STAR = Star(
    key="app",
    name="App",
    north_star="orders_each",
    metrics=(
        Metric("orders_each", "Digital orders a customer", Role.NORTH_STAR, formula="orders / n"),
        Metric("orders", "All orders", Role.CANDIDATE),
        Metric("digital", "Digital periods", Role.INPUT),
        Metric("n", "N\\1 customers", Role.CANDIDATE),
    ),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("orders_each changed its level.", "Digital orders a customer changed its level."),
        ("orders and digital", "All orders and Digital periods"),
        ("1 missing periods of orders were filled.", "1 missing week of All orders was filled."),
        ("3 missing weeks of n were filled.", "3 missing weeks of N\\1 customers were filled."),
        ("12 periods; reorders stay", "12 weeks; reorders stay"),
    ],
)
def test_keys_become_names_once(text: str, said: str) -> None:
    assert _in_names(text, STAR) == said
