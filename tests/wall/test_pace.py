"""The plans on the wall: the same figures as on the other screens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from nsm import answers
from nsm.model import Aggregate, Metric, Role, Star, Target
from nsm.periods import DAY
from nsm.radiate import ahead_of, wall_facts
from nsm.radiate.answering import review_json
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from nsm.store.targets import save_targets
from nsm.wall import wall_picture
from nsm.words.figures import chance_words, number
from tests.conftest import SHOP, TODAY, fill
from tests.stores import new_store, put
from tests.test_wall_picture import said


def test_the_pace_is_the_one_of_the_weekly_review_and_stays_in_view(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    fill(url, until=TODAY - DAY, today=TODAY)
    engine = open_store(url)
    plans = [
        Target("orders", "quarter", dt.date(2026, 10, 1), 20_000.0),
        Target("orders", "month", dt.date(2026, 11, 1), 7_000.0),
    ]
    save_targets(engine, "shop", plans)
    known = answers.histories(engine, "shop", TODAY)
    found = answers.review_of(engine, known, TODAY)
    said_there = review_json(known, found)["pace"]["orders"]
    shown = wall_facts(engine, known, TODAY)
    later = wall_facts(engine, known, TODAY, ahead_of(engine, known, TODAY))
    engine.dispose()

    assert shown.pace is not None
    assert shown.plan is not None
    assert (shown.pace.period, shown.pace.share) == ("quarter", said_there[0]["share"])
    assert (shown.plan.period, shown.plan.share) == ("month", said_there[1]["share"])
    hero = said(wall_picture(shown, pin="notes"))
    assert f"{shown.pace.share:.0%} of plan, quarter to date".replace("%", " %") in hero
    chance = said_there[0]["chance"]
    assert chance is not None
    assert later.ahead.chance == chance
    words = f"{chance_words(chance)} chance to reach it".replace("\N{NO-BREAK SPACE}", " ")
    assert words in said(wall_picture(later))
    assert words not in hero
    low, high = shown.star.usual[-1] or (0, 0)
    assert f"usual {number(low, short=True)} to {number(high, short=True)}" in hero


READERS = Metric("readers", "Readers", Role.NORTH_STAR, aggregate=Aggregate.SUM)


def test_the_pace_of_a_star_that_is_recorded_by_week_is_told_too(tmp_path: Path) -> None:
    star = Star("post", "Post", "readers", (READERS,))
    mondays = [TODAY - DAY * (TODAY.weekday() + 7 * back) for back in range(60, 0, -1)]
    rows = "".join(f"{day},{1000 + place}\n" for place, day in enumerate(mondays))
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    put(url, star, f"date,readers\n{rows}".encode(), TODAY)
    engine = open_store(url)
    save_targets(engine, "post", [Target("readers", "quarter", dt.date(2026, 10, 1), 14_000.0)])
    known = answers.histories(engine, "post", TODAY)
    said_there = review_json(known, answers.review_of(engine, known, TODAY))["pace"]["readers"]
    shown = wall_facts(engine, known, TODAY)
    engine.dispose()

    assert shown.pace is not None
    assert (shown.pace.period, shown.pace.share) == ("quarter", said_there[0]["share"])


def test_a_plan_for_a_star_without_data_is_only_a_plan(tmp_path: Path) -> None:
    engine = new_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    save_star(engine, SHOP, TODAY)
    save_targets(engine, "shop", [Target("orders", "month", dt.date(2026, 11, 1), 7_000.0)])
    shown = wall_facts(engine, answers.histories(engine, "shop", TODAY), TODAY)
    engine.dispose()
    assert shown.pace is None
    assert shown.plan is not None
    assert "Nov 2026" in said(wall_picture(shown))
