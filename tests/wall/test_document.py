"""The wall as a page of its own: small, readable by old browsers, safe with any text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
from xml.etree import ElementTree

import pytest

from nsm.errors import InputError
from nsm.model import Aggregate, Annotation, Metric, Role, Target
from nsm.wall import (
    PARTS,
    Ahead,
    Lead,
    Note,
    Place,
    Plan,
    Running,
    Screen,
    badge,
    message_document,
    query_of,
    screen_of,
    script,
    spark,
    wall_document,
    wall_picture,
)
from nsm.wall.plan import next_plan
from nsm.wall.style import styled
from tests.test_wall_picture import HOSTILE, SUNDAY, facts, read, said, tile, wall

PLACE = Place("wall/beat?stars=a", "wall.html?show=a", "./?star=a")
LEAD = Lead("Visits leads Orders by 3 weeks.", "+1 % now, +0.4 % then.", SUNDAY)
PLAN = Plan("month", dt.date(2026, 11, 1), dt.date(2026, 11, 30), 300.0, 144.0, 150.0, SUNDAY)
WORK = (Note(dt.date(2026, 10, 5), "New search", ""),)
NOTES = (Note(dt.date(2026, 11, 11), "Price test began", "Orders"),)
# Nothing of this is known to the browser of a television of 2016 (Chromium 38 to 56).
TOO_NEW_CSS = ("var(", "min(", "max(", "clamp(", "inset:", "gap:", "display:grid", ":has(", ":is(")
TOO_NEW_JS = ("=>", "`", "?.", "??", "let ", "const ", "class ", "async ", "window.fetch", "...")


def whole(**facts: object):
    return dataclasses.replace(
        wall(tile(), tile("visits", running=Running(2, 7, 9.0))),
        **(
            {"key": "shop", "plan": PLAN, "pace": PLAN, "work": WORK, "notes": NOTES}
            | {"ahead": Ahead(LEAD, 0.62)}
            | facts
        ),
    )


def document(screen: Screen | None = None, **facts: object) -> str:
    return wall_document(whole(**facts), screen or Screen(("shop",)), "tag", PLACE)


def test_a_phone_draws_the_star_thicker_than_what_stands_beside_it() -> None:
    phone = styled().partition("max-width:700px")[2]
    widths = {
        kind: [
            float(width)
            for names, width in re.findall(r"([^{}]+){stroke-width:(\d+)px}", phone)
            if f"svg .{kind}" in names
        ]
        for kind in ("line", "target")
    }

    assert len(widths["line"]) == len(widths["target"]) == 1
    assert widths["line"] > widths["target"]


def test_a_quiet_input_does_not_look_like_a_plunge() -> None:
    quiet = tile("visits", weeks=(100.0,) * 12 + (99.0,), usual=((80.0, 120.0),) * 13, target=110.0)
    picture = wall_picture(wall(tile(), quiet), pin="visits")

    heights = [
        float(top) for top in re.findall(r'class="dot" style="left:[\d.]+%;top:([\d.]+)%"', picture)
    ]
    assert "usual 80 to 120" in said(picture)
    assert "target 110" in said(picture)
    assert 'class="range"' in picture
    assert max(heights[:6]) - min(heights[:6]) < 5


def test_an_old_television_understands_it() -> None:
    style = styled()
    assert [name for name in TOO_NEW_CSS if name in style] == []
    code = re.sub(r"/\*.*?\*/", "", script(), flags=re.S)
    assert [name for name in TOO_NEW_JS if name in code] == []


def test_each_part_takes_its_turn_and_the_first_is_on() -> None:
    picture = wall_picture(whole())

    assert re.findall(r'class="turn turn-(\w+)( on)?"', picture) == [
        ("weeks", " on"),
        ("input", ""),
        ("lead", ""),
        ("target", ""),
        ("work", ""),
        ("notes", ""),
    ]
    text = said(picture)
    assert "Visits leads Orders by 3 weeks." in text
    assert "300 in Nov 2026, by Mon 30 Nov" in text
    assert "144 up to Sun 15 Nov, 96 % of the 150 planned by then." in text
    assert "since Mon 5 Oct New search" in text
    assert "Wed 11 Nov Price test began Orders" in text


def test_what_is_not_known_has_no_turn_and_a_pin_stays_alone() -> None:
    bare = wall_picture(whole(ahead=Ahead(), plan=None, work=(), notes=()), order=("lead", "weeks"))
    assert re.findall(r"turn-(\w+)", bare) == ["weeks"]
    assert re.findall(r"turn-(\w+)", wall_picture(whole(), pin="lead")) == ["lead"]
    assert re.findall(r"turn-(\w+)", wall_picture(whole(), pin="visits")) == ["input"]
    assert re.findall(r"turn-(\w+)", wall_picture(whole(), pin="gone")) == ["weeks"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text_in_every_part(hostile: str) -> None:
    bad = {
        "ahead": Ahead(Lead(hostile, hostile, SUNDAY)),
        "notes": (Note(SUNDAY, hostile, hostile),) * 9,
        "work": (Note(SUNDAY, hostile, hostile),) * 9,
        "key": hostile,
    }
    screen = Screen((hostile,), pin=hostile)
    calm = read(document())
    for page in (document(**bad), wall_document(whole(**bad), screen, hostile, PLACE)):
        found = read(page)
        assert set(found.tags) <= set(calm.tags)
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert page.count("<script") == 1
        assert len(page.encode()) < 60_000
    named = dataclasses.replace(whole(), star=tile(name=hostile, unit=hostile))
    for picture in (badge(named), spark(named)):
        ElementTree.fromstring(picture)
        assert "<script" not in picture
    assert hostile not in message_document(hostile) or html.escape(hostile) == hostile


def test_an_address_says_everything_and_is_read_back() -> None:
    screen = Screen(("shop", "b c"), ("lead", "weeks"), 45, "auto", 90, "lead")
    query = query_of(screen)

    assert query == "stars=shop,b%20c&order=lead,weeks&seconds=45&theme=auto&scale=90&pin=lead"
    from urllib.parse import parse_qsl

    assert screen_of(dict(parse_qsl(query))) == screen
    assert screen_of({}) == Screen()
    assert query_of(Screen()) == ""
    assert screen_of({"star": "shop", "embed": "true"}).stars == ("shop",)
    assert screen_of({"order": ""}).order == PARTS


@pytest.mark.parametrize(
    "query",
    [
        {"theme": "pink"},
        {"order": "weeks,money"},
        {"seconds": "4"},
        {"seconds": "20.5"},
        {"seconds": "²"},
        {"seconds": "9" * 5000},
        {"scale": "-100"},
        {"stars": ",".join(f"s{n}" for n in range(13))},
    ],
)
def test_what_an_address_cannot_mean_is_refused_in_words(query: dict[str, str]) -> None:
    with pytest.raises(InputError) as refused:
        screen_of(query)
    assert refused.value.hint
    assert len(str(refused.value)) < 200


def test_the_next_target_is_the_one_that_ends_first_and_its_pace_is_even() -> None:
    metric = Metric("orders", "Orders", Role.NORTH_STAR, Aggregate.SUM)
    targets = [
        Target("orders", "year", dt.date(2026, 1, 1), 36_500.0),
        Target("orders", "month", dt.date(2026, 11, 1), 3_000.0),
        Target("orders", "month", dt.date(2026, 10, 1), 9.0),
        Target("visits", "week", dt.date(2026, 11, 16), 9.0),
    ]
    found = facts(targets=targets).plan
    assert found is not None
    assert (found.period, found.end) == ("month", dt.date(2026, 11, 30))
    assert found.share is None, "nobody said how far along it is"
    assert facts(targets=targets, plans=[PLAN]).plan == PLAN
    assert next_plan(metric, [], [], SUNDAY) is None


def test_work_runs_that_was_begun_within_the_weeks_of_the_picture() -> None:
    begun = [
        Annotation(place, day, f"work {place}", kind, "visits")
        for place, (day, kind) in enumerate(
            [
                (dt.date(2026, 8, 16), "work"),
                (dt.date(2026, 8, 17), "work"),
                (dt.date(2026, 11, 10), "work"),
                (dt.date(2026, 11, 10), "note"),
                (dt.date(2026, 11, 19), "work"),
            ]
        )
    ]
    found = facts(annotations=begun)
    assert [note.text for note in found.work] == ["work 2", "work 1"]
    assert found.work[0].about == "Visits"
    assert [note.text for note in found.notes] == ["work 3", "work 2"]
