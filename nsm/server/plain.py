"""The star without Streamlit: the wall, badges, answers and counts as plain HTTP.

Everything that may block happens at the desk. Pictures are kept by the version of their star, the
day and what the address asks for; the heartbeat of a wall reads no more than the versions.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nsm.errors import InputError, UnknownStar
from nsm.periods import today_in
from nsm.plaintext import shown
from nsm.server import gauges, openapi
from nsm.server.answered import HTML, JSON, SVG, TEXT, Answer, answered, refused, told
from nsm.server.desk import Desk
from nsm.server.door import Door
from nsm.store.hanging import Lines
from nsm.wall import (
    Place,
    Screen,
    badge,
    program,
    query_of,
    screen_of,
    script,
    spark,
    wall_document,
)

# A heartbeat must be answered well before a screen calls itself stale.
DATABASE_SECONDS = 3.0
DRAWING_SECONDS = 15.0
LEADS_SECONDS = 60.0
VERSIONS_KEPT_SECONDS = 1.0
LONGEST_LAG = 104
NONE_YET = "Run nsm demo, or describe your own: nsm apply star.yaml."

Make = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Edition:
    """A star as it is now: what a picture of it depends on, but for the address."""

    key: str
    version: int
    timezone: str

    @property
    def today(self) -> dt.date:
        return today_in(self.timezone)


class Plain:
    """The plain routes of one server; ``counts`` is also a handler of its log."""

    def __init__(self, access: str = "open") -> None:
        self.lines = Lines()
        self.desk = Desk(self.lines.hang_up)
        self.door = Door(access, self.desk, DATABASE_SECONDS)
        self.counts = gauges.Gauges()

    def routes(self, base_path: str = "") -> list[Route]:
        """The routes, below the server's base path if there is one."""
        base = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
        star = f"{base}/api/v1/stars/{{star}}"
        return [
            Route(f"{base}/wall.html", self._route(self.wall, HTML)),
            Route(f"{base}/wall.js", self._script),
            Route(f"{base}/wall/beat", self._route(self.beat, JSON)),
            Route(f"{base}/badge/{{star}}.svg", self._route(self.badge, SVG)),
            Route(f"{base}/spark/{{star}}.svg", self._route(self.spark, SVG)),
            Route(f"{base}/api/v1/stars", self._route(self.stars, JSON)),
            Route(f"{base}/api/v1/openapi.json", self._route(self.openapi, JSON)),
            Route(f"{star}/review", self._route(self.review, JSON)),
            Route(f"{star}/leads", self._route(self.leads, JSON)),
            Route(f"{base}/metrics", self._route(self.metrics, TEXT)),
            Route(f"{base}/k/{{token}}", self.door.enter),
        ]

    def _route(self, make: Make, media: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                await self.door.check(request)
                response = answered(request, await make(request))
            except Exception as error:  # Whatever it is, the answer is one line.
                response = refused(error, media)
            self.counts.answered(response.status_code)
            return response

        return endpoint

    async def wall(self, request: Request) -> Answer:
        """The wall as one small page."""
        screen = screen_of(request.query_params)
        editions = await self._editions(screen)
        asked = request.query_params.get("show", "")
        edition = next((one for one in editions if one.key == asked), editions[0])
        framed = request.query_params.get("framed") == "1"
        facts = await self._facts(edition)
        lead = self._lead(edition)
        tag = _tag(edition, lead is not None, _query(screen, framed))
        place = Place(
            beat=f"wall/beat?{_query(screen, framed)}",
            script=f"wall.js?v={program()}",
            following=f"wall.html?show={_after(screen, edition.key)}&{_query(screen, framed)}",
            way_out="" if framed else f"./?star={edition.key}",
            framed=framed,
        )

        def draw() -> bytes:
            with self.counts.drawing("wall"):
                found = replace(facts, lead=lead[0] if lead else None)
                return wall_document(found, screen, tag, place).encode()

        body = await self.desk.answer(("wall", tag), draw, DRAWING_SECONDS)
        return Answer(body, HTML, tag)

    async def beat(self, request: Request) -> Answer:
        """The heartbeat of a screen: which picture of each star is the newest, and the hour."""
        screen = screen_of(request.query_params)
        framed = request.query_params.get("framed") == "1"
        editions = await self._editions(screen)
        query = _query(screen, framed)
        now = dt.datetime.now(ZoneInfo(editions[0].timezone))
        told = {
            "program": program(),
            "script": f"wall.js?v={program()}",
            "clock": f"{now:%H:%M}",
            "said": f"live {now:%H:%M}",
            "hour": now.hour,
            "pictures": [
                {
                    "star": one.key,
                    "tag": _tag(one, self._lead(one) is not None, query),
                    "href": f"wall.html?show={one.key}&{query}",
                }
                for one in editions
            ],
        }
        return Answer(json.dumps(told).encode(), JSON)

    async def badge(self, request: Request) -> Answer:
        """The star's value, direction and age as a small picture."""
        return await self._picture(request, "badge", badge)

    async def spark(self, request: Request) -> Answer:
        """The star's weeks as one line."""
        return await self._picture(request, "spark", spark)

    async def stars(self, request: Request) -> Answer:
        """Which stars there are: ``nsm stars --json``."""
        from nsm.radiate import stars_text

        editions = tuple((await self._all()).items())
        return await self._text(("stars", editions), lambda: stars_text(self.engine()))

    async def review(self, request: Request) -> Answer:
        """How the week compared: ``nsm review --json``."""
        from nsm.radiate import review_text

        edition = await self._edition(request.path_params["star"])
        ending, months = _day(request, "week_ending"), _one(request, "months") or "trailing"
        today = edition.today
        return await self._text(
            ("review", edition, today, ending, months),
            lambda: review_text(self.engine(), edition.key, today, ending, months),
        )

    async def leads(self, request: Request) -> Answer:
        """Which inputs lead the star: ``nsm leads --json``."""
        from nsm.radiate import leads_text

        edition = await self._edition(request.path_params["star"])
        lag, today = _lag(request), edition.today
        return await self._text(
            ("leads", edition, today, lag),
            lambda: leads_text(self.engine(), edition.key, today, lag),
            LEADS_SECONDS,
        )

    async def openapi(self, request: Request) -> Answer:
        """The description of these routes."""
        body = json.dumps(openapi.document(), indent=2).encode() + b"\n"
        return Answer(body, JSON, hashlib.sha256(body).hexdigest()[:16])

    async def metrics(self, request: Request) -> Answer:
        """Counts for Prometheus; a database that is silent is told as ``nsm_up 0``."""

        def ask() -> tuple[dict[str, float], dict[str, int]]:
            return _ages(self.engine())

        families = self.counts.families()
        try:
            ages, loads = await self.desk.answer("ages", ask, DATABASE_SECONDS, keep=5)
        except Exception as error:
            told(error)
            families = [*gauges.star_families({}, {}, 0), *families]
        else:
            families = [*gauges.star_families(ages, loads, 1), *families]
        return Answer(gauges.exposition(families).encode(), gauges.CONTENT_TYPE)

    def engine(self) -> Any:
        """The engine of this process, its connections watched."""
        from nsm.ui.page import engine

        found = engine()
        self.lines.watch(found)
        return found

    async def _script(self, request: Request) -> Response:
        body = script().encode()
        return answered(request, Answer(body, "text/javascript; charset=utf-8", program()))

    async def _picture(self, request: Request, what: str, draw: Callable[[Any], str]) -> Answer:
        edition = await self._edition(request.path_params["star"])
        facts = await self._facts(edition)
        tag = _tag(edition, False, what)

        def drawn() -> bytes:
            with self.counts.drawing(what):
                return draw(facts).encode()

        return Answer(await self.desk.answer((what, tag), drawn, DRAWING_SECONDS), SVG, tag)

    async def _text(
        self, key: tuple[object, ...], make: Callable[[], str], seconds: float = DRAWING_SECONDS
    ) -> Answer:
        def made() -> bytes:
            with self.counts.drawing(str(key[0])):
                return make().encode()

        body = await self.desk.answer(key, made, seconds)
        return Answer(body, JSON, hashlib.sha256(body).hexdigest()[:16])

    async def _facts(self, edition: Edition) -> Any:
        """What the wall shows of a star, but its clearest lead."""
        from nsm import answers
        from nsm.radiate import wall_facts

        today = edition.today

        def read() -> Any:
            with self.counts.drawing("facts"):
                return wall_facts(answers.histories(self.engine(), edition.key, today), today)

        return await self.desk.answer(("facts", edition, today), read, DRAWING_SECONDS)

    def _lead(self, edition: Edition) -> tuple[Any] | None:
        """The clearest lead, when it is known; else it is worked out for the next heartbeat."""
        from nsm import answers
        from nsm.radiate import lead_of

        today = edition.today
        key = ("lead", edition, today)
        known, lead = self.desk.known(key)
        if known:
            return (lead,)

        def work() -> Any:
            with self.counts.drawing("lead"):
                return lead_of(answers.histories(self.engine(), edition.key, today))

        self.desk.begin(key, work, LEADS_SECONDS)
        return None

    async def _editions(self, screen: Screen) -> list[Edition]:
        """The stars of a screen, in their order; the first there is when it names none."""
        known = await self._all()
        if not screen.stars:
            return [_first(known)]
        return [_named(known, key) for key in screen.stars]

    async def _edition(self, key: str) -> Edition:
        return _named(await self._all(), key)

    async def _all(self) -> dict[str, Edition]:
        """Every star as it is now, at most a second old."""

        def versions() -> dict[str, int]:
            from nsm.store.stars import star_versions

            return star_versions(self.engine())

        found = await self.desk.answer(
            "versions", versions, DATABASE_SECONDS, keep=VERSIONS_KEPT_SECONDS
        )

        def editions() -> dict[str, Edition]:
            from nsm.store.stars import list_stars

            return {
                star.key: Edition(star.key, found.get(star.key, 0), star.timezone)
                for star in list_stars(self.engine())
            }

        return await self.desk.answer(("stars", tuple(found.items())), editions, DATABASE_SECONDS)


def _first(known: dict[str, Edition]) -> Edition:
    if not known:
        raise UnknownStar("There is no star yet.", NONE_YET)
    return next(iter(known.values()))


def _named(known: dict[str, Edition], key: str) -> Edition:
    if key not in known:
        there = ", ".join([*known][:10]) + (", ..." if len(known) > 10 else "")
        raise UnknownStar(
            f"There is no star {shown(key)}.",
            f"Known stars: {there}." if known else NONE_YET,
        )
    return known[key]


def _after(screen: Screen, key: str) -> str:
    """The star whose turn comes next."""
    if key not in screen.stars:
        return key
    return screen.stars[(screen.stars.index(key) + 1) % len(screen.stars)]


def _query(screen: Screen, framed: bool) -> str:
    return "&".join(part for part in (query_of(screen), "framed=1" if framed else "") if part)


def _tag(edition: Edition, lead: bool, query: str) -> str:
    told = (program(), edition.key, edition.version, edition.today, lead, query)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _one(request: Request, name: str) -> str:
    """The one value of a parameter, "" without any; InputError for two."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise InputError(f"{name} is given {len(values)} times.", "Give it once.")
    return values[0] if values else ""


def _day(request: Request, name: str) -> dt.date | None:
    said = _one(request, name)
    if name not in request.query_params:
        return None
    try:
        # Only 2026-11-15: Python also reads 20261115 and week dates.
        return dt.datetime.strptime(said if len(said) == 10 else "", "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        raise InputError(f"{shown(said)} is not a day.", "Write it as 2026-11-15.") from error


def _lag(request: Request) -> int:
    said = _one(request, "max_lag")
    if "max_lag" not in request.query_params:
        return 12
    if not (said.isascii() and said.isdigit()) or not 1 <= int(said[:9]) <= LONGEST_LAG:
        raise InputError(
            f"max_lag={shown(said)} cannot be used.",
            f"Write a whole number from 1 to {LONGEST_LAG}.",
        )
    return int(said)


def _ages(engine: Any) -> tuple[dict[str, float], dict[str, int]]:
    """By star, the seconds since its newest day ended, and how many loads there were."""
    from nsm.store.loads import load_counts, newest_dates
    from nsm.store.stars import list_stars

    newest = newest_dates(engine)
    ages = {}
    for star in list_stars(engine):
        days = newest.get(star.key, {})
        if days:
            zone = ZoneInfo(star.timezone)
            ended = dt.datetime.combine(max(days.values()) + dt.timedelta(days=1), dt.time(), zone)
            ages[star.key] = max((dt.datetime.now(zone) - ended).total_seconds(), 0.0)
    return ages, load_counts(engine)
