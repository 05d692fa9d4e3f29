"""An end to waiting for what nothing can cut, such as a name server that never answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from nsm.errors import SourceUnavailable

T = TypeVar("T")


def within(seconds: float, source: str, ask: Callable[[], T]) -> T:
    """What ``ask`` returns or raises, or SourceUnavailable after so many seconds.

    Give ``ask`` a shorter deadline of its own (:class:`nsm.sources.deadline.Deadline`): that one
    ends the work too, this one only the waiting.
    """
    answers: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(ask())
        except BaseException as error:
            errors.append(error)

    worker = threading.Thread(target=run, name=f"asks {source}", daemon=True)
    worker.start()
    worker.join(seconds)
    if errors:
        raise errors[0]
    if answers:
        return answers[0]
    raise SourceUnavailable(
        f"The source {source} did not answer within {seconds:g} seconds.",
        "Look at whether its name, the database and the network are right and up.",
    )
