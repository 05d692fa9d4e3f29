"""A definition is code by somebody else: nothing written there changes, reads or holds anything."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from nsm.errors import QueryRefused, SourceError
from nsm.model import SourceQuery, Take
from nsm.sources.asking import preview
from nsm.sources.gate import checked_query
from nsm.sources.guards import opened
from tests.engines.servers import DatabaseServer
from tests.sources.attacks import ATTACKS, HONEST
from tests.sources.plays import READER_PASSWORD, make_source

SECRET = "the text of a secret file"
SECONDS = 1.0
# What gets by the guards where the gate is left out; docs/sources.md says which grant stops it.
ONLY_THE_GATE = {
    "clickhousedb": {"select * from kept into outfile '{out}'", "select file('{secret}')"}
}


@dataclass(frozen=True)
class Target:
    """A database with a table to keep, reachable as its owner and as somebody who may only read."""

    owner: str
    reader: str
    folder: Path
    look: Callable[[], str]


# Spark has a cluster and a target of its own: `make test-spark`.
@pytest.fixture(params=[engine for engine in ATTACKS if engine != "hive"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    engine = request.param
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "secret.txt").chmod(0o644)
    if engine == "sqlite":
        path = tmp_path / "kept.db"
        with sqlite3.connect(path) as connection:
            connection.execute("create table kept (word text)")
            connection.executemany("insert into kept values (?)", [("one",)] * 50)
        connection.close()
        url = f"sqlite:///{path}"
        yield Target(url, url, tmp_path, lambda: _digest(path))
        return
    if engine == "duckdb":
        import duckdb

        path = tmp_path / "kept.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create table kept as select 'one' as word from range(50)")
        url = f"duckdb:///{path}"
        yield Target(url, url, tmp_path, lambda: _digest(path))
        return
    if engine == "clickhousedb":
        url = f"clickhousedb://?interface=chdb&path={tmp_path / 'house'}"
        house = sa.create_engine(url, poolclass=sa.NullPool)
        with house.connect() as connection:
            connection.exec_driver_sql(
                "create table kept (word String) engine = MergeTree order by word"
            )
            connection.exec_driver_sql("insert into kept select 'one' from numbers(50)")
        yield Target(url, url, tmp_path, lambda: _house(house))
        return
    server: DatabaseServer = request.getfixturevalue(f"{engine}_server")
    reader = make_source(engine, tmp_path, request)
    name = sa.make_url(reader).database or ""
    server.run(*_SETUP[engine], database=name)
    account = sa.make_url(reader).username
    at = "" if engine == "postgresql" else "@'127.0.0.1'"
    table = "kept" if engine == "postgresql" else f"{name}.kept"
    server.run(f"grant select on {table} to {account}{at}", database=name)
    # Where the server's own account may write.
    folder = server.folder / f"out-{name}"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "secret.txt").write_text(SECRET)
    watching = sa.create_engine(server.url(name), isolation_level="AUTOCOMMIT")
    yield Target(server.url(name), reader, folder, lambda: _state(watching))
    watching.dispose()


_SETUP = {
    "postgresql": [
        "create table kept (word text)",
        "insert into kept select 'one' from generate_series(1, 50)",
        "create sequence steps",
        "create function wipe_kept() returns int language sql as 'delete from kept; select 1'",
        "create procedure wipe() language sql as 'delete from kept'",
    ],
    "mariadb": [
        "create table kept (word varchar(20))",
        "insert into kept select 'one' from seq_1_to_50",
        "create sequence steps",
        "create function wipe_kept() returns int begin delete from kept; return 1; end",
        "create procedure wipe() begin delete from kept; end",
    ],
}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _state(engine: sa.Engine) -> str:
    """Tables, rows and numbers handed out; and that nobody holds a lock."""
    if engine.dialect.name == "postgresql":
        questions = [
            "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace",
            "select last_value, is_called from steps",
            "select count(*) from pg_locks where locktype = 'advisory' or mode ~ 'Exclusive'"
            " and database = (select oid from pg_database where datname = current_database())"
            " and pid <> pg_backend_pid()",
            "select setting from pg_settings where name = 'fsync'",
        ]
    else:
        questions = [
            "select table_name, table_type from information_schema.tables"
            " where table_schema = database() order by 1",
            "select next_not_cached_value from steps",
            "select @@global.max_connections",
        ]
    with engine.connect() as connection:
        rows = [connection.exec_driver_sql(one).all() for one in ["select * from kept", *questions]]
    return repr(rows)


def _house(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("show tables").all()
        return repr([tables, connection.exec_driver_sql("select * from kept").all()])


def filled(attack: str, target: Target) -> str:
    out = target.folder / "out.txt"
    return attack.replace("{out}", str(out)).replace("{secret}", str(target.folder / "secret.txt"))


def effect(attack: str, target: Target, before: str, run: Callable[[str], object]) -> str:
    """What the attack came to: empty when nothing did."""
    files = set(target.folder.iterdir())
    began = time.monotonic()
    try:
        answer = repr(run(filled(attack, target)))
    except SourceError as refusal:
        answer = str(refusal)
        if READER_PASSWORD in answer or "\n" in answer:
            return f"said too much: {answer}"
    if time.monotonic() - began > SECONDS + 12:
        return "took too long"
    if SECRET in answer:
        return "read a file"
    if set(target.folder.iterdir()) - files:
        return "wrote a file"
    return "" if _as_before(target, before) else "changed the database"


def _as_before(target: Target, before: str) -> bool:
    """A server lets go of a session's locks a moment after it is gone, and tidies up by itself."""
    for _ in range(30):
        if target.look() == before:
            return True
        time.sleep(0.1)
    return False


