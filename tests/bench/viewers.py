"""A hundred viewers who open a page in the same moment: how long until the last is answered, and
what each weighs in the memory of the server.

The viewers are connections of one process, as browsers make them; what a browser does by itself -
parsing, drawing - is left out on both sides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.e2e.serving import Server

VIEWERS = 100
MOST_SECONDS = 600.0
# Opens the page, tells when everything has come, and stays until the others are done.
View = Callable[[Server, asyncio.Event, asyncio.Event], Awaitable[None]]


@dataclass(frozen=True)
class Crowd:
    """Seconds until each viewer had everything, sorted, and the server's growth a viewer in MB."""

    seconds: tuple[float, ...]
    failed: int
    growth: float

    @property
    def p95(self) -> float:
        return self.seconds[int(0.95 * (len(self.seconds) - 1))] if self.seconds else float("inf")


def crowd(server: Server, view: View) -> Crowd:
    """All at once; each stays until the last is answered, then the server is weighed."""
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss

    async def everybody() -> Crowd:
        leave, took, failed = asyncio.Event(), list[float](), 0
        begun = time.monotonic()

        async def one() -> None:
            nonlocal failed
            answered = asyncio.Event()
            visit = asyncio.create_task(view(server, answered, leave))
            waiting = asyncio.create_task(answered.wait())
            await asyncio.wait({visit, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if answered.is_set():
                took.append(time.monotonic() - begun)
            else:
                failed += 1
            visits.append(visit)

        visits: list[asyncio.Task[None]] = []
        await asyncio.wait_for(asyncio.gather(*(one() for _ in range(VIEWERS))), MOST_SECONDS)
        growth = (process.memory_info().rss - before) / 2**20 / VIEWERS
        leave.set()
        await asyncio.gather(*visits, return_exceptions=True)
        return Crowd(tuple(sorted(took)), failed, growth)

    return asyncio.run(everybody())


async def plain_wall(server: Server, answered: asyncio.Event, leave: asyncio.Event) -> None:
    """/wall.html and its first heartbeat; a connection that stays, as a browser's does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for path in ("/wall.html?stars=music", "/wall/beat?stars=music"):
        await get(reader, writer, path)
    answered.set()
    await leave.wait()
    writer.close()


async def screen_wall(server: Server, answered: asyncio.Event, leave: asyncio.Event) -> None:
    """/wall among the screens: a session that draws the frame, and then what is in the frame."""
    inside = asyncio.Event()

    async def frame() -> None:
        await asyncio.wait_for(drawn.wait(), MOST_SECONDS)
        await plain_wall(server, inside, leave)

    drawn = asyncio.Event()
    tasks = [
        asyncio.create_task(session(server, "wall", drawn, leave)),
        asyncio.create_task(frame()),
    ]
    await asyncio.wait_for(inside.wait(), MOST_SECONDS)
    answered.set()
    await asyncio.gather(*tasks)


async def page(server: Server, answered: asyncio.Event, leave: asyncio.Event) -> None:
    """The only page of a Streamlit app."""
    await session(server, "", answered, leave)


async def session(server: Server, name: str, answered: asyncio.Event, leave: asyncio.Event) -> None:
    """A session of Streamlit: ``answered`` when its script has run to the end."""
    asked = BackMsg()
    asked.rerun_script.page_name = name
    asked.rerun_script.context_info.timezone = "UTC"
    async with connect(
        f"ws://localhost:{server.port}/_stcore/stream",
        origin=f"http://localhost:{server.port}",  # type: ignore[arg-type]
        max_size=None,
        compression=None,
        open_timeout=MOST_SECONDS,
        ping_interval=None,
    ) as socket:
        await socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await socket.recv())  # type: ignore[arg-type]
            if message.WhichOneof("type") == "script_finished":
                break
        answered.set()
        await leave.wait()


async def get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> bytes:
    """The body of a GET over a connection that stays open; RuntimeError for any other status."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    body = await reader.readexactly(int(fields["content-length"]))
    if not head.startswith("HTTP/1.1 200"):
        raise RuntimeError(head.splitlines()[0])
    return body
