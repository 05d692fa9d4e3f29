"""The door to a source: a connection that can only read, for so long, under its engine's guards.

What each engine does by itself, and which grant stops what it cannot, stands in docs/sources.md.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

import sqlalchemy as sa

from nsm.errors import QueryRefused, SourceError, SourceUnavailable
from nsm.plaintext import harmless
from nsm.sources.deadline import Deadline


class Guard(Protocol):
    """What each module of this folder does for one engine."""

    def guarded(self, url: sa.URL, deadline: Deadline) -> sa.Engine:
        """An engine whose every connection reads only and is cut when the deadline passes."""


_GUARDS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "mysql": "mariadb",
    "mariadb": "mariadb",
    "duckdb": "duckdb",
    "clickhousedb": "clickhouse",
    "hive": "hive",
}


# What no driver raises by itself, unless its line was cut under it: a fault of this program.
_OUR_FAULTS = (TypeError, AttributeError, AssertionError, NameError, LookupError, ArithmeticError)


@contextmanager
def opened(name: str, url: sa.URL, seconds: float) -> Iterator[sa.Connection]:
    """A guarded connection to the source ``name``, for at most so many seconds.

    Raises SourceUnavailable, one line without the password, when it does not answer or not in
    time; SourceError when it refuses what is asked in the block.
    """
    deadline = Deadline(seconds)
    try:
        with deadline:
            engine = _guard(url).guarded(url, deadline)
            try:
                with engine.connect() as connection:
                    yield connection
            finally:
                engine.dispose()
    except SourceError:
        raise
    except Exception as error:
        if isinstance(error, _OUR_FAULTS) and not deadline.passed:
            raise
        raise _said(name, url, error, deadline) from None


def _guard(url: sa.URL) -> Guard:
    module = _GUARDS.get(url.get_backend_name(), "other")
    return cast("Guard", importlib.import_module(f"nsm.sources.guards.{module}"))


def _said(name: str, url: sa.URL, error: Exception, deadline: Deadline) -> SourceError:
    """What a driver raised, as one line that says no secret of the address."""
    if deadline.passed:
        return SourceUnavailable(
            f"The source {name} did not answer within {deadline.seconds:g} seconds.",
            "Ask for less, or look at whether the database and the network are up.",
        )
    if isinstance(error, ImportError):
        return SourceUnavailable(
            f"The driver of the source {name} ({url.drivername}) is not installed.",
            f"Install it beside this program: pip install {url.get_driver_name()}",
        )
    said = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    line = without_secrets(said[0] or type(error).__name__, url)
    if isinstance(error, sa.exc.ProgrammingError | sa.exc.DataError):
        return QueryRefused(f"The source {name} refused the query: {line}.")
    return SourceUnavailable(f"The source {name} does not answer as it should: {line}.")


def without_secrets(text: str, url: sa.URL) -> str:
    """The text without the password of the address, nor what stands behind its question mark."""
    secrets = [str(url.password or "")]
    for value in url.query.values():
        secrets += [value] if isinstance(value, str) else list(value)
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return harmless(text, 300).rstrip(". ")
