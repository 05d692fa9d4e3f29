"""What a load does to the values the store knows, counted while it goes through its metrics."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nsm.model import ChangedValue
from nsm.rows import Floats, Known, Merge

# So many changed values are named; all are counted.
MOST_NAMED = 200


@dataclass(slots=True)
class Counts:
    """How many values of a load were not known, known differently, and known already.

    ``changes`` names the first of those known differently, by metric and date. ``load_id`` says
    which load it is; None where nothing was written.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    load_id: int | None = None
    changes: list[ChangedValue] = field(default_factory=list)

    def add(self, metric: str, merged: Merge, known: Known, value: Floats) -> None:
        """Count what the values of one metric do."""
        self.new += int(merged.new.sum())
        self.changed += int(merged.changed.sum())
        self.unchanged += int((~merged.new & ~merged.changed).sum())
        named = np.flatnonzero(merged.changed)[: MOST_NAMED - len(self.changes)]
        at = merged.at[named]
        self.changes += [
            ChangedValue(metric, date, old, new)
            for date, old, new in zip(
                known.day[at].tolist(), known.value[at].tolist(), value[named].tolist(), strict=True
            )
        ]
