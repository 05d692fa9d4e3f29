"""Who may see the wall and the plain routes: everybody, or who holds a key.

A key is a token that the Screens page made. ``/k/TOKEN`` puts it into a cookie that no script can
read; a shell sends it as ``Authorization: Bearer TOKEN``. The database knows its hash alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from nsm.server.answered import HTML, Shut, refused
from nsm.server.desk import Desk, Silent
from nsm.words.wall import CLOSED

COOKIE = "nsm_screen"
# Revoked is revoked within a minute: keys are read again after so many seconds, and when the
# database is silent the last ones read hold for so many more.
FRESH_SECONDS, HELD_SECONDS = 5.0, 30.0
YEAR_SECONDS = 365 * 24 * 3600
KEYS = "keys"


class Door:
    """Lets in everybody (``access`` "open") or holders of a key ("token").

    A key that is shown must be good, also where none is asked for: a revoked screen goes dark.
    """

    def __init__(self, access: str, desk: Desk, deadline_seconds: float) -> None:
        self.closed = access == "token"
        self.desk = desk
        self.deadline_seconds = deadline_seconds

    async def check(self, request: Request) -> None:
        """Raises Shut, or Silent when the keys cannot be read."""
        token = _shown(request)
        if not token:
            if self.closed:
                raise Shut(CLOSED)
            return
        if _hash(token) not in await self._keys():
            raise Shut(CLOSED)

    async def enter(self, request: Request) -> Response:
        """``/k/TOKEN``: the cookie, and on to the screen that the key was made for."""
        token = request.path_params["token"]
        try:
            known = await self.desk.answer(KEYS, _open_keys, self.deadline_seconds, keep=0)
            query = known.get(_hash(token))
            if query is None:
                raise Shut(CLOSED)
        except Exception as error:
            response = refused(error, HTML)
        else:
            response = RedirectResponse(f"../wall.html{f'?{query}' if query else ''}", 303)
            secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
            response.set_cookie(
                COOKIE,
                token,
                max_age=YEAR_SECONDS,
                path=request.url.path.rpartition("/k/")[0] or "/",
                secure=secure,
                httponly=True,
                samesite="lax",
            )
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "no-referrer"
        return response

    async def _keys(self) -> Mapping[str, str]:
        try:
            return await self.desk.answer(
                KEYS, _open_keys, self.deadline_seconds, keep=FRESH_SECONDS
            )
        except Exception as error:
            known, keys = self.desk.known(KEYS, HELD_SECONDS)
            if known:
                return keys  # type: ignore[no-any-return]
            raise Silent from error


def _shown(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(COOKIE, "")


def _hash(token: str) -> str:
    from nsm.store.screens import hash_of

    return hash_of(token)


def _open_keys() -> dict[str, str]:
    from nsm.store.screens import open_keys
    from nsm.ui.page import engine

    return open_keys(engine())
