"""Whether a week is the lowest, or the highest, in how many weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsm.signals.model import Floats

FEWEST_FOR_SUPERLATIVE = 8


@dataclass(frozen=True, slots=True)
class Extreme:
    """A week that is lower, or higher, than each of the weeks before it.

    ``weeks`` counts the week itself: "lowest in 26 weeks" beats the 25 before it. ``on_record``
    when it beats every week there is.
    """

    kind: str
    weeks: int
    on_record: bool


def extreme(values: Floats) -> Extreme | None:
    """Whether the last value beats all of at least seven weeks before it, and of how many weeks.

    Missing weeks end the count, since nobody knows whether they beat it.
    """
    if values.size < FEWEST_FOR_SUPERLATIVE or not np.isfinite(values[-1]):
        return None
    for kind, beaten in (
        ("lowest", values[:-1] > values[-1]),
        ("highest", values[:-1] < values[-1]),
    ):
        run = int(np.argmin(beaten[::-1])) if not beaten.all() else beaten.size
        if run + 1 >= FEWEST_FOR_SUPERLATIVE:
            return Extreme(kind, run + 1, on_record=run == beaten.size)
    return None
