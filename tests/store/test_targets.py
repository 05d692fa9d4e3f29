"""Targets: replaced as a set, or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from nsm.errors import InputError, UnknownStar
from nsm.model import Star, Target
from nsm.store.stars import save_star, star_version
from nsm.store.targets import merge_targets, read_targets, save_targets
from tests.store.conftest import MONDAY

FIRST = dt.date(2026, 1, 1)
PLAN = (
    Target("loaves", "month", FIRST, 3_100.0),
    Target("loaves", "year", FIRST, 40_000.5),
    Target("guests", "week", MONDAY, 0.0),
)


def test_targets_come_back_by_metric_period_and_start(engine: sa.Engine, bakery: Star) -> None:
    save_targets(engine, "bakery", reversed(PLAN))
    assert read_targets(engine, "bakery") == PLAN


def test_saving_replaces_the_whole_set_and_tells_the_caches(
    engine: sa.Engine, bakery: Star
) -> None:
    save_targets(engine, "bakery", PLAN)
    version = star_version(engine, "bakery")
    save_targets(engine, "bakery", PLAN)
    assert star_version(engine, "bakery") == version
    save_targets(engine, "bakery", PLAN[:1])
    assert read_targets(engine, "bakery") == PLAN[:1]
    assert star_version(engine, "bakery") == version + 1
    save_targets(engine, "bakery", ())
    assert read_targets(engine, "bakery") == ()


def test_the_target_of_a_retired_metric_waits_for_it(engine: sa.Engine, bakery: Star) -> None:
    save_targets(engine, "bakery", PLAN)
    save_star(engine, replace(bakery, metrics=bakery.metrics[:1]), MONDAY)
    assert read_targets(engine, "bakery") == PLAN[:2]
    save_targets(engine, "bakery", PLAN[:1])
    save_star(engine, bakery, MONDAY)
    assert read_targets(engine, "bakery") == (PLAN[0], PLAN[2])


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (Target("bread", "month", FIRST, 1.0), "does not have"),
        (Target("loaves", "decade", FIRST, 1.0), "needs a period"),
        (Target("loaves", "month", FIRST, float("nan")), "no finite number"),
        (Target("loaves", "month", FIRST, float("inf")), "no finite number"),
        (Target("loaves", "month", dt.date(3000, 1, 1), 1.0), "after 2200"),
        (Target("loaves", "month", FIRST, 2.0), "stands twice"),
    ],
)
def test_a_wrong_target_is_named_and_none_is_saved(
    engine: sa.Engine, bakery: Star, wrong: Target, what: str
) -> None:
    save_targets(engine, "bakery", PLAN[:1])
    with pytest.raises(InputError, match=what) as caught:
        save_targets(engine, "bakery", [*PLAN, wrong])
    assert wrong.metric in str(caught.value)
    assert read_targets(engine, "bakery") == PLAN[:1]


def test_targets_of_no_star_are_refused(engine: sa.Engine) -> None:
    with pytest.raises(UnknownStar):
        save_targets(engine, "bakery", PLAN)
    with pytest.raises(UnknownStar):
        read_targets(engine, "bakery")


def test_each_target_keeps_the_day_on_which_it_was_written_down(engine, bakery):
    first, second = dt.date(2026, 1, 5), dt.date(2026, 2, 2)
    plans = [Target(bakery.north_star, "month", dt.date(2026, n, 1), 100.0 * n) for n in (1, 2)]

    save_targets(engine, bakery.key, plans[:1], first)
    merge_targets(engine, bakery.key, plans, second)
    assert [one.since for one in read_targets(engine, bakery.key)] == [first, second]

    changed = [replace(plans[0], value=1.0), plans[1]]
    save_targets(engine, bakery.key, changed, dt.date(2026, 3, 2))
    assert [one.since for one in read_targets(engine, bakery.key)] == [
        dt.date(2026, 3, 2),
        second,
    ]
