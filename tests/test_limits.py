"""Limits begin anew at a recorded change, or where somebody locked them; nowhere else."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from nsm.limits import limits_of, preview_of
from nsm.model import Aggregate, Annotation, LimitLock, Metric, Role, Star
from nsm.signals import Chart, moves
from nsm.standing import known_weeks, standings
from tests.weeks import LAST_WEEK, daily, noisy, reviewed

ORDERS = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
RATE = Metric("rate", "Rate", Role.INPUT, Aggregate.MEAN)
SHOP = Star("shop", "Shop", "orders", (ORDERS, RATE))
WEEKS = [*noisy(40, 1000), *noisy(40, 1200, seed=1)]


def week(back: int) -> dt.date:
    return LAST_WEEK - dt.timedelta(weeks=back)


def lock(first: int | None, last: int | None, metric: str = "orders") -> LimitLock:
    return LimitLock(
        metric,
        None if first is None else week(first),
        None if last is None else week(last) + dt.timedelta(days=6),
        "ann",
        dt.datetime.fromisoformat("2026-11-18T09:30"),
        "The level after the price change",
    )


def found(*locks: LimitLock, annotations=()):
    history, _, review = reviewed(SHOP, {"orders": daily(WEEKS), "rate": daily(WEEKS)})
    return standings(SHOP, review, history, annotations=annotations, locks=locks)


def test_a_lock_learns_from_its_weeks_alone_and_holds_for_all_later_ones():
    one = found(lock(39, 15))["orders"]

    assert one.limits.lock is not None
    assert {one.usual_in(week(back)).weeks for back in (14, 7, 0)} == {25}
    assert one.usual_in(week(0)).expected == pytest.approx(1200, abs=15)
    assert one.usual_in(week(45)) is None


def test_a_lock_of_another_metric_changes_nothing():
    assert found(lock(39, 15, "rate"))["orders"].signal == found()["orders"].signal
    assert found(lock(39, 15, "rate"))["rate"].limits.lock is not None


def test_the_last_lock_counts_and_one_without_a_last_week_ends_it():
    assert found(lock(39, 15), lock(39, 20))["orders"].signal.usual.weeks == 20
    assert found(lock(39, 15), lock(None, None))["orders"].signal == found()["orders"].signal


def test_a_recorded_break_ends_a_lock_on_weeks_before_it():
    broke = Annotation(1, week(19), "New tracking", "break")

    one = found(lock(39, 25), annotations=[broke])["orders"]

    assert one.limits.lock is None
    assert one.signal.usual.weeks == 19


def test_a_lock_on_too_few_known_weeks_is_not_used_yet():
    history, _, _ = reviewed(SHOP, {"orders": daily(WEEKS), "rate": daily(WEEKS)})
    values = known_weeks(history, "orders", week(30))

    assert limits_of(SHOP, ORDERS, values, locks=[lock(39, 15)]).lock is None


def test_moves_are_those_of_the_weeks_and_their_limit_is_that_of_the_book():
    one = found()["orders"].limits
    plain = found(lock(30, 10))["orders"].limits  # level weeks alone: no trend, season or memory

    sizes = np.abs(np.diff(one.weeks.to_numpy()))
    moved = plain.moves_to(week(0))
    assert moved is not None
    assert moved.sizes[-1] == pytest.approx(sizes[-1])
    assert moved.limit == pytest.approx(3.27 * sizes[-30:-10].mean())
    assert not moved.unexplained
    assert one.moves_to(week(79)) is None, "the first week has none before it"


def test_where_the_past_explains_a_week_its_moves_are_of_what_is_left():
    rng = np.random.default_rng(1)
    wave = [1000.0]
    for _ in range(99):
        wave.append(100 + 0.9 * wave[-1] + float(rng.normal(0, 10)))
    chart = Chart(np.array(wave))

    found = moves(chart, 99)

    assert found is not None
    assert found.unexplained
    left = [wave[n] - chart.usual(n).expected for n in (98, 99)]
    assert found.sizes[-1] == pytest.approx(abs(left[1] - left[0]))
    assert found.mean == pytest.approx(np.nanmean(found.sizes[:99]))


def test_a_preview_tells_which_weeks_would_become_signals_and_changes_nothing():
    history, _, _ = reviewed(SHOP, {"orders": daily(WEEKS), "rate": daily(WEEKS)})
    values = known_weeks(history, "orders", week(0))

    seen = preview_of(SHOP, ORDERS, values, lock(79, 45))
    few = preview_of(SHOP, ORDERS, values, lock(20, 10))

    # Locked on the lower level, every week since the rise stands out.
    assert len(seen.gained) > 30
    assert seen.lost == ()
    assert seen.then.usual_in(week(0)).high < 1170 < seen.now.usual_in(week(0)).high
    assert not few.used
    assert preview_of(SHOP, ORDERS, values, lock(None, None), locks=[lock(79, 45)]).lost == (
        seen.gained
    )
