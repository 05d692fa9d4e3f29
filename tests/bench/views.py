"""Views of a Streamlit page without a browser: the messages a browser would send and count."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


@dataclass(frozen=True)
class View:
    """What one visit was sent: charts, elements and the lines of error boxes.

    ``drawn`` is when each chart of Plotly came, by its key.
    """

    charts: int
    elements: int
    errors: tuple[str, ...]
    drawn: dict[str, float]


def visit(port: int, page: str = "", query: str = "", seconds: float = 60) -> View:
    """Open a session, ask for a page, and read until the server says it is done."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    asked.rerun_script.context_info.timezone = "UTC"
    charts = elements = 0
    errors: list[str] = []
    drawn: dict[str, float] = {}
    with connect(
        f"ws://localhost:{port}/_stcore/stream",
        origin=f"http://localhost:{port}",  # type: ignore[arg-type]
        max_size=None,
        compression=None,
        open_timeout=seconds,
    ) as socket:
        socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(socket.recv(timeout=seconds))  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                elements += 1
                charts += str(element.WhichOneof("type")).endswith("_chart")
                if element.WhichOneof("type") == "plotly_chart":
                    # The last part of an identity is the key that the page gave.
                    drawn[element.plotly_chart.id.rpartition("-")[2]] = time.perf_counter()
                if element.WhichOneof("type") == "exception":
                    errors.append(element.exception.message)
                if element.WhichOneof("type") == "alert" and element.alert.format == 1:
                    errors.append(element.alert.body)
            elif kind == "script_finished" and message.script_finished == 0:
                return View(charts, elements, tuple(errors), drawn)


def wait_for_view(port: int, page: str = "", seconds: float = 120) -> View:
    """The first view of a server that is still starting."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return visit(port, page, seconds=seconds)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used, with its children; what the system counts in ticks of
    ten milliseconds elsewhere, it knows to the nanosecond by this clock.
    """
    process = psutil.Process(pid)
    family = (process, *process.children(recursive=True))
    # The clock of another process, as Linux makes it of its number (clock_getcpuclockid).
    return sum(time.clock_gettime(~one.pid << 3 | 2) for one in family)
