"""What leading inputs would explain: effect times change, so many weeks earlier, and the rest."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from nsm.model import Aggregate, Metric, Role, Star
from nsm.why import why_from_leads, why_of
from nsm.why.leading import NO_LEAD, Lead, leads_of_report

ROLES = {"y": Role.NORTH_STAR, "x": Role.INPUT, "z": Role.INPUT}
STAR = Star("s", "S", "y", tuple(Metric(k, k, role, Aggregate.SUM) for k, role in ROLES.items()))
FORMULA = Star(
    "s", "S", "y", (Metric("y", "y", Role.NORTH_STAR, formula="x * z"), *STAR.metrics[1:])
)
LAST = dt.date(2026, 11, 9)


def weeks(y, x, z=None):
    index = pd.date_range(end=pd.Timestamp(LAST), periods=len(y), freq="7D", unit="us")
    return pd.DataFrame({"y": y, "x": x, "z": z or [1.0] * len(y)}, index=index, dtype=float)


def report(*rows):
    names = ("input", "verdict", "lag", "effect", "effect_low", "effect_high", "effect_unit")
    return pd.DataFrame(rows, columns=names)


def test_an_input_explains_its_effect_times_its_change_so_many_weeks_earlier():
    found = why_from_leads(
        STAR, weeks([9, 9, 10, 15], [1, 3, 7, 7]), [Lead("x", 2, 0.5, 0.2, 0.8)], LAST
    )

    (part,) = found.parts
    assert (part.before, part.now, part.lag_weeks) == (1, 3, 2)
    assert (part.contribution, part.low, part.high) == pytest.approx((1.0, 0.4, 1.6))
    assert found.change == 5
    assert found.rest == pytest.approx(4.0)


def test_an_effect_that_needs_several_weeks_takes_their_mean_and_a_fall_turns_its_interval():
    lead = Lead("x", 1, 2.0, 1.0, 3.0, span=2)
    found = why_from_leads(STAR, weeks([9, 9, 9, 9], [8, 4, 2, 0]), [lead], LAST)

    (part,) = found.parts
    assert (part.before, part.now) == (6, 3)
    assert (part.contribution, part.low, part.high) == (-6, -9, -3)


def test_only_inputs_that_lead_and_are_no_shadow_are_asked():
    table = report(
        ("x", "leads", 3, 0.5, 0.1, 0.9, "y per 1 x, held for 3 weeks"),
        ("z", "both", 1, 2.0, 1.0, 3.0, "y per 1 z"),
        ("u", "none", None, np.nan, np.nan, np.nan, "y per 1 u"),
        ("v", "follows", 2, np.nan, np.nan, np.nan, "y per 1 v"),
        ("w", "together", 0, 1.0, 0.5, 1.5, "y per 1 w"),
        ("s", "leads", 1, 1.0, 0.5, 1.5, "y per 1 s"),
    )

    found = leads_of_report(table, {"x": {"spread_over": 3}, "s": {"shadow_of": "x"}})

    assert found == [Lead("x", 3, 0.5, 0.1, 0.9, span=3), Lead("z", 1, 2.0, 1.0, 3.0)]


def test_without_a_lead_or_its_weeks_the_reason_is_said():
    values = weeks([9, 10], [1, 3])

    assert why_from_leads(STAR, values, [], LAST).reason == NO_LEAD
    found = why_from_leads(STAR, values, [Lead("x", 1, 1, 1, 1)], LAST)
    assert (found.parts, found.rest) == ((), None)
    assert found.reason == "x is not known so many weeks earlier"


def test_a_formula_is_split_for_the_week_and_against_the_same_week_of_last_year():
    year = [1.0] * 50
    values = weeks([6.0, *year, 8.0, 15.0], [3.0, *year, 4.0, 5.0], [2.0, *year, 2.0, 3.0])

    week, last_year = (why_of(FORMULA, values, LAST, against) for against in ("week", "year"))

    assert (week.before, week.now) == (8, 15)
    assert sum(part.contribution for part in week.parts) == pytest.approx(7)
    assert last_year.base == LAST - dt.timedelta(days=364)
    assert (last_year.before, last_year.change) == (6, 9)
    assert week.to_json()["parts"][0]["key"] == "x"


def test_a_week_that_is_not_known_has_a_reason_and_no_parts():
    values = weeks([np.nan, 15.0], [4.0, 5.0], [2.0, 3.0])

    found = why_of(FORMULA, values, LAST)

    assert (found.change, found.parts) == (None, ())
    assert found.reason == "y is not known for the week of 2026-11-02"
    assert why_of(STAR, weeks([1, 2], [1, 2]), LAST).reason.startswith("it is measured")
