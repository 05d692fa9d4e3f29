"""How a metric stands: usual since its last break, extreme, on plan, and what is still open."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from nsm.model import Aggregate, Annotation, DefinitionChange, Metric, Role, Star, Target
from nsm.standing import reviewable_weeks, standings
from tests.weeks import LAST_WEEK, TODAY, daily, noisy, reviewed

ORDERS = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
RATE = Metric("rate", "Rate", Role.INPUT, Aggregate.MEAN)
SHOP = Star("shop", "Shop", "orders", (ORDERS, RATE))


def stand(weeks, *, star=SHOP, running=(), key="orders", **more):
    values = {metric.key: daily(weeks, running=running) for metric in star.metrics}
    history, _, review = reviewed(star, values)
    return standings(star, review, history, **more)[key]


def test_weeks_before_a_recorded_break_do_not_say_what_is_usual():
    weeks = [*noisy(40, 1000), *noisy(20, 2000, seed=1)]
    broke = LAST_WEEK - dt.timedelta(weeks=19)

    after = stand(weeks, annotations=[Annotation(1, broke, "New tracking", "break")])

    assert stand(weeks).signal.weeks == 59
    assert after.signal.weeks == 19
    assert after.signal.usual.low > 1500


def test_after_a_break_a_record_is_one_of_the_weeks_since_not_of_all():
    weeks = [*noisy(40, 1000), *noisy(19, 2000, seed=1), 4000.0]
    broke = Annotation(1, LAST_WEEK - dt.timedelta(weeks=19), "New tracking", "break")

    assert stand(weeks).extreme.on_record
    since = stand(weeks, annotations=[broke]).extreme
    assert (since.weeks, since.on_record) == (20, False)


def test_a_note_or_a_break_of_another_metric_changes_nothing():
    weeks = noisy(40)
    middle = LAST_WEEK - dt.timedelta(weeks=10)

    for other in (
        Annotation(1, middle, "A note"),
        Annotation(1, middle, "A break", "break", "rate"),
    ):
        assert stand(weeks, annotations=[other]).signal == stand(weeks).signal


def test_after_a_change_of_definition_it_is_too_early_to_say():
    changed = DefinitionChange("orders", LAST_WEEK + dt.timedelta(days=2), "formula", "a", "b")

    assert stand(noisy(40), changes=[changed]).signal.status == "unknown"


def test_the_plan_of_a_sum_grows_with_the_days_of_its_quarter():
    quarter = Target("orders", "quarter", dt.date(2026, 10, 1), 9200.0)

    pace = stand([700.0] * 60, targets=[quarter]).pace

    # 46 of 92 days are over on 15 November, a hundred a day were sold.
    assert (pace.planned, pace.actual) == (pytest.approx(4600), pytest.approx(4600))
    assert pace.share == pytest.approx(1)


def test_the_plan_of_a_mean_does_not_grow():
    month = Target("rate", "month", dt.date(2026, 11, 1), 200.0)

    pace = stand([700.0] * 60, key="rate", targets=[month]).pace

    assert (pace.planned, pace.actual, pace.share) == (200, pytest.approx(100), pytest.approx(0.5))


def test_the_quarter_is_told_before_the_week_and_other_periods_not_at_all():
    week = Target("orders", "week", LAST_WEEK, 800.0)
    quarter = Target("orders", "quarter", dt.date(2026, 10, 1), 9200.0)
    past = Target("orders", "quarter", dt.date(2026, 7, 1), 9200.0)

    assert stand([700.0] * 60, targets=[week, quarter]).pace.period == "quarter"
    assert stand([700.0] * 60, targets=[week, past]).pace.period == "week"
    assert stand([700.0] * 60, targets=[past]).pace is None
    assert stand([700.0] * 60, targets=[Target("orders", "week", LAST_WEEK, 0.0)]).pace is None


def test_the_running_week_and_month_are_apart_from_what_is_complete():
    one = stand([700.0] * 20, running=[90.0, 80.0])

    assert (one.running.value, one.running.days, one.running.expected) == (170, 2, 7)
    assert (one.month.start, one.month.days, one.month.expected) == (dt.date(2026, 11, 1), 15, 30)
    assert one.month.value == pytest.approx(1500)
    assert one.review.last_week == pytest.approx(700)


def test_an_older_week_with_missing_days_is_not_running():
    days = daily([700.0] * 20)
    values = {"orders": {day: one for day, one in days.items() if day != dt.date(2026, 11, 4)}}
    history, _, review = reviewed(SHOP, values | {"rate": days}, ending=dt.date(2026, 11, 1))

    assert standings(SHOP, review, history)["orders"].running is None


def test_a_candidate_that_goes_on_ends_no_running_week():
    star = replace(
        SHOP, metrics=(*SHOP.metrics, Metric("new", "New", Role.CANDIDATE, Aggregate.SUM))
    )
    values = {key: daily([700.0] * 20, running=[90.0, 80.0]) for key in ("orders", "rate")}
    later = {day + dt.timedelta(days=7): 1.0 for day in list(values["orders"])[-9:]}
    history, _, review = reviewed(star, values | {"new": later}, today=TODAY + dt.timedelta(days=9))

    one = standings(star, review, history)["orders"]
    assert (one.running.value, one.running.days) == (170, 2)


def test_candidates_do_not_stand_on_the_page_of_the_week():
    extra = Metric("items", "Items", Role.CANDIDATE, Aggregate.SUM)
    star = Star("shop", "Shop", "orders", (ORDERS, extra))
    values = {"orders": daily([7.0] * 20), "items": daily([7.0] * 20)}
    history, _, review = reviewed(star, values)

    assert list(standings(star, review, history)) == ["orders"]


def test_weeks_to_choose_from_are_over_and_known_newest_first():
    history, _, _ = reviewed(SHOP, {"orders": daily([7.0] * 3, running=[1.0]), "rate": {}})

    assert reviewable_weeks(SHOP, history, TODAY) == tuple(
        dt.date(2026, 11, day) for day in (15, 8, 1)
    )


def test_a_week_that_the_star_does_not_have_yet_is_not_to_choose_from():
    longer = daily([7.0] * 4)
    history, _, _ = reviewed(SHOP, {"orders": {}, "rate": longer})
    assert reviewable_weeks(SHOP, history, TODAY)[0] == dt.date(2026, 11, 15), "better than none"

    shorter = {day: one for day, one in longer.items() if day < LAST_WEEK}
    history, _, _ = reviewed(SHOP, {"orders": shorter, "rate": longer})
    assert reviewable_weeks(SHOP, history, TODAY) == tuple(
        dt.date(2026, 11, 8) - dt.timedelta(weeks=n) for n in range(3)
    )
