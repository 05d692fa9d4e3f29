"""Start the real server in a process of its own, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A running server: where it is, its process, and what it wrote."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(
    folder: Path,
    database_url: str = "",
    *,
    command: Sequence[str] = (),
    directory: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    health: str = "/_stcore/health",
) -> Iterator[Server]:
    """The dashboard on ``database_url``, ready to answer; see :func:`started`."""
    with started(
        folder, database_url, command=command, directory=directory, environment=environment
    ) as server:
        wait(server, health)
        yield server


@contextmanager
def started(
    folder: Path,
    database_url: str = "",
    *,
    command: Sequence[str] = (),
    directory: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server process from its first moment; it ends with the block.

    ``folder`` takes the log; ``command`` starts something else, with {port} filled in.
    """
    port = free_port()
    usual = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}")
    log_file = folder / f"server-{port}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [part.format(port=port) for part in command or usual],
            cwd=directory,
            env=os.environ | {"NSM_DATABASE_URL": database_url} | dict(environment or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        yield Server(f"http://localhost:{port}", port, process, log_file)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a GET, whatever the status."""
    request = urllib.request.Request(url, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, _lower(response.headers), response.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, _lower(refusal.headers), refusal.read().decode()


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def wait(server: Server, health: str, seconds: float = 60) -> None:
    """Until it answers at all; no session starts, so no script has run yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{server.log()}")
        try:
            if answer(server.url + health)[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server did not answer in {seconds} s:\n{server.log()}")
