"""Work that may block - the database, the statistics - away from the event loop, with a deadline.

What is asked by many at once is done once; what was done for a version of a star is kept. A
database that fell silent costs a bounded number of threads, and each of them is freed: its
connection is hung up when the deadline has passed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

MOST_KEPT = 128
MOST_AT_WORK = 16

T = TypeVar("T")


class Silent(Exception):
    """Raised when the work was not done by its deadline."""


@dataclass(slots=True)
class _Job:
    future: Future[Any]
    thread: threading.Thread
    started: float = field(default_factory=time.monotonic)


class Desk:
    """Does each piece of work once at a time and keeps the results by key.

    ``hang_up`` is told the id of a thread that overran its deadline, to free it.
    """

    def __init__(self, hang_up: Callable[[int], None] = lambda thread: None) -> None:
        self.hang_up = hang_up
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._jobs: dict[Hashable, _Job] = {}
        self._abandoned: list[threading.Thread] = []
        self._lock = threading.Lock()

    async def answer(
        self, key: Hashable, work: Callable[[], T], seconds: float, *, keep: float = float("inf")
    ) -> T:
        """The result of ``work``, kept under ``key`` for so many seconds.

        Raises what the work raised, which is never kept, and Silent at the deadline.
        """
        known, found = self.known(key, keep)
        if known:
            return found  # type: ignore[no-any-return]
        job = self._job(key, work, seconds)
        remaining = max(seconds - (time.monotonic() - job.started), 0.01)
        try:
            return await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(job.future)), remaining
            )
        except TimeoutError as late:
            if job.future.done():
                raise  # The work itself raised it.
            self._abandon(key, job)
            raise Silent from late

    def known(self, key: Hashable, keep: float = float("inf")) -> tuple[bool, Any]:
        """Whether there is a result no older than ``keep`` seconds, and that result."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or time.monotonic() - found[0] > keep:
                return False, None
            self._kept.move_to_end(key)
            return True, found[1]

    def forget(self, outdated: Callable[[Hashable], bool]) -> None:
        """Drop the results whose key is outdated: nobody will ask for them again."""
        with self._lock:
            for key in [key for key in self._kept if outdated(key)]:
                del self._kept[key]

    def begin(self, key: Hashable, work: Callable[[], object], seconds: float) -> None:
        """Have it done for later, unless it is known or under way; failures are forgotten."""
        if not self.known(key)[0]:
            try:
                self._job(key, work, seconds)
            except Silent:
                return

    def _job(self, key: Hashable, work: Callable[[], object], seconds: float) -> _Job:
        with self._lock:
            job = self._jobs.get(key)
            if job is not None:
                if time.monotonic() - job.started < seconds:
                    return job
                self._forget(key, job)
            self._abandoned = [thread for thread in self._abandoned if thread.is_alive()]
            if len(self._jobs) + len(self._abandoned) >= MOST_AT_WORK:
                raise Silent
            future: Future[Any] = Future()
            # No pool: its threads are waited for at the end of the process, stuck or not.
            thread = threading.Thread(
                target=self._work, args=(key, work, future), name="nsm-desk", daemon=True
            )
            job = self._jobs[key] = _Job(future, thread)
        thread.start()
        return job

    def _work(self, key: Hashable, work: Callable[[], object], future: Future[Any]) -> None:
        try:
            result = work()
        except BaseException as error:  # The one who asked is told; a thread has nobody else.
            self._done(key, future)
            future.set_exception(error)
        else:
            with self._lock:
                self._kept[key] = (time.monotonic(), result)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._done(key, future)
            future.set_result(result)

    def _done(self, key: Hashable, future: Future[Any]) -> None:
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.future is future:
                del self._jobs[key]

    def _abandon(self, key: Hashable, job: _Job) -> None:
        with self._lock:
            if self._jobs.get(key) is job:
                self._forget(key, job)

    def _forget(self, key: Hashable, job: _Job) -> None:
        del self._jobs[key]
        self._abandoned.append(job.thread)
        # Nobody may ask for it any more: its failure is nobody's news.
        job.future.add_done_callback(lambda future: future.exception())
        if job.thread.ident is not None:
            self.hang_up(job.thread.ident)
