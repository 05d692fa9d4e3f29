"""Real published series through real processes: what must come out is written beside them.

The series are no part of this project; where they are not, this file is not collected.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import pytest

from tests.cli.conftest import REAL, Shell, by_week, definition

CASES = json.loads((REAL / "review" / "expected.json").read_text(encoding="utf-8"))


def agrees(found: Any, wanted: Any) -> bool:
    """Equal to 0.1 %, and missing where it must be missing."""
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(agrees, found, wanted))
    if wanted is None or found is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=1e-3)


@pytest.fixture(scope="module")
def page_views(shared_shell: Shell) -> Shell:
    """The daily page views, under a star for each fiscal year that is asked for."""
    for month in sorted({case["fiscal_year_end"] for case in CASES}):
        text = definition(
            month, "page_views", week_start="sunday", fiscal_year_end=month, timezone="UTC"
        )
        shared_shell.ok("apply", shared_shell.write(f"{month}.yaml", text))
        shared_shell.ok("load", REAL / "review" / "daily.csv", "--star", month)
    return shared_shell


@pytest.mark.parametrize(
    "case",
    CASES,
    ids=lambda case: f"{case['week_ending']}-{case['fiscal_year_end']}-{case['months']}",
)
def test_the_review_agrees_with_the_published_figures(
    page_views: Shell, case: dict[str, Any]
) -> None:
    found = json.loads(
        page_views.ok(
            *("review", "--star", case["fiscal_year_end"], "--json"),
            *("--week-ending", case["week_ending"], "--months", case["months"]),
        )
    )

    assert (found["star"], found["week_start"]) == (case["fiscal_year_end"], "sunday")
    assert found["week_ending"] == case["week_ending"]
    figures = found["metrics"][case["metric"]]
    assert figures["change_unit"] == case["change_unit"]
    different = {
        name: (figures[name], wanted)
        for name, wanted in case["expected"].items()
        if not agrees(figures[name], wanted)
    }
    assert not different
    for name, wanted in case["expected"].items():
        missing = None in wanted if isinstance(wanted, list) else wanted is None
        assert missing == (name in figures["reasons"])


def test_the_same_table_as_a_spreadsheet_exports_it_says_the_same(page_views: Shell) -> None:
    star = CASES[0]["fiscal_year_end"]

    again = page_views.run("load", REAL / "review" / "messy.csv", "--star", star, "--json")

    assert again.returncode == 0, again.stderr
    report = json.loads(again.stdout)
    assert (report["new"], report["changed"], report["rejected"]) == (0, 0, 0)
    assert report["unchanged"] > 600
    assert any("Impressions" in warning for warning in report["warnings"])


def test_85_weeks_of_a_company_load_once_and_are_reviewed(shell: Shell) -> None:
    shell.ok("apply", REAL / "buffer" / "star.yaml")
    weekly = ("load", REAL / "buffer" / "weekly.csv", "--star", "buffer", "--json")

    first, again = json.loads(shell.ok(*weekly)), json.loads(shell.ok(*weekly))
    review = json.loads(shell.ok("review", "--star", "buffer", "--json"))

    assert first["new"] > 700
    assert (again["new"], again["changed"], again["rejected"]) == (0, 0, 0)
    assert again["unchanged"] == first["new"]
    # Weeks start on Sunday: the last full one starts on 4 January 2026.
    assert review["week_ending"] == "2026-01-10"
    assert review["metrics"]["weekly_active_users"]["last_week"] == 128120
    conversion = review["metrics"]["paid_conversion"]
    assert conversion["change_unit"] == "bps"
    assert conversion["last_week"] == pytest.approx(1549 / 26720)
    assert conversion["mtd"] is None
    assert "by week" in conversion["reasons"]["mtd"]
    assert shell.ok("review", "--star", "buffer").startswith("Weekly active users rose")


def test_box_and_jenkins_lead_of_three_is_found(shell: Shell) -> None:
    columns = ("sales", "lead")
    source = REAL / "leads" / "bj_sales_lead.csv"
    weeks = shell.write("bj.csv", by_week(source, columns, dt.date(2021, 3, 1)))
    shell.ok("apply", shell.write("bj.yaml", definition("bj", "sales", ["lead"])))
    shell.ok("load", weeks, "--star", "bj")

    report = json.loads(shell.ok("leads", "--star", "bj", "--json"))

    assert (report["star"], report["target"], report["weeks"]) == ("bj", "sales", 150)
    (found,) = report["inputs"]
    assert (found["input"], found["verdict"], found["lag"]) == ("lead", "leads", 3)
    assert found["effect"] > found["effect_low"] > 0
    assert "lead leads sales by 3 weeks" in shell.ok("leads", "--star", "bj")


def test_of_five_simulated_inputs_exactly_the_planted_one_leads(shell: Shell) -> None:
    source = REAL / "leads" / "sim_peer_200x6.csv"
    columns = source.read_text(encoding="utf-8").splitlines()[0].split(",")[1:]
    shell.ok("apply", shell.write("sim.yaml", definition("sim", columns[0], columns[1:])))
    weeks = shell.write("sim.csv", by_week(source, columns, dt.date(2022, 1, 3)))
    shell.ok("load", weeks, "--star", "sim")

    report = json.loads(shell.ok("leads", "--star", "sim", "--json"))

    leading = {
        row["input"]: row["lag"] for row in report["inputs"] if row["verdict"] in ("leads", "both")
    }
    assert leading == {"x1_true_lead3": 3}
