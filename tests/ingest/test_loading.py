from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsm.errors import InputError, NsmError, RejectedRows, UnknownStar
from nsm.ingest import LoadReport, load_file
from nsm.model import Aggregate, Grain, Metric, Role
from nsm.store.loads import recent_loads, rejected_rows, restatements
from nsm.store.observations import as_known_on, read_days
from nsm.store.rollups import read_rollups
from nsm.store.stars import read_star, save_star, star_version
from tests.ingest.conftest import STAR, TODAY

Load = Callable[..., LoadReport]
EVER = [(dt.date(1900, 1, 1), dt.date(2200, 1, 1))]

THREE = "date,orders\n2020-01-05,1\n2020-01-06,2\n2020-01-07,3\n"


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.rejected


def known(engine: sa.Engine, metric: str) -> dict[str, float]:
    days = read_days(engine, "shop", EVER, [metric])
    return dict(zip(days["date"].dt.strftime("%Y-%m-%d"), days["value"], strict=True))


def weeks(engine: sa.Engine, metric: str) -> dict[str, tuple[int, float]]:
    found = read_rollups(engine, "shop", Grain.WEEK)
    found = found[found["metric"] == metric]
    return {str(row.start.date()): (row.days, row.sum) for row in found.itertuples()}


def test_the_same_file_twice_changes_nothing(engine: sa.Engine, load: Load) -> None:
    first, second = load(THREE), load(THREE)

    assert counts(first) == (3, 0, 0, 0)
    assert counts(second) == (0, 0, 3, 0)
    assert known(engine, "orders") == {"2020-01-05": 1, "2020-01-06": 2, "2020-01-07": 3}
    assert restatements(engine, "shop") == ()
    assert [(row.new, row.unchanged) for row in recent_loads(engine, "shop")] == [(0, 3), (3, 0)]


def test_the_report_answers_in_json(load: Load) -> None:
    report = load("date,orders,foo\n2020-01-05,x,1\n2020-01-06,2,1\n", skip_bad=True)

    assert report.to_json() == {
        "star": "shop",
        "source": "test.csv",
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "rejected": 1,
        "rejected_rows": [
            {"line": 2, "column": "orders", "value": "x", "reason": "is not a number"}
        ],
        "warnings": ["test.csv: column 'foo' is no metric of the star; it was ignored."],
        "dry_run": False,
    }
    assert (report.first_date, report.last_date) == (dt.date(2020, 1, 6), dt.date(2020, 1, 6))
    assert report.metrics == ("orders",)


def test_a_changed_past_value_keeps_the_old_one(engine: sa.Engine, load: Load) -> None:
    load(THREE, as_of=dt.date(2020, 2, 1))

    report = load("date,orders\n2020-01-06,20\n2020-01-08,4\n", as_of=dt.date(2020, 3, 1))

    assert counts(report) == (1, 1, 0, 0)
    (restated,) = restatements(engine, "shop")
    assert (restated.date, restated.old_value, restated.new_value) == (dt.date(2020, 1, 6), 2, 20)
    assert (restated.old_as_of, restated.as_of) == (dt.date(2020, 2, 1), dt.date(2020, 3, 1))
    assert known(engine, "orders")["2020-01-06"] == 20
    assert weeks(engine, "orders") == {"2020-01-05": (4, 28)}


def test_one_bad_value_stops_the_load_and_nothing_is_written(engine: sa.Engine, load: Load) -> None:
    version = star_version(engine, "shop")

    with pytest.raises(
        RejectedRows, match=r"1 value was rejected.* Line 5, column orders: '--'"
    ) as caught:
        load(THREE + "2020-01-08,--\n")

    assert [row.line for row in caught.value.rows] == [5]
    assert known(engine, "orders") == {}
    assert recent_loads(engine, "shop") == ()
    assert star_version(engine, "shop") == version


def test_the_rest_is_loaded_on_request_and_the_bad_list_kept(engine: sa.Engine, load: Load) -> None:
    load(THREE + "2020-01-08,--\n<b>,5\n", skip_bad=True)

    (row,) = recent_loads(engine, "shop")
    assert (row.new, row.rejected, row.loaded_by) == (3, 2, "me")
    assert [(bad.line, bad.column, bad.value) for bad in rejected_rows(engine, row.id)] == [
        (5, "orders", "--"),
        (6, "date", "<b>"),
    ]


