"""Belief beside the data, how an answer came about, leads that ended, and how often one looked."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from nsm.leads import LeadReport, find_leads
from nsm.leads.setting import Setting
from nsm.model import Aggregate, Confidence, Direction, Metric, Role, Star
from nsm.words.believed import belief, believed_words, course, over_time
from nsm.words.findings import Finding, findings
from nsm.words.leads import headline, sentence, summary, verdict_words
from nsm.words.looks import paragraph, setting_words, versions_said

STAR = Star(
    "shop",
    "Shop",
    "orders",
    (
        Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
        Metric("ended", "Ended", Role.INPUT, Aggregate.SUM),
        Metric("lasting", "Lasting", Role.INPUT, Aggregate.SUM),
    ),
)
WEEKS = 260


def world(held: bool) -> pd.DataFrame:
    """One input led until week 150, or all along; another leads to the end."""
    rng = np.random.default_rng(7)
    ended, lasting = rng.standard_normal((2, WEEKS + 3))
    until = np.where(np.arange(WEEKS) < 150, 1.2, 1.2 if held else 0.0)
    orders = rng.standard_normal(WEEKS) + until * ended[:WEEKS] + 0.6 * lasting[1 : WEEKS + 1]
    values = {"orders": 200 + 8 * orders, "ended": 50 + ended[3:], "lasting": 50 + lasting[3:]}
    index = pd.date_range("2021-01-04", periods=WEEKS, freq="7D", unit="us")
    return pd.DataFrame(values, index=index)


@pytest.fixture(scope="module")
def told() -> tuple[LeadReport, dict[str, Finding]]:
    weeks = world(held=False)
    report = find_leads(weeks["orders"], weeks[["ended", "lasting"]], max_lag=6, season=None)
    return report, {one.metric.key: one for one in findings(STAR, report, weeks)}


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_lead_that_ended_is_said_in_the_past_and_stands_behind(
    told: tuple[LeadReport, dict[str, Finding]],
) -> None:
    report, found = told
    ended = found["ended"]

    assert ended.verdict == "leads"
    assert ended.until is not None
    assert abs((ended.until - dt.date(2023, 11, 20)).days) < 100
    assert headline(STAR, ended).startswith("Ended led Orders by 3 weeks until ")
    assert headline(STAR, ended).endswith(", not since.")
    assert verdict_words(ended).startswith("led until ")
    assert list(found) == ["lasting", "ended"]
    assert summary(STAR, report, list(found.values())) == (
        "One of two inputs leads Orders: Lasting by 2 weeks."
    )
    assert summary(STAR, report, [ended, dataclasses.replace(ended)]).startswith(
        "None of the inputs clearly leads Orders now; "
    )
    assert ", over all these weeks." in sentence(STAR, ended, 260)


def test_what_was_not_found_is_never_said_to_have_led(
    told: tuple[LeadReport, dict[str, Finding]],
) -> None:
    weeks = world(held=False)
    report, _ = told
    report.table.loc[0, "verdict"], before = "none", report.table.loc[0, "verdict"]
    try:
        quiet = next(o for o in findings(STAR, report, weeks) if o.metric.key == "ended")
    finally:
        report.table.loc[0, "verdict"] = before

    assert (quiet.until, quiet.since, quiet.place) == (None, None, 0)


def test_a_steady_lead_is_said_in_the_present() -> None:
    weeks = world(held=True)
    report = find_leads(weeks["orders"], weeks[["ended"]], max_lag=6, season=None)
    one = findings(STAR, report, weeks)[0]

    assert (one.until, one.since) == (None, None)
    assert spoken(sentence(STAR, one, 260)).startswith("Ended leads Orders by 3 weeks: +1 % now, +")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"believed_lead_weeks": 2}, "We believed: 2 weeks – which fits."),
        (
            {"believed_lead_weeks": 2, "believed_direction": Direction.DOWN},
            "We believed: 2 weeks, down – it leads, but the direction does not fit.",
        ),
        (
            {"believed_lead_weeks": 5, "believed_confidence": Confidence.HIGH},
            "We believed: 5 weeks, very sure – it leads, but the weeks do not fit.",
        ),
        ({"believed_direction": Direction.UP}, "We believed: up – which fits."),
    ],
)
def test_belief_is_judged_by_what_was_said(
    told: tuple[LeadReport, dict[str, Finding]], facts: dict[str, object], said: str
) -> None:
    one = told[1]["lasting"]
    believed = dataclasses.replace(one, metric=dataclasses.replace(one.metric, **facts))  # type: ignore[arg-type]

    assert belief(believed) == said
    assert believed_words(believed.metric) in said


def test_how_an_answer_came_about(told: tuple[LeadReport, dict[str, Finding]]) -> None:
    now = told[1]["lasting"]
    quiet = dataclasses.replace(now, verdict="none", place=0, lag=None, lags=None, effect=None)
    short = dataclasses.replace(quiet, verdict="insufficient")

    def looks(*then: Finding) -> list[tuple[dt.date, dict[str, Finding]]]:
        days = [dt.date(2022, 5, 1) + dt.timedelta(days=182 * n) for n in range(len(then))]
        return [(day, {"lasting": one}) for day, one in zip(days, then, strict=True)][::-1]

    assert course(now, looks(short)) == (
        "Lasting: at no earlier date was there enough history to ask."
    )
    assert course(now, looks(now, now)) == (
        "Lasting: has led in every look since the data to May 2022."
    )
    assert course(now, looks(short, quiet, now)) == (
        "Lasting: shows since the data to Apr 2023, not before."
    )
    assert "comes and goes; it led in 1 of 2" in course(now, looks(now, quiet))
    assert "does not show now; it led in 1 of 2" in course(quiet, looks(now, quiet))
    table = over_time([now], looks(short, quiet))
    assert list(table.columns) == ["Input", "We believed", "to May 2022", "to Oct 2022", "now"]
    assert table.iloc[0, 2:].tolist() == ["… too short", "– no clear lead", "→ 2 weeks"]


def test_looking_often_is_said_with_what_it_costs() -> None:
    assert versions_said(1, 0.05) == ""
    assert "You have looked at 6 versions" in versions_said(6, 0.05)
    assert "up to 30 in 100" in versions_said(6, 0.05)
    assert "is to be expected" in versions_said(20, 0.05)


def test_a_setting_says_how_it_differs() -> None:
    usual, odd = Setting(), tuple(dt.date(2024, 1, day) for day in (1, 8, 15, 22, 29))

    assert setting_words(usual, STAR) == ""
    assert setting_words(Setting(max_lag=4), STAR) == ""
    said = setting_words(
        Setting(first=dt.date(2023, 1, 2), logs=True, seasonal=False, exclude=odd),
        STAR,
        {"orders", "ended"},
    )
    assert said == (
        "weeks from 2 Jan 2023; logarithms, but Lasting as it is; the yearly season left in; "
        "without the weeks of 1 Jan 2024, 8 Jan 2024, 15 Jan 2024 and 2 more"
    )


def test_the_paragraph_carries_its_promise_and_its_limits(
    told: tuple[LeadReport, dict[str, Finding]],
) -> None:
    report, found = told
    looks = versions_said(3, 0.05)
    text = paragraph(STAR, report, list(found.values()), "logarithms", looks)

    assert text.startswith(summary(STAR, report, list(found.values())))
    assert text.count("\n- ") == len(found)
    assert "; logarithms." in text
    assert looks in text
    assert "About one dashboard in twenty" in text
    assert "no proof" in text
