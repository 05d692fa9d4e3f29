"""What a review's JSON adds: why, outlook and pace, from a real store."""

from __future__ import annotations

import datetime as dt
import json

from nsm import answers
from nsm.model import Target
from nsm.radiate import review_json
from nsm.store.engine import open_store
from nsm.store.targets import save_targets
from nsm.why.leading import Lead
from tests.conftest import TODAY

LEADS = [Lead("visits", 2, 0.1, 0.05, 0.15)]


def test_the_review_gains_keys_and_keeps_those_it_had(shop):
    engine = open_store(shop)
    quarter = Target("orders", "quarter", dt.date(2026, 10, 1), 22_000.0)
    save_targets(engine, "shop", [quarter])
    known = answers.histories(engine, "shop", TODAY)
    found = answers.review_of(engine, known, TODAY)

    told = json.loads(json.dumps(review_json(known, found), allow_nan=False))

    assert set(found.to_json()) < set(told)
    assert set(told["why"]) == {"week", "year"}
    ahead = told["outlook"]["weeks"]
    assert [ahead[0]["week"], len(ahead)] == ["2026-11-16", 13]
    assert all(week["low_95"] <= week["low_80"] <= week["value"] for week in ahead)
    (plan,) = told["pace"]["orders"]
    assert (plan["period"], plan["target"], plan["end"]) == ("quarter", 22_000.0, "2026-12-31")
    assert 0 < plan["chance"] < 1
    assert plan["actual_to_date"] == found.metrics["orders"].qtd


def test_an_outlook_of_the_past_knows_neither_later_weeks_nor_todays_leads(shop):
    engine = open_store(shop)
    known = answers.histories(engine, "shop", TODAY)
    then = answers.review_of(engine, known, TODAY, dt.date(2026, 10, 11))

    found = answers.prospect_of(known, then, LEADS)

    assert found.outlook.weeks[0] == dt.date(2026, 10, 12)
    assert found.outlook.values == answers.prospect_of(known, then, []).outlook.values