def test_a_dry_run_counts_and_writes_nothing(engine: sa.Engine, load: Load) -> None:
    load(THREE)
    version = star_version(engine, "shop")

    report = load("date,orders\n2020-01-06,20\n2020-01-08,4\n2020-01-07,3\n", dry_run=True)

    assert counts(report) == (1, 1, 1, 0)
    assert report.dry_run
    assert known(engine, "orders")["2020-01-06"] == 2
    assert len(recent_loads(engine, "shop")) == 1
    assert star_version(engine, "shop") == version


def test_every_load_gives_the_star_another_version(engine: sa.Engine, load: Load) -> None:
    before = star_version(engine, "shop")

    load(THREE)

    assert star_version(engine, "shop") > before


def test_a_value_counts_only_once_its_day_was_over(engine: sa.Engine, load: Load) -> None:
    early = load(THREE, as_of=dt.date(2020, 1, 7))

    assert known(engine, "orders") == {"2020-01-05": 1, "2020-01-06": 2}
    assert "1 value belongs to days or weeks that were not over on 2020-01-07" in early.warnings[0]

    later = load(THREE, as_of=dt.date(2020, 1, 8))

    assert counts(later) == (0, 0, 3, 0)
    assert known(engine, "orders")["2020-01-07"] == 3
    assert weeks(engine, "orders") == {"2020-01-05": (3, 6)}


def test_an_unfinished_value_that_changes_is_no_restatement(engine: sa.Engine, load: Load) -> None:
    load(THREE, as_of=dt.date(2020, 1, 7))

    report = load("date,orders\n2020-01-07,33\n", as_of=dt.date(2020, 1, 8))

    assert counts(report) == (0, 1, 0, 0)
    assert restatements(engine, "shop") == ()
    assert known(engine, "orders")["2020-01-07"] == 33


def test_older_knowledge_never_replaces_newer(engine: sa.Engine, load: Load) -> None:
    load(THREE, as_of=dt.date(2020, 3, 1))

    with pytest.raises(InputError, match=r"knows orders on 2020-01-06 as of 2020-03-01"):
        load("date,orders\n2020-01-06,20\n2019-01-01,5\n", as_of=dt.date(2020, 2, 1))

    assert "2019-01-01" not in known(engine, "orders")
    # What agrees, or was not known, is welcome.
    report = load("date,orders\n2020-01-06,2\n2019-01-01,5\n", as_of=dt.date(2020, 2, 1))
    assert counts(report) == (1, 0, 1, 0)


def test_nothing_is_known_as_of_tomorrow(load: Load) -> None:
    with pytest.raises(InputError, match="lies in the future"):
        load(THREE, as_of=TODAY + dt.timedelta(days=1))


def test_any_week_can_be_shown_as_it_was_known(engine: sa.Engine, load: Load) -> None:
    load("date,orders\n2020-01-05,1\n2020-01-06,2\n", as_of=dt.date(2020, 2, 1))
    load("date,orders\n2020-01-06,20\n2020-01-07,3\n", as_of=dt.date(2020, 3, 1))
    load("date,orders\n2020-01-06,21\n", as_of=dt.date(2020, 3, 1))
    load("date,orders\n2020-01-06,200\n", as_of=dt.date(2020, 4, 1))

    def then(month: int, day: int = 1) -> list[float]:
        return as_known_on(engine, "shop", "orders", dt.date(2020, month, day)).tolist()

    assert then(1) == []
    assert then(2) == [1, 2]
    assert then(3) == [1, 21, 3]
    assert then(12) == [1, 200, 3]
    with pytest.raises(UnknownStar, match="no metric 'foo'"):
        as_known_on(engine, "shop", "foo", TODAY)


