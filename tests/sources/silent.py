"""A network that swallows everything: between a program and a server, or in place of one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Line:
    """A port that passes bytes on to a server until it is told to swallow them."""

    port: int
    silent: threading.Event = field(default_factory=threading.Event)


@contextmanager
def line_to(server_port: int | None) -> Iterator[Line]:
    """A line to a server on this machine; without one it only ever accepts."""
    door = socket.create_server(("127.0.0.1", 0))
    line = Line(door.getsockname()[1])
    ends: list[socket.socket] = [door]
    threads: list[threading.Thread] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                # The other side's system still acknowledges every packet.
                if not line.silent.is_set():
                    target.sendall(data)

    def welcome() -> None:
        with suppress(OSError):
            while True:
                client, _ = door.accept()
                ends.append(client)
                if server_port is None:
                    continue
                server = socket.create_connection(("127.0.0.1", server_port))
                ends.append(server)
                for pair in ((client, server), (server, client)):
                    threads.append(threading.Thread(target=carry, args=pair))
                    threads[-1].start()

    welcoming = threading.Thread(target=welcome)
    welcoming.start()
    try:
        yield line
    finally:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in (welcoming, *threads):
            thread.join(10)
