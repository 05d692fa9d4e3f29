"""Which digests went out: one for each star, week and channel, however often they are asked for."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from nsm.store.keys import require_star
from nsm.store.schema import digest, star
from nsm.store.transactions import reading, writing

# Longer than all tries of a sending take: who claimed it and never said more has died.
FORGOTTEN_AFTER = dt.timedelta(minutes=30)


def claim(engine: sa.Engine, star_key: str, week: dt.date, channel: str, now: dt.datetime) -> bool:
    """Whether the caller may send this digest: False when it was sent, or is being sent.

    Who may must say :func:`sent` or :func:`give_back` afterwards.
    """
    with writing(engine) as connection:
        star_id = require_star(connection, star_key).id
        # Others that want the same wait here; SQLite has locked everything already.
        connection.execute(sa.select(star.c.id).where(star.c.id == star_id).with_for_update())
        mine = _row(star_id, week, channel)
        found = connection.execute(sa.select(digest).where(mine)).first()
        if found is None:
            connection.execute(
                sa.insert(digest).values(
                    star_id=star_id, week=week, channel=channel, claimed_at=now, sent_at=None
                )
            )
            return True
        if found.sent_at is not None or now - found.claimed_at < FORGOTTEN_AFTER:
            return False
        connection.execute(sa.update(digest).where(mine).values(claimed_at=now))
        return True


def sent(engine: sa.Engine, star_key: str, week: dt.date, channel: str, now: dt.datetime) -> None:
    """Record that a claimed digest went out."""
    with writing(engine) as connection:
        mine = _row(require_star(connection, star_key).id, week, channel)
        connection.execute(sa.update(digest).where(mine).values(sent_at=now))


def give_back(engine: sa.Engine, star_key: str, week: dt.date, channel: str) -> None:
    """Record that a claimed digest did not go out, so that the next call tries again."""
    with writing(engine) as connection:
        mine = _row(require_star(connection, star_key).id, week, channel)
        connection.execute(sa.delete(digest).where(mine & digest.c.sent_at.is_(None)))


def sent_digests(engine: sa.Engine, star_key: str) -> dict[tuple[dt.date, str], dt.datetime]:
    """When each digest of a star went out, by week and channel."""
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(digest).where(
                digest.c.star_id == require_star(connection, star_key).id,
                digest.c.sent_at.is_not(None),
            )
        ).all()
    return {(row.week, row.channel): row.sent_at for row in rows}


def _row(star_id: int, week: dt.date, channel: str) -> sa.ColumnElement[bool]:
    return (digest.c.star_id == star_id) & (digest.c.week == week) & (digest.c.channel == channel)
