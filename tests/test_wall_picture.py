"""The wall as facts and as HTML, without a browser."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from nsm.charts.theme import BACKGROUND, PALETTE, Colour
from nsm.history import build_history
from nsm.model import Aggregate, Annotation, Better, Grain, Metric, Role, Star, Target
from nsm.wall import (
    INPUTS_SHOWN,
    WEEKS_SHOWN,
    Running,
    Tile,
    Wall,
    wall_of,
    wall_picture,
)
from nsm.wall.build import week_target
from nsm.wall.style import DAY, NIGHT
from nsm.wall.svg import line_picture, plot_for
from tests.days import each_day, rollup_frame, star_of, without

WEEK = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 15)
TODAY = dt.date(2026, 11, 18)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</style><style>*{display:none}",
    "![x](http://evil.example/x.png)",
    "\u202eevil\u2066",
    "a\x00b\ud800c",
    "N" * 10_000,
    "&lt;b&gt;",
    "'; DROP TABLE star; --",
]


def tile(key: str = "orders", **facts: object) -> Tile:
    usual = {
        "name": key.title(),
        "value": 48_213_456.0,
        "week": WEEK,
        "change": 2.1,
        "standing": "inside",
        "weeks": tuple(float(45 + place) for place in range(WEEKS_SHOWN)),
        "newest": SUNDAY,
    }
    return Tile(key=key, **(usual | facts))  # type: ignore[arg-type]


def wall(star: Tile | None = None, *inputs: Tile) -> Wall:
    return Wall("Shop", star or tile(), inputs, WEEK)


class Tags(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] != "style":
            self.text += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


def said(html: str) -> str:
    return " ".join(read(html).text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_says_where_the_star_is_which_input_is_unusual_and_how_old_the_data_are() -> None:
    odd = tile("visits", standing="below", record_weeks=26, change=-5.6)
    text = said(wall_picture(wall(tile(unit="minutes"), odd)))

    assert "48.2 M" in text
    assert "▲ up 2.1 %" in text
    assert "inside its usual range" in text
    assert "data to Sun 15 Nov" in text
    assert "▼ lowest in 26 weeks" in text
    assert "Visits is the unusual one: lowest in 26 weeks." in text


def test_each_number_has_its_own_age_and_late_is_marked() -> None:
    html = wall_picture(wall(tile(), tile("visits", newest=dt.date(2026, 11, 12), days_late=3)))

    assert "data to Thu 12 Nov, 3 days late" in said(html)
    assert html.count('age late"') == 2, "on its card and on its own turn"


def test_two_hundred_inputs_show_five_and_say_how_many_more() -> None:
    inputs = [tile(f"input_{place}") for place in range(200)]
    inputs[150] = tile("late_and_odd", standing="above", record_weeks=9)
    html = wall_picture(wall(tile(), *inputs))

    assert html.count("<article") == INPUTS_SHOWN
    assert "and 195 more inputs" in said(html)
    assert "Late_And_Odd" in said(html), "the unusual one is among the five"
    assert len(html) < 60_000


def test_a_star_without_inputs_or_weeks_says_so() -> None:
    empty = Tile("orders", "Orders", weeks=(None,) * WEEKS_SHOWN)
    text = said(wall_picture(wall(empty)))

    assert "no inputs yet" in text
    assert "No data yet" in text
    assert "Orders has no complete week yet." in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text_everywhere(hostile: str) -> None:
    calm = read(wall_picture(wall(tile(unit="u"), tile("a", unit="u"))))
    bad = tile(name=hostile, unit=hostile)
    html = wall_picture(
        Wall(hostile, bad, (tile("a", name=hostile, unit=hostile),), WEEK), way_out="./?star=a"
    )
    found = read(html)

    assert set(found.tags) - set(calm.tags) <= {"a"}
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not set("\u202e\u2066\x00\ud800") & set(html)
    assert len(html) < 60_000
    html.encode()


def test_pictures_are_drawn_in_the_page_and_load_nothing() -> None:
    html = wall_picture(wall(tile(target=60.0, running=Running(3, 7, 20.0)), tile("visits")))
    found = read(html)

    assert html.count("<svg") == 3, "the star, the card and the turn of the input"
    assert "http" not in html
    assert not [name for name, _ in found.attributes if name in ("src", "xlink:href")]


def test_the_running_week_is_a_ghost_and_never_joined_to_the_line() -> None:
    weeks = (10.0, 11.0, 12.0)
    plain = plot_for(weeks, slots=3)
    joined = line_picture(plain, weeks)
    html = wall_picture(wall(tile(weeks=weeks, running=Running(3, 7, 4.0))))

    assert 'class="running"' not in joined
    assert "3 of 7 days" in said(html)
    assert "this week so far 4" in said(html)
    assert 'class="dot ghost"' in html


def test_a_missing_week_is_a_hole_and_a_lonely_week_a_dot() -> None:
    picture = line_picture(plot_for((1.0, None, 2.0, None)), (1.0, None, 2.0, None))
    path = re.findall(r'<path class="line" d="(M[^"]*)"', picture)[0]

    assert path.count("M") == 2
    assert "L" not in path
    assert path.count("h0") == 2


def test_a_far_away_target_does_not_flatten_the_line() -> None:
    weeks = (100.0, 101.0, 102.0)
    near, far = (plot_for(weeks, target=goal) for goal in (103.0, 1000.0))

    assert near.shows(103.0)
    assert not far.shows(1000.0)
    html = wall_picture(wall(tile(weeks=weeks, target=1000.0)))
    assert "target 1,000, above this picture" in said(html)


@pytest.mark.parametrize("values", [(5.0,) * 13, (0.0,) * 13, (None,) * 13, (1e300, -1e300), ()])
def test_any_values_have_a_box(values: tuple[float | None, ...]) -> None:
    plot = plot_for(values)

    assert plot.low < plot.high
    for value in values:
        if value is not None:
            assert 0 <= plot.down(value) <= 100


def test_a_fall_of_what_should_fall_is_good_in_colour_and_still_points_down() -> None:
    html = wall_picture(wall(tile(), tile("crashes", better=Better.DOWN, change=-4.0)))

    assert re.search(r'class="moved good"><span class="mark">▼</span> down', html)


def test_the_same_wall_is_the_same_text() -> None:
    assert wall_picture(wall()) == wall_picture(wall())


@pytest.mark.parametrize(("colours", "scheme"), [(NIGHT, "dark"), (DAY, "light")])
def test_the_colours_are_those_of_the_charts(colours: dict[str, str], scheme: str) -> None:
    charts = PALETTE[scheme]
    assert colours["line"] == charts[Colour.STAR]
    assert colours["input"] == charts[Colour.INPUT]
    assert colours["good"] == charts[Colour.GOOD]
    assert colours["bad"] == charts[Colour.BAD]
    assert colours["unknown"] == charts[Colour.UNKNOWN]
    assert colours["background"] == BACKGROUND[scheme]


STAR = star_of(
    Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM),
    Metric("visits", "Visits", Role.INPUT, Aggregate.SUM, lateness_days=2),
)


def facts(
    star: Star = STAR, today: dt.date = TODAY, until: str = "2026-11-17", **more: object
) -> Wall:
    values = {metric.key: each_day("2026-01-01", until, 100.0) for metric in star.metrics}
    weeks = build_history(star, rollup_frame(star, values, Grain.WEEK), Grain.WEEK, today)
    newest = {key: max(days) for key, days in values.items()}
    return wall_of(star, weeks, newest, today, **more)  # type: ignore[arg-type]


def test_the_wall_tells_of_the_last_week_that_is_over_and_draws_the_running_one_apart() -> None:
    found = facts()

    assert found.week == found.star.week == WEEK
    days = each_day("2026-01-01", "2026-11-17", 100.0)
    expected = [sum(days[WEEK + dt.timedelta(days=d - 7 * w)] for d in range(7)) for w in (0, 1)]
    assert found.star.value == expected[0]
    assert found.star.change == pytest.approx((expected[0] / expected[1] - 1) * 100)
    assert len(found.star.weeks) == WEEKS_SHOWN
    assert found.star.weeks[-1] == expected[0]
    running = sum(days[dt.date(2026, 11, 16) + dt.timedelta(days=d)] for d in range(2))
    assert found.star.running == Running(2, 7, running)
    assert len(found.star.usual) == WEEKS_SHOWN


def test_a_week_with_a_missing_day_is_a_hole_and_an_older_week_stands() -> None:
    values = {
        key: without(each_day("2026-01-01", "2026-11-17"), "2026-11-11")
        for key in ("orders", "visits")
    }
    weeks = build_history(STAR, rollup_frame(STAR, values, Grain.WEEK), Grain.WEEK, TODAY)
    found = wall_of(STAR, weeks, {}, TODAY).star

    assert found.weeks[-1] is None
    assert found.week == WEEK - dt.timedelta(weeks=1)
    assert found.value == found.weeks[-2]


def test_an_input_of_another_week_says_which_and_is_no_news_of_this_one() -> None:
    values = {key: each_day("2026-01-01", "2026-11-17", 100.0) for key in ("orders", "visits")}
    october = {dt.date(2026, 10, 19) + dt.timedelta(days=place): 9e6 for place in range(7)}
    mondays = ("2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16")
    values["visits"] = without(values["visits"] | october, *mondays)
    weeks = build_history(STAR, rollup_frame(STAR, values, Grain.WEEK), Grain.WEEK, TODAY)
    found = wall_of(STAR, weeks, {key: max(days) for key, days in values.items()}, TODAY)
    card = said(wall_picture(found).partition("<article")[2])

    assert found.inputs[0].week == dt.date(2026, 10, 19)
    assert "week of 19 Oct" in card
    assert "unusual" not in card
    assert "as usual" not in card


def test_the_usual_range_is_that_of_the_week_shown() -> None:
    ranges = tuple((float(place), float(place + 1)) for place in range(WEEKS_SHOWN))
    late = tile(weeks=(*(5.0,) * 11, None, None), usual=ranges, value=5.0)

    assert late.usual_then == (10.0, 11.0)
    assert "usual 10 to 11" in said(wall_picture(wall(late)))
    assert "usual 12 to 13" not in said(wall_picture(wall(late)))


@pytest.mark.parametrize(
    ("before", "now", "way"),
    [(-797.0, -410.0, "▲ up 387 EUR"), (0.0, -410.0, "▼ down 410 EUR"), (-1.0, -1.0, "unchanged")],
)
def test_a_change_from_below_zero_is_said_in_its_unit(before: float, now: float, way: str) -> None:
    loss = tile(weeks=(*(None,) * 11, before, now), value=now, change=None, unit="EUR")

    assert f"{way} on the week before" in said(wall_picture(wall(loss))).replace("\xa0", " ")


def test_late_is_judged_by_each_metrics_own_rhythm() -> None:
    found = facts(until="2026-11-15")

    assert found.star.days_late == 1
    assert found.inputs[0].days_late == 0, "it usually comes two days late"


def test_weeks_before_a_recorded_break_do_not_say_what_is_usual() -> None:
    broken = facts(annotations=[Annotation(1, dt.date(2026, 10, 12), "new counting", "break")])

    assert facts().star.standing != "unknown"
    assert broken.star.standing == "unknown"
    assert broken.star.usual == (None,) * WEEKS_SHOWN


@pytest.mark.parametrize(
    ("period", "start", "expected"),
    [
        ("week", WEEK, 3000.0),
        ("month", dt.date(2026, 11, 1), 3000.0 * 7 / 30),
        ("quarter", dt.date(2026, 10, 1), 3000.0 * 7 / 92),
        ("year", dt.date(2026, 1, 1), 3000.0 * 7 / 365),
        ("month", dt.date(2026, 10, 1), None),
    ],
)
def test_a_plan_asks_its_even_share_of_a_week(
    period: str, start: dt.date, expected: float | None
) -> None:
    target = Target("orders", period, start, 3000.0)
    found = week_target(STAR.star_metric, [target], WEEK)
    ratio = dataclasses.replace(STAR.star_metric, aggregate=Aggregate.MEAN)

    assert found == (expected if expected is None else pytest.approx(expected))
    assert week_target(ratio, [target], WEEK) == (3000.0 if expected else None)


def test_a_history_that_ended_long_ago_is_shown_as_it_was_and_says_so_first() -> None:
    found = facts(today=TODAY + dt.timedelta(weeks=20))
    text = said(wall_picture(found))

    assert found.week == found.star.week == WEEK
    assert None not in found.star.weeks
    assert found.star.running is None
    assert found.star.days_late > 100
    assert "week of 9 Nov 2026" in text
    assert "This is old: Orders has no data after 17 Nov 2026." in text


def test_a_few_weeks_without_data_are_holes_at_the_end() -> None:
    found = facts(today=TODAY + dt.timedelta(weeks=3))

    assert found.star.weeks[-3:] == (None, None, None)
    assert found.star.weeks[-4] is not None
    assert found.star.week == WEEK
