"""A network between two programs that a test can break: cut it, or let it swallow every packet."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress


class Proxy:
    """Passes TCP on to a port of this machine, until told otherwise.

    ``cut()`` closes every connection and every new one at once. ``swallow()`` keeps them open,
    takes new ones, and lets nothing through: both sides see a network that is merely silent.
    ``mend()`` passes on again; what was swallowed is lost with its connection.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.mode = "pass"
        self.taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._partner: dict[socket.socket, socket.socket | None] = {}
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join(5)
        self._close_all()
        self._listener.close()

    def cut(self) -> None:
        self.mode = "cut"
        self._close_all()

    def swallow(self) -> None:
        self.mode = "swallow"

    def mend(self) -> None:
        # A connection with a hole in its bytes is of no use to anybody.
        self._close_all()
        self.mode = "pass"

    def _close_all(self) -> None:
        with self._lock:
            for one in self._partner:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._partner.clear()

    def _run(self) -> None:
        while not self._ends.is_set():
            selector = selectors.DefaultSelector()
            with self._lock:
                readable = [] if self.mode == "swallow" else list(self._partner)
                for one in [self._listener, *readable]:
                    with suppress(ValueError, OSError):
                        selector.register(one, selectors.EVENT_READ)
            for key, _ in selector.select(0.02):
                if key.fileobj is self._listener:
                    self._take()
                else:
                    self._pass_on(key.fileobj)  # type: ignore[arg-type]
            selector.close()

    def _take(self) -> None:
        near, _ = self._listener.accept()
        self.taken += 1
        if self.mode == "cut":
            near.close()
            return
        with self._lock:
            if self.mode == "swallow":
                self._partner[near] = None
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=2)
            except OSError:
                near.close()
                return
            self._partner |= {near: far, far: near}

    def _pass_on(self, one: socket.socket) -> None:
        with self._lock:
            other = self._partner.get(one)
            try:
                data = one.recv(65536) if other is not None else b""
                if other is not None and data:
                    other.sendall(data)
                    return
            except OSError:
                pass
            for end in (one, other):
                if end is not None:
                    self._partner.pop(end, None)
                    end.close()


class Silence:
    """A server that accepts every connection and never says a word."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take, daemon=True)

    def __enter__(self) -> Silence:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._held:
            one.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self._held.append(self._listener.accept()[0])