def all_effects(target: Target, run: Callable[[str], object]) -> dict[str, str]:
    """By attack, what it came to; those that came to nothing are left out."""
    before = target.look()
    return {one: what for one in attacks_on(target) if (what := effect(one, target, before, run))}


def attacks_on(target: Target) -> list[str]:
    backend = sa.make_url(target.owner).get_backend_name()
    return ATTACKS[backend]


def test_no_attack_has_an_effect_though_the_account_may_do_everything(target: Target) -> None:
    """Through the gate and the guards, as the owner of the database."""

    def run(text: str) -> object:
        query = SourceQuery("lake", "word", Take.COUNT, sql=text)
        return preview(query, sa.make_url(target.owner), SECONDS)

    threads = threading.active_count()
    assert len(set(attacks_on(target))) >= 25
    assert all_effects(target, run) == {}
    assert threading.active_count() == threads


def test_the_guards_alone_hold_where_the_account_may_only_read(target: Target) -> None:
    """Without the gate, as a deceived gate would let it through, as an account with SELECT."""

    def run(text: str) -> object:
        with (
            opened("lake", sa.make_url(target.reader), SECONDS) as connection,
            connection.exec_driver_sql(text) as result,
        ):
            return result.fetchmany(5)

    assert set(all_effects(target, run)) == ONLY_THE_GATE.get(
        sa.make_url(target.owner).get_backend_name(), set()
    )


def test_no_honest_query_is_refused(source_url: str) -> None:
    url = sa.make_url(source_url)
    refused = {}
    for text in HONEST:
        if url.get_backend_name() == "duckdb":
            # There it is a word of the language.
            text = (
                text.replace("at,", '"at",').replace(".at ", '."at" ').replace("by at", 'by "at"')
            )
            text = text.replace("as at", 'as "at"')
        try:
            found = preview(SourceQuery("lake", "at", Take.SUM, "seconds", sql=text), url, 30)
            assert found.rows, text
        except SourceError as refusal:
            refused[text] = str(refusal)
    assert len(HONEST) >= 20
    assert refused == {}


def test_the_gate_alone_refuses_what_spark_would_do() -> None:
    """Spark has no read-only session: nothing but the gate and the account stands before it."""
    # What only takes long, or shows what everybody may see, is ended or answered.
    harmless = {"select count(*) from range(1000000000000) where mod(id * id, 7) = 3"}
    harmless |= {
        "select count(*) from kept lateral view explode(sequence(1, 1000000000)) t as x",
    }
    passed = set()
    for attack in ATTACKS["hive"]:
        with contextlib.suppress(QueryRefused):
            checked_query(attack, "hive")
            passed.add(attack)
    assert passed == harmless
    for query in HONEST:
        assert checked_query(query, "hive")


def test_the_gate_alone_refuses_what_looks_at_no_clock() -> None:
    """Inside of one such call DuckDB hears no interrupt: it takes minutes."""
    for name in ("levenshtein", "editdist3", "damerau_levenshtein"):
        with pytest.raises(QueryRefused, match="which no metric needs"):
            checked_query(f"select at, {name}(country, country) from plays", "duckdb")


def test_a_column_is_no_call_but_where_it_may_be_one() -> None:
    honest = "select s.sleep_hours, s.http_status, (s.price).lo_price from sleeps s"
    assert checked_query(honest, "postgresql") == honest
    assert checked_query("select s.pg_sleep from s", "mariadb") == "select s.pg_sleep from s"
    with pytest.raises(QueryRefused, match="calls pg_sleep"):
        checked_query("select s.pg_sleep from s", "postgresql")
