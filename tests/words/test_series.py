"""What is said of one shift: the effect with both names, and when it could be chance."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from nsm.model import Aggregate, Metric, Role, Star
from nsm.words.figures import NO_BREAK
from nsm.words.findings import Finding
from nsm.words.series import (
    found_at,
    no_index,
    no_season_yet,
    not_tested,
    pair_alt,
    scatter_alt,
    shift,
)
from nsm.words.steps import Step

ORDERS = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
VISITS = Metric("visits", "Visits", Role.INPUT, Aggregate.SUM)
SHOP = Star("shop", "Shop", "orders", (ORDERS, VISITS))


def finding(verdict="leads", warnings=()):
    return Finding(
        metric=VISITS,
        verdict=verdict,
        place=1,
        lag=3,
        lags=(2, 4),
        effect=(0.4, 0.1, 0.7),
        unseen=None,
        held_weeks=0,
        chance=0.001,
        chance_backwards=0.9,
        step=Step("percent", 20.0),
        goal=Step("percent", 10.0),
        warnings=warnings,
    )


def said(lag, at, **more):
    return found_at(SHOP, finding(**more), lag, at, 0.05).replace(NO_BREAK, " ")


def test_a_clear_link_is_told_in_the_steps_of_both():
    # 0.2 orders a visit: 20 visits are a per cent of them, 4 orders are 0.4 per cent.
    assert said(3, (0.2, 0.05, 0.35, 0.001)) == (
        "At this shift +1 % of Visits came before +0.40 % of Orders 3 weeks later "
        "(between +0.10 % and +0.70 %): more than chance explains."
    )


def test_what_could_be_chance_is_said_to_be():
    sentence = said(1, (-0.2, -0.5, 0.1, 0.4))

    assert sentence.startswith("At this shift it could be chance:")
    assert "−0.40 % of Orders 1 week later" in sentence
    for word in ("cause", "drive", "because", "leads"):
        assert word not in sentence


def test_the_same_week_comes_neither_before_nor_later():
    sentence = said(0, (0.2, 0.05, 0.35, 0.001))

    assert "went with" in sentence
    assert "in the same week" in sentence


@pytest.mark.parametrize("verdict", ["insufficient", "none"])
def test_what_cannot_be_tested_says_why(verdict):
    at = (math.nan,) * 4

    assert said(2, at, verdict=verdict, warnings=("There are 12 weeks.",)) == "There are 12 weeks."
    assert said(2, at, verdict=verdict) == "The lead test cannot say anything here."


def test_the_pictures_say_what_they_show():
    assert shift(SHOP, VISITS, 0) == "Orders and Visits, week by week."
    assert shift(SHOP, VISITS, 3) == "Orders, and Visits as it was 3 weeks before."
    assert pair_alt(SHOP, VISITS, 1, dt.date(2025, 1, 6), dt.date(2026, 1, 5)) == (
        "Orders, and Visits as it was 1 week before, from 6 Jan 2025 to 5 Jan 2026."
    )
    assert scatter_alt(SHOP, VISITS, 3, 57) == (
        "Orders against Visits 3 weeks before: 57 weeks, one mark each."
    )


def test_what_was_asked_and_cannot_be_done_is_said():
    assert "85 weeks" in no_season_yet(VISITS, 85, 104)
    assert "two scales" in no_index(VISITS)
    assert "inputs only" in not_tested(VISITS)
