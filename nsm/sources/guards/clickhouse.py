"""ClickHouse: limits on time, memory and rows, and then a session that can change nothing.

``readonly = 1`` refuses writes, files, addresses of other servers and every further SET. The
driver speaks HTTP over connections of its own, which cannot be cut from outside: there the server's
limit and the driver's timeout hold, and for what is embedded (chdb) the limit alone.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from nsm.sources.deadline import Deadline

_MEMORY_BYTES = 4_000_000_000


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections read only, and end on the server's side."""
    timeouts: dict[str, Any] = {}
    if url.query.get("interface") != "chdb":
        seconds = max(int(deadline.remaining), 1)
        timeouts = {"connect_timeout": seconds, "send_receive_timeout": seconds}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=timeouts)

    def limit(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for name, value in (
            ("max_execution_time", max(int(deadline.remaining), 1)),
            ("max_memory_usage", _MEMORY_BYTES),
            # The last one: nothing can be set after it.
            ("readonly", 1),
        ):
            cursor.execute(f"SET {name} = {value}")
        cursor.close()

    sa.event.listen(engine, "connect", limit)
    return engine
