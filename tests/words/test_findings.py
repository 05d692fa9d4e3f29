"""The lead test speaks of keys and periods; people read names and weeks."""

from __future__ import annotations

import pytest

from nsm.model import Metric, Role, Star
from nsm.words.findings import Finding, in_names
from nsm.words.leads import findings_table
from nsm.words.steps import Step

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
    assert in_names(text, {one.key: one for one in STAR.metrics}) == said


@pytest.mark.parametrize(
    ("verdict", "chance"),
    [("leads", 0.01), ("none", 0.01), ("follows", 0.03), ("together", 0.02), ("both", 0.03)],
)
def test_could_be_chance_is_about_what_the_verdict_says(verdict: str, chance: float) -> None:
    step = Step("percent", 1.0)
    found = Finding(
        metric=STAR.metric("digital"),
        verdict=verdict,
        place=0,
        lag=None,
        lags=None,
        effect=None,
        unseen=None,
        held_weeks=0,
        chance=0.01,
        chance_backwards=0.03,
        chance_same_week=0.02,
        step=step,
        goal=step,
        warnings=(),
    )
    table = findings_table([found])

    assert found.doubt == chance
    assert table["Could be chance"][0].startswith(f"{chance:.1%}".removesuffix("%"))
    assert "Backwards" not in table
