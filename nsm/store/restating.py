"""What a source says again of the same periods: which values stay, which were said otherwise.

A value is final when it was said after its period was over; only final values are restated. Those
that are the same keep the load from which they are known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from nsm.model import Grain
from nsm.rows import Days, Floats, differs, ends_of
from nsm.store import bulk
from nsm.store.observations import LoadDays
from nsm.store.schema import period_restatement

Integers = npt.NDArray[np.int64]

_INSERT = sa.insert(period_restatement).values(
    {
        column.name: sa.bindparam(column.name)
        for column in period_restatement.c
        if column.name != "id"
    }
)
# Days since 1970 and a part's number in one integer.
_DAYS = 2**32
# The load of values from before loads were kept.
NO_LOAD = 0


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Values of periods of one grain, by first day and part (0 for the whole), each pair once.

    ``load`` is the load from which each is known, ``NO_LOAD`` where that was not kept.
    """

    start: Days
    part_id: Integers
    value: Floats
    load: Integers

    def keys(self) -> Integers:
        """One number for each first day and part."""
        keys: Integers = self.start.astype(np.int64) * _DAYS + self.part_id
        return keys

    def among(self, starts: Days) -> Periods:
        """Those that start on one of these days."""
        at = np.isin(self.start, starts)
        return Periods(self.start[at], self.part_id[at], self.value[at], self.load[at])


def record(
    connection: sa.Connection,
    metric_id: int,
    segment: str,
    grain: Grain,
    old: Periods,
    new: Periods,
    load_id: int,
    loads: LoadDays,
) -> Integers:
    """Keep every final old value that the new ones replace; the load of each new one.

    An old one that has no new one is restated to nothing. A value that was final and is the same
    keeps the load it has, the others get this one.
    """
    _, at_old, at_new = np.intersect1d(old.keys(), new.keys(), return_indices=True)
    final = _final(old, grain, loads)
    other = differs(new.value[at_new], old.value[at_old])
    same = ~other & final[at_old]
    known_from = np.full(len(new.value), load_id)
    known_from[at_new[same]] = old.load[at_old[same]]
    restated = other & final[at_old]
    gone = final.copy()
    gone[at_old] = False
    at = np.concatenate([at_old[restated], np.flatnonzero(gone)])
    values = new.value[at_new[restated]].tolist() + [None] * int(gone.sum())
    count = len(at)
    bulk.execute_many(
        connection,
        _INSERT,
        {
            "metric_id": [metric_id] * count,
            "segment": [segment] * count,
            "part_id": old.part_id[at],
            "grain": [grain.value] * count,
            "start": old.start[at],
            "old_value": old.value[at],
            "new_value": values,
            "old_load_id": old.load[at],
            "load_id": [load_id] * count,
        },
    )
    return known_from


def delete(
    connection: sa.Connection,
    table: sa.Table,
    mine: sa.ColumnElement[bool],
    start: Days,
    over: Days,
) -> None:
    """Delete the rows that start on a day of ``over``; ``start`` are those of all there are."""
    for first, last in _runs(start, over):
        connection.execute(sa.delete(table).where(mine, table.c.start.between(first, last)))


def _runs(start: Days, over: Days) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and last of those that are over, as far as no other stands between them."""
    goes, stays = np.intersect1d(start, over), np.setdiff1d(start, over)
    _, begin = np.unique(np.searchsorted(stays, goes), return_index=True)
    ends = np.append(begin[1:], len(goes))[: len(begin)] - 1
    yield from zip(goes[begin].tolist(), goes[ends].tolist(), strict=True)


def known_by(
    connection: sa.Connection,
    now: Periods,
    there: sa.ColumnElement[bool],
    grain: Grain,
    loads: LoadDays,
    as_of: dt.date,
) -> Periods:
    """What was known on a day of values that are known ``now``, and of those restated since.

    ``there`` are the restatements of the same; only periods that were over when they were said.
    """
    said = period_restatement.c
    restated = connection.execute(
        sa.select(
            bulk.as_stored(said.start),
            said.part_id,
            said.old_value,
            said.old_load_id,
            said.new_value,
            said.load_id,
        )
        .where(there)
        .order_by(said.id)
    ).all()
    # In the order in which they were learned: the last one counts.
    learned = [
        one
        for start, part, old, old_load, new, load in restated
        for one in ((start, part, old, old_load), (start, part, new, load))
    ]
    start, part_id, value, load_id = zip(*learned, strict=True) if learned else ((),) * 4
    starts = np.concatenate([bulk.to_days(start), now.start])
    parts = np.concatenate([np.array(part_id, np.int64), now.part_id])
    values = np.concatenate([np.array(value, np.float64), now.value])
    loads_of = np.concatenate([np.array(load_id, np.int64), now.load])
    days = _days_of(loads_of, loads)
    was_known = (ends_of(starts, grain) < days) & (days <= np.datetime64(as_of))
    at = {(starts[i], parts[i]): i for i in np.flatnonzero(was_known)}
    kept = np.array(sorted(at.values()), dtype=np.intp)
    kept = kept[np.isfinite(values[kept])]
    return Periods(starts[kept], parts[kept], values[kept], loads_of[kept])


def periods_of(result: sa.Result[tuple[object, int, float, int | None]]) -> Periods:
    """Rows of first day, part, value and load as arrays, taken in pieces: there may be many."""
    pieces = []
    for rows in result.partitions(10_000):
        start, part_id, value, load = zip(*rows, strict=True)
        pieces.append(
            Periods(
                bulk.to_days(start),
                np.array(part_id, dtype=np.int64),
                np.array(value, dtype=np.float64),
                np.array([one or NO_LOAD for one in load], dtype=np.int64),
            )
        )
    none = np.empty(0, dtype=np.int64)
    return Periods(
        np.concatenate([none.astype("datetime64[D]"), *(one.start for one in pieces)]),
        np.concatenate([none, *(one.part_id for one in pieces)]),
        np.concatenate([none.astype(np.float64), *(one.value for one in pieces)]),
        np.concatenate([none, *(one.load for one in pieces)]),
    )


def _final(periods: Periods, grain: Grain, loads: LoadDays) -> npt.NDArray[np.bool_]:
    """Which values were said after their period was over."""
    known = _days_of(periods.load, loads)
    return np.asarray(ends_of(periods.start, grain) < known, dtype=np.bool_)


def _days_of(load_ids: Integers, loads: LoadDays) -> Days:
    """On which day each load was known; one that is not there is later than nothing (NaT)."""
    by_load = {one: loads.get(one, np.datetime64("NaT")) for one in np.unique(load_ids)}
    days: Days = np.array([by_load[one] for one in load_ids], dtype="datetime64[D]")
    return days
