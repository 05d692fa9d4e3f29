"""A small seeded slice of `make calibrate-signals`, and that its page says what was counted."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.calibration.signals import page, run, score
from tests.calibration.signals.series import KINDS, PROMISED, generator

HARD = ("AR(0)", "AR(0.4)", "AR(0.8)", "AR(0.4), season")


def test_false_signals_stay_rare_where_the_textbook_chart_has_many():
    total: Counter[str] = Counter()
    for name in HARD:
        for number in range(15):
            total += score.unchanged(KINDS[name], name, 52, number, seed=7)

    # 60 tosses of 1 in 20: at most 9 in 999 of 1000 cases.
    assert total["series"] == 60
    assert total["false"] <= 9
    assert total["plain"] > 2 * total["false"] + 6


def test_a_shift_of_two_standard_deviations_is_found_once_the_metric_is_known():
    total: Counter[str] = Counter()
    for number in range(24):
        total += score.shifted(KINDS["AR(0)"], "AR(0)", 104, number, 7, size=2.0)

    assert score.soon(total) > 0.25
    assert sum(total.values()) - total["series"] == 24
    assert total["later"] <= 8


@pytest.mark.parametrize("name", KINDS)
def test_every_series_can_be_made_again(name):
    first, again = (KINDS[name].draw(generator(1, name, 52, 0), 60) for _ in range(2))

    assert first.tolist() == again.tolist()
    assert len(first) == 60


def test_a_seasonal_series_is_as_wide_as_it_says():
    wide = [KINDS["AR(0.8)"].draw(generator(1, "wide", 52, n), 200).std() for n in range(30)]

    assert sum(wide) / 30 == pytest.approx(KINDS["AR(0.8)"].spread, rel=0.15)


def test_the_published_page_is_the_published_counts():
    kept = run.DOCS / "signals.json"
    held = json.loads(kept.read_text(encoding="utf-8"))

    assert held["seed"] == run.SEED
    assert set(PROMISED) <= set(held["results"]["unchanged"]["39"])
    text = (run.DOCS / "signals.md").read_text(encoding="utf-8")
    assert page.measured(held["results"], held["seed"]) in text
