"""Every sentence of the Leads page, on reports of real scans; none claims more than prediction."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsm.leads import LeadReport, find_leads
from nsm.model import Aggregate, Metric, Role, Star
from nsm.words.believed import belief
from nsm.words.findings import FOUND, SHAPES, Finding, findings
from nsm.words.leads import (
    KNOWN_HOW,
    MEANING,
    WORDS,
    evidence,
    findings_table,
    headline,
    more_weeks,
    profile_key,
    profile_sentence,
    promise,
    scope,
    shared_notes,
    summary,
    verdict_words,
)
from nsm.words.review import short_name
from nsm.words.steps import Step, step_of

WEEKS = 160
CLAIMS = re.compile(
    r"\b(caus\w*|driv\w*|impact\w*|because of|due to|results? in|boost\w*|influenc\w*|proves?|"
    r"makes|improv\w*|guarantee\w*)\b",
    re.IGNORECASE,
)
JARGON = re.compile(r"\bp\s*[<>=]|\bsignifican|\bHC3\b|\bnull\b|\bhypothes|\bnan\b|e[+-]\d\d")


def metric(key: str, role: Role = Role.INPUT, **facts: object) -> Metric:
    return Metric(key, key.title(), role, Aggregate.SUM, **facts)  # type: ignore[arg-type]


STAR = Star(
    key="shop",
    name="Shop",
    north_star="orders",
    metrics=(
        metric("orders", Role.NORTH_STAR),
        metric("leader", believed_lead_weeks=3),
        metric("mirror", believed_lead_weeks=2),
        metric("noise", believed_lead_weeks=4),
        metric("twin"),
        metric("still"),
        metric("young"),
    ),
)


@pytest.fixture(scope="module")
def weeks() -> pd.DataFrame:
    """One input leads by 3, one follows by 1, one moves in the same week, one is noise."""
    rng = np.random.default_rng(7)
    x, e, noise, twin = rng.normal(size=(4, WEEKS))
    y = 0.3 * twin + 0.5 * e
    y[3:] += 0.9 * x[:-3]
    mirror = rng.normal(size=WEEKS) * 0.4
    mirror[1:] += y[:-1]
    young = rng.normal(size=WEEKS)
    young[: WEEKS - 20] = np.nan
    return pd.DataFrame(
        {
            "orders": 1000 + 50 * y,
            "leader": 200 + 10 * x,
            "mirror": 300 + 20 * mirror,
            "noise": 100 + 5 * noise,
            "twin": 100 + 5 * twin,
            "still": 7.0,
            "young": 100 + young,
        },
        index=pd.date_range("2023-09-04", periods=WEEKS, freq="7D", unit="us"),
    )


@pytest.fixture(scope="module")
def report(weeks: pd.DataFrame) -> LeadReport:
    return find_leads(weeks["orders"], weeks.drop(columns="orders"), max_lag=8, season=None)


@pytest.fixture(scope="module")
def found(report: LeadReport, weeks: pd.DataFrame) -> dict[str, Finding]:
    return {one.metric.key: one for one in findings(STAR, report, weeks)}


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_leads_come_first_by_strength_and_are_numbered(found: dict[str, Finding]) -> None:
    verdicts = [one.verdict for one in found.values()]

    assert verdicts[0] == "leads"
    assert next(iter(found)) == "leader"
    places = [one.place for one in found.values() if one.verdict in FOUND]
    assert places == list(range(1, len(places) + 1))
    assert all(one.place == 0 for one in found.values() if one.verdict not in FOUND)


def test_a_lead_says_by_how_long_and_how_much_in_per_cent(found: dict[str, Finding]) -> None:
    leader = found["leader"]

    assert headline(STAR, leader) == "Leader leads Orders by 3 weeks."
    assert leader.effect is not None
    # 10 per leader's noise move 45 orders: 1 % of 200 goes with 9 of 1,000, which is 0.9 %.
    assert leader.effect[0] == pytest.approx(0.9, abs=0.15)
    assert leader.effect[1] < 0.9 < leader.effect[2]
    said = spoken(evidence(leader, WEEKS))
    assert re.fullmatch(
        r"\+1 % now, \+\d.\d+ % then, between \d.\d+ and \d.\d+\.",
        said,
    )


def test_belief_stands_beside_the_data(found: dict[str, Finding]) -> None:
    assert belief(found["leader"]) == "We believed: 3 weeks – which fits."
    assert belief(found["noise"]) == "We believed: 4 weeks – not shown by these data."
    assert belief(found["twin"]) == ""


def test_a_follower_is_named_as_one(found: dict[str, Finding]) -> None:
    assert found["mirror"].verdict == "follows"
    assert "Mirror follows Orders by 1 week" in headline(STAR, found["mirror"])


def test_no_clear_lead_says_what_could_not_have_been_seen(found: dict[str, Finding]) -> None:
    noise = found["noise"]

    assert headline(STAR, noise) == "Noise: no clear lead."
    assert noise.unseen is not None
    assert spoken(evidence(noise, WEEKS)).startswith(
        "With 160 weeks we would have seen an effect above "
    )


def test_what_could_not_be_tested_says_why(found: dict[str, Finding]) -> None:
    assert headline(STAR, found["still"]) == "Still cannot be tested."
    assert "never changes" in evidence(found["still"], WEEKS)
    assert headline(STAR, found["young"]) == "Young: not enough history to tell."
    assert "20 weeks" in evidence(found["young"], WEEKS)


def test_with_too_many_holes_more_weeks_are_not_what_is_missing(weeks: pd.DataFrame) -> None:
    holed = weeks[["orders", "leader", "noise"]].copy()
    holed.loc[holed.index[5::3], "orders"] = np.nan
    report = find_leads(holed["orders"], holed[["leader", "noise"]], max_lag=8, season=None)
    found = findings(STAR, report, holed)

    assert summary(STAR, report, found) == (
        "Too many weeks are missing to say which inputs lead Orders."
    )
    assert headline(STAR, found[0]) == "Leader: too many weeks are missing to tell."
    assert verdict_words(found[0]) == "too many weeks missing"
    assert "of the weeks of Orders are missing; above 15 %" in spoken(evidence(found[0], WEEKS))
    assert more_weeks(found[0], WEEKS) == ""


def test_the_first_line_names_what_leads(report: LeadReport, found: dict[str, Finding]) -> None:
    every = list(found.values())
    quiet = [one for one in every if not one.place]
    short = [one for one in every if one.verdict == "insufficient"]

    assert summary(STAR, report, every).startswith("One of six inputs leads Orders: Leader by 3")
    assert (
        summary(STAR, report, quiet)
        == "None of the inputs clearly leads Orders in these 160 weeks."
    )
    assert "not enough history" in summary(STAR, report, short)
    assert "no inputs yet" in summary(STAR, report, [])
    assert scope(report) == "160 weeks, up to 8 weeks back"
    assert promise(0.05).startswith("About one dashboard in twenty shows a lead that is not there")


def test_no_sentence_claims_more_than_prediction(
    report: LeadReport, found: dict[str, Finding]
) -> None:
    every = list(found.values())
    sentences = [summary(STAR, report, every), promise(0.05), *KNOWN_HOW]
    for one in every:
        sentences += [headline(STAR, one), evidence(one, WEEKS), belief(one)]
        sentences += [profile_sentence(STAR, one), profile_key(STAR, one)]
    for said in sentences:
        assert not CLAIMS.search(said), said
        assert not JARGON.search(said), said


def test_the_one_paragraph_says_prediction_and_points_to_an_experiment() -> None:
    whole = " ".join(MEANING)

    assert "prediction" in whole
    assert "no proof" in whole
    assert "experiment" in whole
    assert "would not show" in whole


def test_the_table_has_a_row_an_input_with_verdicts_in_word_and_shape(
    found: dict[str, Finding],
) -> None:
    table = findings_table(list(found.values()))

    assert len(table) == len(found)
    for one, said in zip(found.values(), table["Verdict"], strict=True):
        assert said == f"{SHAPES[one.verdict]} {WORDS[one.verdict]}"
    assert len(set(SHAPES.values())) == len(SHAPES)
    assert not table.map(lambda cell: "nan" in str(cell).lower()).to_numpy().any()


@pytest.mark.parametrize("verdict", sorted(WORDS))
def test_every_verdict_has_a_sentence(found: dict[str, Finding], verdict: str) -> None:
    import dataclasses

    place = 1 if verdict in FOUND else 0
    one = dataclasses.replace(found["leader"], verdict=verdict, place=place)

    assert headline(STAR, one).startswith("Leader")
    assert evidence(one, WEEKS).endswith(".") or verdict in ("none", "follows", "insufficient")


@pytest.mark.parametrize(
    ("unit", "values", "kind", "size"),
    [
        ("percent", [0.2, 0.3], "points", 0.01),
        ("", [100.0] * 60 + [200.0] * 52, "percent", 2.0),
        ("", [100.0] * 40 + [100_000.0] + [100.0] * 11, "percent", 1.0),
        ("", [5.0, -1.0], "unit", 1.0),
        ("songs", [0.0, 4.0], "unit", 1.0),
        ("", [], "unit", 1.0),
    ],
)
def test_steps_suit_the_metric(unit: str, values: list[float], kind: str, size: float) -> None:
    step = step_of(metric("a", unit=unit), pd.Series(values, dtype=float))

    assert (step.kind, step.size) == (kind, size)


@pytest.mark.parametrize(
    ("step", "steps", "said"),
    [
        (Step("percent", 1), 0.4321, "+0.43 %"),
        (Step("percent", 1), -12.6, "−13 %"),
        (Step("points", 0.01), 1, "+1 pt"),
        (Step("unit", 1, "songs"), 3, "+3 songs"),
        (Step("percent", 1), 0.0, "+0 %"),
    ],
)
def test_steps_are_said_as_people_say_them(step: Step, steps: float, said: str) -> None:
    assert spoken(step.said(steps)) == said


def test_a_star_without_a_lead_says_over_which_result(found: dict[str, Finding]) -> None:
    asked = replace(found["noise"], metric=STAR.star_metric)
    result = replace(STAR, north_star="leader")
    assert (
        headline(result, asked) == f"{short_name(STAR.star_metric)} before Leader: no clear lead."
    )


def test_what_holds_for_every_row_is_said_once(found: dict[str, Finding]) -> None:
    both = [replace(found[key], warnings=("Short.", f"Own of {key}.")) for key in found]
    assert shared_notes(both) == ("Short.",)
    assert findings_table(both)["To know"].tolist() == [f"Own of {key}." for key in found]
    assert shared_notes(both[:1]) == ()
