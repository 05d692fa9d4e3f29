"""The first answer a browser gets: Streamlit's index page, told where its server is.

Stock Streamlit guesses: on a deep link such as /wall it asks below /wall first, fails, and writes
errors to the console before it finds the server. It also answers the file name of the first screen
(/this_week) with "Page not found". Both are settled here, and no viewer sees a foreign title.

It also lays a dialog and a grey veil over the page when the server is gone for a moment. The page
tells that it is connecting in its corner; what was drawn stays readable.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from nsm.config import ROOT

# The first screen: its address is the root of the server.
HOME = "this_week"
# Where the first screen is told which page was asked for and is none.
PAGE = "page"
# Every screen lies directly below the server's root, which may itself lie below a proxy's path.
_SERVER_IS_HERE = (
    "<script>window.__streamlit={BACKEND_BASE_URL:new URL('.',window.location.href).href,"
    "HOST_CONFIG:{blockErrorDialogs:true}}</script>"
)
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E"
    "%3Cpath fill='%230b62bd' d='M12 1l2.6 8.4L23 12l-8.4 2.6L12 23l-2.6-8.4L1 12l8.4-2.6z'/%3E"
    "%3C/svg%3E"
)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def entry_routes(base_path: str = "") -> list[Route]:
    """A route for each file in pages/, below Streamlit's ``server.baseUrlPath`` if there is one."""
    base = _base(base_path)
    screens = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
    return [
        Route(f"{base}/", _index),
        Route(f"{base}/{HOME}", _home),
        *(Route(f"{base}/{screen}", _index) for screen in screens if screen != HOME),
    ]


def _base(path: str) -> str:
    return f"/{path.strip('/')}" if path.strip("/") else ""


@cache
def index_page() -> str:
    """Streamlit's own page with this dashboard's title, icon and the place of its server."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = page.replace("<title>Streamlit</title>", "<title>North Star</title>")
    page = page.replace("./favicon.png", _ICON)
    return page.replace("<script", f"{_SERVER_IS_HERE}\n    <script", 1)


def script_hashes() -> list[str]:
    """The inline scripts of the index page as sources of a content policy."""
    return [hash_of(script) for script in _INLINE_SCRIPT.findall(index_page())]


def hash_of(script: str) -> str:
    """An inline script as a source of a content policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def _index(request: Request) -> Response:
    return HTMLResponse(index_page(), headers={"cache-control": "no-cache"})


def elsewhere(base_path: str = "") -> list[Route]:
    """The route of every other name below the root, for the end of the list: there is no such page.

    The first screen says so. Streamlit would answer with its own index page and a dialog.
    """
    register_url_convertor("screen", _Name())
    return [Route(f"{_base(base_path)}/{{name:screen}}", _no_such_page)]


class _Name(StringConvertor):
    """A name that could be a screen's: no file (favicon.png), nothing of Streamlit's (_stcore)."""

    regex = "[^./_][^./]*"


async def _no_such_page(request: Request) -> Response:
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != PAGE]
    query = urlencode([*asked, (PAGE, request.path_params["name"])])
    return RedirectResponse(f"./?{query}", status_code=307)


async def _home(request: Request) -> Response:
    # Relative, so that it also holds behind a proxy that cuts a path off.
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"./{query}", status_code=307)
