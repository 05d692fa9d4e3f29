"""What can go wrong, each with what to do about it.

NsmError                  anything this project raises on purpose
├── ConfigError           a setting is missing or cannot be used
├── DefinitionError       a star definition is wrong: names file, metric and field
│   └── FormulaError      a formula is not arithmetic over metric keys
├── InputError            a file, a value or an argument cannot be used
│   ├── UnreadableFile    the file is not a table this program can read
│   ├── RejectedRows      rows were refused and nothing was loaded (carries them)
│   └── UnknownStar       no star (or metric) of that name
├── SourceError           a database that metrics come from does not give a metric's history
│   ├── QueryRefused      its query is not exactly one harmless question
│   └── SourceUnavailable it does not answer, or not in time
├── DeliveryError         a digest could not be sent
└── StoreError            the database cannot be used as it is
    ├── StoreUnavailable  it does not answer, is locked, full, read-only or damaged
    └── SchemaTooNew      it was written by a newer version of this program
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nsm.model import RejectedRow


class NsmError(Exception):
    """Raised when the program refuses something; the hint says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """One line for the command line and the pages."""
        line = f"{self.message} {self.hint}" if self.hint else self.message
        return " ".join(line.split())


class ConfigError(NsmError):
    """Raised when a setting is missing or cannot be used."""


class DefinitionError(NsmError):
    """Raised when a star definition is wrong.

    ``problems`` says all that is wrong with it, one line each; empty where the error is the only
    one.
    """

    def __init__(self, message: str, hint: str = "", problems: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.problems = tuple(problems)


class FormulaError(DefinitionError):
    """Raised when a formula is not arithmetic over known metric keys."""


class InputError(NsmError):
    """Raised when a file, a value or an argument cannot be used."""


class UnreadableFile(InputError):
    """Raised when a file is not a table this program can read."""


class RejectedRows(InputError):
    """Raised when rows were refused and therefore nothing was loaded.

    ``rows`` lists the first of ``count``; ``stopped_at`` is the line after which the file was not
    read, None when it was read to its end.
    """

    def __init__(
        self,
        message: str,
        rows: Sequence[RejectedRow],
        hint: str = "",
        *,
        count: int,
        stopped_at: int | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.rows = tuple(rows)
        self.count = count
        self.stopped_at = stopped_at


class UnknownStar(InputError):
    """Raised when there is no star, or no metric of a star, of that name."""


class SourceError(NsmError):
    """Raised when a database that metrics come from does not give a metric's history."""


class QueryRefused(SourceError):
    """Raised when a query is not exactly one question, or asks for more than rows."""


class SourceUnavailable(SourceError):
    """Raised when a source does not answer, or not in time."""


class DeliveryError(NsmError):
    """Raised when a digest could not be sent."""


class StoreError(NsmError):
    """Raised when the database cannot be used as it is."""


class StoreUnavailable(StoreError):
    """Raised when the database does not answer, is locked, full, read-only or damaged."""


class SchemaTooNew(StoreError):
    """Raised when the database was written by a newer version of this program."""


def fault_of_the_program(error: Exception) -> str:
    """One line for what nobody expected, and how to see where it is."""
    return (
        f"This is a fault of the program ({type(error).__name__}). "
        "Run it again with NSM_DEBUG=1 to see where, and report that."
    )
