"""Which values of a file were refused, and why."""

from __future__ import annotations

from collections.abc import Sequence

from nsm.errors import RejectedRows
from nsm.model import RejectedRow
from nsm.plaintext import harmless

# A file may be wrong in every line; this many are shown and stored, the rest is only counted.
KEPT = 10_000
# Where nothing is loaded anyway, reading on past so many would only cost minutes.
ENOUGH = 100_000
SHOWN_CHARACTERS = 200


class Rejections:
    """The refused values of one file, in the order in which they were found.

    ``enough`` of them are a RejectedRows.
    """

    def __init__(self, source: str = "", enough: int | None = None) -> None:
        self.source = source
        self.enough = enough
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
        if self.count == self.enough:
            raise refusal(self.source, self.rows(), self.count, int(line))

    def rows(self) -> tuple[RejectedRow, ...]:
        """The refused values by line."""
        return tuple(sorted(self._rows, key=lambda row: row.line))


def refusal(
    source: str, rows: Sequence[RejectedRow], count: int, stopped_at: int | None = None
) -> RejectedRows:
    """The error for a file of which nothing is loaded; ``stopped_at`` is the last line read."""
    first = rows[0]
    column = f", column {first.column}" if first.column else ""
    stopped = f", reading stopped at line {stopped_at:,}" if stopped_at else ""
    return RejectedRows(
        f"{source}: {count:,} {'value was' if count == 1 else 'values were'} rejected{stopped} "
        f"and nothing was loaded. Line {first.line}{column}: {harmless(first.value, 60)!r} "
        f"{first.reason}.",
        rows,
        "Correct the file, or load the rest with --skip-bad.",
        count=count,
        stopped_at=stopped_at,
    )
