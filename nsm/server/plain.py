"""The star without Streamlit: the wall, badges, answers and counts as plain HTTP.

Everything that may block happens at the desk. Pictures are kept by the version of their star, the
day and what the address asks for; the heartbeat of a wall reads no more than the versions.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nsm.server import asked, gauges, openapi
from nsm.server.answered import HTML, JSON, SVG, TEXT, Answer, Nowhere, answered, refused, told
from nsm.server.desk import Desk
from nsm.server.door import Door
from nsm.server.editions import DATABASE_SECONDS, DRAWING_SECONDS, LEADS_SECONDS, Editions
from nsm.server.health import ages
from nsm.store.hanging import Lines
from nsm.wall import Place, Wall, badge, program, screen_of, script, spark, wall_document

Make = Callable[[Request], Awaitable[Answer]]


class Plain:
    """The plain routes of one server; ``counts`` is also a handler of its log."""

    def __init__(self, access: str = "open") -> None:
        self.lines = Lines()
        self.desk = Desk(self.lines.hang_up)
        self.door = Door(access, self.desk, DATABASE_SECONDS)
        self.counts = gauges.Gauges()
        self.editions = Editions(self.desk, self.counts, self.engine)

    def routes(self, base_path: str = "") -> list[Route]:
        """The routes, below the server's base path if there is one."""
        base = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
        star = f"{base}/api/v1/stars/{{star}}"
        return [
            Route(f"{base}/wall.html", self._route(self.wall, HTML)),
            Route(f"{base}/wall.js", self._script),
            Route(f"{base}/wall/beat", self._route(self.beat, JSON)),
            *(
                Route(f"{base}/{name}/{{star}}{end}", self._route(make, SVG))
                for name, make in (("badge", self.badge), ("spark", self.spark))
                for end in (".svg", "")
            ),
            Route(f"{base}/api/v1/stars", self._route(self.stars, JSON)),
            Route(f"{base}/api/v1/openapi.json", self._route(self.openapi, JSON)),
            Route(f"{star}/review", self._route(self.review, JSON)),
            Route(f"{star}/leads", self._route(self.leads, JSON)),
            # The rest is not a screen: no page of Streamlit's is the answer.
            Route(f"{base}/api/{{rest:path}}", self._route(self.nothing, JSON)),
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
        editions = await self.editions.on(screen)
        turn = request.query_params.get("show", "")
        edition = next((one for one in editions if one.key == turn), editions[0])
        framed = asked.framed(request)
        query = asked.again(screen, framed)
        facts = await self.editions.facts(edition)
        ahead = self.editions.ahead(edition)
        tag = edition.tag(ahead is not None, query)
        place = Place(
            beat=f"wall/beat?{query}",
            following=f"wall.html?show={asked.following(screen, edition.key)}&{query}",
            way_out="" if framed else f"./?star={edition.key}",
            framed=framed,
        )

        def draw() -> bytes:
            with self.counts.drawing("wall"):
                found = replace(facts, ahead=ahead) if ahead else facts
                return wall_document(found, screen, tag, place).encode()

        body = await self.desk.answer(("wall", edition, tag), draw, DRAWING_SECONDS)
        return Answer(body, HTML, tag)

    async def beat(self, request: Request) -> Answer:
        """The heartbeat of a screen: which picture of each star is the newest, and the hour."""
        screen = screen_of(request.query_params)
        editions = await self.editions.on(screen)
        query = asked.again(screen, asked.framed(request))
        now = dt.datetime.now(ZoneInfo(editions[0].timezone))
        heartbeat = {
            "program": program(),
            "script": f"wall.js?v={program()}",
            "clock": f"{now:%H:%M}",
            "said": f"live {now:%H:%M}",
            "hour": now.hour,
            "pictures": [
                {
                    "star": one.key,
                    "tag": one.tag(self.editions.ahead(one) is not None, query),
                    "href": f"wall.html?show={one.key}&{query}",
                }
                for one in editions
            ],
        }
        return Answer(json.dumps(heartbeat).encode(), JSON)

    async def badge(self, request: Request) -> Answer:
        """The star's value, direction and age as a small picture."""
        return await self._picture(request, "badge", badge)

    async def spark(self, request: Request) -> Answer:
        """The star's weeks as one line."""
        return await self._picture(request, "spark", spark)

    async def stars(self, request: Request) -> Answer:
        """Which stars there are: ``nsm stars --json``."""
        from nsm.radiate import stars_text

        editions = tuple((await self.editions.every()).items())
        return await self._text(("stars", editions), lambda: stars_text(self.engine()))

    async def review(self, request: Request) -> Answer:
        """How the week compared: ``nsm review --json``."""
        from nsm.radiate import review_text

        edition = await self.editions.of(request.path_params["star"])
        ending = asked.day(request, "week_ending")
        months = asked.one(request, "months") or "trailing"
        today = edition.today
        return await self._text(
            ("review", edition, today, ending, months),
            lambda: review_text(self.engine(), edition.key, today, ending, months),
        )

    async def leads(self, request: Request) -> Answer:
        """Which inputs lead the star: ``nsm leads --json``."""
        from nsm.radiate import leads_text

        edition = await self.editions.of(request.path_params["star"])
        lag, today = asked.lag(request), edition.today
        return await self._text(
            ("leads", edition, today, lag),
            lambda: leads_text(self.engine(), edition.key, today, lag),
            LEADS_SECONDS,
        )

    async def openapi(self, request: Request) -> Answer:
        """The description of these routes."""
        body = json.dumps(openapi.document(), indent=2).encode() + b"\n"
        return Answer(body, JSON, hashlib.sha256(body).hexdigest()[:16])

    async def nothing(self, request: Request) -> Answer:
        """Where no answer is: which there are."""
        raise Nowhere("There is no such answer here. See api/v1/openapi.json for those there are.")

    async def metrics(self, request: Request) -> Answer:
        """Counts for Prometheus; a database that is silent is told as ``nsm_up 0``."""

        def ask() -> tuple[dict[str, float], dict[str, int]]:
            return ages(self.engine())

        families = self.counts.families()
        try:
            old, loads = await self.desk.answer("ages", ask, DATABASE_SECONDS, keep=5)
        except Exception as error:
            told(error)
            families = [*gauges.star_families({}, {}, 0), *families]
        else:
            families = [*gauges.star_families(old, loads, 1), *families]
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

    async def _picture(self, request: Request, what: str, draw: Callable[[Wall], str]) -> Answer:
        edition = await self.editions.of(request.path_params["star"])
        facts = await self.editions.facts(edition)
        tag = edition.tag(what)

        def drawn() -> bytes:
            with self.counts.drawing(what):
                return draw(facts).encode()

        return Answer(
            await self.desk.answer((what, edition, tag), drawn, DRAWING_SECONDS), SVG, tag
        )

    async def _text(
        self, key: tuple[object, ...], make: Callable[[], str], seconds: float = DRAWING_SECONDS
    ) -> Answer:
        def made() -> bytes:
            with self.counts.drawing(str(key[0])):
                return make().encode()

        # The desk keeps the editions themselves under keys like these.
        body = await self.desk.answer(("text", *key), made, seconds)
        return Answer(body, JSON, hashlib.sha256(body).hexdigest()[:16])
