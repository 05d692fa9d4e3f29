"""The answers of a real store: what was loaded as a file comes back as figures."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nsm import answers
from nsm.errors import InputError, UnknownStar
from nsm.history import build_history
from nsm.ingest import load_file
from nsm.inquiry import candidates_of, identities
from nsm.leads.setting import Setting
from nsm.model import (
    Aggregate,
    Annotation,
    Grain,
    LimitLock,
    Metric,
    ReviewEntry,
    Role,
    Star,
    Target,
)
from nsm.periods import now_utc
from nsm.review import weekly_review
from nsm.store.annotations import save_annotations
from nsm.store.limits import save_lock
from nsm.store.reviews import add_entry
from nsm.store.stars import save_star
from nsm.store.targets import save_targets
from tests.days import (
    Values,
    computed,
    daily_frame,
    each_day,
    measured,
    rollup_frame,
    star_of,
    without,
)
from tests.stores import new_store

TODAY = dt.date(2024, 6, 12)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    engine = new_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    yield engine
    engine.dispose()


def fill(engine: Any, star: Star, values: dict[str, Values], seed: int = 0) -> None:
    """Load the values as one long file, its rows in any order."""
    rows = [
        f"{day},{key},{float(value)!r}"
        for key, days in values.items()
        for day, value in days.items()
    ]
    Random(seed).shuffle(rows)
    content = "\n".join(["date,metric,value", *rows]).encode()
    save_star(engine, star, TODAY)
    load_file(engine, star.key, content, source="test", loaded_by="test", today=TODAY)


@pytest.mark.parametrize("week_start", [0, 3, 6])
def test_a_review_of_the_store_equals_one_counted_day_by_day(engine: Any, week_start: int) -> None:
    star = star_of(
        measured("orders"),
        measured("visits", Aggregate.MEAN),
        measured("stock", Aggregate.LAST),
        measured("signups", grain=Grain.WEEK),
        computed("rate", "orders / visits", unit="percent"),
        week_start=week_start,
        fiscal_year_end=5,
    )
    orders = without(each_day("2022-11-03", "2024-06-11"), "2023-06-01", "2024-06-03")
    first = dt.date(2023, 1, 1 + (week_start - 6) % 7)
    values = {
        "orders": orders,
        "visits": {
            day: value % 7 + 1 for day, value in each_day("2022-12-30", "2024-06-11").items()
        },
        "stock": without(each_day("2022-11-03", "2024-06-11"), "2024-06-09"),
        "signups": {first + dt.timedelta(days=7 * week): 10.0 + week for week in range(75)},
    }
    fill(engine, star, values)
    weeks, months = (
        build_history(star, rollup_frame(star, values, grain), grain, TODAY)
        for grain in (Grain.WEEK, Grain.MONTH)
    )

    for mode in ("trailing", "fiscal"):
        found = answers.review(engine, "shop", TODAY, months=mode)
        counted = weekly_review(star, weeks, months, daily_frame(values), None, mode, TODAY)
        assert_same(found.to_json(), counted.to_json())
    known = answers.histories(engine, "shop", TODAY)
    pd.testing.assert_frame_equal(known.weeks.values, weeks.values, check_freq=False)
    pd.testing.assert_frame_equal(known.months.so_far, months.so_far, check_freq=False)
    assert known.newest["orders"] == dt.date(2024, 6, 11)


def assert_same(found: dict[str, Any], counted: dict[str, Any]) -> None:
    assert found.keys() == counted.keys()
    for key, metric in counted["metrics"].items():
        for name, figure in metric.items():
            got = found["metrics"][key][name]
            if isinstance(figure, tuple):
                figure, got = np.array(figure, float), np.array(got, float)
                np.testing.assert_allclose(got, figure, rtol=1e-12, equal_nan=True)
            elif isinstance(figure, float):
                assert got == pytest.approx(figure, rel=1e-9, abs=1e-9), (key, name)
            else:
                assert got == figure, (key, name)


def test_candidates_change_no_answer_but_their_own(engine: Any) -> None:
    """Nor do years that only candidates have."""
    star = star_of(
        measured("orders"),
        measured("visits"),
        *(replace(measured(key), role=Role.CANDIDATE) for key in ("old", "items", "planned")),
        computed("per_order", "items / orders"),
    )
    rng = np.random.default_rng(5)
    values = {
        key: {day: float(rng.poisson(100)) for day in each_day(since, "2024-06-11")}
        for key in ("orders", "visits", "old", "items", "planned")
        for since in ["2015-01-01" if key == "old" else "2021-01-04"]
    }
    fill(engine, star, values)
    save_targets(engine, "shop", [Target("planned", "month", dt.date(2024, 6, 1), 60.0)])

    every = answers.histories(engine, "shop", TODAY)
    few = answers.histories(engine, "shop", TODAY, candidates=False)

    keys = [metric.key for metric in few.star.metrics]
    assert keys == ["orders", "visits", "items", "planned", "per_order"]
    assert list(every.weeks.values) == [metric.key for metric in star.metrics]
    reviews = [answers.review_of(engine, one, TODAY) for one in (every, few)]
    whole, part = (one.to_json() for one in reviews)
    assert part["metrics"] == {key: whole["metrics"][key] for key in keys}
    stands = [answers.standings_of(*one) for one in zip((every, few), reviews, strict=True)]
    assert list(stands[0]) == list(stands[1])
    assert answers.leads_of(every).to_json() == answers.leads_of(few).to_json()


def test_candidates_of_another_star_keep_what_is_older_than_their_own(engine: Any) -> None:
    rng = np.random.default_rng(5)
    weeks = rng.normal(size=160)
    values = {
        key: {day: float(round(200 + place)) for day, place in zip(days, course, strict=True)}
        for key, course, since in (
            ("orders", 15 * rng.normal(size=160) + 20 * np.roll(weeks, 4), 0),
            ("visits", 20 * weeks, 0),
            ("actives", rng.normal(size=20), 140),
        )
        for days, course in [
            (
                list(each_day("2021-05-17", "2024-06-09"))[since * 7 :],
                np.repeat(course, 7),
            )
        ]
    }
    shop = star_of(measured("orders"), measured("visits"))
    fill(engine, replace(shop, metrics=shop.metrics[:1]), {"orders": values["orders"]})
    candidate = replace(measured("visits"), role=Role.CANDIDATE)
    app = replace(star_of(measured("actives"), candidate), key="app")
    fill(engine, app, {key: values[key] for key in ("actives", "visits")})
    known, other = (
        answers.tested(answers.histories(engine, key, TODAY)) for key in ("shop", "app")
    )

    found = candidates_of(known, Setting(6), [other]).set_index("metric")

    assert found.loc["visits", "listed"]
    assert found.loc["visits", "lag"] == 4


def test_a_candidate_that_is_spoken_of_is_known(engine: Any) -> None:
    candidates = ("noted", "logged", "planned", "locked", "old")
    star = star_of(
        measured("orders"), *(replace(measured(key), role=Role.CANDIDATE) for key in candidates)
    )
    days = each_day("2024-03-04", "2024-06-09")
    fill(engine, star, dict.fromkeys(("orders", *candidates), days))
    save_annotations(engine, "shop", [Annotation(0, dt.date(2024, 5, 1), "x", metric="noted")])
    save_targets(engine, "shop", [Target("planned", "month", dt.date(2024, 6, 1), 60.0)])
    week = dt.date(2024, 5, 27)
    entry = ReviewEntry(0, "logged", week, "rain", True, "call", "ann", None, "bob", now_utc())
    add_entry(engine, "shop", entry)
    save_lock(engine, "shop", LimitLock("locked", None, week, "ann", now_utc(), "because"))

    few = answers.histories(engine, "shop", TODAY, candidates=False)

    assert [one.key for one in few.star.metrics] == ["orders", *candidates[:-1]]


def test_a_star_without_data_has_answers_too(engine: Any) -> None:
    star = star_of(measured("orders"), measured("visits"))
    save_star(engine, star, TODAY)

    known = answers.histories(engine, "shop", TODAY)
    report = answers.leads(engine, "shop", TODAY)

    assert known.weeks.values.empty
    assert known.newest == {}
    assert answers.review(engine, "shop", TODAY).metrics["orders"].last_week is None
    assert report.weeks == 0
    assert set(report.table["verdict"]) == {"insufficient"}


def test_an_unknown_star_and_unknown_months_are_refused(engine: Any) -> None:
    save_star(engine, star_of(measured("orders")), TODAY)

    with pytest.raises(UnknownStar, match="shop"):
        answers.histories(engine, "shoe", TODAY)
    with pytest.raises(InputError, match="trailing or fiscal"):
        answers.review(engine, "shop", TODAY, months="lunar")


# The lead test over a store.


def lead_star(*extra: Metric) -> Star:
    north = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
    return star_of(north, measured("visits"), measured("noise"), *extra)


def lead_values(lag_weeks: int) -> dict[str, dict[dt.date, float]]:
    """Three years of days in which orders follow visits by so many weeks."""
    rng = np.random.default_rng(11)
    days = list(each_day("2021-06-07", "2024-06-11"))
    weekly = rng.normal(size=len(days) // 7 + 30)
    noise = rng.normal(size=len(days))
    return {
        "visits": {day: 500 + 30 * weekly[20 + n // 7] for n, day in enumerate(days)},
        "orders": {
            day: 100 + 5 * weekly[20 + n // 7 - lag_weeks] + noise[n] for n, day in enumerate(days)
        },
        "noise": {day: float(rng.normal()) for day in days},
    }


def test_a_planted_lead_is_found_in_complete_weeks(engine: Any) -> None:
    fill(engine, lead_star(), lead_values(4))

    report = answers.leads(engine, "shop", TODAY)
    found = answers.leads_json("shop", report)

    by_input = {row["input"]: row for row in found["inputs"]}
    assert (by_input["visits"]["verdict"], by_input["visits"]["lag"]) == ("leads", 4)
    assert by_input["noise"]["verdict"] == "none"
    # The week of 10 June is not over on the 12th.
    assert report.provenance["last_period"] == "2024-06-03"
    assert found["weeks"] == (dt.date(2024, 6, 10) - dt.date(2021, 6, 7)).days // 7
    assert set(found) == {"star", "target", "weeks", "max_lag", "alpha", "inputs"}
    assert (found["star"], found["target"]) == ("shop", "orders")
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert answers.leads_json("shop", answers.leads(engine, "shop", TODAY)) == found


def test_an_input_that_is_part_of_the_formula_is_no_discovery(engine: Any) -> None:
    north = Metric("revenue", "Revenue", Role.NORTH_STAR, formula="visits * value")
    star = star_of(
        north,
        measured("visits"),
        computed("value", "orders / visits"),
        measured("orders"),
        computed("share", "revenue / noise"),
        measured("noise"),
    )
    fill(engine, star, lead_values(2))

    parts = {"visits", "value", "orders", "share"}
    assert identities(star, star.star_metric, star.inputs) == parts
    table = answers.leads(engine, "shop", TODAY).table.set_index("input")
    for key in parts:
        assert table.loc[key, "verdict"] != "leads"
        assert "formula" in " ".join(table.loc[key, "warnings"])


def test_a_recorded_break_of_the_star_is_a_step_and_one_of_an_input_is_not(engine: Any) -> None:
    fill(engine, lead_star(), lead_values(4))
    save_annotations(
        engine,
        "shop",
        [
            Annotation(0, dt.date(2023, 3, 15), "counted anew", "break", "orders"),
            Annotation(0, dt.date(2022, 8, 3), "another tracker", "break", "visits"),
            Annotation(0, dt.date(2022, 12, 24), "Christmas", "holiday"),
        ],
    )

    steps = answers.leads(engine, "shop", TODAY).provenance["breaks"]

    assert "2023-03-13" in steps
    assert "2022-08-01" not in steps
