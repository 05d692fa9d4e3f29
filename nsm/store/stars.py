"""Stars and their metrics: what is measured, what it means, and when that changed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from nsm import meaning
from nsm.errors import DefinitionError
from nsm.model import (
    Aggregate,
    Better,
    Confidence,
    DefinitionChange,
    Direction,
    Grain,
    Metric,
    Role,
    Source,
    SourceQuery,
    Star,
)
from nsm.rows import stand_alone, weeks_of
from nsm.store import queries, rollups
from nsm.store.keys import bump_version, metrics_in_order, require_star
from nsm.store.observations import all_known, load_days
from nsm.store.schema import (
    definition_change,
    load,
    metric,
    observation,
    period_restatement,
    restatement,
    star,
)
from nsm.store.transactions import reading, writing


@dataclass(frozen=True, slots=True)
class SavedStar:
    """What saving a definition did: whether the star is new, else one line per change."""

    created: bool
    changes: tuple[str, ...]


def save_star(engine: sa.Engine, definition: Star, today: dt.date) -> SavedStar:
    """Make the database match a definition; the history of its metrics stays.

    Metrics that left are retired: kept, but shown nowhere until they come back. When the meaning
    of a metric changes, that is recorded on ``today``. Saving the same definition twice changes
    nothing. Raises DefinitionError when a key differs from a known one only by capitals, or
    would make weeks of days.
    """
    with writing(engine) as connection:
        row = _find_star(connection, definition.key)
        if row is None:
            _insert_star(connection, definition)
            return SavedStar(created=True, changes=())
        return SavedStar(created=False, changes=_update_star(connection, row, definition, today))


def read_star(engine: sa.Engine, key: str) -> Star:
    """The star of that key, as it is used: a grain that was not declared is the one found.

    Raises UnknownStar, which names the stars there are.
    """
    return _read_star(engine, key, declared=False)


def declared_star(engine: sa.Engine, key: str) -> Star:
    """The star of that key as its definition said it: what `nsm export` writes back."""
    return _read_star(engine, key, declared=True)


def list_stars(engine: sa.Engine) -> tuple[Star, ...]:
    """All stars by key, simulated ones last, so that real data comes first."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(star).order_by(star.c.simulated, star.c.key)).all()
        metrics = connection.execute(metrics_in_order()).all()
        origins = _origins(connection)
    return tuple(
        _star_of(row, [m for m in metrics if m.star_id == row.id], origins, declared=False)
        for row in rows
    )


