"""Which values of a file were refused, and why."""

from __future__ import annotations

from nsm.model import RejectedRow
from nsm.plaintext import harmless

# A file may be wrong in every line; this many are shown and stored, the rest is only counted.
KEPT = 10_000
SHOWN_CHARACTERS = 200


class Rejections:
    """The refused values of one file, in the order in which they were found."""

    def __init__(self) -> None:
        self.count = 0
        self._rows: list[RejectedRow] = []

    def add(self, line: int, column: str, value: str, reason: str) -> None:
        """Refuse one value."""
        self.count += 1
        if len(self._rows) < KEPT:
            row = RejectedRow(
                int(line), harmless(column, 80), harmless(value, SHOWN_CHARACTERS), reason
            )
            self._rows.append(row)

    def rows(self) -> tuple[RejectedRow, ...]:
        """The refused values by line."""
        return tuple(sorted(self._rows, key=lambda row: row.line))
