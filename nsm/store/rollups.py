"""The maintained roll-ups: what the final observations of each metric add up to per period."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import sqlalchemy as sa

from nsm.model import Grain
from nsm.rows import Days, Floats, PeriodTotals, grain_of, months_of, roll_up, weeks_of
from nsm.rows import finals as finals_of
from nsm.store import asked, bulk
from nsm.store.keys import require_star
from nsm.store.observations import all_known, from_sources, load_days
from nsm.store.schema import metric, rollup, star
from nsm.store.transactions import reading

_INSERT = sa.insert(rollup).values({column.name: sa.bindparam(column.name) for column in rollup.c})


_DELETE = sa.delete(rollup).where(
    rollup.c.metric_id == sa.bindparam("of_metric"),
    rollup.c.grain == sa.bindparam("of_grain"),
    rollup.c.start.between(sa.bindparam("first"), sa.bindparam("last")),
)


def update(
    connection: sa.Connection,
    metric_id: int,
    day: Days,
    value: Floats,
    touched: Days,
    grain: Grain,
    week_start: int,
) -> None:
    """Make the roll-ups of one metric true again after the values on ``touched`` days changed.

    ``day`` and ``value`` are its final values, sorted: at least all those in the weeks and months
    from the first to the last touched day. A weekly source has no months.
    """
    if not len(touched):
        return
    weekly = grain is Grain.WEEK
    for period in (Grain.WEEK,) if weekly else (Grain.WEEK, Grain.MONTH):
        first, last = _starts(np.array([touched.min(), touched.max()]), period, week_start)
        connection.execute(
            _DELETE,
            {
                "of_metric": metric_id,
                "of_grain": period.value,
                "first": first.item(),
                "last": last.item(),
            },
        )
        starts = _starts(day, period, week_start)
        inside = (starts >= first) & (starts <= last)
        _insert(
            connection,
            metric_id,
            period,
            roll_up(day[inside], value[inside], period, week_start, weekly),
        )


def clear(connection: sa.Connection, metric_id: int) -> None:
    """Forget the roll-ups of one metric."""
    connection.execute(sa.delete(rollup).where(rollup.c.metric_id == metric_id))


def rebuild(connection: sa.Connection, star_id: int) -> None:
    """Compute all roll-ups of a star anew, after its week start or a metric's grain changed."""
    week_start = connection.execute(
        sa.select(star.c.week_start).where(star.c.id == star_id)
    ).scalar_one()
    loads = load_days(connection, star_id)
    of_source = from_sources(connection)
    for row in connection.execute(sa.select(metric).where(metric.c.star_id == star_id)).all():
        clear(connection, row.id)
        known = all_known(connection, row.id, loads)
        if not len(known.day):
            continue
        found = Grain.DAY if row.id in of_source else grain_of(known.day)
        grain = Grain(row.grain or found)
        if row.grain is None and row.grain_found != grain.value:
            connection.execute(
                sa.update(metric).where(metric.c.id == row.id).values(grain_found=grain.value)
            )
        final = finals_of(known.day, known.as_of, grain, week_start)
        day, value = known.day[final], known.value[final]
        update(connection, row.id, day, value, day, grain, week_start)
        asked.overlay_if_asked(connection, row, grain)


def read_rollups(
    engine: sa.Engine, star_key: str, grain: Grain, keys: Collection[str] | None = None
) -> pd.DataFrame:
    """What did the metrics of a star (or those of these keys) add up to per week or month?

    Columns metric (key), start, days, sum, min, max, first, last, last_date; sorted by the order
    of the metrics and the start. ``days`` counts final days; a weekly source has 1 a week and no
    months. Metrics that left the definition are not there. UnknownStar when there is no star.
    """
    with reading(engine) as connection:
        star_id = require_star(connection, star_key).id
        wanted = (
            sa.select(
                metric.c.key,
                *(
                    bulk.as_stored(column) if column.name in ("start", "last_date") else column
                    for column in rollup.c
                    if column.name not in ("metric_id", "grain")
                ),
            )
            .join_from(rollup, metric)
            .where(
                metric.c.star_id == star_id,
                metric.c.retired.is_(False),
                rollup.c.grain == grain.value,
            )
            .order_by(metric.c.position, rollup.c.start)
        )
        if keys is not None:
            wanted = wanted.where(metric.c.key.in_(keys))
        rows = connection.execute(wanted).all()
    names = ["metric", "start", "days", "sum", "min", "max", "first", "last", "last_date"]
    columns = dict(zip(names, zip(*rows, strict=True) if rows else [()] * 9, strict=True))
    return pd.DataFrame(
        {
            name: pd.array(values, dtype="str")
            if name == "metric"
            else np.array(values, dtype=_kind(name))
            for name, values in columns.items()
        }
    )


def _kind(column: str) -> str:
    if column in ("start", "last_date"):
        return "datetime64[us]"
    return "int64" if column == "days" else "float64"


def _starts(days: Days, period: Grain, week_start: int) -> Days:
    return weeks_of(days, week_start) if period is Grain.WEEK else months_of(days)


def _insert(connection: sa.Connection, metric_id: int, period: Grain, totals: PeriodTotals) -> None:
    count = len(totals.start)
    bulk.execute_many(
        connection,
        _INSERT,
        {
            "metric_id": [metric_id] * count,
            "grain": [period.value] * count,
            "start": totals.start,
            "days": totals.days,
            "sum": totals.sum,
            "min": totals.min,
            "max": totals.max,
            "first": totals.first,
            "last": totals.last,
            "last_date": totals.last_date,
        },
    )