def star_versions(engine: sa.Engine) -> dict[str, int]:
    """By key, a number that differs after every write to the star: the key of cached pictures."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(star.c.key, star.c.version).order_by(star.c.key))
        return {row.key: row.version for row in rows}


def star_version(engine: sa.Engine, key: str) -> int:
    """That number of one star; UnknownStar when there is none."""
    with reading(engine) as connection:
        return int(require_star(connection, key).version)


def definition_changes(engine: sa.Engine, star_key: str) -> tuple[DefinitionChange, ...]:
    """What the metrics of a star meant before and mean since when, oldest first."""
    with reading(engine) as connection:
        row = require_star(connection, star_key)
        changes = connection.execute(
            sa.select(metric.c.key, definition_change)
            .join_from(definition_change, metric)
            .where(metric.c.star_id == row.id, metric.c.retired.is_(False))
            .order_by(definition_change.c.date, metric.c.position, definition_change.c.id)
        ).all()
    return tuple(DefinitionChange(c.key, c.date, c.field, c.old, c.new) for c in changes)


def delete_star(engine: sa.Engine, key: str) -> None:
    """Remove a star with all its history; UnknownStar when there is none."""
    with writing(engine) as connection:
        star_id = require_star(connection, key).id
        # Children before parents: MariaDB checks each row as it goes.
        of_star = sa.select(metric.c.id).where(metric.c.star_id == star_id)
        for table in (observation, restatement, period_restatement):
            connection.execute(sa.delete(table).where(table.c.metric_id.in_(of_star)))
        connection.execute(sa.delete(load).where(load.c.star_id == star_id))
        connection.execute(sa.delete(star).where(star.c.id == star_id))


def _find_star(connection: sa.Connection, key: str) -> sa.Row[Any] | None:
    for row in connection.execute(sa.select(star)):
        if row.key == key:
            return row
        if row.key.casefold() == key.casefold():
            raise DefinitionError(
                f"Star {key!r}: there is a star {row.key!r} already, different only by capitals.",
                "Write the key the same way, or choose another.",
            )
    return None


def _insert_star(connection: sa.Connection, definition: Star) -> None:
    inserted = connection.execute(
        sa.insert(star).values(
            key=definition.key,
            # Somewhere random: a star made again after it was deleted must not meet, in a cache,
            # the pictures of the old one.
            version=secrets.randbelow(2**30) + 1,
            **_star_values(definition),
        )
    )
    assert inserted.inserted_primary_key is not None
    star_id = inserted.inserted_primary_key[0]
    for position, one in enumerate(definition.metrics):
        connection.execute(
            sa.insert(metric).values(
                **_metric_values(one, position),
                star_id=star_id,
                key=one.key,
                north_star_of=star_id if one.key == definition.north_star else None,
            )
        )
    queries.save_sources(connection, star_id, definition)


def _update_star(
    connection: sa.Connection, row: sa.Row[Any], definition: Star, today: dt.date
) -> tuple[str, ...]:
    rows = connection.execute(sa.select(metric).where(metric.c.star_id == row.id)).all()
    before = {found.key: found for found in rows}
    _refuse_other_capitals(definition, before)
    origins = _origins(connection)
    old = _star_of(
        row,
        sorted((m for m in rows if not m.retired), key=lambda m: m.position),
        origins,
        declared=True,
    )
    changes = meaning.differences(old, definition)
    if not changes:
        return ()
    connection.execute(
        sa.update(star).where(star.c.id == row.id).values(**_star_values(definition))
    )
    # First nobody is the north star, then one is: two at a time are refused by the table.
    connection.execute(
        sa.update(metric).where(metric.c.star_id == row.id).values(north_star_of=None, retired=True)
    )
    for position, one in enumerate(definition.metrics):
        values = _metric_values(one, position) | {
            "north_star_of": row.id if one.key == definition.north_star else None
        }
        known = before.get(one.key)
        if known is None:
            connection.execute(sa.insert(metric).values(**values, star_id=row.id, key=one.key))
            continue
        connection.execute(sa.update(metric).where(metric.c.id == known.id).values(**values))
        old_query = origins.queries.get(known.id)
        _record(connection, known.id, _metric_of(known, old_query, declared=True), one, today)
    queries.save_sources(connection, row.id, definition)
    _refuse_days_as_weeks(connection, definition, before)
    if row.week_start != definition.week_start or _added_otherwise(
        before, origins.queries, definition
    ):
        rollups.rebuild(connection, row.id)
    bump_version(connection, row.id)
    return changes


def _refuse_other_capitals(definition: Star, before: Mapping[str, Any]) -> None:
    spelled = {key.casefold(): key for key in before}
    for one in definition.metrics:
        known = spelled.get(one.key.casefold(), one.key)
        if known != one.key:
            raise DefinitionError(
                f"Star {definition.key!r}, metric {one.key!r}: the store knows it as {known!r}, "
                "different only by capitals.",
                "Write the key the same way, or choose another.",
            )


def _refuse_days_as_weeks(
    connection: sa.Connection, definition: Star, before: Mapping[str, Any]
) -> None:
    """What is known by day would be the weeks of a file; a source is asked anew."""
    for one in definition.metrics:
        known = before.get(one.key)
        if known is None or one.query or one.grain is not Grain.WEEK or known.grain == one.grain:
            continue
        days = all_known(connection, known.id, load_days(connection, known.star_id)).day
        several = int((~stand_alone(weeks_of(days, definition.week_start))).sum())
        if several:
            raise DefinitionError(
                f"Star {definition.key!r}, metric {one.key!r}, field 'grain': is week, but "
                f"{several:,} of its {len(days):,} known values share a week with another: they "
                "are of days.",
                "Leave 'grain' out, or give the weekly values a key of their own.",
            )


def _added_otherwise(before: Mapping[str, Any], asked: Collection[int], definition: Star) -> bool:
    """Whether days make weeks and months in another way now: by grain, or said by the source."""
    return any(
        known.grain != one.grain
        or (known.id in asked) != (one.query is not None)
        or (known.aggregate == Aggregate.SOURCE.value) != (one.aggregate is Aggregate.SOURCE)
        for one in definition.metrics
        if (known := before.get(one.key)) is not None
    )


def _record(
    connection: sa.Connection, metric_id: int, old: Metric, new: Metric, today: dt.date
) -> None:
    """Keep what changed in the meaning; trying things out on one day leaves one change, or none."""
    table = definition_change
    for field, was, now in meaning.changed_meaning(old, new):
        same_day = sa.and_(
            table.c.metric_id == metric_id, table.c.date == today, table.c.field == field
        )
        earlier = connection.scalar(sa.select(table.c.old).where(same_day))
        first = was if earlier is None else earlier
        connection.execute(sa.delete(table).where(same_day))
        if not meaning.same(field, first, now):
            connection.execute(
                sa.insert(table).values(
                    metric_id=metric_id, date=today, field=field, old=first, new=now
                )
            )


def _star_values(definition: Star) -> dict[str, Any]:
    values = asdict(replace(definition, metrics=()))
    for name in ("key", "north_star", "metrics", "sources"):
        del values[name]
    return values


def _metric_values(one: Metric, position: int) -> dict[str, Any]:
    values = asdict(replace(one, query=None))
    for name in ("key", "query"):
        del values[name]
    return values | {"position": position, "retired": False}


def _read_star(engine: sa.Engine, key: str, *, declared: bool) -> Star:
    with reading(engine) as connection:
        row = require_star(connection, key)
        metrics = connection.execute(metrics_in_order().where(metric.c.star_id == row.id)).all()
        origins = _origins(connection)
    return _star_of(row, metrics, origins, declared=declared)


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where metrics come from: sources by the star's id, queries by the metric's."""

    sources: Mapping[int, tuple[Source, ...]]
    queries: Mapping[int, SourceQuery]


