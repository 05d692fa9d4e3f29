"""When each metric was last asked from its source, what came of it, and the last failure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from nsm.store.keys import metric_ids
from nsm.store.schema import metric, sync
from nsm.store.transactions import reading, writing


@dataclass(frozen=True, slots=True)
class SyncState:
    """The last sync of a metric that worked (None and 0 before the first), and a failure since.

    ``as_of`` is its day in the star's time zone, ``asked`` a digest of what was asked,
    ``synced_at`` and ``failed_at`` are UTC.
    """

    metric: str
    as_of: dt.date | None = None
    synced_at: dt.datetime | None = None
    asked: str = ""
    rows: int = 0
    load_id: int | None = None
    error: str = ""
    failed_at: dt.datetime | None = None


def read_syncs(engine: sa.Engine, star_key: str) -> dict[str, SyncState]:
    """By metric, its last sync; metrics that were never asked are left out."""
    with reading(engine) as connection:
        ids = metric_ids(connection, star_key)
        rows = connection.execute(
            sa.select(metric.c.key, sync)
            .join_from(sync, metric)
            .where(metric.c.id.in_(list(ids.values())))
        ).all()
    return {
        row.key: SyncState(
            row.key,
            row.as_of,
            row.synced_at,
            row.asked,
            row.rows,
            row.load_id,
            row.error,
            row.failed_at,
        )
        for row in rows
    }


def note_sync(
    connection: sa.Connection,
    metric_id: int,
    *,
    as_of: dt.date,
    asked: str,
    rows: int,
    load_id: int | None,
) -> None:
    """Remember a sync that worked, in the transaction that wrote its values."""
    values = {
        "as_of": as_of,
        "synced_at": sa.func.current_timestamp(),
        "asked": asked,
        "rows": rows,
        "load_id": load_id,
        "error": "",
        "failed_at": None,
    }
    _put(connection, metric_id, values, dict(values))


def note_failure(engine: sa.Engine, star_key: str, metric_key: str, error: str) -> None:
    """Remember why a metric could not be asked; what is known of it stays."""
    failure = {"error": error, "failed_at": sa.func.current_timestamp()}
    with writing(engine) as connection:
        metric_id = metric_ids(connection, star_key).get(metric_key)
        if metric_id is not None:
            _put(connection, metric_id, failure, failure | {"asked": "", "rows": 0})


def _put(
    connection: sa.Connection, metric_id: int, known: dict[str, Any], first: dict[str, Any]
) -> None:
    mine = sync.c.metric_id == metric_id
    if not connection.execute(sa.update(sync).where(mine).values(known)).rowcount:
        connection.execute(sa.insert(sync).values(metric_id=metric_id, **first))
