"""The three rules that make a week a signal, on weeks placed within their usual ranges.

Wheeler (1993) reads an XmR chart by three rules: a point outside the limits, eight in a row on one
side of the middle, three of four nearer a limit than the middle. All three are asked of every week,
so a metric that has not changed gives thirteen times three chances of a false alarm a quarter. The
limits are therefore a little wider than three standard deviations while few weeks are known, and
weeks close to the middle belong to neither side. How often this is right is in docs/signals.md.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import numpy as np

from nsm.signals.model import Floats

# Where a week stands: 0 is what was expected, 1 the upper end of its usual range, -1 the lower one.
NEAR = 0.5
MIDDLE = 0.2
RUN_WEEKS = 8
NEAR_WEEKS, OF_WEEKS = 3, 4


class Rule(StrEnum):
    """What makes a week a signal; the plainest comes first."""

    OUTSIDE = "outside"
    NEAR_LIMIT = "near_limit"
    RUN = "run"


# How many weeks a signal rests on.
SPAN = {Rule.OUTSIDE: 1, Rule.NEAR_LIMIT: OF_WEEKS, Rule.RUN: RUN_WEEKS}


def signal_key(star: str, metric: str, week: dt.date, rule: Rule) -> str:
    """What a signal is called wherever it is asked about: "shop/orders/2026-11-09/outside".

    ``week`` is the first day of the week.
    """
    return f"{star}/{metric}/{week.isoformat()}/{rule}"


def broken_rules(places: Floats) -> tuple[tuple[Rule, ...], str]:
    """Which rules does the last of these weeks break, and on which side ("above", "below", "")?

    ``places`` are weeks within their usual ranges, oldest first; NaN for one that is not known,
    which ends a run. A week breaks a rule only when it takes part itself.
    """
    if not places.size or not np.isfinite(places[-1]):
        return (), ""
    side = 1.0 if places[-1] > 0 else -1.0
    toward = places * side
    recent, run = toward[-OF_WEEKS:], toward[-RUN_WEEKS:]
    broken = {
        Rule.OUTSIDE: toward[-1] > 1,
        Rule.NEAR_LIMIT: toward[-1] > NEAR and int((recent > NEAR).sum()) >= NEAR_WEEKS,
        Rule.RUN: run.size == RUN_WEEKS and bool((run > MIDDLE).all()),
    }
    found = tuple(rule for rule in Rule if broken[rule])
    return found, ("above" if side > 0 else "below") if found else ""


def limit_sigmas(weeks: int) -> float:
    """How many standard deviations the usual range reaches, learned from so many weeks.

    Three in the long run; a little more while it is not yet clear what kind of metric it is. Chosen
    so that all three rules together stay near one false signal in twenty quarters.
    """
    return 3.0 + 8.0 / weeks
