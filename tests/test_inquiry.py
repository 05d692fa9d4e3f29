"""The lead test asked about a star: results, earlier dates, other metrics."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsm.inquiry import ALPHA, Known, candidates_of, earlier, inputs_of, results_of
from nsm.leads.setting import Setting
from nsm.model import Aggregate, Annotation, Metric, Role, Star

WEEKS = 150


def metric(key: str, role: Role, **facts: object) -> Metric:
    aggregate = None if "formula" in facts else Aggregate.SUM
    return Metric(key, key.title(), role, aggregate, **facts)  # type: ignore[arg-type]


STAR = Star(
    "shop",
    "Shop",
    "orders",
    (
        metric("orders", Role.NORTH_STAR),
        metric("visits", Role.INPUT),
        metric("revenue", Role.RESULT),
        metric("doubled", Role.RESULT, formula="orders * 2"),
        metric("early", Role.CANDIDATE),
        metric("half", Role.CANDIDATE, formula="orders / 2"),
        metric("noise", Role.GUARDRAIL),
    ),
)


@pytest.fixture(scope="module")
def known() -> Known:
    """Visits and `early` lead orders by 2; orders lead revenue by 3."""
    rng = np.random.default_rng(4)
    visits, early, shock, noise = rng.standard_normal((4, WEEKS + 5))
    orders = 0.7 * np.roll(visits, 2) + 0.7 * np.roll(early, 2) + 0.6 * shock
    revenue = 0.8 * np.roll(orders, 3) + 0.6 * rng.standard_normal(WEEKS + 5)
    values = {
        "orders": 500 + 20 * orders,
        "visits": 900 + 50 * visits,
        "revenue": 9000 + 400 * revenue,
        "early": 70 + 3 * early,
        "noise": 40 + noise,
    }
    weeks = pd.DataFrame(values).iloc[5:]
    weeks.index = pd.date_range("2023-01-02", periods=WEEKS, freq="7D", unit="us")
    weeks["doubled"], weeks["half"] = 2 * weeks["orders"], weeks["orders"] / 2
    return Known(STAR, weeks)


def verdict(answer: object) -> tuple[str, int]:
    row = answer.report.table.iloc[0]  # type: ignore[attr-defined]
    return row["verdict"], row["lag"]


def test_the_star_leads_its_result_and_its_own_arithmetic_is_no_discovery(known: Known) -> None:
    revenue, doubled = results_of(known, Setting(6))

    assert revenue.star.north_star == "revenue"
    assert verdict(revenue) == ("leads", 3)
    assert revenue.report.alpha == ALPHA / 2
    assert doubled.report.table.loc[0, "verdict"] == "none"
    assert "one formula" in doubled.report.table.loc[0, "warnings"][0]


def test_an_earlier_look_knows_nothing_of_what_came_after(known: Known) -> None:
    looks = list(earlier(known, Setting(6), every=50))
    later = known.weeks.copy()
    later.iloc[-49:] *= 1.7
    again = list(earlier(Known(STAR, later), Setting(6), every=50))

    assert [last for last, _ in looks] == [
        known.weeks.index[99].date(),
        known.weeks.index[49].date(),
    ]
    assert [answer.report.weeks for _, answer in looks] == [100, 50]
    for (_, one), (_, other) in zip(looks, again, strict=True):
        assert one.report.to_json() == other.report.to_json()


def test_a_break_after_the_window_is_no_step_in_it(known: Known) -> None:
    day = known.weeks.index[120].date() + dt.timedelta(days=2)
    notes = (Annotation(0, day, "New definition", "break", "orders"),)
    noted = Known(STAR, known.weeks, notes)
    short = Setting(6, last=known.weeks.index[119].date())

    assert inputs_of(noted, Setting(6)).report.provenance["breaks"] == [
        str(known.weeks.index[120].date())
    ]
    assert inputs_of(noted, short).report.provenance["breaks"] == []


def test_logs_and_left_out_weeks_reach_the_report(known: Known) -> None:
    odd = known.weeks.index[70].date()
    found = inputs_of(known, Setting(6, logs=True, exclude=(odd,)))

    assert found.report.provenance["transform"] == "logarithms"
    assert str(odd) in found.report.provenance["set_aside"]
    assert verdict(found) == ("leads", 2)
    # One per cent more visits go with (0.7 * 20 / 500) / (50 / 900) = 0.5 % more orders.
    assert found.report.table.loc[0, "effect"] == pytest.approx(0.5, abs=0.15)


def test_candidates_of_this_and_other_stars(known: Known) -> None:
    there = known.weeks[["early", "noise"]].rename(columns={"early": "orders"})
    elsewhere = (metric("orders", Role.NORTH_STAR), metric("noise", Role.INPUT))
    cafe = Known(Star("cafe", "Cafe", "orders", elsewhere), there)
    other_weeks = Known(Star("bar", "Bar", "orders", elsewhere, week_start=3), there)
    calls: list[tuple[int, int]] = []

    table = candidates_of(
        known, Setting(6), [cafe, other_weeks, known], lambda *at: calls.append(at) or True
    )

    at = table.set_index(["star", "metric"])
    assert set(at.index) == {
        ("shop", "early"), ("shop", "half"), ("shop", "noise"), ("cafe", "orders"),
        ("cafe", "noise"),
    }  # fmt: skip
    assert set(table.loc[table["listed"], "metric"]) == {"early", "orders"}
    assert at.loc[("shop", "early"), "lag"] == 2
    assert at.loc[("shop", "half"), "reason"].startswith("half and orders stand in one formula")
    assert calls == [(5, 5)]


def test_a_candidate_that_is_a_part_of_an_input_says_so(known: Known) -> None:
    metrics = tuple(
        replace(one, formula="early * noise") if one.key == "visits" else one
        for one in STAR.metrics
    )

    table = candidates_of(Known(replace(STAR, metrics=metrics), known.weeks), Setting(6))

    reasons = dict(zip(table["metric"], table["reason"], strict=True))
    assert reasons["early"] == reasons["noise"] == "A part of visits, an input already."
    assert "stand in one formula" in reasons["half"]
