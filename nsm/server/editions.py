"""Which stars there are now, and what the pictures of each are drawn from.

An edition is a star at a version of its data: while it stands, nothing is read or reckoned twice.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nsm.errors import UnknownStar
from nsm.periods import today_in
from nsm.plaintext import shown
from nsm.server.desk import Desk
from nsm.server.gauges import Gauges
from nsm.wall import Screen, program

if TYPE_CHECKING:
    from nsm.wall import Ahead, Wall

# A heartbeat must be answered well before a screen calls itself stale.
DATABASE_SECONDS = 3.0
DRAWING_SECONDS = 15.0
LEADS_SECONDS = 60.0
VERSIONS_KEPT_SECONDS = 1.0
NONE_YET = "Run nsm demo, or describe your own: nsm apply star.yaml."


@dataclass(frozen=True, slots=True)
class Edition:
    """A star as it is now: what a picture of it depends on, but for the address."""

    key: str
    version: int
    timezone: str

    @property
    def today(self) -> dt.date:
        return today_in(self.timezone)

    def tag(self, *asked: object) -> str:
        """A name for what is drawn of it today by this program, for what was asked."""
        told = (program(), self.key, self.version, self.today, *asked)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


class Editions:
    """The editions of a store, read at the desk; ``engine`` gives the store's engine."""

    def __init__(self, desk: Desk, counts: Gauges, engine: Callable[[], Any]) -> None:
        self.desk = desk
        self.counts = counts
        self.engine = engine

    async def every(self) -> dict[str, Edition]:
        """Every star as it is now, at most a second old."""

        def versions() -> dict[str, int]:
            from nsm.store.stars import star_versions

            return star_versions(self.engine())

        found = await self.desk.answer(
            "versions", versions, DATABASE_SECONDS, keep=VERSIONS_KEPT_SECONDS
        )

        def editions() -> dict[str, Edition]:
            from nsm.store.stars import list_stars

            now = {
                star.key: Edition(star.key, found.get(star.key, 0), star.timezone)
                for star in list_stars(self.engine())
            }
            self.desk.forget(lambda key: _is_of_another(key, now))
            return now

        return await self.desk.answer(("stars", tuple(found.items())), editions, DATABASE_SECONDS)

    async def of(self, key: str) -> Edition:
        """The edition of a star; UnknownStar."""
        return _named(await self.every(), key)

    async def on(self, screen: Screen) -> list[Edition]:
        """The stars of a screen, in their order; the first there is when it names none."""
        known = await self.every()
        if screen.stars:
            return [_named(known, key) for key in screen.stars]
        if not known:
            raise UnknownStar("There is no star yet.", NONE_YET)
        return [next(iter(known.values()))]

    async def facts(self, edition: Edition) -> Wall:
        """What the wall shows of a star, but what the lead test tells."""
        from nsm import answers
        from nsm.radiate import wall_facts

        today = edition.today

        def read() -> Wall:
            with self.counts.drawing("facts"):
                engine = self.engine()
                known = answers.histories(engine, edition.key, today, candidates=False)
                return wall_facts(engine, known, today)

        return await self.desk.answer(("facts", edition, today), read, DRAWING_SECONDS)

    def ahead(self, edition: Edition) -> Ahead | None:
        """What the lead test tells, when it is known; else worked out for the next heartbeat."""
        from nsm import answers
        from nsm.radiate import ahead_of

        today = edition.today
        key = ("ahead", edition, today)
        done, found = self.desk.known(key)
        if done:
            ahead: Ahead = found
            return ahead

        def work() -> Ahead:
            with self.counts.drawing("ahead"):
                engine = self.engine()
                known = answers.histories(engine, edition.key, today, candidates=False)
                ahead = ahead_of(engine, known, today)
            _give_back()
            return ahead

        self.desk.begin(key, work, LEADS_SECONDS)
        return None


def _give_back() -> None:
    """Return to the system what a lead test had in use.

    The GNU allocator keeps it, in pieces: a wall that runs for months would grow by every new day.
    """
    # Another C library keeps less, and has no such call.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _is_of_another(key: Hashable, now: dict[str, Edition]) -> bool:
    """Whether a result was drawn from an edition of which there is a newer one."""
    parts = key if isinstance(key, tuple) else ()
    return any(isinstance(part, Edition) and now.get(part.key) != part for part in parts)


def _named(known: dict[str, Edition], key: str) -> Edition:
    if key not in known:
        there = ", ".join([*known][:10]) + (", ..." if len(known) > 10 else "")
        raise UnknownStar(
            f"There is no star {shown(key)}.",
            f"Known stars: {there}." if known else NONE_YET,
        )
    return known[key]
