"""What was loaded, what was refused, which past values changed, and how new the data is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.model import Grain, Load, RejectedRow, Restatement
from nsm.plaintext import shown
from nsm.store.keys import metric_ids, require_star
from nsm.store.schema import (
    load,
    observation,
    period_restatement,
    rejected_row,
    restatement,
    rollup,
    segment_part,
    star,
)
from nsm.store.schema import metric as metrics
from nsm.store.transactions import reading


def recent_loads(engine: sa.Engine, star_key: str, limit: int = 20) -> tuple[Load, ...]:
    """The last loads of a star, newest first; UnknownStar when there is no such star."""
    with reading(engine) as connection:
        star_id = require_star(connection, star_key).id
        rows = connection.execute(
            sa.select(load).where(load.c.star_id == star_id).order_by(load.c.id.desc()).limit(limit)
        ).all()
    return tuple(_load(star_key, row) for row in rows)


def newest_loads(engine: sa.Engine, star_key: str) -> dict[str, Load]:
    """By metric, the load that its newest value came with; metrics without any are left out."""
    with reading(engine) as connection:
        ids = metric_ids(connection, star_key)
        rows = connection.execute(
            sa.select(metrics.c.key, load)
            .join_from(
                metrics,
                observation,
                (observation.c.metric_id == metrics.c.id) & (observation.c.date == _newest_date()),
            )
            .join(load, load.c.id == observation.c.load_id)
            .where(metrics.c.id.in_(list(ids.values())))
        ).all()
    return {row.key: _load(star_key, row) for row in rows}


def _newest_date() -> sa.ScalarSelect[dt.date]:
    """The last day of a metric's newest week, by its key: not the highest of all its weeks."""
    return (
        sa.select(rollup.c.last_date)
        .where(rollup.c.metric_id == metrics.c.id, rollup.c.grain == Grain.WEEK.value)
        .order_by(rollup.c.start.desc())
        .limit(1)
        .scalar_subquery()
    )


def rejected_rows(engine: sa.Engine, load_id: int) -> tuple[RejectedRow, ...]:
    """The rows that a load refused, in the order of the file; none for a load there is not."""
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(rejected_row)
            .where(rejected_row.c.load_id == load_id)
            .order_by(rejected_row.c.position)
        ).all()
    return tuple(RejectedRow(row.line, row.column, row.value, row.reason) for row in rows)


def restatements(
    engine: sa.Engine,
    star_key: str,
    metric: str | None = None,
    limit: int | None = 200,
    since: dt.date | None = None,
    *,
    segments: bool = False,
) -> tuple[Restatement, ...]:
    """The past values of a star (or of one metric) that changed, last found first.

    Days, and the weeks and months that a source itself was asked for; with ``segments`` those of
    the parts of the metrics instead. With ``since``, only those that were known on that day and
    changed after it; with ``limit`` None, all. UnknownStar when there is no such star or metric.
    """
    with reading(engine) as connection:
        ids = metric_ids(connection, star_key)
        if metric is not None:
            ids = {metric: _known(ids, metric, star_key)}
        asked = [] if segments else [_of_days(list(ids.values()), since)]
        asked.append(_of_periods(list(ids.values()), since, segments))
        found = [row for one in asked for row in connection.execute(one.limit(limit))]
    found.sort(key=lambda row: (-row.load_id, row.position, row.date, row.grain, row.part or ""))
    return tuple(
        Restatement(
            row.key,
            row.date,
            row.old_value,
            row.new_value,
            row.old_as_of,
            row.as_of,
            Grain(row.grain),
            row.segment,
            row.part or "",
        )
        for row in found[:limit]
    )


def _of_days(metric_ids: list[int], since: dt.date | None) -> sa.Select[Any]:
    one = restatement
    nothing = sa.literal("").label("segment"), sa.literal("").label("part")
    return _restated(
        one, one.c.date, metric_ids, since, sa.literal(Grain.DAY.value).label("grain"), *nothing
    )


def _of_periods(metric_ids: list[int], since: dt.date | None, segments: bool) -> sa.Select[Any]:
    one = period_restatement
    part = (
        sa.select(segment_part.c.part)
        .where(
            segment_part.c.metric_id == one.c.metric_id,
            segment_part.c.segment == one.c.segment,
            segment_part.c.part_id == one.c.part_id,
        )
        .scalar_subquery()
    )
    columns = (one.c.grain, one.c.segment, part.label("part"))
    wanted = _restated(one, one.c.start, metric_ids, since, *columns)
    return wanted.where(one.c.segment != "" if segments else one.c.segment == "")


def _restated(
    one: sa.Table,
    date: sa.ColumnElement[dt.date],
    metric_ids: list[int],
    since: dt.date | None,
    *columns: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    """Restatements of one table, last found first, under the names that both tables share."""
    before = load.alias("before")
    wanted = (
        sa.select(
            metrics.c.key,
            metrics.c.position,
            date.label("date"),
            one.c.old_value,
            one.c.new_value,
            one.c.load_id,
            before.c.as_of.label("old_as_of"),
            load.c.as_of,
            *columns,
        )
        .join_from(one, metrics, metrics.c.id == one.c.metric_id)
        .join(load, load.c.id == one.c.load_id)
        .join(before, before.c.id == one.c.old_load_id)
        .where(metrics.c.id.in_(metric_ids))
        .order_by(one.c.load_id.desc(), metrics.c.position, date)
    )
    return wanted.where(before.c.as_of <= since, load.c.as_of > since) if since else wanted


def load_counts(engine: sa.Engine) -> dict[str, int]:
    """By star, how many loads were recorded; stars without any have none."""
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(star.c.key, sa.func.count(load.c.id))
            .join_from(star, load, isouter=True)
            .group_by(star.c.key)
            .order_by(star.c.key)
        ).all()
    return {key: int(number) for key, number in rows}


def newest_dates(engine: sa.Engine) -> dict[str, dict[str, dt.date]]:
    """By star and metric, the last day with a final value; metrics without any are left out."""
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(star.c.key, metrics.c.key.label("metric"), _newest_date())
            .join_from(metrics, star)
            .where(metrics.c.retired.is_(False))
            .order_by(star.c.key, metrics.c.position)
        ).all()
        found: dict[str, dict[str, dt.date]] = {
            key: {} for key in connection.scalars(sa.select(star.c.key).order_by(star.c.key))
        }
    for star_key, metric_key, day in rows:
        if day is not None:
            found[star_key][metric_key] = day
    return found


def _load(star_key: str, row: Any) -> Load:
    return Load(
        id=row.id,
        star=star_key,
        source=row.source,
        loaded_by=row.loaded_by,
        loaded_at=row.loaded_at,
        as_of=row.as_of,
        new=row.new,
        changed=row.changed,
        unchanged=row.unchanged,
        rejected=row.rejected,
    )


def _known(ids: dict[str, int], metric_key: str, star_key: str) -> int:
    if metric_key not in ids:
        raise UnknownStar(
            f"Star {shown(star_key)} has no metric {shown(metric_key)}.",
            f"It has: {', '.join(list(ids)[:12])}{', ...' if len(ids) > 12 else ''}.",
        )
    return ids[metric_key]
