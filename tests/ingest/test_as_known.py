"""A whole star as it was known on an earlier day, beside what is known now."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from nsm import answers
from nsm.errors import InputError
from nsm.model import Annotation, Grain, LimitLock, Target
from nsm.radiate import review_as_of_json, review_json
from nsm.store.annotations import save_annotations
from nsm.store.as_known import first_known
from nsm.store.limits import save_lock
from nsm.store.loads import restatements
from nsm.store.targets import save_targets
from nsm.words.as_known import as_known_sentence, differing, restated_table, then_and_now
from tests.ingest.conftest import TODAY

# The weeks of this shop begin on Sundays: 40 whole ones.
FIRST = dt.date(2026, 1, 18)
LAST = FIRST + dt.timedelta(days=7 * 40 - 1)
START = FIRST - dt.timedelta(days=7 * 40)
KNOWN = LAST + dt.timedelta(days=1)
LATER = KNOWN + dt.timedelta(days=5)


def rows(changed: dict[dt.date, int] | None = None) -> str:
    changed = changed or {}
    lines = ["date,orders,visits"]
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + dt.timedelta(days=n)
        lines.append(f"{day},{changed.get(day, 100 + n * n % 13)},{1000 + n * 7 % 31}")
    return "\n".join([*lines, ""])


def moving(shaken: dt.date | None = None, until: dt.date = LAST) -> str:
    """Orders that follow the visits of two weeks before; another past since ``shaken``."""
    rng, lines, visits = np.random.default_rng(3), ["date,orders,visits"], []
    for n in range((until - START).days + 1):
        day = START + dt.timedelta(days=n)
        if n % 7 == 0:
            visits.append(float(rng.normal(1000, 120)))
        size = visits[-3] if len(visits) > 2 else 1000.0
        orders = size * 0.1 + float(rng.normal(0, 2))
        if shaken is not None and day >= shaken:
            orders *= 1 + 0.3 * (day.toordinal() % 2)
        lines.append(f"{day},{orders:.2f},{visits[-1]:.2f}")
    return "\n".join([*lines, ""])


@pytest.fixture
def restated(load):
    """A star known since KNOWN, of which one day changed on LATER, and a week came."""
    load(rows(), as_of=KNOWN)
    load(rows({LAST: 500}), as_of=LATER)


def test_without_later_loads_the_past_is_what_is_known_now(engine: sa.Engine, load) -> None:
    load(rows(), as_of=KNOWN)

    now = answers.histories(engine, "shop", TODAY)
    then = answers.histories_as_of(engine, "shop", KNOWN, TODAY)

    for grain in ("weeks", "months"):
        for part in ("values", "days", "expected"):
            pd.testing.assert_frame_equal(
                getattr(getattr(then, grain), part), getattr(getattr(now, grain), part)
            )
    reviewed = answers.review_of(engine, now, TODAY)
    assert answers.review_of(engine, then, KNOWN, reviewed.week_ending).metrics == reviewed.metrics
    assert then.newest == now.newest


def test_a_restated_week_is_what_it_was(engine: sa.Engine, restated) -> None:
    then = answers.histories_as_of(engine, "shop", KNOWN, TODAY)
    now = answers.histories(engine, "shop", TODAY)
    found = answers.review_of(engine, then, KNOWN)
    today = answers.review_of(engine, now, TODAY, found.week_ending)

    old, new = found.metrics["orders"].last_week, today.metrics["orders"].last_week
    assert found.week_ending == LAST
    assert new - old == 500 - (100 + 279 * 279 % 13)
    # A formula follows its parts, a to-date figure its days.
    assert found.metrics["basket"].last_week < today.metrics["basket"].last_week
    assert today.metrics["orders"].mtd - found.metrics["orders"].mtd == new - old


def test_what_changed_since_is_listed_and_said(engine: sa.Engine, restated) -> None:
    changed = restatements(engine, "shop", since=KNOWN)
    then = answers.histories_as_of(engine, "shop", KNOWN, TODAY)
    found = answers.review_of(engine, then, KNOWN)
    now = answers.histories(engine, "shop", TODAY)
    today = answers.review_of(engine, now, TODAY, found.week_ending)
    standing, standing_now = answers.standings_of(then, found), answers.standings_of(now, today)

    assert [(one.metric, one.date, one.new_value) for one in changed] == [("orders", LAST, 500)]
    assert restatements(engine, "shop", since=LATER) == ()
    count = differing(standing, standing_now)
    assert count == 2
    said = as_known_sentence(KNOWN, changed, count)
    assert said == (
        "As known on 25 Oct 2026. Since then 1 past value changed; "
        "this week reads differently now in 2 metrics."
    )
    table = then_and_now(standing, standing_now).set_index("Metric")
    assert table.loc["Orders", "Known now"] == f"{today.metrics['orders'].last_week:,.0f}"
    assert table.loc["Visits", "Difference"] == "0.0 %".replace(" ", "\N{NO-BREAK SPACE}")
    assert restated_table(then.star, changed)["Is"].tolist() == ["500"]
    answer = review_as_of_json(then, found, today, changed)
    assert answer["as_of"] == KNOWN.isoformat()
    assert answer["restatements"][0]["new_value"] == 500
    orders = answer["metrics"]["orders"]
    assert orders["last_week_now"] > orders["last_week"]
    assert orders["usual_low"] < orders["usual_high"]


def test_a_metric_is_weekly_as_its_dates_showed_on_that_day(engine: sa.Engine, load) -> None:
    """Two later values on other weekdays make days of what was a weekly source until then."""
    weeks = [FIRST + dt.timedelta(days=1 + 7 * n) for n in range(40)]
    load(rows(), as_of=KNOWN)
    load("\n".join(["date,page_views", *(f"{day},{5 + day.day}" for day in weeks)]), as_of=KNOWN)
    before = answers.histories(engine, "shop", KNOWN)
    shown = answers.review_of(engine, before, KNOWN).metrics["page_views"]
    load(f"date,page_views\n{KNOWN},3\n{KNOWN + dt.timedelta(days=2)},4\n", as_of=LATER)

    then = answers.histories_as_of(engine, "shop", KNOWN, TODAY)

    assert then.star.metric("page_views").grain is Grain.WEEK
    assert answers.review_of(engine, then, KNOWN).metrics["page_views"] == shown
    assert shown.last_week == 5 + weeks[-1].day


def test_every_change_is_listed_however_many(engine: sa.Engine, load) -> None:
    load(rows(), as_of=KNOWN)
    load(rows({FIRST + dt.timedelta(days=n): 7 for n in range(250)}), as_of=LATER)

    assert len(restatements(engine, "shop", since=KNOWN)) == 200
    assert len(restatements(engine, "shop", limit=None, since=KNOWN)) == 250


def test_nothing_that_came_later_is_in_the_answer_of_that_day(engine: sa.Engine, load) -> None:
    """Everything the JSON says, lead test and outlook included, is what it said on that day."""
    load(moving(), as_of=KNOWN)
    plan = Target("orders", "quarter", dt.date(2026, 10, 1), 9_000.0)
    note = Annotation(0, START + dt.timedelta(days=70), "New counting", "break")
    save_targets(engine, "shop", [plan], KNOWN)
    save_annotations(engine, "shop", [note], KNOWN)
    known = answers.histories(engine, "shop", KNOWN)
    said_then = review_json(known, answers.review_of(engine, known, KNOWN))

    load(moving(shaken=LAST - dt.timedelta(days=200), until=LATER), as_of=LATER)
    later = dt.datetime.combine(LATER, dt.time(9))
    save_lock(engine, "shop", LimitLock("orders", None, LAST, "ann", later, "known level"))
    broken = Annotation(0, LAST - dt.timedelta(days=100), "New counting", "break")
    save_annotations(engine, "shop", [note, broken], LATER)
    save_targets(engine, "shop", [plan, replace(plan, period="month", value=9.0)], LATER)
    then = answers.histories_as_of(engine, "shop", KNOWN, TODAY)
    found = answers.review_of(engine, then, KNOWN)
    now = answers.review_of(engine, answers.histories(engine, "shop", TODAY), TODAY, LAST)
    said_now = review_as_of_json(then, found, now, ())

    assert said_then["outlook"]["weeks"]
    assert said_then["why"]["week"]["parts"]
    assert len(said_then["pace"]["orders"]) == 1
    for key, figures in said_now["metrics"].items():
        del figures["last_week_now"]
        assert figures == said_then["metrics"][key]
    assert {key: said_now[key] for key in said_then} == said_then


def test_a_lock_of_later_was_not_known_then(engine: sa.Engine, restated) -> None:
    later = dt.datetime.combine(LATER, dt.time(9))
    save_lock(engine, "shop", LimitLock("orders", None, LAST, "ann", later, "known level"))

    assert answers.histories_as_of(engine, "shop", KNOWN, TODAY).locks == ()
    assert len(answers.histories_as_of(engine, "shop", LATER, TODAY).locks) == 1


def test_before_the_first_load_and_after_today_nothing_is_known(engine: sa.Engine, load) -> None:
    with pytest.raises(InputError, match="Nothing was known"):
        answers.histories_as_of(engine, "shop", KNOWN, TODAY)
    load(rows(), as_of=KNOWN)

    assert first_known(engine, "shop") == KNOWN
    with pytest.raises(InputError, match="Nothing was known of shop on 2026-10-24"):
        answers.histories_as_of(engine, "shop", KNOWN - dt.timedelta(days=1), TODAY)
    with pytest.raises(InputError, match="is not known on"):
        answers.histories_as_of(engine, "shop", TODAY + dt.timedelta(days=1), TODAY)
