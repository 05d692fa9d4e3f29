"""Spark SQL through its Thrift server: no files by name, and an end on both sides.

Spark has no read-only session. The gate refuses what writes; behind it stands only what the account
may do (docs/sources.md). A statement runs apart from its request here, so that the server notices
a client that has gone, and ends what it asked for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from nsm.sources.deadline import Deadline

_PORT = 10_000
_FIRST_WAIT, _LONGEST_WAIT, _GOODBYE = 0.005, 0.1, 0.3


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections are in UTC, read tables alone, and are cut at the deadline."""
    if "+http" in url.drivername:
        # Its driver opens a line for each request, out of reach from here: the limits hold alone.
        return sa.create_engine(
            url, poolclass=sa.NullPool, connect_args={"configuration": _settings(deadline)}
        )
    return sa.create_engine(
        url.set(drivername="hive"),
        creator=lambda: _connect(url, deadline),
        poolclass=sa.NullPool,
    )


def _settings(deadline: Deadline) -> dict[str, str]:
    settings = {
        "spark.sql.session.timeZone": "UTC",
        # A table's name is a table's name, never a file's.
        "spark.sql.runSQLOnFiles": "false",
        "spark.sql.thriftServer.queryTimeout": str(max(int(deadline.remaining) + 1, 1)),
    }
    return {f"set:{name}": value for name, value in settings.items()}


def _connect(url: sa.URL, deadline: Deadline) -> Any:
    from pyhive import hive

    class Cursor(hive.Cursor):  # type: ignore[misc]  # pyhive has no types
        def execute(self, operation: str, parameters: Any = None, **_: Any) -> None:
            super().execute(operation, parameters, async_=True)
            _wait_for(self, deadline)

        def close(self) -> None:
            with _over_a_line(deadline):
                super().close()

    class Connection(hive.Connection):  # type: ignore[misc]
        def cursor(self, *arguments: Any, **named: Any) -> Cursor:
            return Cursor(self, *arguments, **named)

        def close(self) -> None:
            try:
                with _over_a_line(deadline):
                    super().close()
            finally:
                self._transport.close()

    return Connection(
        username=url.username,
        database=url.database or "default",
        configuration=_settings(deadline),
        thrift_transport=_transport(url, deadline),
    )


@contextmanager
def _over_a_line(deadline: Deadline) -> Iterator[None]:
    """Say goodbye; over a line that was cut nobody hears it."""
    try:
        yield
    except Exception:
        if not deadline.passed:
            raise


def _wait_for(cursor: Any, deadline: Deadline) -> None:
    """Until the statement has ended; raises what the server says of one that failed.

    Shortly before the deadline the server is told to end it, while there is a line to tell it over.
    """
    from pyhive.exc import OperationalError, ProgrammingError
    from TCLIService.ttypes import TOperationState as State

    running = (State.RUNNING_STATE, State.PENDING_STATE, State.INITIALIZED_STATE)
    wait = _FIRST_WAIT
    while True:
        said = cursor.poll(get_progress_update=False)
        if said.operationState == State.FINISHED_STATE:
            return
        if said.operationState == State.ERROR_STATE:
            # 22... and 42...: what was asked cannot be; anything else went wrong on the way.
            refused = str(said.sqlState or "").startswith(("22", "42"))
            raise (ProgrammingError if refused else OperationalError)(_reason(said))
        if said.operationState not in running:
            raise OperationalError("the server ended the statement")
        if deadline.remaining < _GOODBYE:
            cursor.cancel()
            deadline.wait()
            raise OperationalError("the deadline passed")
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


def _transport(url: sa.URL, deadline: Deadline) -> Any:
    """A line to the server that is cut at the deadline, from its first byte on."""
    from thrift.transport.TSocket import TSocket
    from thrift.transport.TTransport import TBufferedTransport

    class Line(TSocket):  # type: ignore[misc]  # thrift has no types
        def open(self) -> None:
            self.setTimeout(max(deadline.remaining, 0.1) * 1000)
            super().open()
            self.setTimeout(None)
            deadline.cut_socket(self.handle.fileno())

    line = Line(url.host or "localhost", url.port or _PORT)
    auth = str(url.query.get("auth", "NONE")).upper()
    if auth == "NOSASL":
        return TBufferedTransport(line)
    from pyhive.hive import get_installed_sasl
    from thrift_sasl import TSaslClientTransport

    mechanism = "GSSAPI" if auth == "KERBEROS" else "PLAIN"

    def client() -> Any:
        return get_installed_sasl(
            host=line.host,
            sasl_auth=mechanism,
            service=url.query.get("kerberos_service_name"),
            username=url.username or "reader",
            # Without authentication any will do, but none.
            password=str(url.password or "x"),
        )

    return TSaslClientTransport(client, mechanism, line)


def _reason(said: Any) -> str:
    """What the server says, without the names of its classes, its trace, and the query again."""
    text = " ".join(str(said.errorMessage or "").split())
    text = re.split(r" ?(?:SQLSTATE: |== SQL|at org\.apache\.)", text, maxsplit=1)[0]
    return re.sub(
        r"^(?:Error running query: |\[\w+\] (?=[a-z])|[\w.$]+(?:Exception|Error): )+", "", text
    )
