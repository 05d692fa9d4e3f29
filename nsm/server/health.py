"""`/healthz` and `/metrics`: does the database answer, and how fresh is each star?"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse

from nsm.errors import NsmError
from nsm.server.desk import Desk, Silent

DEADLINE_SECONDS = 3.0
logger = logging.getLogger(__name__)


def health(desk: Desk) -> Callable[[Request], Awaitable[JSONResponse]]:
    """The route: 200 with the newest observation date of each star, or 503 with one line."""

    async def healthz(request: Request) -> JSONResponse:
        try:
            newest = await desk.answer("health", newest_by_star, DEADLINE_SECONDS, keep=0)
        except Silent:
            return _ill(f"The database did not answer within {DEADLINE_SECONDS:g} seconds.")
        except NsmError as error:
            return _ill(str(error))
        except Exception:
            logger.exception("health check failed")
            return _ill("The database could not be read; the log says why.")
        return JSONResponse(
            {"status": "ok", "newest": newest}, headers={"cache-control": "no-store"}
        )

    return healthz


def newest_by_star() -> dict[str, str | None]:
    """The newest observation date of each star, over all its metrics; None without any."""
    from nsm.store.loads import newest_dates
    from nsm.store.stars import list_stars
    from nsm.ui.page import engine

    dates = newest_dates(engine())
    return {
        star.key: max(found.values()).isoformat() if (found := dates.get(star.key)) else None
        for star in list_stars(engine())
    }


def ages(engine: Any) -> tuple[dict[str, float], dict[str, int]]:
    """By star, the seconds since its newest day ended, and how many loads there were."""
    from nsm.store.loads import load_counts, newest_dates
    from nsm.store.stars import list_stars

    newest = newest_dates(engine)
    found = {}
    for star in list_stars(engine):
        days = newest.get(star.key, {})
        if days:
            zone = ZoneInfo(star.timezone)
            ended = dt.datetime.combine(max(days.values()) + dt.timedelta(days=1), dt.time(), zone)
            found[star.key] = max((dt.datetime.now(zone) - ended).total_seconds(), 0.0)
    return found, load_counts(engine)


def _ill(line: str) -> JSONResponse:
    return JSONResponse(
        {"status": "unavailable", "error": line},
        status_code=503,
        headers={"cache-control": "no-store"},
    )
