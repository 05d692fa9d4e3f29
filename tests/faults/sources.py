"""What may happen to a source between two syncs, and in the middle of one."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from nsm.periods import today_in
from nsm.store import schema
from nsm.store.engine import open_store
from tests.engines.servers import DatabaseServer
from tests.faults.outcome import Row, reason
from tests.faults.shop import Look, Shop, engines, fill_server_lake, look, shop
from tests.sources.silent import line_to

# The time that the dashboard gives a source here, and how long a command may take beside it.
_SECONDS, _PATIENCE = 3, 20


def measure(folder: Path, times: int) -> Iterator[Row]:
    few = max(times // 4, 1)
    with engines(folder) as found:
        for name, (server, _) in found.items():
            own = folder / name
            own.mkdir()
            owner = reader = ""
            if server is not None:
                owner, reader = fill_server_lake(server)
            with shop(f"sqlite:///{own / 'nsm.db'}", own, reader) as one:
                yield from changed(one, owner or f"sqlite:///{one.lake}", name)
                if server is None:
                    yield clock(one, few)
                else:
                    yield revoked(one, server, owner, reader, name)
                    yield black_hole(one, server, reader, name, few, greets=False)
                    yield black_hole(one, server, reader, name, few, greets=True)


def same(one: Shop, before: Look) -> bool:
    """Whether what is known stayed as it was."""
    now = look(one.store)
    return now.editions == before.editions and now.restated == before.restated and now.sound


def changed(one: Shop, owner: str, name: str) -> Iterator[Row]:
    """The table is changed under the definition, and changed back."""
    text = {"PostgreSQL": "text", "MariaDB": "varchar(20)", "SQLite": "text"}[name]
    engine = sa.create_engine(owner, poolclass=sa.NullPool)
    retyped = "alter table sales rename column n to old_n", f"alter table sales add column n {text}"
    back = "alter table sales drop column n", "alter table sales rename column old_n to n"
    faults = {
        "column of the source renamed": (
            ["alter table sales rename column n to amount"],
            ["alter table sales rename column amount to n"],
            "no column 'n'",
        ),
        "column of the source is text now": (
            [*retyped, "update sales set n = 'many'"],
            list(back),
            "",
        ),
        "table of the source is empty": (
            ["create table kept_sales as select * from sales", "delete from sales"],
            ["insert into sales select * from kept_sales", "drop table kept_sales"],
            "finds no rows",
        ),
        "table of the source dropped": (
            ["alter table sales rename to sold"],
            ["alter table sold rename to sales"],
            "",
        ),
    }
    for fault, (break_it, mend_it, words) in faults.items():
        row, before = Row(fault, name), look(one.store)
        _do(engine, break_it)
        done = one.commands.run(*one.sync())
        known = same(one, before)
        _do(engine, mend_it)
        again = one.commands.run(*one.sync())
        holds = known and done.code == 1 and done.is_clear
        holds = holds and again.code == 0 and same(one, before)
        row.note(holds and words in reason(done), f"{known} {done} {again}", reason(done))
        yield row


def _do(engine: sa.Engine, statements: list[str]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def clock(one: Shop, times: int) -> Row:
    """The last sync was on a later day than today: this machine's clock ran ahead then."""
    row = Row("clock gone back since the last sync", "SQLite")
    store = open_store(one.store)
    for turn in range(times):
        before = look(one.store)
        later = today_in("UTC") + dt.timedelta(days=1 + turn)
        with store.begin() as connection:
            connection.execute(sa.update(schema.sync).values(as_of=later))
        done = one.commands.run("sync", "--star", "shop")
        holds = same(one, before)
        with store.begin() as connection:
            connection.execute(sa.update(schema.sync).values(as_of=today_in("UTC")))
        again = one.commands.run("sync", "--star", "shop")
        clear = done.is_clear and done.code == 1 and "clock went back" in done.out
        row.note(
            holds and clear and again.code == 0,
            done.out + done.err,
            reason(done) if done.code else "",
        )
    store.dispose()
    return row


def revoked(one: Shop, server: DatabaseServer, owner: str, reader: str, name: str) -> Row:
    """The account may not read the table any more; then it may not even come in."""
    row = Row("credentials revoked between two syncs", name)
    database = sa.make_url(owner).database or ""
    account = sa.make_url(reader).username or ""
    if name == "PostgreSQL":
        steps = [
            (f"revoke select on sales from {account}", f"grant select on sales to {account}"),
            (f"alter role {account} nologin", f"alter role {account} login"),
            (
                f"alter role {account} password 'another'",
                f"alter role {account} password 'canary-7f3a19'",
            ),
        ]
    else:
        at = f"{account}@'127.0.0.1'"
        steps = [
            (f"revoke select on {database}.* from {at}", f"grant select on {database}.* to {at}"),
            (f"alter user {at} account lock", f"alter user {at} account unlock"),
            (
                f"alter user {at} identified by 'another'",
                f"alter user {at} identified by 'canary-7f3a19'",
            ),
        ]
    for take, give in steps:
        before = look(one.store)
        server.run(take, database=database)
        done = one.commands.run(*one.sync())
        holds = done.code == 1 and done.is_clear and same(one, before)
        server.run(give, database=database)
        again = one.commands.run(*one.sync())
        silent = "canary" not in done.out + done.err
        row.note(
            holds and silent and again.code == 0,
            done.out + done.err,
            reason(done) if done.code else "",
        )
    return row


def black_hole(
    one: Shop, server: DatabaseServer, reader: str, name: str, times: int, *, greets: bool
) -> Row:
    """The network takes every packet and gives nothing back: at once, or after the connection."""
    what = (
        "network to the source silent in the middle of a sync"
        if greets
        else ("network to the source silent when it connects")
    )
    row = Row(what, name)
    for _ in range(times):
        before = look(one.store)
        with line_to(server.port if greets else None) as line:
            one.commands.environment["LAKE_URL"] = reader.replace(
                f":{server.port}/", f":{line.port}/"
            )
            if greets:
                _fall_silent(line.silent.set, 0.2)
            done = one.commands.run(*one.sync("--timeout", str(_SECONDS)))
        one.commands.environment["LAKE_URL"] = reader
        again = one.commands.run(*one.sync())
        holds = (
            done.is_clear
            and (done.code == 1 or greets)
            # Two metrics, one after the other.
            and done.seconds < 2 * (_SECONDS + _PATIENCE)
            and look(one.store).follows(before)
            and again.code == 0
            and "canary" not in done.out + done.err
        )
        row.note(holds, f"{done} {again.err}", reason(done) if done.code else "")
    return row


def _fall_silent(fall: Callable[[], None], seconds: float) -> None:
    """Now or a little later, while the command is at work."""
    threading.Timer(seconds, fall).start()
