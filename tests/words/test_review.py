"""The sentences of the week: only what the figures carry, and every number in the table too."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from nsm.model import Aggregate, Annotation, Better, DefinitionChange, Metric, Role, Star, Target
from nsm.review import SameDays
from nsm.signals import Extreme, Rule, Signal
from nsm.standing import standings
from nsm.words.figures import NO_BREAK
from nsm.words.review import (
    behind,
    change_text,
    exceptions,
    figures_table,
    headline,
    judgement,
    mood,
    note_text,
    pace_sentence,
    picture_alt,
    picture_key,
    readable,
    short_name,
    silent_plan,
    superlative,
    to_date,
    usual_words,
)
from nsm.words.running import running_week
from tests.weeks import LAST_WEEK, daily, noisy, reviewed

ORDERS = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
VISITS = Metric("visits", "Visits", Role.INPUT, Aggregate.SUM)
RETURNS = Metric("returns", "Returns", Role.GUARDRAIL, Aggregate.SUM, better=Better.DOWN)
RATE = Metric("rate", "Conversion", Role.INPUT, formula="orders / visits", unit="percent")
SHOP = Star("shop", "Shop", "orders", (ORDERS, VISITS, RETURNS, RATE))


def shop(orders, visits=(), returns=(), *, running=(), **more):
    values = {
        "orders": daily(orders, running=running),
        "visits": daily(visits),
        "returns": daily(returns),
    }
    history, _, review = reviewed(SHOP, values)
    return standings(SHOP, review, history, **more)


def said(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def star_sentence(orders, **more) -> str:
    return said(headline(shop(orders, **more)["orders"], LAST_WEEK))


def test_the_sentence_tells_change_value_and_whether_that_is_usual():
    weeks = [*noisy(40, 100_000, 2_000)[:-2], 100_000.0, 102_100.0]

    assert star_sentence(weeks) == "Orders rose 2.1 % to 102,100 – inside its usual range."


def test_outside_its_range_the_sentence_adds_the_record_it_is():
    weeks = [*noisy(40), 2_000.0]

    assert star_sentence(weeks).endswith("above its usual range, the highest of all 41 weeks.")
    earlier = [3_000.0, *noisy(39), 2_000.0]
    assert star_sentence(earlier).endswith("above its usual range, the highest in 40 weeks.")


def test_a_change_that_rounds_to_nothing_is_no_rise():
    weeks = [*noisy(30)[:-2], 1_000.0, 1_000.1]

    assert star_sentence(weeks).startswith("Orders held at 1,000")


def test_few_weeks_claim_nothing():
    assert star_sentence([100.0, 110.0, 120.0]) == (
        "Orders rose 9.1 % to 120 – too early to say what is usual (2 of 15 weeks)."
    )


def test_one_week_has_nothing_to_compare_with_and_says_why():
    sentence = star_sentence([100.0])

    assert sentence.startswith("Orders was 100; it cannot be compared with the week before, since ")
    assert "2 Nov 2026" in sentence
    assert "too early" in sentence.lower()


def test_a_week_that_is_not_there_is_named_with_its_reason():
    values = {"visits": daily([7.0] * 20)}
    history, _, review = reviewed(SHOP, values)

    sentence = headline(standings(SHOP, review, history)["orders"], LAST_WEEK)

    assert sentence.startswith("Orders is not known for the week of 9 Nov:")
    assert sentence.count("9 Nov") == 1
    assert "None" not in sentence
    assert "nan" not in sentence


def test_ratios_change_in_points():
    one = shop(noisy(30, 300, 1), [*noisy(29, 1000, 1), 990.0])["rate"]

    sentence = said(headline(one, LAST_WEEK))

    assert re.match(r"Conversion (rose|fell) [\d.]+ pt to [\d.]+ %", sentence)


def unusual(one, status="below", weeks=26):
    return replace(
        one,
        signal=Signal(status, one.signal.usual, 30),
        extreme=Extreme("lowest", weeks, on_record=False) if weeks else None,
    )


def test_a_signal_inside_its_range_says_which_rule_it_breaks(calm):
    slow = replace(
        calm["visits"],
        signal=Signal("inside", calm["visits"].signal.usual, 30, (Rule.RUN,), "above"),
    )
    near = replace(
        calm["visits"],
        signal=Signal("inside", calm["visits"].signal.usual, 30, (Rule.NEAR_LIMIT,), "below"),
    )

    assert exceptions(calm["orders"], [slow, calm["rate"]]) == (
        "Visits is the unusual one: above its usual level for eight weeks in a row."
    )
    assert judgement(near.signal) == (
        "near the lower end of its usual range in three of four weeks"
    )
    assert "are unusual: Visits and Visits." in exceptions(
        calm["orders"], [slow, near, calm["rate"]]
    )


@pytest.fixture
def calm():
    flat = [1000.0] * 30
    found = shop(flat, flat, flat)
    assert not any(one.signal.is_unusual for one in found.values())
    return found


def test_nothing_unusual_is_said_too(calm):
    others = [calm["visits"], calm["returns"], calm["rate"]]

    assert exceptions(calm["orders"], others) == (
        "Nothing else is unusual: all 3 other metrics are inside their ranges."
    )
    assert exceptions(calm["orders"], others[:1]) == "Visits is inside its usual range too."
    assert exceptions(calm["orders"], []) == ""


def test_the_unusual_one_is_named_with_its_record_or_its_side(calm):
    others = [calm["returns"], calm["rate"]]

    assert exceptions(calm["orders"], [unusual(calm["visits"]), *others]) == (
        "Visits is the unusual one: lowest in 26 weeks."
    )
    assert exceptions(calm["orders"], [unusual(calm["visits"], weeks=0), *others]) == (
        "Visits is the unusual one: below its usual range."
    )


def test_a_record_on_the_other_side_is_not_said(calm):
    above_but_lowest = unusual(calm["visits"], status="above")

    assert exceptions(calm["orders"], [above_but_lowest, calm["rate"]]) == (
        "Visits is the unusual one: above its usual range."
    )
    assert headline(above_but_lowest, LAST_WEEK).endswith(" – above its usual range.")


def test_several_unusual_ones_are_counted_and_the_first_named(calm):
    several = [unusual(calm["visits"])] * 5

    assert exceptions(calm["orders"], [*several, calm["rate"]]) == (
        "5 of 6 other metrics are below their usual range: Visits, Visits, Visits and 2 more."
    )
    assert exceptions(
        calm["orders"], [unusual(calm["visits"], status="above"), *several[:1], calm["rate"]]
    ) == ("2 of 3 other metrics are outside their usual range: Visits (above) and Visits (below).")


def test_what_is_unusual_beside_an_unusual_star_is_so_too(calm):
    star = unusual(calm["orders"], status="above")

    assert exceptions(star, [unusual(calm["visits"]), calm["rate"]]) == (
        "Visits is unusual too: lowest in 26 weeks."
    )
    assert exceptions(star, [calm["visits"]]) == "Visits is inside its usual range."
    assert exceptions(star, [calm["visits"], calm["rate"]]) == (
        "Nothing else is unusual: both other metrics are inside their ranges."
    )


@pytest.mark.parametrize(
    ("weeks", "way"),
    [
        ([-800.0, -410.0], "rose by 390 to −410"),
        ([0.0, -410.0], "fell by 410 to −410"),
        ([-410.0, -410.0], "held at −410"),
    ],
)
def test_a_star_that_comes_from_zero_or_less_still_moves(weeks, way):
    calm_weeks = [-600.0 + 10 * (place % 7) for place in range(30)]
    sentence = said(headline(shop([*calm_weeks, *weeks])["orders"], LAST_WEEK))

    assert sentence.startswith(f"Orders {way} – ")


def test_metrics_of_which_nothing_is_known_are_not_counted(calm):
    unknown = replace(calm["visits"], signal=Signal("unknown", None, 3))

    assert exceptions(calm["orders"], [unknown]) == ""
    assert (
        exceptions(calm["orders"], [unknown, calm["rate"]])
        == "Conversion is inside its usual range too."
    )


@pytest.mark.parametrize(
    ("orders", "more"),
    [
        (noisy(40, 100_000, 2_000), {}),
        ([*noisy(40, 5e7, 1e6), 9e7], {}),
        (
            [*noisy(60), 2_000.0],
            {"targets": [Target("orders", "quarter", dt.date(2026, 10, 1), 9e3)]},
        ),
        ([100.0, 110.0], {}),
    ],
)
def test_every_number_said_about_the_star_stands_in_the_table(orders, more):
    found = shop(orders, [*noisy(len(orders) - 1), 5_000.0], noisy(len(orders)), **more)
    star = found["orders"]
    others = [one for one in found.values() if one is not star]
    table = " ".join(str(cell) for cell in figures_table(found.values()).to_numpy().ravel())
    spoken = [headline(star, LAST_WEEK), to_date(star), usual_words(star)]
    if star.pace:
        spoken += [pace_sentence(star)]
    if "unusual" in exceptions(star, others):
        spoken.append(exceptions(star, others))

    for number in re.findall(r"\d[\d,.]*", " ".join(spoken).replace("15 weeks", "")):
        assert number.rstrip(".,") in table, number


def test_the_superlative_is_the_extreme_and_no_more():
    assert superlative(Extreme("lowest", 26, on_record=False)) == "lowest in 26 weeks"
    assert superlative(Extreme("highest", 1200, on_record=True)) == "highest of all 1,200 weeks"


def test_a_fall_is_good_where_down_is_better():
    assert mood(5.0, "percent", Better.UP) == mood(-5.0, "percent", Better.DOWN) == "good"
    assert mood(-5.0, "percent", Better.UP) == mood(5.0, "bps", Better.DOWN) == "bad"
    assert mood(0.01, "percent", Better.UP) == mood(None, "percent", Better.UP) == "flat"


def test_the_running_week_is_told_apart():
    one = shop([1000.0] * 20, running=[100.0, 90.0, 80.0])["orders"]

    assert said(running_week(one)) == (
        "Not in these figures: the week of 16 Nov has 3 of 7 days so far (270) and is drawn "
        "hollow. "
        "That is 37.0 % below the same three days of the week before."
    )
    level = shop([700.0] * 20, running=[100.0])["orders"]
    assert said(running_week(level)).endswith("That is level with the same day of the week before.")
    first = shop([700.0], running=[100.0])["orders"]
    gone = replace(first, running=replace(first.running, against=SameDays(2, None, None, "x: y")))
    assert running_week(gone).endswith(" It cannot be compared with the week before: x: y.")
    assert running_week(shop([1000.0] * 20)["orders"]) == ""


def test_old_data_are_said_to_be_old():
    assert behind(1, 0, 7) == "One more week is over, but has no data yet."
    assert behind(1, 5, 7) == "One more week is over, with 5 of its 7 days."
    assert behind(44, 0, 7) == "Old: no complete week for the last 44 weeks."
    # A phone of 390 pixels shows about so many letters of a badge.
    assert max(len(behind(*case)) for case in ((1, 0, 7), (1, 5, 7), (1_200, 0, 7))) < 50


def test_notes_name_their_day_and_their_metric():
    names = {"visits": "Visits"}

    assert note_text(
        Annotation(1, dt.date(2026, 11, 5), "Price\ntest", metric="visits"), names
    ) == ("Thu 5 Nov 2026 – Price test (Visits)")
    assert (
        note_text(Annotation(1, dt.date(2026, 11, 5), "Holiday"), names)
        == "Thu 5 Nov 2026 – Holiday"
    )
    changed = DefinitionChange("visits", dt.date(2026, 11, 5), "formula", "a", "b")
    assert (
        change_text(changed, names) == "Thu 5 Nov 2026 – Visits changed its formula from “a” to “b”"
    )


def test_names_fit_their_place():
    long = replace(ORDERS, name="x" * 10_000)

    assert len(short_name(long)) == 60
    assert short_name(replace(ORDERS, name="  a \n b ")) == "a b"
    assert short_name(replace(ORDERS, name="   ")) == "orders"


def test_reasons_have_dates_as_people_say_them():
    assert readable("the week of 2026-11-02 has 5 of 7 days") == (
        "the week of 2 Nov 2026 has 5 of 7 days"
    )
    assert readable("version 2026-99-99") == "version 2026-99-99"


def test_the_picture_is_told_to_those_who_do_not_see_it():
    one = shop([*[1000.0] * 70, 1200.0])["orders"]

    assert said(picture_alt(one, LAST_WEEK)) == (
        "Orders over six weeks, between 1,000 and 1,200, and twelve months: 1,200 in the week of "
        "9 Nov; a year before 1,000."
    )
    assert judgement(one.signal) == "above its usual range"


def test_the_key_of_a_picture_names_only_what_is_drawn(calm):
    whole = picture_key(calm["orders"], targets=True)
    young = picture_key(shop([100.0, 110.0])["orders"], targets=False)

    assert "Grey band: the usual range." in whole
    assert "Short dashes: target." in whole
    assert young == "Coloured line: this year. Hollow: not complete yet."


def test_a_plan_of_which_nothing_is_known_says_why(calm):
    metric = calm["orders"].metric
    reason = "2026-10-01 to 2026-11-15: only 34 of 46 days are complete"

    assert silent_plan(metric, None) == ""
    assert said(silent_plan(metric, ("quarter", 11_000.0, reason))) == (
        "Of the quarter’s plan of 11,000 nothing can be said yet: "
        "1 Oct 2026 to 15 Nov 2026: only 34 of 46 days are complete."
    )
