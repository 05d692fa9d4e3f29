"""Writes checked rows: the load, its new and changed values, restatements and roll-ups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.errors import InputError
from nsm.model import Grain, RejectedRow
from nsm.rows import (
    CheckedRows,
    Days,
    Floats,
    Known,
    Merge,
    finals,
    grain_of,
    merge,
    months_of,
    on_one_weekday,
    weeks_of,
)
from nsm.store import asked, bulk, rollups
from nsm.store.asked import Said
from nsm.store.counting import Counts
from nsm.store.forgetting import forget_days, forget_history
from nsm.store.keys import bump_version, require_star
from nsm.store.observations import (
    LoadDays,
    all_known,
    from_sources,
    known_between,
    load_days,
)
from nsm.store.schema import (
    load,
    metric,
    observation,
    rejected_row,
    restatement,
    star,
)

_DATES = sa.select(bulk.as_stored(observation.c.date)).where(
    observation.c.metric_id == sa.bindparam("of_metric")
)
_NEWEST_DATES = _DATES.order_by(observation.c.date.desc()).limit(10)
_NEW = sa.insert(observation).values(
    {name: sa.bindparam(name) for name in ("metric_id", "date", "value", "load_id")}
)
_CHANGED = (
    sa.update(observation)
    .where(
        observation.c.metric_id == sa.bindparam("of_metric"),
        observation.c.date == sa.bindparam("on_date"),
    )
    .values(value=sa.bindparam("new_value"), load_id=sa.bindparam("new_load"))
)
_RESTATED = sa.insert(restatement).values(
    {
        name: sa.bindparam(name)
        for name in ("metric_id", "date", "old_value", "new_value", "old_load_id", "load_id")
    }
)
_NO_DAYS: Days = np.empty(0, dtype="datetime64[D]")
_REJECTED = sa.insert(rejected_row).values(
    {column.name: sa.bindparam(column.name) for column in rejected_row.c}
)


@dataclass(frozen=True, slots=True)
class LoadNote:
    """Where a load came from, who asked for it, and the day on which its values were known.

    ``asked`` is the fingerprint of what a source was asked; None for a file.
    """

    source: str
    loaded_by: str
    as_of: dt.date
    asked: str | None = None


def write_rows(
    connection: sa.Connection,
    star_key: str,
    rows: CheckedRows,
    note: LoadNote,
    *,
    write: bool = True,
    progress: Callable[[float], None] | None = None,
    said: Said | None = None,
    grain: Grain | None = None,
    anew: bool = False,
) -> Counts:
    """Record a load in the caller's transaction; with ``write`` False only count what it would do.

    ``said`` is what the source itself says of the weeks and months around rows of one metric, and
    what is known no longer; ``grain`` by what it was asked: without it the dates tell, where the
    definition does not. ``anew``: all that is known of these metrics is forgotten first. Raises
    InputError when the store knows some of its rows from a later day.
    """
    row = require_star(connection, star_key)
    counts = Counts()
    load_id = _open_load(connection, row.id, note) if write else 0
    counts.load_id = load_id or None
    found = connection.execute(
        sa.select(metric).where(metric.c.star_id == row.id, metric.c.retired.is_(False))
    )
    writer = _Writer(
        connection=connection,
        week_start=row.week_start,
        metrics={one.key: one for one in found},
        loads=load_days(connection, row.id),
        note=note,
        load_id=load_id,
        write=write,
        said=said,
        grain=grain,
        anew=anew,
    )
    for key, part in rows.parts():
        writer.add(key, rows.day[part], rows.value[part], counts)
        if progress:
            progress(part.stop / len(rows))
    if write:
        _close_load(connection, load_id, counts, rows.rejected_count, rows.rejected)
        bump_version(connection, row.id)
    return counts


@dataclass(frozen=True)
class _Writer:
    connection: sa.Connection
    week_start: int
    metrics: dict[str, sa.Row[Any]]
    loads: LoadDays
    note: LoadNote
    load_id: int
    write: bool
    said: Said | None = None
    grain: Grain | None = None
    anew: bool = False

    def add(self, key: str, day: Days, value: Floats, counts: Counts) -> None:
        """Merge the values of one metric with what is known of it."""
        row = self.metrics.get(key)
        if row is None:
            raise InputError(
                f"The metric {key} left the star while the file was read.", "Load it again."
            )
        grain = Grain(row.grain) if row.grain else self.grain or self._grain_of(row, day)
        regrained = row.grain is None and row.grain_found not in (None, grain.value)
        lapsed = self.said.lapsed[grain] if self.said else _NO_DAYS
        before = self._known(row, day, whole=regrained or len(lapsed) > 0)
        gone = np.isin(self._starts(before.day, grain), lapsed)
        known = before.where(~gone)
        as_of = np.datetime64(self.note.as_of, "D")
        merged = merge(known, day, value, as_of, grain, self.week_start)
        self._refuse_older(key, merged, known)
        counts.add(key, merged, known, value)
        if not self.write:
            return
        if self.anew:
            forget_history(self.connection, row.id)
        was_final = finals(before.day, before.as_of, grain, self.week_start)
        forget_days(self.connection, row.id, before, gone, was_final, self.load_id)
        self._write_values(row.id, day, value, merged, known)
        if self.said is not None:
            asked.keep(self.connection, row.id, self.said, self.load_id, self.loads)
        if row.grain is None and row.grain_found != grain.value:
            self.connection.execute(
                sa.update(metric).where(metric.c.id == row.id).values(grain_found=grain.value)
            )
        if regrained:
            rollups.clear(self.connection, row.id)
        rollups.update(
            self.connection,
            row.id,
            merged.final_day,
            merged.final_value,
            np.union1d(self._touched(merged, day, regrained), before.day[gone & was_final]),
            grain,
            self.week_start,
        )
        asked.overlay_if_asked(self.connection, row, grain)

    def _touched(self, merged: Merge, day: Days, regrained: bool) -> Days:
        """The days whose periods are made again: those that come to something else now."""
        if regrained:
            return merged.final_day
        if self.said is not None and self.said.periods:
            # A week that was never asked for has no roll-up yet, though its days are all known.
            return day[day < np.datetime64(self.note.as_of, "D")]
        return merged.touched

    def _known(self, row: sa.Row[Any], day: Days, whole: bool) -> Known:
        """What the store knows in all weeks and months that these days touch."""
        if self.anew:
            return Known(_NO_DAYS, np.empty(0), _NO_DAYS, np.empty(0, dtype=np.int64))
        if whole:
            return all_known(self.connection, row.id, self.loads)
        ends = np.array([day[0], day[-1]])
        first = min(weeks_of(ends, self.week_start)[0], months_of(ends)[0])
        # Nothing ends later than 31 days after a day in it.
        return known_between(
            self.connection, row.id, self.loads, first.item(), (ends[1] + 31).item()
        )

    def _starts(self, day: Days, grain: Grain) -> Days:
        return weeks_of(day, self.week_start) if grain is Grain.WEEK else day

    def _grain_of(self, row: sa.Row[Any], day: Days) -> Grain:
        """What do the dates of this metric show, those in the store and these together?"""
        if not on_one_weekday(day) or row.id in from_sources(self.connection):
            return Grain.DAY
        of_metric = {"of_metric": row.id}
        known = bulk.to_days(self.connection.execute(_NEWEST_DATES, of_metric).scalars().all())
        if len(known) == 10 and on_one_weekday(known):
            known = bulk.to_days(self.connection.execute(_DATES, of_metric).scalars().all())
        return grain_of(np.concatenate([known, day]))

    def _refuse_older(self, key: str, merged: Merge, known: Known) -> None:
        at = merged.at[merged.changed]
        later = at[known.as_of[at] > np.datetime64(self.note.as_of, "D")]
        if len(later):
            raise InputError(
                f"{self.note.source}: the store knows {key} on {known.day[later[0]]} as of "
                f"{known.as_of[later[0]]}, later than this load ({self.note.as_of}).",
                "Load what was published on different days in the order of the days.",
            )

    def _write_values(
        self, metric_id: int, day: Days, value: Floats, merged: Merge, known: Known
    ) -> None:
        new, rewritten, restated = merged.new, merged.changed | merged.confirmed, merged.restated
        count = int(new.sum())
        bulk.execute_many(
            self.connection,
            _NEW,
            {
                "metric_id": [metric_id] * count,
                "date": day[new],
                "value": value[new],
                "load_id": [self.load_id] * count,
            },
        )
        at, count = merged.at[restated], int(restated.sum())
        bulk.execute_many(
            self.connection,
            _RESTATED,
            {
                "metric_id": [metric_id] * count,
                "date": known.day[at],
                "old_value": known.value[at],
                "new_value": value[restated],
                "old_load_id": known.load[at],
                "load_id": [self.load_id] * count,
            },
        )
        at, count = merged.at[rewritten], int(rewritten.sum())
        bulk.execute_many(
            self.connection,
            _CHANGED,
            {
                "of_metric": [metric_id] * count,
                "on_date": known.day[at],
                "new_value": value[rewritten],
                "new_load": [self.load_id] * count,
            },
        )


def _open_load(connection: sa.Connection, star_id: int, note: LoadNote) -> int:
    # Two loads of one star must not both believe a value to be new.
    connection.execute(sa.select(star.c.id).where(star.c.id == star_id).with_for_update())
    made = connection.execute(
        sa.insert(load).values(
            star_id=star_id,
            source=note.source,
            loaded_by=note.loaded_by,
            loaded_at=sa.func.current_timestamp(),
            as_of=note.as_of,
            asked=note.asked,
            new=0,
            changed=0,
            unchanged=0,
            rejected=0,
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _close_load(
    connection: sa.Connection,
    load_id: int,
    counts: Counts,
    rejected_count: int,
    rejected: tuple[RejectedRow, ...],
) -> None:
    connection.execute(
        sa.update(load)
        .where(load.c.id == load_id)
        .values(
            new=counts.new,
            changed=counts.changed,
            unchanged=counts.unchanged,
            rejected=rejected_count,
        )
    )
    bulk.execute_many(
        connection,
        _REJECTED,
        {
            "load_id": [load_id] * len(rejected),
            "position": range(len(rejected)),
            "line": [row.line for row in rejected],
            "column": [row.column for row in rejected],
            "value": [row.value for row in rejected],
            "reason": [row.reason for row in rejected],
        },
    )
