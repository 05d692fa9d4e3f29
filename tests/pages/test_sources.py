"""Sources on the Data page: runs, a connection tried, a query looked at, and no secret anywhere."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nsm.definitions import parse_definition
from nsm.sources.sync import Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.segmented import CANARY, COUNTRIES, DEFINITION, TODAY, make_shop
from tests.sources.silent import line_to

Screen = Callable[..., AppTest]
# Far from for ever, and no judge of a machine that many share.
PATIENCE = 12


@pytest.fixture
def lake(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_shop(tmp_path, database, monkeypatch)


def text_of(page: AppTest) -> str:
    """Everything that the page says, tables included."""
    parts = [*page.header, *page.subheader, *page.markdown, *page.caption, *page.code]
    parts += [*page.error, *page.warning, *page.success]
    said = [str(part.value) for part in parts]
    said += [frame.value.to_csv() for frame in page.dataframe]
    return "\n".join(said).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def table(page: AppTest, column: str) -> dict[str, list[object]]:
    frames = [frame.value for frame in page.dataframe]
    return next(frame for frame in frames if column in frame).to_dict(orient="list")


@pytest.mark.usefixtures("lake")
def test_runs_are_told_and_a_query_is_looked_at(screen: Screen) -> None:
    page = screen("data", asked="buyers")

    assert not page.exception
    assert "All 3 metrics from a source are up to date." in text_of(page)
    runs = table(page, "Next run")
    assert runs["Metric"] == ["Orders", "Mean amount", "Buyers"]
    assert set(runs["Next run"]) == {"Thu 19 Nov 2026"}
    assert set(runs["State"]) == {"● up to date"}
    assert runs["Rows moved"][0] > 2 * 430
    assert "Last error" not in runs
    assert "lake: count_distinct of buyer on at by country, from select *" in text_of(page)
    assert page.code[0].value.startswith("17 * * * * cd ")
    assert "-m nsm sync --star shop >> sync.log 2>&1" in page.code[0].value
    assert "set SHOP_LAKE_URL and NSM_DATABASE_URL above that line" in text_of(page)

    page.button(key="try_source").click().run()
    assert "lake answered within" in page.success[0].value
    page.button(key="preview_source").click().run()
    assert "The first 100 rows of the query" in text_of(page)
    rows = table(page, "amount")
    assert len(rows["at"]) == 100
    assert set(rows["country"]) <= set(COUNTRIES)
    assert CANARY not in text_of(page)


def test_a_failure_is_one_line_with_the_day_from_which_to_ask_again(
    lake: Path, database: str, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_store(database)
    with sqlite3.connect(lake) as connection:
        connection.execute("alter table orders rename column amount to price")
    connection.close()
    later = TODAY + dt.timedelta(days=1)
    assert [bool(one.error) for one in sync_star(engine, "shop", later, Wanted())] == [0, 1, 1]
    secret = f"postgresql+psycopg://anna:{CANARY}@127.0.0.1:1/x?application_name={CANARY}"
    monkeypatch.setenv("SHOP_LAKE_URL", secret)
    page = screen("data", asked="amount")

    assert "The last run failed for Mean amount and Buyers" in text_of(page)
    runs = table(page, "Next run")
    assert runs["State"][1:] == ["▲ failed"] * 2
    assert runs["Next run"][1:] == ["now"] * 2
    assert "no column 'amount'" in runs["Last error"][1]
    assert "Last error" in text_of(page)
    for button in ("try_source", "preview_source"):
        page.button(key=button).click().run()
        assert "The source lake does not answer as it should" in page.error[0].value
        assert len(page.error[0].value.splitlines()) == 1
        assert CANARY not in text_of(page)
    monkeypatch.delenv("SHOP_LAKE_URL")
    page.button(key="try_source").click().run()
    assert "SHOP_LAKE_URL is empty or not there" in text_of(page)


@pytest.mark.usefixtures("lake")
def test_a_silent_source_is_given_up_in_time_and_nothing_stays_behind(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = screen("data")
    with line_to(None) as line:
        silent = f"postgresql+psycopg://anna:{CANARY}@127.0.0.1:{line.port}/x"
        monkeypatch.setenv("SHOP_LAKE_URL", silent)
        began = time.monotonic()
        page.button(key="try_source").click().run()
        assert time.monotonic() - began < PATIENCE
        assert page.error[0].value.startswith("The source lake d")
        assert page.success == []
        assert CANARY not in text_of(page)
        until = time.monotonic() + PATIENCE
        while asking() and time.monotonic() < until:
            time.sleep(0.1)
        assert asking() == []


def asking() -> list[threading.Thread]:
    """The threads that still ask a source, or wait for its deadline."""
    return [
        one
        for one in threading.enumerate()
        if one.name.startswith("asks ") or isinstance(one, threading.Timer)
    ]


def test_what_the_source_said_otherwise_of_a_part_is_listed(
    lake: Path, database: str, screen: Screen
) -> None:
    with sqlite3.connect(lake) as connection:
        connection.execute(
            "update orders set country = 'Sweden' where country = 'Germany' and at like "
            "'2026-11-10%'"
        )
    connection.close()
    later = TODAY + dt.timedelta(days=1)
    assert [one.error for one in sync_star(open_store(database), "shop", later, Wanted(full=True))]
    page = screen("data", m="orders")
    assert "Past values of parts that changed" in text_of(page)
    found = table(page, "Part")
    assert found["Of"] == ["country"] * 2
    assert found["Part"] == ["Germany", "Sweden"]
    assert found["Day"] == ["Tue 10 Nov 2026"] * 2
    assert found["Is"][0] == "–"


@pytest.mark.usefixtures("shop")
def test_without_a_source_one_sentence_says_how_to_add_one(screen: Screen) -> None:
    page = screen("data")

    assert "No metric of this star comes from a database yet: name a `source`" in text_of(page)
    assert [one.key for one in page.button if one.key == "try_source"] == []


def test_a_star_of_today_was_never_asked(database: str, screen: Screen) -> None:
    save_star(open_store(database), parse_definition(DEFINITION, "shop.yaml").star, TODAY)
    page = screen("data")

    assert not page.exception
    assert "3 of 3 metrics from a source can be asked again." in text_of(page)
    runs = table(page, "Next run")
    assert set(runs["State"]) == {"▲ never asked"}
    assert set(runs["Last run that worked (UTC)"]) == {"none"}
    assert "asks for everything" in text_of(page)
