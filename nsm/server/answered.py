"""How a plain route answers: conditional on the tag, and one clear line for what went wrong."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from nsm.errors import InputError, NsmError, StoreError, UnknownStar
from nsm.server.desk import Silent
from nsm.wall import message_document

HTML, JSON, SVG, TEXT = (
    "text/html; charset=utf-8",
    "application/json",
    "image/svg+xml",
    "text/plain; charset=utf-8",
)
# Asked again every time, but sent again only when it changed.
CACHED = "no-cache"
# The wall has nothing to press and keeps nothing: a browser need not start a process of its own for
# it, which would double the time to its picture.
SHARED = {"cross-origin-opener-policy": "unsafe-none"}
logger = logging.getLogger(__name__)


class Shut(Exception):
    """Raised when the one who asks has no key, or one that was revoked."""


class Nowhere(Exception):
    """Raised for an address of the answers that there is none of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with its media type and the tag that changes when the body does; "" for no tag."""

    body: bytes
    media: str
    tag: str = ""


def answered(request: Request, answer: Answer) -> Response:
    """The answer, or 304 when the one who asks has it already."""
    headers = {"cache-control": CACHED if answer.tag else "no-store"}
    if answer.media == HTML:
        headers |= SHARED
    if answer.tag:
        headers["etag"] = f'"{answer.tag}"'
        if _has(request.headers.get("if-none-match", ""), answer.tag):
            return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type=answer.media, headers=headers)


def refused(error: Exception, media: str) -> Response:
    """One line that says what and what to do, in the form of what was asked for."""
    status, line = told(error)
    headers = {"cache-control": "no-store"}
    if status == 503:
        headers["retry-after"] = "5"
    if media == HTML:
        body = message_document(line)
    elif media == JSON:
        closed = {"closed": True} if isinstance(error, Shut) else {}
        body = json.dumps({"error": line} | closed) + "\n"
    else:
        media, body = TEXT, f"{line}\n"
    return Response(body, status_code=status, media_type=media, headers=headers)


def told(error: Exception) -> tuple[int, str]:
    """The status and the line of an error."""
    if isinstance(error, Silent):
        return 503, "The database does not answer."
    if isinstance(error, Shut):
        return 403, str(error)
    if isinstance(error, UnknownStar | Nowhere):
        return 404, str(error)
    if isinstance(error, InputError):
        return 400, str(error)
    if isinstance(error, NsmError):
        logger.warning("%s: %s", type(error).__name__, error)
        # Which database it is, and on which machine, is the log's to know.
        hidden = isinstance(error, StoreError)
        return 503, "The database cannot be read; the log says why." if hidden else error.message
    log_id = secrets.token_hex(4)
    logger.error("log id %s", log_id, exc_info=error)
    return 500, f"This could not be answered. The server's log has the reason under {log_id}."


def _has(asked: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag; weak or strong is the same here."""
    names = [name.strip().removeprefix("W/") for name in asked.split(",")]
    return "*" in names or f'"{tag}"' in names
