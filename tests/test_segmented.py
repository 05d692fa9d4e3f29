"""From a source to the answer by segment: synced, split, in the review's JSON, exact to the row."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from nsm import answers
from nsm.digest.document import document
from nsm.digest.gathering import digest_of
from nsm.radiate import review_text
from nsm.segmented import by_segment
from nsm.store.engine import open_store
from nsm.words.why import signed
from tests.segmented import COUNTRIES, TODAY, make_shop

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


def test_the_digest_says_it_too(shop) -> None:
    lake, engine = shop
    written = document(digest_of(engine, "shop", TODAY))

    change = asked(lake, "count(*)", 9, "Germany") - asked(lake, "count(*)", 2, "Germany")
    since_last_week, since_last_year = written.split("<li>By country, ")[1:]
    assert f"{signed(change, '')} Germany" in since_last_week[: since_last_week.index("</li>")]
    assert "Germany" in since_last_year[: since_last_year.index("</li>")]


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
