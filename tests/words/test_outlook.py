"""What is said about the weeks ahead and the plans."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from nsm.model import Aggregate, Metric, Role, Star
from nsm.outlook import Outlook
from nsm.outlook.methods import forecasts
from nsm.pace import Chance, Pace
from nsm.prospect import Plan, Prospect
from nsm.words.outlook import (
    between,
    chance_sentence,
    chance_words,
    how_known,
    method_words,
    outlook_sentence,
    outlook_table,
    plan_sentence,
    plans_table,
)
from tests.weeks import noisy

ENDING = dt.date(2026, 11, 15)
STAR = Star(
    "music",
    "Music",
    "minutes",
    (
        Metric("minutes", "Listening", Role.NORTH_STAR, Aggregate.SUM, unit="minutes"),
        Metric("rate", "Rate", Role.INPUT, Aggregate.MEAN, unit="percent"),
    ),
)
AHEAD = Outlook(
    weeks=(dt.date(2026, 11, 16),),
    values=(48.5e6,),
    low={0.8: (47.2e6,), 0.95: (46e6,)},
    high={0.8: (50.1e6,), 0.95: (51e6,)},
    method="season, mean with memory",
    leading=("rate",),
    baseline="seasonal naive",
    error_share=0.7,
    covered={0.8: 0.812, 0.95: 0.951},
    tries=988,
)
PACE = Pace(
    "quarter", 600e6, 300e6, 315e6, 1.05, start=dt.date(2026, 10, 1), end=dt.date(2026, 12, 31)
)
PLAN = Plan("minutes", PACE, Chance(0.82, 590e6, 610e6, 630e6))


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def prospect(*plans, outlook=AHEAD):
    return Prospect(ENDING, outlook, plans)


def test_the_outlook_is_one_sentence_with_the_chance_of_the_first_plan():
    said = plain(outlook_sentence(STAR, prospect(PLAN)))

    assert said == (
        "Outlook, week of 16 Nov: 47.2 M to 50.1 M minutes; 82 % chance to meet the quarter."
    )
    assert plain(chance_sentence(STAR, prospect(PLAN))) == (
        "82 % chance to meet the quarter, as things stood on 15 Nov."
    )


def test_a_chance_that_is_not_known_or_not_the_stars_is_not_told():
    unknown = replace(PLAN, chance=Chance(None, reason="it ends too late"))
    other = replace(PLAN, metric="rate")

    assert plain(outlook_sentence(STAR, prospect(unknown, other))).endswith("50.1 M minutes.")
    assert chance_sentence(STAR, prospect(unknown, other)) == ""
    assert "too late" in plan_sentence(STAR, unknown, ENDING)


def test_without_an_outlook_the_reason_is_said():
    said = outlook_sentence(STAR, prospect(outlook=Outlook(reason="there are 9 weeks")))

    assert said == "No outlook for Listening: there are 9 weeks."


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.823, "82 %"), (0.9975, "over 99 %"), (0.0025, "under 1 %"), (0.5, "50 %")],
)
def test_chances_are_never_certain(share, said):
    assert plain(chance_words(share)) == said


def test_a_range_says_its_unit_once_or_its_sign_twice():
    minutes, rate = STAR.metrics

    assert plain(between(1_000.0, 1_200.0, minutes)) == "1,000 to 1,200 minutes"
    assert plain(between(0.41, 0.44, rate)) == "41 % to 44 %"
    assert plain(between(-3.0, 12.0, replace(minutes, unit="$"))) == "−$3 to $12"


def test_a_plan_says_how_far_where_it_may_end_and_the_chance():
    assert plain(plan_sentence(STAR, PLAN, ENDING)) == (
        "Quarter to 31 Dec, Listening: 315 M minutes to 15 Nov, 105 % of the 300 M minutes planned "
        "by then. It may end at 590 M to 630 M minutes: 82 % chance to meet the target of 600 M "
        "minutes."
    )
    over = replace(PLAN, pace=replace(PACE, end=ENDING), chance=Chance(0.0, 1.0, 1.0, 1.0))
    assert plain(plan_sentence(STAR, over, ENDING)).endswith("600 M minutes – not reached.")
    row = plans_table(STAR, [PLAN]).iloc[0]
    assert (plain(row["Chance"]), plain(row["Of plan"])) == ("82 %", "105 %")


def test_how_it_is_known_names_method_leads_gain_and_coverage():
    assert plain(how_known(STAR, AHEAD)) == (
        "Forecast from its return to its mean and its season, corrected by Rate: its past errors "
        "were 30 % smaller than those of the same week of last year. Of 988 past forecasts, 81 % "
        "of the 80 % ranges and 95 % of the 95 % ranges held."
    )


def test_every_method_has_words():
    for name in forecasts(np.array(noisy(120)), 4).names:
        assert method_words(name) != name, name


def test_the_table_has_ratios_in_per_cent():
    star = replace(STAR, north_star="rate")
    rows = outlook_table(star, replace(AHEAD, values=(0.41,)))

    assert rows["Expected"].tolist() == [41.0]