def _origins(connection: sa.Connection) -> _Origins:
    return _Origins(queries.sources_of(connection), queries.queries_of(connection))


def _star_of(
    row: sa.Row[Any], metrics: Sequence[sa.Row[Any]], origins: _Origins, *, declared: bool
) -> Star:
    return Star(
        key=row.key,
        name=row.name,
        north_star=next((m.key for m in metrics if m.north_star_of is not None), ""),
        metrics=tuple(
            _metric_of(found, origins.queries.get(found.id), declared=declared) for found in metrics
        ),
        week_start=row.week_start,
        timezone=row.timezone,
        fiscal_year_end=row.fiscal_year_end,
        description=row.description,
        simulated=row.simulated,
        sources=origins.sources.get(row.id, ()),
    )


def _metric_of(row: sa.Row[Any], query: SourceQuery | None, *, declared: bool) -> Metric:
    grain = row.grain if declared else row.grain or row.grain_found
    return Metric(
        key=row.key,
        name=row.name,
        role=Role(row.role),
        aggregate=Aggregate(row.aggregate) if row.aggregate else None,
        formula=row.formula,
        unit=row.unit,
        better=Better(row.better),
        grain=Grain(grain) if grain else None,
        dimension=row.dimension,
        owner=row.owner,
        description=row.description,
        lateness_days=row.lateness_days,
        believed_lead_weeks=row.believed_lead_weeks,
        believed_direction=Direction(row.believed_direction) if row.believed_direction else None,
        believed_confidence=(
            Confidence(row.believed_confidence) if row.believed_confidence else None
        ),
        query=query,
    )
