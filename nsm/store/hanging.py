"""Hangs up on a database that does not answer.

No setting of a driver ends a query whose answer never comes: the other side's network still
acknowledges every packet. Only closing the socket from another thread does.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Any

import sqlalchemy as sa


class Lines:
    """Which thread talks over which connection of an engine."""

    def __init__(self) -> None:
        self._by_thread: dict[int, list[Any]] = {}
        self._lock = threading.Lock()

    def watch(self, engine: sa.Engine) -> None:
        """Note from now on who takes a connection of the engine and who gives it back."""
        if not sa.event.contains(engine, "checkout", self._taken):
            sa.event.listen(engine, "checkout", self._taken)
            sa.event.listen(engine, "checkin", self._back)

    def hang_up(self, thread: int) -> None:
        """Shut the sockets that a thread waits on; what it waits for fails at once.

        A file has no socket and no silence: nothing happens.
        """
        with self._lock:
            connections = list(self._by_thread.get(thread, ()))
        for connection in connections:
            number = _socket_of(connection)
            if number is not None:
                with suppress(OSError), socket.socket(fileno=os.dup(number)) as line:
                    line.shutdown(socket.SHUT_RDWR)

    def _taken(self, connection: Any, record: Any, proxy: Any) -> None:
        with self._lock:
            self._by_thread.setdefault(threading.get_ident(), []).append(connection)

    def _back(self, connection: Any, record: Any) -> None:
        with self._lock:
            for thread, connections in list(self._by_thread.items()):
                kept = [one for one in connections if one is not connection]
                if kept:
                    self._by_thread[thread] = kept
                else:
                    del self._by_thread[thread]


def _socket_of(connection: Any) -> int | None:
    """The file number of a driver's connection: psycopg tells it, PyMySQL holds the socket."""
    with suppress(Exception):
        return int(connection.fileno())
    with suppress(Exception):
        return int(connection._sock.fileno())
    return None
