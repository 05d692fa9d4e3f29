"""What stands in the frame of the wall's screen: the plain page, asked in this process."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from nsm.server.plain import Plain
from tests.awaited import awaited


def framed(address: str) -> str:
    """The page that the server would put into the frame, whatever its status."""
    parts = urlsplit(address)
    scope = {
        "type": "http",
        "method": "GET",
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": [],
    }
    route = next(one for one in Plain().routes() if one.path == parts.path)
    response = awaited(route.endpoint(Request(scope)))
    return bytes(response.body).decode()
