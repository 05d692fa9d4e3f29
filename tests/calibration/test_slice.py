"""A small seeded slice of `make calibrate`, and that its pages say what was counted."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from nsm.words.leads import KNOWN_HOW
from tests.calibration import page, peers, run, score
from tests.calibration.families import EVERY, NOTHING, SOMETHING

HARD = ("AR(.9)", "shared level shift", "shared season", "counts that grow", "followers")


def test_false_leads_stay_rare_in_the_hard_families():
    total = Counter({"worlds": 0})
    for family in HARD:
        for number in range(12):
            total += score.score(NOTHING[family], family, 156, number, seed=7, draws=199)

    # 60 tosses of 1 in 20: at most 9 in 999 of 1000 cases
    assert total["worlds"] == 60
    assert total["false_dashboards"] <= 9
    assert total["followers_found"] >= 0.9 * total["followers"]


def test_a_strong_lead_is_found_at_its_lag():
    family = "one lag, 30%"
    total = Counter({"worlds": 0})
    for number in range(15):
        total += score.score(SOMETHING[family], family, 156, number, seed=7, draws=199)

    assert total["found"] >= 14
    assert total["exact"] >= 13
    assert total["wrong_sign"] == 0


@pytest.mark.parametrize("family", EVERY)
def test_every_family_can_be_made_again_at_every_length(family):
    for weeks in (60, 260):
        first, again = (
            EVERY[family](score.generator(1, family, weeks, 0), weeks) for _ in range(2)
        )

        assert len(first.target) == weeks
        assert first.inputs.equals(again.inputs)
        assert first.target.equals(again.target)
        assert set(first.leads) <= set(first.inputs)


def test_peers_find_leads_in_a_shared_trend_that_has_none():
    made = NOTHING["shared trend"](score.generator(1, "shared trend", 156, 0), 156)

    assert all(peers.says_lead("best lag by correlation", made.target, made.inputs))
    assert set(peers.PEERS) == {
        "best lag by correlation",
        "own lags, Newey-West, Bonferroni",
        "statsmodels Granger, any order",
    }


def test_the_words_claim_no_more_than_what_was_published():
    known_how = " ".join(KNOWN_HOW)
    page_of_leads = " ".join((run.DOCS / "leads.md").read_text(encoding="utf-8").split())
    assert "of one to five years of weeks, fewer than one in twenty" in known_how
    assert "up to one in ten" in known_how
    assert "five years of weeks the average over nearly forty" in page_of_leads
    assert "about a fifth of those that explain a fifth" in page_of_leads
    published = json.loads((run.DOCS / "calibration.json").read_text(encoding="utf-8"))["engine"]
    assert set(published) == {"60", "104", "156", "260"}
    for weeks, families in published.items():
        assert set(families) == set(EVERY), f"{weeks} weeks are not complete"
        shares = {
            name: counts["false_dashboards"] / counts["worlds"]
            for name, counts in families.items()
            if name in NOTHING
        }
        assert len(shares) == 39
        average, worst = sum(shares.values()) / len(shares), max(shares.values())
        assert average < 1 / 20
        assert worst <= 1 / 10
    short = published["60"]["one lag, 20%"]
    assert short["found"] / short["worlds"] == pytest.approx(0.2, abs=0.05)


def test_the_page_and_its_picture_show_the_counts():
    counted = {"worlds": 200, "false_dashboards": 10, "inputs": 1000, "false_inputs": 11}
    found = {"worlds": 100, "planted": 100, "found": 80, "said_single": 80, "exact": 76}
    results = {
        "seeds": {"156": 1},
        "engine": {"156": {"white noise": counted, "one lag, 10%": found}},
        "peers": {"156": {"white noise": {"worlds": 50, "best lag|false_dashboards": 47}}},
    }

    text = page.text(results)
    picture = ET.fromstring(page.picture(results))

    assert "| white noise | 5.0 % | 1.1 % | 200 |" in text
    assert "| one lag, 10% | 80.0 % | 95.0 % |" in text
    assert "94.0 %" in text
    assert any("white noise" in (node.text or "") for node in picture.iter())