def test_weekly_dates_of_another_weekday_mean_the_week_that_contains_them(
    engine: sa.Engine, load: Load
) -> None:
    report = load("week_ending,seats\n2020-01-11,1\n2020-01-18,2\n")  # Saturdays

    assert "are Saturdays and weeks start on Sunday" in report.warnings[0]
    assert weeks(engine, "seats") == {"2020-01-05": (1, 1), "2020-01-12": (1, 2)}
    assert known(engine, "seats") == {"2020-01-05": 1, "2020-01-12": 2}
    # The same weeks under another weekday are the same weeks.
    again = load("week,seats\n2020-01-05,1\n2020-01-12,5\n")
    assert counts(again) == (0, 1, 1, 0)
    assert weeks(engine, "seats") == {"2020-01-05": (1, 1), "2020-01-12": (1, 5)}
    assert read_rollups(engine, "shop", Grain.MONTH).empty


def test_weekly_dates_of_mixed_weekdays_are_rejected(load: Load) -> None:
    report = load("week,seats\n2020-01-05,1\n2020-01-13,2\n2020-01-19,3\n", skip_bad=True)

    assert counts(report) == (2, 0, 0, 1)
    (bad,) = report.rejected_rows
    assert (bad.line, bad.column, bad.value) == (3, "seats", "2020-01-13")
    assert "not the first day of a week (Sunday)" in bad.reason


def test_a_weekly_value_counts_once_its_week_was_over(engine: sa.Engine, load: Load) -> None:
    load("week,seats\n2020-01-05,1\n", as_of=dt.date(2020, 1, 11))
    assert weeks(engine, "seats") == {}

    load("week,seats\n2020-01-05,1\n", as_of=dt.date(2020, 1, 12))
    assert weeks(engine, "seats") == {"2020-01-05": (1, 1)}


def grain(engine: sa.Engine) -> Grain | None:
    return read_star(engine, "shop").metric("visits").grain


def test_the_grain_is_found_from_all_dates(engine: sa.Engine, load: Load) -> None:
    load("date,visits\n2020-01-11,1\n2020-01-18,2\n")
    assert grain(engine) is Grain.DAY

    load("date,visits\n2020-01-25,3\n")
    assert grain(engine) is Grain.WEEK
    assert weeks(engine, "visits") == {
        "2020-01-05": (1, 1),
        "2020-01-12": (1, 2),
        "2020-01-19": (1, 3),
    }
    assert read_rollups(engine, "shop", Grain.MONTH).empty

    load("date,visits\n2020-01-26,4\n")
    assert grain(engine) is Grain.DAY
    assert weeks(engine, "visits")["2020-01-26"] == (1, 4)
    assert len(read_rollups(engine, "shop", Grain.MONTH)) == 1


def test_one_day_of_a_daily_metric_leaves_it_daily(engine: sa.Engine, load: Load) -> None:
    first = dt.date(2020, 1, 1)
    load("date,visits\n" + "".join(f"{first + dt.timedelta(days=i)},1\n" for i in range(40)))

    load(f"date,visits\n{first + dt.timedelta(days=40)},1\n")

    assert grain(engine) is Grain.DAY


def test_a_corrected_week_start_needs_no_new_load(engine: sa.Engine, load: Load) -> None:
    load("week,seats\n2020-01-05,1\n2020-01-12,2\n")  # Sundays
    save_star(engine, replace(STAR, week_start=0), TODAY)
    assert weeks(engine, "seats") == {"2019-12-30": (1, 1), "2020-01-06": (1, 2)}

    save_star(engine, STAR, TODAY)
    assert weeks(engine, "seats") == {"2020-01-05": (1, 1), "2020-01-12": (1, 2)}


def test_a_metric_declared_weekly_later_is_weekly(engine: sa.Engine, load: Load) -> None:
    load("week,visits\n2020-01-11,1\n2020-01-18,2\n")
    metrics = tuple(replace(m, grain=Grain.WEEK) if m.key == "visits" else m for m in STAR.metrics)

    save_star(engine, replace(STAR, metrics=metrics), TODAY)

    assert weeks(engine, "visits") == {"2020-01-05": (1, 1), "2020-01-12": (1, 2)}
    assert counts(load("week,visits\n2020-01-05,1\n2020-01-12,3\n")) == (0, 1, 1, 0)


