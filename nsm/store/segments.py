"""The history of a metric by what its rows have in a column: country, plan, platform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.model import Grain
from nsm.plaintext import shown
from nsm.rows import Days, Floats, PartRows
from nsm.store import bulk, restating
from nsm.store.keys import metric_ids, require_star
from nsm.store.observations import LoadDays, load_days
from nsm.store.restating import NO_LOAD, Periods
from nsm.store.schema import period_restatement, segment_part, segment_value
from nsm.store.transactions import reading

# What rows are called that have nothing in the column.
UNNAMED = "(none)"
_INSERT = sa.insert(segment_value).values(
    {column.name: sa.bindparam(column.name) for column in segment_value.c}
)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Values by first day of the period and by part, as many as there are entries.

    ``weight`` is of how many rows each is the mean; None where they are no means.
    """

    start: Days
    part: list[str]
    value: Floats
    weight: Floats | None = None


def keep_segments(
    connection: sa.Connection,
    metric_id: int,
    segments: Mapping[str, Mapping[Grain, Parts]],
    over: Mapping[Grain, Days],
    load_id: int,
    loads: LoadDays,
) -> None:
    """Make what the source said of each part that of the store.

    ``over`` are by grain the first days of the periods of which it said the whole anew, or which
    are known no longer: the parts of others stay. ``loads`` are the days of the loads. What is said
    otherwise than before is kept as a restatement. Columns and grains that the metric keeps apart
    no longer are forgotten.
    """
    mine = segment_value.c.metric_id == metric_id
    for table in (segment_value, segment_part, period_restatement):
        gone = table.c.segment.not_in(["", *segments])
        connection.execute(sa.delete(table).where(table.c.metric_id == metric_id, gone))
    grains = [grain.value for grain in over]
    for table in (segment_value, period_restatement):
        of_parts = (table.c.metric_id == metric_id) & (table.c.segment != "")
        connection.execute(sa.delete(table).where(of_parts, table.c.grain.not_in(grains)))
    for name, by_grain in segments.items():
        numbers = _numbers(connection, metric_id, name, by_grain)
        for grain, parts in by_grain.items():
            there = (
                mine & (segment_value.c.segment == name) & (segment_value.c.grain == grain.value)
            )
            # A row may have come between the question for the whole and the one for its parts.
            starts = np.union1d(over[grain], parts.start)
            if not len(starts):
                continue
            there &= segment_value.c.start.between(starts[0].item(), starts[-1].item())
            count = len(parts.part)
            part_id = np.array([numbers[part] for part in parts.part], dtype=np.int64)
            new = Periods(parts.start, part_id, parts.value, np.full(count, load_id))
            known = _known(connection, there)
            known_from = restating.record(
                connection, metric_id, name, grain, known.among(starts), new, load_id, loads
            )
            restating.delete(connection, segment_value, there, known.start, starts)
            bulk.execute_many(
                connection,
                _INSERT,
                {
                    "metric_id": [metric_id] * count,
                    "segment": [name] * count,
                    "grain": [grain.value] * count,
                    "start": parts.start,
                    "part_id": part_id,
                    "value": parts.value,
                    "weight": [None] * count if parts.weight is None else parts.weight,
                    "load_id": known_from,
                },
            )


def _known(connection: sa.Connection, there: sa.ColumnElement[bool]) -> Periods:
    return restating.periods_of(
        connection.execute(
            sa.select(
                bulk.as_stored(segment_value.c.start),
                segment_value.c.part_id,
                segment_value.c.value,
                segment_value.c.load_id,
            ).where(there),
            execution_options={"yield_per": 10_000},
        )
    )


def read_part_rows(
    engine: sa.Engine,
    star_key: str,
    metric_key: str,
    segment: str,
    grain: Grain,
    spans: Sequence[tuple[dt.date, dt.date]] | None = None,
    as_of: dt.date | None = None,
) -> PartRows:
    """What did each part of a metric come to in each period that its source was asked for?

    Periods that start in the ``spans`` of first and last days, None for all. A metric whose days
    add up has days alone (a weekly one weeks); one that is asked for its weeks and months has those
    too. With ``as_of`` what was known on that day, without weights: those of then are not kept.
    UnknownStar when there is no such star or metric.
    """
    with reading(engine) as connection:
        ids = metric_ids(connection, star_key)
        if metric_key not in ids:
            raise UnknownStar(f"Star {shown(star_key)} has no metric {shown(metric_key)}.")
        metric_id = ids[metric_key]
        now = segment_value.c
        wanted = sa.select(
            bulk.as_stored(now.start), now.part_id, now.value, now.weight, now.load_id
        ).where(_asked(segment_value, metric_id, segment, grain, spans))
        found = connection.execute(wanted, execution_options={"yield_per": 10_000})
        pieces = [_arrays(rows) for rows in found.partitions()]
        names = connection.execute(
            sa.select(segment_part.c.part_id, segment_part.c.part).where(
                segment_part.c.metric_id == metric_id, segment_part.c.segment == segment
            )
        ).all()
        start, part_id, value, weight, load_id = (
            np.concatenate([piece[place] for piece in [_arrays([]), *pieces]]) for place in range(5)
        )
        if as_of is not None:
            loads = load_days(connection, require_star(connection, star_key).id)
            said = Periods(start, part_id, value, load_id)
            there = _asked(period_restatement, metric_id, segment, grain, spans)
            then = restating.known_by(connection, said, there, grain, loads, as_of)
            start, part_id, value = then.start, then.part_id, then.value
            weight = np.full(len(value), np.nan)
    numbers, code = np.unique(part_id, return_inverse=True)
    by_number = {row.part_id: row.part for row in names}
    return PartRows(
        grain=grain,
        names=tuple(by_number[number] for number in numbers.tolist()),
        start=start,
        code=code.astype(np.int64),
        value=value,
        weight=weight,
    )


def _asked(
    table: sa.Table,
    metric_id: int,
    segment: str,
    grain: Grain,
    spans: Sequence[tuple[dt.date, dt.date]] | None,
) -> sa.ColumnElement[bool]:
    """The rows of one column and grain that start in these spans."""
    mine = [
        table.c.metric_id == metric_id,
        table.c.segment == segment,
        table.c.grain == grain.value,
    ]
    if spans is not None:
        mine.append(sa.or_(sa.false(), *(table.c.start.between(*span) for span in spans)))
    return sa.and_(*mine)


def _arrays(rows: Sequence[Any]) -> tuple[Days, Any, Floats, Floats, Any]:
    start, part_id, value, weight, load = zip(*rows, strict=True) if rows else ((),) * 5
    return (
        bulk.to_days(start),
        np.array(part_id, dtype=np.int64),
        np.array(value, dtype=np.float64),
        np.array(weight, dtype=np.float64),
        np.array([one or NO_LOAD for one in load], dtype=np.int64),
    )


def _numbers(
    connection: sa.Connection, metric_id: int, segment: str, by_grain: Mapping[Grain, Parts]
) -> dict[str, int]:
    """The number of each part, new ones written down."""
    rows = connection.execute(
        sa.select(segment_part.c.part, segment_part.c.part_id).where(
            segment_part.c.metric_id == metric_id, segment_part.c.segment == segment
        )
    )
    known = {row.part: row.part_id for row in rows}
    new = sorted({part for parts in by_grain.values() for part in parts.part} - set(known))
    for number, part in enumerate(new, start=max(known.values(), default=0) + 1):
        known[part] = number
        connection.execute(
            sa.insert(segment_part).values(
                metric_id=metric_id, segment=segment, part_id=number, part=part
            )
        )
    return known
