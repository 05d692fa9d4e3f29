"""From a source to the answer by segment: synced, split, in the review's JSON, exact to the row."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from nsm import answers
from nsm.definitions import parse_definition
from nsm.digest.document import document
from nsm.digest.gathering import digest_of
from nsm.radiate import review_text
from nsm.segmented import by_segment, splits_of
from nsm.sources.sync import Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from nsm.why.split import Part
from nsm.words.why import signed
from tests.segmented import COUNTRIES, DEFINITION, TODAY, make_shop

BETWEEN = "at >= '2026-11-{:02}' and at < '2026-11-{:02}'"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        lake = make_shop(folder, f"sqlite:///{folder / 'nsm.db'}", patch)
    engine = open_store(f"sqlite:///{folder / 'nsm.db'}")
    yield lake, engine
    engine.dispose()


def asked(lake: Path, what: str, first: int, country: str = "") -> float:
    """What the source itself says of a week of November."""
    where = BETWEEN.format(first, first + 7) + (f" and country = '{country}'" if country else "")
    with sqlite3.connect(lake) as connection:
        (found,) = connection.execute(f"select {what} from orders where {where}").fetchone()
    connection.close()
    return found


def test_the_review_says_what_each_part_adds(shop) -> None:
    lake, engine = shop
    why = json.loads(review_text(engine, "shop", TODAY))["why"]

    assert list(why) == ["week", "year"]
    country, plan = why["week"]["segments"]
    assert (country["metric"], country["segment"], plan["segment"]) == ("orders", "country", "plan")
    assert country["before"] == asked(lake, "count(*)", 2)
    assert {part["part"]: (part["before"], part["now"]) for part in country["parts"]} == {
        name: (asked(lake, "count(*)", 2, name), asked(lake, "count(*)", 9, name))
        for name in COUNTRIES
    }
    for split in (country, plan, *why["year"]["segments"]):
        assert sum(part["contribution"] for part in split["parts"]) == split["change"]
        assert (split["rest"], split["method"], split["others"]) == (0, "sum", None)
    assert "(none)" in {part["part"] for part in plan["parts"]}


def test_what_parts_were_on_an_earlier_day_is_what_was_said_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders moved, came late, went and began: nothing of it is in the split of the day before."""
    lake = make_shop(tmp_path, f"sqlite:///{tmp_path / 'nsm.db'}", monkeypatch)
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    week = dt.date(2026, 11, 9)
    before = splits_of(engine, answers.histories(engine, "shop", TODAY), week)
    with sqlite3.connect(lake) as connection:
        for change in (
            "update orders set country = 'Sweden' where buyer < 5 and at like '2026-11-1%'",
            "delete from orders where country = 'Österreich' and at like '2026-11-0%'",
            "insert into orders values ('2026-11-05 10:00:00', 1, 30.0, 'France', 'paid')",
            "update orders set plan = 'paid' where at like '2025-11-1%'",
        ):
            connection.execute(change)
    connection.close()
    for days in (1, 2):
        later = TODAY + dt.timedelta(days=days)
        wanted = Wanted(full=True, synced_by="test")
        assert {one.error for one in sync_star(engine, "shop", later, wanted)} == {""}
    now = splits_of(engine, answers.histories(engine, "shop", later), week)
    then = splits_of(engine, answers.histories_as_of(engine, "shop", TODAY, later), week)
    assert then == before
    assert now != before
    assert "France" in {part.part for part in now[0].parts}
    engine.dispose()


def test_what_the_mean_of_a_part_weighed_on_an_earlier_day_is_not_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop(tmp_path, f"sqlite:///{tmp_path / 'nsm.db'}", monkeypatch)
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    text = DEFINITION.replace("north_star: orders", "north_star: amount")
    text = text.replace("Mean amount, role: input", "Mean amount").replace(
        "name: Orders", "name: Orders, role: input"
    )
    save_star(engine, parse_definition(text, "shop.yaml").star, TODAY)
    week, later = dt.date(2026, 11, 9), TODAY + dt.timedelta(days=1)
    now = splits_of(engine, answers.histories(engine, "shop", later), week)
    then = splits_of(engine, answers.histories_as_of(engine, "shop", TODAY, later), week)
    assert [len(split.parts) for split in now] == [4, 4]
    assert [split.parts for split in then] == [(), ()]
    assert all("not kept by country" in split.reason for split in then)
    engine.dispose()


def test_the_digest_says_it_too(shop) -> None:
    lake, engine = shop
    written = document(digest_of(engine, "shop", TODAY))

    change = asked(lake, "count(*)", 9, "Germany") - asked(lake, "count(*)", 2, "Germany")
    since_last_week, since_last_year = written.split("<li>By country, ")[1:]
    assert f"{signed(change, '')} Germany" in since_last_week[: since_last_week.index("</li>")]
    assert "Germany" in since_last_year[: since_last_year.index("</li>")]


def test_the_digest_says_what_is_left_out_beside_a_split(shop) -> None:
    _, engine = shop
    digest = digest_of(engine, "shop", TODAY)
    reason = "visits is not known so many weeks earlier"
    part = Part("amount", 10.0, 12.0, 15.0, lag_weeks=3)
    whys = tuple(replace(why, parts=(part,), reason=reason) for why in digest.whys)
    written = document(replace(digest, whys=whys))

    assert "By country" in written
    assert "Left out: Visits is not known so many weeks earlier." in written


def test_the_weeks_of_a_part_are_what_the_source_counts(shop) -> None:
    lake, engine = shop
    known = answers.histories(engine, "shop", TODAY)
    said = {"amount": "avg(amount)", "buyers": "count(distinct buyer)", "orders": "count(*)"}
    for key, what in said.items():
        found = by_segment(engine, known, key, "country", most=2)
        assert found.parts == ("Germany", "Sweden") or found.parts == ("Germany", "Österreich")
        assert found.left_out == 2
        for part in found.parts:
            assert found.values[part].iloc[-1] == pytest.approx(asked(lake, what, 9, part))
    assert by_segment(engine, known, "orders", "country").whole.iloc[-1] == asked(
        lake, "count(*)", 9
    )