def test_a_blank_cell_removes_nothing(engine: sa.Engine, load: Load) -> None:
    load(THREE)

    assert counts(load("date,orders\n2020-01-06,\n2020-01-07,3\n")) == (0, 0, 1, 0)
    assert known(engine, "orders")["2020-01-06"] == 2


def test_a_metric_that_left_the_star_is_no_column(engine: sa.Engine, load: Load) -> None:
    load("date,orders,visits\n2020-01-05,1,2\n")
    save_star(engine, replace(STAR, metrics=STAR.metrics[:1]), TODAY)

    report = load("date,orders,visits\n2020-01-05,1,3\n")

    assert counts(report) == (0, 0, 1, 0)
    assert "'visits' is no metric" in report.warnings[0]
    assert set(read_rollups(engine, "shop", Grain.WEEK)["metric"]) == {"orders"}


def test_two_hundred_metrics_in_one_file(engine: sa.Engine) -> None:
    metrics = [Metric(f"m{i}", f"M {i}", Role.CANDIDATE, Aggregate.SUM) for i in range(199)]
    star = replace(STAR, key="big", metrics=(STAR.metrics[0], *metrics))
    save_star(engine, star, TODAY)
    header = "date," + ",".join(metric.key for metric in metrics)
    lines = [f"2020-01-{d:02d}," + ",".join(str(d * i) for i in range(199)) for d in range(1, 15)]

    report = load_file(
        engine,
        "big",
        "\n".join([header, *lines]).encode(),
        source="big.csv",
        loaded_by="me",
        today=TODAY,
    )

    assert counts(report) == (199 * 14, 0, 0, 0)


def test_progress_goes_from_reading_to_writing(load: Load) -> None:
    seen: list[float] = []

    load(THREE, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[0] <= 0.5
    assert seen[-1] == 1.0


def test_an_unknown_star_is_named(engine: sa.Engine) -> None:
    with pytest.raises(UnknownStar, match=r"'nope'.*shop"):
        load_file(engine, "nope", b"", source="x", loaded_by="x", today=TODAY)


def test_hostile_names_are_kept_harmless(engine: sa.Engine, load: Load) -> None:
    load(THREE, source="a\x00b\ud800\u202e.csv", loaded_by="\x1b[31mme")

    (row,) = recent_loads(engine, "shop")
    assert row.source.isprintable()
    assert row.loaded_by.isprintable()


def test_a_read_only_store_is_one_clear_line(engine: sa.Engine, load: Load) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    try:
        with pytest.raises(NsmError) as caught:
            load(THREE)
    finally:
        engine.dispose()

    assert "\n" not in str(caught.value)


# What files are made of, and what breaks them.
PIECES = (
    *(b"date", b"metric", b"value", b"orders", b"visits", b"rate", b"week", b"2020-01-05"),
    *(b"5/1/2020", b"13/1/2020", b"2020-W02", b"1", b"1,5", b"1.234", b"5%", b"-0", b"1e-400"),
    *(b"1e308", b"nan", b",", b",", b";", b"\t", b"\n", b"\n", b"\r\n", b"\r", b'"', b'""', b" "),
    *(b"\x00", b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"sep=;\n", b"\xe9", b"("),
)
HEADS = (b"", b"date,orders,visits\n", b"date;metric;value\n", b"week,seats\n")


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=40).map(b"".join),
    st.booleans(),
)
def test_any_bytes_are_loaded_whole_or_refused_in_one_line_without_a_trace(
    engine: sa.Engine, load: Load, head: bytes, content: bytes, skip_bad: bool
) -> None:
    before = len(recent_loads(engine, "shop", limit=10_000)), star_version(engine, "shop")
    report, said = None, ""

    try:
        report = load(head + content, skip_bad=skip_bad)
    except NsmError as error:
        said = str(error)

    after = len(recent_loads(engine, "shop", limit=10_000)), star_version(engine, "shop")
    if report is None:
        assert said
        assert said.isprintable()
        assert after == before
    else:
        (newest,) = recent_loads(engine, "shop", limit=1)
        assert (newest.new, newest.changed, newest.unchanged, newest.rejected) == counts(report)
        assert after[0] == before[0] + 1
        assert skip_bad or not report.rejected
