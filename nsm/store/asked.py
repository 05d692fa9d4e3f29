"""What sources say that whole weeks and months came to, where days do not add up.

Distinct users of a week are no sum of its days. The roll-ups of such a metric count its days as
those of any other, but their values are what the source was asked for; a period that it was not
asked for has none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.model import Aggregate, Grain
from nsm.rows import Days, Floats, PeriodTotals
from nsm.store import bulk, restating
from nsm.store.observations import LoadDays
from nsm.store.restating import Periods
from nsm.store.schema import asked_period, period_restatement, rollup

_NOTHING = (np.empty(0, dtype="datetime64[D]"), np.empty(0))
_VALUES = ("sum", "min", "max", "first", "last")
_INSERT = sa.insert(asked_period).values(
    {column.name: sa.bindparam(column.name) for column in asked_period.c}
)
_OVERLAY = (
    sa.update(rollup)
    .where(
        rollup.c.metric_id == sa.bindparam("of_metric"),
        rollup.c.grain == sa.bindparam("of_grain"),
        rollup.c.start == sa.bindparam("on_start"),
    )
    .values({name: sa.bindparam(f"new_{name}") for name in _VALUES})
)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a source said of weeks and months: by grain, their first days (sorted) and values.

    ``lapsed`` are by grain the first days of what is known no longer, of days and of what is not
    asked for any more too.
    """

    periods: Mapping[Grain, tuple[Days, Floats]]
    lapsed: Mapping[Grain, Days]


def keep(
    connection: sa.Connection, metric_id: int, said: Said, load_id: int, loads: LoadDays
) -> None:
    """Write down what the source said, before the roll-ups are made; what it says otherwise than
    before is kept as a restatement. ``loads`` are the days of the loads before this one."""
    for grain in (Grain.WEEK, Grain.MONTH):
        start, value = said.periods.get(grain, _NOTHING)
        known = known_periods(connection, metric_id, grain)
        over = np.union1d(start, said.lapsed.get(grain, start))
        count = len(start)
        new = Periods(start, np.zeros(count, np.int64), value, np.full(count, load_id))
        known_from = restating.record(
            connection, metric_id, "", grain, known.among(over), new, load_id, loads
        )
        mine = (asked_period.c.metric_id == metric_id) & (asked_period.c.grain == grain.value)
        restating.delete(connection, asked_period, mine, known.start, over)
        bulk.execute_many(
            connection,
            _INSERT,
            {
                "metric_id": [metric_id] * count,
                "grain": [grain.value] * count,
                "start": start,
                "value": value,
                "load_id": known_from,
            },
        )


def known_periods(connection: sa.Connection, metric_id: int, grain: Grain) -> Periods:
    """What the source last said of each week or month."""
    now = asked_period.c
    return restating.periods_of(
        connection.execute(
            sa.select(
                bulk.as_stored(now.start), sa.literal_column("0"), now.value, now.load_id
            ).where(now.metric_id == metric_id, now.grain == grain.value)
        )
    )


def is_asked(row: sa.Row[Any], grain: Grain) -> bool:
    """Whether the weeks and months of this metric, recorded by ``grain``, are what its source said
    of them."""
    return bool(row.aggregate == Aggregate.SOURCE.value) and grain is not Grain.WEEK


def overlay_if_asked(connection: sa.Connection, row: sa.Row[Any], grain: Grain) -> None:
    """Call after the roll-ups of a metric (``row``) were made from its days."""
    if is_asked(row, grain):
        overlay(connection, row.id)


def overlay(connection: sa.Connection, metric_id: int) -> None:
    """Give the roll-ups of a metric the values its source said; those it did not say go."""
    rows = connection.execute(
        sa.select(asked_period.c.grain, bulk.as_stored(asked_period.c.start), asked_period.c.value)
        .where(asked_period.c.metric_id == metric_id)
        .order_by(asked_period.c.grain, asked_period.c.start)
    ).all()
    grain, start, value = zip(*rows, strict=True) if rows else ((), (), ())
    bulk.execute_many(
        connection,
        _OVERLAY,
        {
            "of_metric": [metric_id] * len(rows),
            "of_grain": grain,
            "on_start": bulk.to_days(start),
            **{f"new_{name}": value for name in _VALUES},
        },
    )
    said = sa.exists().where(
        asked_period.c.metric_id == rollup.c.metric_id,
        asked_period.c.grain == rollup.c.grain,
        asked_period.c.start == rollup.c.start,
    )
    connection.execute(sa.delete(rollup).where(rollup.c.metric_id == metric_id, ~said))


def said_by(
    connection: sa.Connection, metric_id: int, grain: Grain, loads: LoadDays, as_of: dt.date
) -> tuple[Days, Floats]:
    """What the source had said by a day of periods that were over: first days, sorted, values."""
    restated = period_restatement.c
    there = sa.and_(
        restated.metric_id == metric_id, restated.segment == "", restated.grain == grain.value
    )
    said = known_periods(connection, metric_id, grain)
    then = restating.known_by(connection, said, there, grain, loads, as_of)
    order = np.argsort(then.start)
    return then.start[order], then.value[order]


def overlaid(totals: PeriodTotals, start: Days, value: Floats) -> PeriodTotals:
    """The same totals with the values that the source said; those it did not say are gone."""
    _, at, said = np.intersect1d(totals.start, start, return_indices=True)
    values = dict.fromkeys(_VALUES, value[said])
    return PeriodTotals(
        start=totals.start[at], days=totals.days[at], last_date=totals.last_date[at], **values
    )
