"""A deadline of our own: when it passes, what is asked is cut off from another thread.

A server that has gone silent but still acknowledges packets outlasts every timeout that drivers
have. Shutting the socket under the driver ends its call at once, whatever it waits for.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType

_AGAIN_SECONDS = 0.1
# What is closed is reset at once.
_NO_LINGER = struct.pack("ii", 1, 0)


class Deadline:
    """So many seconds from the start of the block; `cut` says how to end what runs in it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._ends: list[Callable[[], None]] = []
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._until = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._until = time.monotonic() + self.seconds
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._timer.cancel()
        # Nothing stays behind, and nothing is cut that a later caller opened.
        self._timer.join()
        for own in self._sockets:
            own.close()

    @property
    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(self._until - time.monotonic(), 0.0)

    def wait(self) -> None:
        """Until the deadline has passed."""
        time.sleep(self.remaining + _AGAIN_SECONDS)

    def cut(self, end: Callable[[], None]) -> None:
        """Call ``end`` when the deadline passes, and then until the block is left."""
        with self._lock:
            self._ends.append(end)

    def cut_socket(self, descriptor: int) -> None:
        """Shut the socket of this file descriptor when the deadline passes."""
        # A descriptor of our own: the driver may close its own, and the number be given away.
        own = socket.socket(fileno=os.dup(descriptor))
        self._sockets.append(own)

        def end() -> None:
            with contextlib.suppress(OSError):
                # Else a server that is still sending would go on waiting for the line to be read.
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                own.shutdown(socket.SHUT_RDWR)

        self.cut(end)

    def _expire(self) -> None:
        self.passed = True
        # Again and again: an interrupt between two statements would be lost, and the next one run.
        while True:
            with self._lock:
                ends = list(self._ends)
            for end in ends:
                with contextlib.suppress(Exception):
                    end()
            if self._over.wait(_AGAIN_SECONDS):
                return
