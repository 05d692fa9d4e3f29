"""What a source was asked for a metric, as a short text: tells what changed in the question since.

A text is ``day=<digest of the question>+<digest of what else is asked>``. It stands in the store:
where what is digested changes, change the sign ``=``, so that older texts are not taken for those
of other questions.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from typing import Any

from nsm.model import Aggregate, Grain, Metric, Star, Take

_DIGITS = 28
_FORM = re.compile(r"(?P<periods>day|week[0-6])(?P<zero>0?)=(?P<question>\w+)\+\w+")
_PERIODS = re.compile(r"day|week[0-6]")
# Quoted texts and names; and, where it is not in one of them, what only parts words.
_QUOTED_OR_SPACE = re.compile(
    r"('[^']*'|\"[^\"]*\"|`[^`]*`)|(?:--(?!\S)[^\n\r]*|/\*.*?\*/|\s)+", re.DOTALL | re.ASCII
)
# Signs of a dialect in which quotes or comments may begin and end otherwise.
_OF_A_DIALECT = re.compile(r"[\\$#]|--\S|\[[^\]]*['\"`]", re.ASCII)


class Lapse(Enum):
    """Which of the periods that a source says nothing of any more are known no longer."""

    NONE = "none"
    ZEROS = "zeros"
    ALL = "all"


def fingerprint(star: Star, metric: Metric) -> str:
    """What the source of a metric is asked, in at most 64 characters."""
    query = metric.query
    assert query is not None
    weekly = metric.grain is Grain.WEEK
    rows = (query.source, _spaced(query.sql), query.table, _spaced(query.where), query.date)
    question = _digest(*rows, query.take.value, query.column, star.timezone)
    asked_apart = metric.aggregate is Aggregate.SOURCE and not weekly
    besides = _digest(
        query.segments,
        # The rows behind the means of parts.
        query.take is Take.MEAN and bool(query.segments),
        # Weeks and months.
        star.week_start if asked_apart else None,
        # Days that the last sync left open.
        metric.lateness_days,
    )
    periods = f"week{star.week_start}" if weekly else "day"
    return f"{periods}{'0' if query.empty_is_zero else ''}={question}+{besides}"


def lapse_between(before: str, now: str) -> Lapse:
    """What the answer to the question ``now`` makes of those to ``before``.

    Nothing where the texts of older versions cannot tell.
    """
    old, new = _FORM.fullmatch(before), _FORM.fullmatch(now)
    if old is None or new is None:
        return Lapse.NONE
    if old["question"] != new["question"]:
        return Lapse.ALL
    return Lapse.ZEROS if old["zero"] and not new["zero"] else Lapse.NONE


def by_other_periods(before: str, now: str) -> bool:
    """Whether days were asked for instead of weeks, or the other way, or other weeks."""
    old, new = _PERIODS.match(before), _PERIODS.match(now)
    return old is not None and new is not None and old[0] != new[0]


def _spaced(sql: str) -> str:
    """The same SQL however its lines are broken; as it is where that cannot be told from text."""
    if _OF_A_DIALECT.search(sql):
        return sql
    return _QUOTED_OR_SPACE.sub(lambda found: found[1] or " ", sql).strip()


def _digest(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_DIGITS]
