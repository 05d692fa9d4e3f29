"""From the keys that people use to the rows that hold them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.plaintext import shown
from nsm.store.schema import metric, star


def metric_ids(connection: sa.Connection, star_key: str) -> dict[str, int]:
    """The ids of a star's metrics by key, in the order of the definition; none that left it."""
    row = require_star(connection, star_key)
    rows = connection.execute(metrics_in_order().where(metric.c.star_id == row.id))
    return {found.key: found.id for found in rows}


def require_star(connection: sa.Connection, key: str) -> sa.Row[Any]:
    """The row of a star; UnknownStar, which names the stars there are, when there is none."""
    rows = connection.execute(sa.select(star).order_by(star.c.simulated, star.c.key)).all()
    for row in rows:
        if row.key == key:
            return row
    known = ", ".join(row.key for row in rows[:10]) + (", ..." if len(rows) > 10 else "")
    raise UnknownStar(
        f"There is no star {shown(key)}.",
        f"Known stars: {known}." if rows else "There are none yet: nsm apply FILE.yaml makes one.",
    )


def metrics_in_order() -> sa.Select[Any]:
    return sa.select(metric).where(metric.c.retired.is_(False)).order_by(metric.c.position)


def bump_version(connection: sa.Connection, star_id: int) -> None:
    """Say, in the transaction that writes to a star, that pictures of it are old."""
    connection.execute(
        sa.update(star).where(star.c.id == star_id).values(version=star.c.version + 1)
    )
