"""Stars: saved, read back, changed; what a metric meant and when that changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
import sqlalchemy as sa

from nsm.errors import DefinitionError, UnknownStar
from nsm.ingest import load_file
from nsm.model import (
    Aggregate,
    Annotation,
    Better,
    Confidence,
    DefinitionChange,
    Direction,
    Grain,
    Metric,
    Role,
    Star,
)
from nsm.store import schema
from nsm.store.annotations import save_annotations
from nsm.store.engine import reading, writing
from nsm.store.keys import metric_ids
from nsm.store.rollups import read_rollups
from nsm.store.stars import (
    declared_star,
    definition_changes,
    delete_star,
    list_stars,
    read_star,
    save_star,
    star_version,
    star_versions,
)
from tests.store.conftest import MONDAY, record

TUESDAY = MONDAY + dt.timedelta(days=1)
WEDNESDAY = MONDAY + dt.timedelta(days=2)


def with_metric(star: Star, key: str, /, **changes: object) -> Star:
    return replace(
        star,
        metrics=tuple(
            replace(metric, **changes) if metric.key == key else metric for metric in star.metrics
        ),
    )


def test_a_star_comes_back_as_it_was_saved(engine: sa.Engine) -> None:
    star = Star(
        key="music-1",
        name="<b>Müsik</b> \u202e🎵",
        north_star="NA",
        metrics=(
            Metric(
                "NA",
                "null",
                Role.NORTH_STAR,
                Aggregate.MEAN,
                unit="percent",
                better=Better.DOWN,
                grain=Grain.WEEK,
                dimension="depth",
                owner="Zoë",
                description="two\nlines",
                lateness_days=3,
                believed_lead_weeks=0,
                believed_direction=Direction.DOWN,
                believed_confidence=Confidence.LOW,
            ),
            Metric("null", "x" * 10_000, Role.GUARDRAIL, formula="NA * 2"),
        ),
        week_start=6,
        timezone="Asia/Kathmandu",
        fiscal_year_end=3,
        description="told",
        simulated=True,
    )
    assert save_star(engine, star, MONDAY).created
    assert read_star(engine, "music-1") == star
    assert declared_star(engine, "music-1") == star


def test_saving_the_same_definition_again_changes_nothing(engine: sa.Engine, bakery: Star) -> None:
    version = star_version(engine, "bakery")
    saved = save_star(engine, bakery, TUESDAY)
    assert (saved.created, saved.changes) == (False, ())
    assert star_version(engine, "bakery") == version


def test_every_field_of_a_definition_can_change_and_is_told(
    engine: sa.Engine, bakery: Star
) -> None:
    version = star_version(engine, "bakery")
    changed = with_metric(replace(bakery, name="Bread & more"), "guests", owner="Ada")
    saved = save_star(engine, changed, TUESDAY)
    assert read_star(engine, "bakery") == changed
    assert saved.changes == (
        "name: 'Bakery' -> 'Bread & more'",
        "guests: owner '' -> 'Ada'",
    )
    assert star_version(engine, "bakery") != version
    assert definition_changes(engine, "bakery") == ()


def test_metrics_keep_the_order_of_the_definition(engine: sa.Engine, bakery: Star) -> None:
    turned = replace(bakery, metrics=tuple(reversed(bakery.metrics)))
    assert save_star(engine, turned, TUESDAY).changes == ("the order of the metrics",)
    assert read_star(engine, "bakery") == turned


def test_a_metric_that_leaves_comes_back_with_its_history(engine: sa.Engine, bakery: Star) -> None:
    record(engine, "guests", {MONDAY: 7.0})
    without = replace(bakery, metrics=(bakery.metric("loaves"),))
    assert save_star(engine, without, TUESDAY).changes == ("guests: retired", "each: retired")
    assert read_star(engine, "bakery") == without
    with reading(engine) as connection:
        assert list(metric_ids(connection, "bakery")) == ["loaves"]

    save_star(engine, bakery, WEDNESDAY)

    assert read_star(engine, "bakery") == bakery
    with reading(engine) as connection:
        ids = metric_ids(connection, "bakery")
        kept = connection.execute(sa.select(schema.observation.c["metric_id", "value"])).all()
    assert kept == [(ids["guests"], 7.0)]
    assert list(ids) == ["loaves", "guests", "each"]


def test_the_north_star_can_move_to_another_metric(engine: sa.Engine, bakery: Star) -> None:
    moved = replace(
        with_metric(
            with_metric(bakery, "loaves", role=Role.RESULT), "guests", role=Role.NORTH_STAR
        ),
        north_star="guests",
    )
    save_star(engine, moved, TUESDAY)
    assert read_star(engine, "bakery") == moved


def test_the_table_itself_refuses_a_second_north_star(engine: sa.Engine, bakery: Star) -> None:
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.update(schema.metric).values(north_star_of=1))


@pytest.mark.parametrize(
    ("key", "field", "new", "expected"),
    [
        ("loaves", "aggregate", Aggregate.MEAN, ("sum", "mean")),
        ("each", "formula", "guests / loaves", ("loaves / guests", "guests / loaves")),
        ("loaves", "grain", Grain.WEEK, None),
        ("loaves", "unit", "percent", None),
        ("each", "formula", "( loaves/guests )", None),
        ("loaves", "name", "Loaves", None),
        ("loaves", "description", "what we sell", None),
    ],
)
def test_a_change_of_meaning_is_recorded_with_its_date(
    engine: sa.Engine, bakery: Star, key: str, field: str, new: object, expected
) -> None:
    save_star(engine, with_metric(bakery, key, **{field: new}), TUESDAY)
    changes = definition_changes(engine, "bakery")
    if expected is None:
        assert changes == ()
    else:
        assert changes == (DefinitionChange(key, TUESDAY, field, *expected),)


def test_a_second_unit_or_description_is_another_meaning(engine: sa.Engine, bakery: Star) -> None:
    first = with_metric(bakery, "guests", unit="heads", description="Who paid.")
    save_star(engine, first, MONDAY)
    save_star(engine, with_metric(first, "guests", description="who paid"), TUESDAY)
    assert definition_changes(engine, "bakery") == ()
    save_star(
        engine, with_metric(first, "guests", unit="tables", description="Who came."), WEDNESDAY
    )
    assert [
        (change.field, change.old, change.new) for change in definition_changes(engine, "bakery")
    ] == [
        ("unit", "heads", "tables"),
        ("description", "who paid", "Who came."),
    ]


def test_a_measured_metric_that_becomes_a_formula_is_another_meaning(
    engine: sa.Engine, bakery: Star
) -> None:
    save_star(engine, with_metric(bakery, "guests", aggregate=None, formula="loaves / 2"), TUESDAY)
    assert [
        (change.field, change.old, change.new) for change in definition_changes(engine, "bakery")
    ] == [
        ("formula", "", "loaves / 2"),
        ("aggregate", "sum", ""),
    ]


def test_trying_things_out_on_one_day_leaves_the_last_word(engine: sa.Engine, bakery: Star) -> None:
    save_star(engine, with_metric(bakery, "loaves", aggregate=Aggregate.MEAN), TUESDAY)
    save_star(engine, with_metric(bakery, "loaves", aggregate=Aggregate.MAX), TUESDAY)
    assert definition_changes(engine, "bakery") == (
        DefinitionChange("loaves", TUESDAY, "aggregate", "sum", "max"),
    )
    save_star(engine, bakery, TUESDAY)
    assert definition_changes(engine, "bakery") == ()


def load_loaves(engine: sa.Engine, key: str, days: list[dt.date]) -> None:
    rows = "".join(f"{day},{place}\n" for place, day in enumerate(days))
    file = f"date,loaves\n{rows}".encode()
    load_file(engine, key, file, source="till.csv", loaded_by="anna", today=MONDAY)


def test_a_new_week_start_is_as_if_it_had_always_been(engine: sa.Engine, bakery: Star) -> None:
    changed = replace(bakery, week_start=6)
    save_star(engine, replace(changed, key="cafe"), MONDAY)
    for key in ("bakery", "cafe"):
        load_loaves(engine, key, [MONDAY - dt.timedelta(days=days) for days in range(30, 0, -1)])
    before = read_rollups(engine, "bakery", Grain.WEEK)

    save_star(engine, changed, MONDAY)

    after = read_rollups(engine, "bakery", Grain.WEEK)
    pd.testing.assert_frame_equal(after, read_rollups(engine, "cafe", Grain.WEEK))
    assert not after.equals(before)


def test_a_metric_that_turns_out_weekly_no_longer_has_months(
    engine: sa.Engine, bakery: Star
) -> None:
    save_star(engine, with_metric(bakery, "loaves", grain=Grain.DAY), MONDAY)
    load_loaves(engine, "bakery", [MONDAY - dt.timedelta(weeks=weeks) for weeks in (3, 2, 1)])
    assert len(read_rollups(engine, "bakery", Grain.MONTH)) > 0

    save_star(engine, with_metric(bakery, "loaves", grain=Grain.WEEK), MONDAY)

    assert len(read_rollups(engine, "bakery", Grain.MONTH)) == 0
    assert read_rollups(engine, "bakery", Grain.WEEK)["sum"].tolist() == [0.0, 1.0, 2.0]
    assert [change.field for change in definition_changes(engine, "bakery")] == ["grain"]


def test_days_are_not_made_weeks_by_a_word(engine: sa.Engine, bakery: Star) -> None:
    save_star(engine, bakery, MONDAY)
    load_loaves(engine, "bakery", [MONDAY - dt.timedelta(days=days) for days in (15, 9, 3, 2, 1)])
    before = read_rollups(engine, "bakery", Grain.WEEK)

    with pytest.raises(DefinitionError, match=r"'loaves', field 'grain': .* 3 of its 5 known"):
        save_star(engine, with_metric(bakery, "loaves", grain=Grain.WEEK), MONDAY)

    assert declared_star(engine, "bakery") == bakery
    pd.testing.assert_frame_equal(read_rollups(engine, "bakery", Grain.WEEK), before)


def test_keys_that_differ_only_by_capitals_are_refused(engine: sa.Engine, bakery: Star) -> None:
    with pytest.raises(DefinitionError, match="only by capitals"):
        save_star(engine, replace(bakery, key="Bakery"), TUESDAY)
    renamed = with_metric(bakery, "guests", key="Guests")
    with pytest.raises(DefinitionError, match="only by capitals"):
        save_star(engine, renamed, TUESDAY)
    assert list_stars(engine) == (bakery,)


def test_a_grain_that_was_found_is_used_but_not_exported(engine: sa.Engine, bakery: Star) -> None:
    with writing(engine) as connection:
        connection.execute(
            sa.update(schema.metric)
            .where(schema.metric.c.key == "guests")
            .values(grain_found="week")
        )
    assert read_star(engine, "bakery").metric("guests").grain is Grain.WEEK
    assert declared_star(engine, "bakery") == bakery
    assert save_star(engine, bakery, TUESDAY).changes == ()


def test_simulated_stars_stand_last(engine: sa.Engine, bakery: Star) -> None:
    save_star(engine, replace(bakery, key="a_demo", simulated=True), MONDAY)
    save_star(engine, replace(bakery, key="cafe"), MONDAY)
    assert [star.key for star in list_stars(engine)] == ["bakery", "cafe", "a_demo"]
    assert set(star_versions(engine)) == {"bakery", "cafe", "a_demo"}


def test_an_unknown_star_is_refused_with_the_known_ones(engine: sa.Engine, bakery: Star) -> None:
    asked = (read_star, declared_star, star_version, definition_changes, delete_star)
    for ask in asked:
        with pytest.raises(UnknownStar, match="no star 'Bakery'") as caught:
            ask(engine, "Bakery")
        assert "bakery" in caught.value.hint
    with pytest.raises(UnknownStar) as caught:
        read_star(engine, "a\n\x1b[31m" + "b" * 500)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_deleted_star_is_gone_with_all_its_rows_and_no_others(
    engine: sa.Engine, bakery: Star
) -> None:
    load_id = record(engine, "loaves", {MONDAY: 1.0})
    save_annotations(engine, "bakery", [Annotation(0, MONDAY, "opened")])
    with writing(engine) as connection:
        metric_id = metric_ids(connection, "bakery")["loaves"]
        connection.execute(
            sa.insert(schema.restatement).values(
                metric_id=metric_id,
                date=MONDAY,
                old_value=1,
                new_value=2,
                old_load_id=load_id,
                load_id=load_id,
            )
        )
    save_star(engine, replace(bakery, key="cafe"), MONDAY)
    before = star_version(engine, "bakery")

    delete_star(engine, "bakery")

    with reading(engine) as connection:
        left = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in schema.metadata.sorted_tables
        }
    assert {name for name, rows in left.items() if rows} == {"star", "metric"}
    assert (left["star"], left["metric"]) == (1, 3)
    save_star(engine, bakery, MONDAY)
    assert star_version(engine, "bakery") != before, "an old picture would be shown"
