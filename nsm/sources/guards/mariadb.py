"""MariaDB and MySQL: a read-only session with a limit on its statements, one statement at a time.

The driver is never allowed many statements in one text. ``SET SESSION TRANSACTION READ ONLY`` does
not stop ``INTO OUTFILE``, ``LOAD_FILE`` or locks: the gate does, and an account without the FILE
privilege.
"""

from __future__ import annotations

import socket
from typing import Any

import sqlalchemy as sa

from nsm.sources.deadline import Deadline

_MODES = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO"


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections read only, in UTC, and end on the server's side too."""
    return sa.create_engine(
        url.set(drivername=f"{url.get_backend_name()}+pymysql"),
        creator=lambda: _connect(url, deadline),
        poolclass=sa.NullPool,
    )


def _connect(url: sa.URL, deadline: Deadline) -> Any:
    import pymysql
    from sqlalchemy.dialects.mysql.pymysql import dialect

    _, found = dialect().create_connect_args(url)
    parameters = dict(found) | {"local_infile": False, "autocommit": False, "client_flag": 0}
    seconds = max(deadline.remaining, 0.1)
    parameters["read_timeout"] = parameters["write_timeout"] = max(int(seconds) + 1, 1)
    connection = pymysql.connect(**parameters, defer_connect=True)
    connection.connect(_socket(parameters, deadline))
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute(f"SET SESSION time_zone = '+00:00', sql_mode = '{_MODES}'")
        cursor.execute(_limit(connection, seconds))
        cursor.execute(f"SET SESSION lock_wait_timeout = {int(seconds) + 1}")
    connection.commit()
    return connection


def _socket(parameters: dict[str, Any], deadline: Deadline) -> socket.socket:
    """The connection under the driver's: cut at the deadline, from the first byte on."""
    path = parameters.get("unix_socket")
    if path:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(deadline.remaining)
        line.connect(path)
    else:
        address = (parameters.get("host") or "localhost", parameters.get("port") or 3306)
        line = socket.create_connection(address, timeout=max(deadline.remaining, 0.1))
    line.settimeout(None)
    deadline.cut_socket(line.fileno())
    return line


def _limit(connection: Any, seconds: float) -> str:
    # MySQL counts milliseconds and limits SELECT alone; MariaDB limits every statement.
    if "mariadb" in str(connection.get_server_info()).lower():
        return f"SET SESSION max_statement_time = {seconds:.3f}"
    return f"SET SESSION max_execution_time = {int(seconds * 1000)}"
