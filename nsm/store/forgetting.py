"""What is known of a metric no longer: days that lapsed, or all of its history."""

from __future__ import annotations

import numpy as np
import sqlalchemy as sa

from nsm.rows import Flags, Known
from nsm.store import bulk, rollups
from nsm.store.schema import (
    asked_period,
    observation,
    period_restatement,
    restatement,
    segment_value,
)

_LAPSED = sa.insert(restatement).values(
    {column.name: sa.bindparam(column.name) for column in restatement.c if column.name != "id"}
)
_DELETE = sa.delete(observation).where(
    observation.c.metric_id == sa.bindparam("of_metric"),
    observation.c.date == sa.bindparam("on_date"),
)


def forget_days(
    connection: sa.Connection, metric_id: int, known: Known, lapsed: Flags, final: Flags, load: int
) -> None:
    """Forget the values that lapsed; the final ones of them are kept as restatements to nothing."""
    at = np.flatnonzero(lapsed & final)
    count = len(at)
    bulk.execute_many(
        connection,
        _LAPSED,
        {
            "metric_id": [metric_id] * count,
            "date": known.day[at],
            "old_value": known.value[at],
            "new_value": [None] * count,
            "old_load_id": known.load[at],
            "load_id": [load] * count,
        },
    )
    days = known.day[lapsed]
    bulk.execute_many(connection, _DELETE, {"of_metric": [metric_id] * len(days), "on_date": days})


def forget_history(connection: sa.Connection, metric_id: int) -> None:
    """Forget every value of a metric, those it had earlier too: nothing is known as of before."""
    for table in (observation, restatement, asked_period, segment_value, period_restatement):
        connection.execute(sa.delete(table).where(table.c.metric_id == metric_id))
    rollups.clear(connection, metric_id)
