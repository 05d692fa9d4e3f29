"""Where the metrics of a star come from: its sources, and the query of each metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from nsm.model import Source, SourceQuery, Star, Take
from nsm.store.keys import metric_ids
from nsm.store.schema import metric, metric_query, source


def save_sources(connection: sa.Connection, star_id: int, definition: Star) -> None:
    """Make the sources and queries of a star those of its definition."""
    of_star = sa.select(metric.c.id).where(metric.c.star_id == star_id)
    connection.execute(sa.delete(metric_query).where(metric_query.c.metric_id.in_(of_star)))
    connection.execute(sa.delete(source).where(source.c.star_id == star_id))
    for position, one in enumerate(definition.sources):
        connection.execute(
            sa.insert(source).values(
                star_id=star_id, key=one.key, position=position, url_env=one.url_env
            )
        )
    ids = metric_ids(connection, definition.key)
    for each in definition.metrics:
        if each.query is not None:
            values = asdict(each.query) | {"segments": "\n".join(each.query.segments)}
            connection.execute(sa.insert(metric_query).values(metric_id=ids[each.key], **values))


def sources_of(connection: sa.Connection) -> dict[int, tuple[Source, ...]]:
    """The sources of every star that has any, by the star's id, in the order of the definition."""
    rows = connection.execute(sa.select(source).order_by(source.c.star_id, source.c.position))
    found: dict[int, tuple[Source, ...]] = {}
    for row in rows:
        found[row.star_id] = (*found.get(row.star_id, ()), Source(row.key, row.url_env))
    return found


def queries_of(connection: sa.Connection) -> dict[int, SourceQuery]:
    """The query of every metric that has one, by the metric's id."""
    rows = connection.execute(sa.select(metric_query)).mappings()
    return {row["metric_id"]: _query(row) for row in rows}


def _query(row: Mapping[Any, Any]) -> SourceQuery:
    return SourceQuery(
        source=row["source"],
        date=row["date"],
        take=Take(row["take"]),
        column=row["column"],
        sql=row["sql"],
        table=row["table"],
        where=row["where"],
        segments=tuple(row["segments"].split("\n")) if row["segments"] else (),
        empty_is_zero=row["empty_is_zero"],
    )
