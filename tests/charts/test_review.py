"""The six-twelve picture carries the figures, keeps what is open apart, and is only text."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from nsm.charts.halves import halves_of, picture_rows
from nsm.charts.review import Mark, circled, six_twelve
from nsm.charts.signs import CIRCLED
from nsm.charts.theme import STAND_IN, Colour
from nsm.model import Aggregate, Grain, Metric, Role, Star, Target
from nsm.standing import known_weeks, standings
from tests.weeks import LAST_WEEK, daily, noisy, reviewed

ORDERS = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
WEEKLY = replace(ORDERS, grain=Grain.WEEK)
TARGETS = (
    Target("orders", "month", dt.date(2026, 10, 1), 4000.0),
    Target("orders", "week", LAST_WEEK, 990.0),
    Target("other", "week", LAST_WEEK, 5.0),
)


def drawn(weeks, *, metric=ORDERS, running=(), targets=TARGETS, marks=(), small=False):
    star = Star("shop", "Shop", "orders", (metric,))
    values = daily(weeks, running=running)
    if metric.grain is Grain.WEEK:
        values = {day: value * 7 for day, value in values.items() if day.weekday() == 0}
    history, _, review = reviewed(star, {"orders": values})
    one = standings(star, review, history, targets)["orders"]
    year = known_weeks(history, "orders", LAST_WEEK)
    figure = six_twelve(one, review, year, targets, marks, 0, small=small)
    return figure, one, review, year


def traces(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def test_the_picture_shows_the_figures_of_the_review():
    figure, one, review, _ = drawn(noisy(120))

    weeks, months = traces(figure, "This year")
    assert list(weeks.y) == list(one.review.weeks)
    assert list(months.y) == list(one.review.months)
    before, _ = traces(figure, "Last year")
    assert list(before.y) == list(one.review.prior_year_weeks)
    assert list(weeks.x) == list(review.week_starts)


@pytest.mark.parametrize(
    ("before", "last", "year_ago", "anchor"),
    [(1150.0, 1000.0, 985.0, "left"), (850.0, 1000.0, 985.0, "center")],
    ids=["the line comes from the label's side", "from the other side"],
)
def test_the_last_value_does_not_cover_its_own_line(before, last, year_ago, anchor):
    weeks = [1000.0] * 120
    weeks[-1], weeks[-2], weeks[-53], weeks[-54] = last, before, year_ago, before
    figure, *_ = drawn(weeks, targets=())

    (label,) = [note for note in figure.layout.annotations if note.text == "<b>1,000</b>"]
    assert label.yshift > 0, "last year's line ends below"
    assert label.xanchor == anchor


def test_the_star_has_its_colour_and_the_past_is_grey():
    figure, *_ = drawn(noisy(120))

    assert {trace.line.color for trace in traces(figure, "This year")} == {STAND_IN[Colour.STAR]}
    assert {trace.line.color for trace in traces(figure, "Last year")} == {STAND_IN[Colour.PAST]}


def test_what_is_not_complete_is_hollow_apart_and_says_its_days():
    figure, one, review, _ = drawn(noisy(60), running=[100.0, 110.0, 90.0])

    week, month = traces(figure, "Not complete")
    # Three days lie far below whole weeks: the mark stays in sight, points down, says its value.
    assert week.marker.symbol == "triangle-down-open"
    assert week.text == ("300",)
    assert month.marker.symbol.endswith("-open")
    assert week.x[0] > review.week_starts[-1] + dt.timedelta(days=7)
    assert figure.layout.xaxis.ticktext[-1] == "3 of 7<br>days"
    assert figure.layout.xaxis2.ticktext[-1] == "15 of 30<br>days"
    assert "300 in 3 of 7 days, not complete" in week.hovertext[0]
    low, high = figure.layout.yaxis.range
    assert low <= week.y[0] <= high
    # A part of a week is no small week: the axis is that of the complete ones.
    assert low > 300
    assert one.running.value not in list(traces(figure, "This year")[0].y)


def test_without_anything_open_nothing_is_hollow():
    figure, *_ = drawn(noisy(60))

    assert [trace.xaxis for trace in traces(figure, "Not complete")] == ["x2"]


def test_a_weekly_source_shows_a_year_of_weeks_instead_of_months():
    figure, one, _, _ = drawn(noisy(100), metric=WEEKLY)

    assert set(one.review.months) == {None}
    assert len(traces(figure, "This year")[1].x) == 52
    assert "52 weeks" in texts(figure)
    assert all(value is not None for value in traces(figure, "Last year")[1].y[-40:])


def test_targets_of_this_metric_are_dashes_on_their_period():
    figure, _, _review, _ = drawn(noisy(60))

    weeks, months = traces(figure, "Target")
    middle = dt.datetime.combine(LAST_WEEK, dt.time())
    assert dict(zip(weeks.x, weeks.y, strict=True))[middle] == 990
    assert {value for value in weeks.y if value is not None} == {990}
    assert max(weeks.x) - min(weeks.x) < dt.timedelta(7)
    assert max(weeks.x) - middle == middle - min(weeks.x)
    october = dt.datetime.combine(dt.date(2026, 10, 1), dt.time())
    assert dict(zip(months.x, months.y, strict=True))[october] == 4000


def test_annotations_are_numbered_on_their_period_and_share_a_place():
    marks = [
        Mark(dt.date(2026, 11, 4), 1),
        Mark(dt.date(2026, 11, 5), 2),
        Mark(dt.date(2026, 8, 2), 3),
        Mark(dt.date(2020, 1, 1), 4),
    ]

    figure, *_ = drawn(noisy(60), marks=marks)

    assert texts(figure).count("①②") == 2
    assert "③" in texts(figure)
    assert not any("④" in text for text in texts(figure))


def signs(figure, axis="x2"):
    """Each sign of the right half with where it stands: day and height above the plot."""
    return {
        note.text: (note.x, note.yshift)
        for note in figure.layout.annotations
        if note.xref == axis and note.text[0] in CIRCLED
    }


def test_signs_that_would_meet_on_a_phone_stand_above_each_other():
    days = (dt.date(2026, 3, 8), dt.date(2026, 4, 8), dt.date(2026, 9, 8))
    close, *_ = drawn(noisy(60), marks=[Mark(day, n) for n, day in enumerate(days, start=1)])
    apart, *_ = drawn(noisy(60), marks=[Mark(days[0], 1), Mark(days[2], 2)])

    march, april, september = signs(close).values()
    assert march[1] == september[1] == 0
    assert april[1] > 14, "a sign is 15 pixels high"
    assert {height for _, height in signs(apart).values()} == {0}
    # What the row takes above is added to the picture, so that the plot keeps its size.
    assert close.layout.height - apart.layout.height == april[1]
    assert close.layout.margin.t - apart.layout.margin.t == april[1]


def test_many_signs_take_three_rows_and_the_title_stands_above_them():
    marks = [Mark(dt.date(2026, n // 2, 3), n) for n in range(2, 21)]
    figure, *_ = drawn(noisy(60), marks=marks)

    assert len({height for _, height in signs(figure).values()}) == 3
    titles = [note for note in figure.layout.annotations if note.text == "Twelve months"]
    assert titles[0].yshift > max(height for _, height in signs(figure).values()) + 14


@pytest.mark.parametrize("small", [False, True])
def test_the_scales_stand_at_the_outer_sides(small):
    figure, *_ = drawn(noisy(60), running=[100.0], small=small)

    assert (figure.layout.yaxis.side, figure.layout.yaxis2.side) == ("left", "right")
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    for axis in (figure.layout.yaxis, figure.layout.yaxis2):
        assert len(axis.tickvals) >= 2


def test_many_annotations_of_one_period_are_a_range():
    figure, *_ = drawn(noisy(60), marks=[Mark(dt.date(2026, 11, 4), n) for n in range(1, 31)])

    assert "①…(30)" in texts(figure)
    assert circled(21) == "(21)"


def test_a_change_of_definition_is_a_dashed_line():
    plain, *_ = drawn(noisy(60))
    marked, *_ = drawn(noisy(60), marks=[Mark(dt.date(2026, 11, 4))])

    def dashed(figure):
        return [shape for shape in figure.layout.shapes if shape.line.dash == "dash"]

    assert not dashed(plain)
    week, month = dashed(marked)
    assert (week.x0, week.xref) == (dt.date(2026, 11, 2), "x")
    assert (month.x0, month.xref) == (traces(marked, "Not complete")[-1].x[0], "x2")


@pytest.mark.parametrize(
    "weeks",
    [[100.0], [0.0] * 30, [5.0] * 30, [-3.0] * 30, [1e14] * 30, [1.0, float("nan"), 2.0] * 10],
    ids=["one week", "zero", "constant", "negative", "huge", "holes"],
)
@pytest.mark.parametrize("small", [False, True])
def test_odd_histories_have_a_picture_too(weeks, small):
    figure, one, review, year = drawn(weeks, small=small)

    json.loads(figure.to_json())
    assert len(picture_rows(one, review, year, TARGETS)) >= 18


def test_the_same_answers_give_the_same_figure():
    assert drawn(noisy(60))[0].to_json() == drawn(noisy(60))[0].to_json()


def test_hostile_names_and_units_never_become_code():
    bad = replace(ORDERS, name="<a href='x'>%{y}</a>", unit="<b>$x$")

    figure, *_ = drawn(noisy(60), metric=bad, running=[1.0])

    spec = figure.to_json()
    assert "<a href" not in spec
    assert "%{y}" not in spec
    for trace in figure.data:
        assert not trace.hovertemplate
        for text in trace.hovertext or ():
            assert "<" not in text


def test_the_table_has_every_point_of_the_picture():
    _figure, one, review, year = drawn(noisy(100), running=[1.0])

    rows = picture_rows(one, review, year, TARGETS)

    for half in halves_of(one, review, year, TARGETS):
        for value in (*half.now, *half.before, *half.targets):
            if value is not None:
                assert value in rows[["Value", "A year before", "Target"]].to_numpy()
    assert rows["Days so far"].dropna().tolist() == ["1 of 7", "15 of 30"]
    assert not rows.loc[rows["Days so far"].notna(), "Complete"].any()


def test_the_table_of_a_ratio_is_in_per_cent():
    rate = Metric("orders", "Rate", Role.NORTH_STAR, Aggregate.MEAN, unit="percent")
    _, one, review, year = drawn([0.07] * 60, metric=rate, targets=())

    values = picture_rows(one, review, year)["Value"]

    assert values.iloc[0] == pytest.approx(one.review.weeks[0] * 100)
    assert values.max() < 2
