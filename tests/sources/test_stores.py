"""A store on a server follows a source as the embedded one does."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from nsm.definitions import parse_definition
from nsm.errors import QueryRefused
from nsm.model import Grain, SourceQuery, Take
from nsm.sources.asking import preview
from nsm.sources.sync import Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.loads import restatements
from nsm.store.segments import read_part_rows
from nsm.store.stars import declared_star, save_star
from nsm.store.syncs import read_syncs
from tests.engines.servers import DatabaseServer
from tests.segmented import parts_table
from tests.sources.test_sync import MUSIC, TODAY, Lake, lake

__all__ = ["lake"]

WEEK = dt.date(2026, 11, 9)


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_a_store_on_a_server_follows_its_source(
    engine: str, lake: Lake, request: pytest.FixtureRequest
) -> None:
    server: DatabaseServer = request.getfixturevalue(f"{engine}_server")
    store = open_store(server.new_database())
    text = MUSIC.replace("{sum: seconds}", "{sum: seconds}, segments: [user]")
    text = text.replace("{mean: seconds}", "{mean: seconds}, segments: user")
    star = parse_definition(text, "music.yaml").star
    save_star(store, star, TODAY)
    assert declared_star(store, "music") == star
    there = Lake(lake.path, store)
    assert [(one.new, one.error) for one in there.sync().values()] == [(78, "")] * 3 + [(0, "")]
    assert there.weeks("users")["2026-11-09"] == 3
    parts = parts_table(store, "music", "seconds", "user")
    assert parts.loc["2026-11-09"].dropna().to_dict() == {"1": 60, "2": 60, "3": 60}
    lake.do("update plays set user = 7, seconds = 1 where at like '2026-11-16%'")
    tomorrow = TODAY + dt.timedelta(days=1)
    assert {one.error for one in there.sync(tomorrow).values()} == {""}
    assert [one.new_value for one in restatements(store, "music", "seconds")] == [3]
    assert [
        (one.part, one.new_value) for one in restatements(store, "music", "seconds", segments=True)
    ] == [("1", None), ("2", None), ("3", None)]
    monday = dt.date(2026, 11, 16)
    for day, parts in ((TODAY, {"1": 60, "2": 60, "3": 60}), (tomorrow, {"7": 3})):
        known = read_part_rows(
            store, "music", "seconds", "user", Grain.DAY, [(monday, monday)], as_of=day
        )
        names = [known.names[code] for code in known.code]
        assert dict(zip(names, known.value, strict=True)) == parts
    kept = read_part_rows(store, "music", "length", "user", Grain.WEEK, [(WEEK, WEEK)])
    assert sorted(zip(kept.names, kept.value, kept.weight, strict=True)) == [
        ("1", 60.0, 13.0),
        ("2", 60.0, 7.0),
        ("3", 60.0, 1.0),
    ]
    broken = parse_definition(text.replace("{sum: seconds}", "{sum: gone}"), "music.yaml").star
    save_star(store, broken, TODAY)
    assert "no column 'gone'" in there.sync(tomorrow)["seconds"].error
    assert "no column 'gone'" in read_syncs(store, "music")["seconds"].error
    store.dispose()


def test_what_one_query_cannot_answer_stops_no_other(
    lake: Lake, postgresql_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query without columns, and parts that are lists."""
    url = postgresql_server.new_database(
        "create table plays as select date '2026-11-09' + i %% 7 as at, i as seconds, "
        "array[i %% 2] as tags, jsonb_build_object('a', i %% 2) as said "
        "from generate_series(1, 70) i"
    )
    monkeypatch.setenv("ODD_URL", url)
    text = """
star: odd
sources: {lake: {url_env: ODD_URL}}
north_star: plays
metrics:
  nothing: {role: input, source: lake, sql: select from plays, date: at, value: count}
  plays: {source: lake, table: plays, date: at, value: count, segments: [tags, said]}
"""
    save_star(lake.engine, parse_definition(text, "odd.yaml").star, TODAY)
    nothing, plays = sync_star(lake.engine, "odd", TODAY, Wanted())
    assert nothing.error == "The query gives no columns."
    with pytest.raises(QueryRefused, match="gives no columns"):
        preview(SourceQuery("lake", "at", Take.COUNT, sql="select from plays"), sa.make_url(url))
    assert (plays.new, plays.error) == (7, "")
    assert list(parts_table(lake.engine, "odd", "plays", "tags")) == ["[0]", "[1]"]
    assert list(parts_table(lake.engine, "odd", "plays", "said")) == ["{'a': 0}", "{'a': 1}"]
