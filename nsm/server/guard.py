"""Which requests the server answers, and with which security headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nsm.server.entry import hash_of, script_hashes
from nsm.wall import script


class Guard:
    """Answers only to the allowed hosts, http and websocket alike, and adds the headers."""

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str]) -> None:
        self.app = app
        self.allowed_hosts = tuple(host.lower().rstrip(".") for host in allowed_hosts)
        self.headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    # A route may know better what it needs (no-referrer, no process of its own).
                    headers.setdefault(name, value)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if host_allowed(host, self.allowed_hosts):
            guarded = send_guarded if scope["type"] == "http" else send
            await self.app(scope, receive, guarded)
        elif scope["type"] == "websocket":
            await receive()
            # Closing before accepting is a plain 403 to the other side.
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse(
                "This server does not answer to that host name. Name it in NSM_ALLOWED_HOSTS.\n",
                status_code=400,
            )
            await refusal(scope, receive, send_guarded)


def host_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header (name, optional port) is one of the allowed names.

    ``*`` allows any, ``*.example.com`` every name below example.com.
    """
    if "*" in allowed:
        return True
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^\s:/@?#\[\]]+)(:\d{1,5})?", host.lower())
    if match is None:
        return False
    name = match.group(1).rstrip(".")
    return any(
        name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
        for pattern in allowed
    )


def security_headers() -> dict[str, str]:
    """The headers of every answer. Styles stay inline: Streamlit writes its own at run time."""
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes(), hash_of(script())]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
    }


def hide_server_name() -> None:
    """Answer without `server: uvicorn`; Streamlit offers no setting for it."""
    tick = uvicorn.Server.on_tick

    async def quiet_tick(server: uvicorn.Server, counter: int) -> bool:
        config = server.config
        config.encoded_headers = [pair for pair in config.encoded_headers if pair[0] != b"server"]
        return await tick(server, counter)

    setattr(uvicorn.Server, "on_tick", quiet_tick)  # noqa: B010
