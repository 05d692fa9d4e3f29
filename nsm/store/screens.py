"""The keys of screens: who made which, what it shows, and whether it is still good.

A key's token is known only to the one it was given to; the store has its hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from nsm.errors import InputError
from nsm.plaintext import why_unkeepable
from nsm.store.schema import screen
from nsm.store.transactions import reading, writing

LONGEST_NAME, LONGEST_QUERY = 100, 2_000


@dataclass(frozen=True, slots=True)
class ScreenKey:
    """A key as the store knows it: its name, the screen's query, when it was made and revoked."""

    id: int
    name: str
    query: str
    created_at: dt.datetime
    revoked_at: dt.datetime | None


def hash_of(token: str) -> str:
    """What the store keeps of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def add_screen(engine: sa.Engine, name: str, query: str, now: dt.datetime) -> str:
    """Make a key for a screen; returns its token, which cannot be asked for again."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InputError(
            "A key needs a name.", f"Say where the screen hangs, in at most {LONGEST_NAME} letters."
        )
    why = why_unkeepable(name) or why_unkeepable(query, limit=LONGEST_QUERY)
    if why:
        raise InputError(f"This cannot be kept: it {why}.", "Write it differently.")
    token = secrets.token_urlsafe(32)
    with writing(engine) as connection:
        connection.execute(
            sa.insert(screen).values(
                name=name, query=query, token_hash=hash_of(token), created_at=now
            )
        )
    return token


def list_screens(engine: sa.Engine) -> tuple[ScreenKey, ...]:
    """All keys, newest first, revoked ones too."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(screen).order_by(screen.c.id.desc())).all()
    return tuple(
        ScreenKey(row.id, row.name, row.query, row.created_at, row.revoked_at) for row in rows
    )


def revoke_screen(engine: sa.Engine, key_id: int, now: dt.datetime) -> None:
    """Make a key bad for ever; one that is bad already keeps its day."""
    with writing(engine) as connection:
        connection.execute(
            sa.update(screen)
            .where(screen.c.id == key_id, screen.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )


def open_keys(engine: sa.Engine) -> dict[str, str]:
    """The keys that are good: the query of the screen by the hash of the token."""
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(screen.c.token_hash, screen.c.query).where(screen.c.revoked_at.is_(None))
        ).all()
    return {row.token_hash: row.query for row in rows}
