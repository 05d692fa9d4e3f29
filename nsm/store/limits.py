"""Who locked the usual range of a metric, when and why; nothing of this is ever overwritten."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from nsm.errors import InputError, UnknownStar
from nsm.model import LimitLock
from nsm.plaintext import shown, why_unkeepable
from nsm.store.keys import bump_version, metric_ids, require_star
from nsm.store.schema import limit_lock, metric
from nsm.store.transactions import reading, writing

FEWEST_WEEKS = 15
LONGEST_WHY, LONGEST_NAME = 4_000, 200


def read_locks(engine: sa.Engine, star_key: str) -> tuple[LimitLock, ...]:
    """The locks of a star's metrics, oldest first; UnknownStar when there is no such star.

    Of each metric the last one counts.
    """
    with reading(engine) as connection:
        ids = metric_ids(connection, star_key)
        rows = connection.execute(
            sa.select(metric.c.key, limit_lock)
            .join_from(limit_lock, metric)
            .where(metric.c.id.in_(list(ids.values())))
            .order_by(limit_lock.c.id)
        ).all()
    return tuple(
        LimitLock(row.key, row.first, row.last, row.set_by, row.set_at, row.why) for row in rows
    )


def save_lock(engine: sa.Engine, star_key: str, lock: LimitLock) -> None:
    """Add what somebody decided about the usual range of a metric.

    UnknownStar for a star or metric there is not; InputError for a lock without a reason or a name,
    or on fewer weeks than a range can be learned from.
    """
    _check(lock)
    with writing(engine) as connection:
        ids = metric_ids(connection, star_key)
        if lock.metric not in ids:
            raise UnknownStar(
                f"Star {shown(star_key)} has no metric {shown(lock.metric)}.",
                f"It has: {', '.join(list(ids)[:12])}{', ...' if len(ids) > 12 else ''}.",
            )
        connection.execute(
            sa.insert(limit_lock).values(
                metric_id=ids[lock.metric],
                first=lock.first,
                last=lock.last,
                set_by=lock.set_by,
                set_at=lock.set_at,
                why=lock.why,
            )
        )
        bump_version(connection, require_star(connection, star_key).id)


def _check(lock: LimitLock) -> None:
    for name, text, longest in (
        ("reason", lock.why, LONGEST_WHY),
        ("name", lock.set_by, LONGEST_NAME),
    ):
        unkeepable = why_unkeepable(text, lines=True)
        if len(text) > longest:
            unkeepable = f"has {len(text):,} characters, and {longest:,} can be kept"
        if unkeepable:
            raise InputError(f"The {name} of the lock {unkeepable}.", "Nothing was locked.")
        if not text.strip():
            raise InputError(
                f"A lock needs a {name}: who reads the chart later will ask.",
                "Nothing was locked.",
            )
    if lock.first is not None and lock.last is None:
        raise InputError("A lock that ends needs no first week.", "Leave the first week out.")
    if lock.first is None or lock.last is None:
        return
    if lock.last - lock.first < dt.timedelta(days=7 * FEWEST_WEEKS - 1):
        raise InputError(
            f"From {lock.first} to {lock.last} are fewer than {FEWEST_WEEKS} weeks.",
            f"A usual range is learned from {FEWEST_WEEKS} complete weeks or more.",
        )
