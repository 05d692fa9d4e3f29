"""The change of a metric split by a column of its rows: what each country, plan or platform adds.

Of a sum each part adds its own change. Of a ratio a part adds two things, which are kept apart:

- rate: the change of the ratio inside the part, at the mean of its shares before and now;
- mix: the change of its share, at the mean of its ratios before and now - less the mean of the
  whole's, so that a part that grows adds something only where its ratio differs from the whole.

Shares are of what the ratio divides by. Both halves at the mean of before and now is the symmetric
decomposition of Kitagawa (1955, "Components of a difference between two rates", Journal of the
American Statistical Association 50); measured against the whole, since changes of shares come to
zero, it adds up to the same. Where a part was not there its ratio is the one that it has: all of it
is mix. Everything adds up to the change without a remainder, but for ``rest``: what the whole
knows and the column does not keep apart.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from nsm.formula import parse_formula
from nsm.model import Star
from nsm.rows import Floats
from nsm.segments import BySegment, segmented, segments_of
from nsm.why.change import Against, base_of, known_ends
from nsm.why.forms import Form, Sum, form_of, forms

# So many parts are named in an answer; the others are counted and added together.
MOST_NAMED = 50
# Of the size of the values: what additions in another order differ by.
NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Question:
    """A metric whose change can be split, and the column that splits it."""

    metric: str
    segment: str


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """What one part adds to a change, in the unit of the metric.

    ``before`` and ``now`` are its own values (None: it has none). Of a ratio ``contribution`` is
    ``rate`` plus ``mix``, and the shares are of what the ratio divides by.
    """

    part: str
    before: float | None
    now: float | None
    contribution: float
    rate: float | None = None
    mix: float | None = None
    share_before: float | None = None
    share_now: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentSplit:
    """The change of a metric and its parts, the largest first; they and ``rest`` add up to it.

    ``method`` is "sum" or "rates"; without parts ``reason`` says why there are none.
    """

    metric: str
    segment: str
    against: Against
    week: dt.date
    base: dt.date
    before: float | None = None
    now: float | None = None
    method: Literal["sum", "rates"] | None = None
    parts: tuple[SegmentPart, ...] = ()
    rest: float = 0.0
    reason: str = ""

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.now is None else self.now - self.before

    @property
    def rate(self) -> float:
        """What the changes inside all parts add."""
        return math.fsum(part.rate or 0.0 for part in self.parts)

    @property
    def mix(self) -> float:
        """What the changes of all shares add."""
        return math.fsum(part.mix or 0.0 for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the smallest of many parts are added together as ``others``."""
        named, small = self.parts[:MOST_NAMED], self.parts[MOST_NAMED:]
        rates = self.method == "rates"
        others = {
            "parts": len(small),
            "contribution": math.fsum(part.contribution for part in small),
            "rate": math.fsum(part.rate or 0.0 for part in small) if rates else None,
            "mix": math.fsum(part.mix or 0.0 for part in small) if rates else None,
        }
        return {
            "metric": self.metric,
            "segment": self.segment,
            "before": self.before,
            "now": self.now,
            "change": self.change,
            "method": self.method,
            "parts": [asdict(part) for part in named],
            "others": others if small else None,
            "rest": self.rest if self.parts else None,
            "reason": self.reason or None,
        }


def questions(star: Star) -> tuple[Question, ...]:
    """By which columns can the change of the star be split, and that of what it computes with?

    The star itself first, then what its formula names, level by level.
    """
    if not segmented(star):
        return ()
    found, known = [], forms(star)
    for key in _downwards(star):
        form = known.get(key)
        if form is None:
            continue
        columns = [segments_of(star.metric(leaf)) for leaf in form.leaves]
        found += [
            Question(key, one) for one in columns[0] if all(one in other for other in columns)
        ]
    return tuple(found)


def leaves_of(star: Star, question: Question) -> tuple[str, ...]:
    """The measured metrics whose parts answer a question."""
    form = form_of(star, question.metric)
    return form.leaves if form else ()


def split_by_segment(
    star: Star,
    question: Question,
    values: pd.DataFrame,
    parts: Mapping[str, BySegment],
    week: dt.date,
    against: Against = "week",
) -> SegmentSplit:
    """What does each part add to the change of a metric to the week that starts on ``week``?

    ``values`` are the weeks of every metric (:class:`nsm.history.History`), ``parts`` those of the
    leaves of the question, by key.
    """
    key, base = question.metric, base_of(week, against)
    found = SegmentSplit(key, question.segment, against, week, base)
    ends = known_ends(values, key, week, base)
    if isinstance(ends, str):
        return replace(found, reason=ends)
    found = replace(found, before=ends[0], now=ends[1])
    form = form_of(star, key)
    if form is None:
        return replace(found, reason="its parts do not add up to it")
    for leaf, day in ((leaf, day) for leaf in form.leaves for day in (base, week)):
        if not _is_told(parts[leaf], day):
            said = f"{leaf} is not kept by {question.segment} for the week of {day}"
            return replace(found, reason=said)
    names = sorted({name for leaf in form.leaves for name in parts[leaf].parts})
    told = _sums if form.below is None else _rates
    made = told(form, parts, names, (base, week))
    if isinstance(made, str):
        return replace(found, reason=made)
    made = sorted(made, key=lambda part: (-abs(part.contribution), part.part))
    rest = (ends[1] - ends[0]) - math.fsum(part.contribution for part in made)
    if abs(rest) <= NOISE * max(abs(ends[0]), abs(ends[1])):
        rest = 0.0
    method: Literal["sum", "rates"] = "sum" if form.below is None else "rates"
    return replace(found, method=method, parts=tuple(made), rest=rest)


def _downwards(star: Star) -> list[str]:
    """The star and all that its formulas name, level by level, each once."""
    found = [star.north_star]
    for key in found:
        formula = star.metric(key).formula
        named = parse_formula(formula).references if formula else frozenset()
        found += [one.key for one in star.metrics if one.key in named and one.key not in found]
    return found


def _is_told(by: BySegment, day: dt.date) -> bool:
    stamp = pd.Timestamp(day)
    return stamp in by.values.index and bool(np.isfinite(by.values.loc[stamp].to_numpy()).any())


def _sums(
    form: Form, parts: Mapping[str, BySegment], names: Sequence[str], days: tuple[dt.date, dt.date]
) -> list[SegmentPart]:
    before, now = (_total(form.above, parts, names, day) for day in days)
    return [
        SegmentPart(name, old, new, new - old)
        for name, old, new in zip(names, before.tolist(), now.tolist(), strict=True)
        if old or new
    ]


def _rates(
    form: Form, parts: Mapping[str, BySegment], names: Sequence[str], days: tuple[dt.date, dt.date]
) -> list[SegmentPart] | str:
    above = np.array([_total(form.above, parts, names, day) for day in days])
    below = np.array([_total(form.below or {}, parts, names, day) for day in days])
    wholes = below.sum(axis=1, keepdims=True)
    if not wholes.all():
        return "what it divides by comes to zero over its parts"
    share, added = below / wholes, above / wholes
    with np.errstate(all="ignore"):
        ratio = np.where(below != 0, above / below, np.nan)
    # A part that was not there, or is not any more, has the ratio of the other week.
    filled = np.where(np.isnan(ratio), ratio[::-1], ratio)
    middle = np.nan_to_num(filled.mean(axis=0))
    moved = share[1] - share[0]
    inside = share.mean(axis=0) * np.nan_to_num(filled[1] - filled[0])
    # What is divided by nothing has no ratio to change, and still adds what it adds.
    rate = np.where((below != 0).all(axis=0), inside, (added[1] - added[0]) - middle * moved)
    mix = (middle - added.sum(axis=1).mean()) * moved
    there = (above != 0).any(axis=0) | (below != 0).any(axis=0)
    return [
        SegmentPart(
            names[place],
            _finite(ratio[0, place]),
            _finite(ratio[1, place]),
            float(rate[place] + mix[place]),
            float(rate[place]),
            float(mix[place]),
            float(share[0, place]),
            float(share[1, place]),
        )
        for place in np.flatnonzero(there).tolist()
    ]


def _total(
    terms: Sum, parts: Mapping[str, BySegment], names: Sequence[str], day: dt.date
) -> Floats:
    """What a sum of terms comes to in each part in one week; of no rows that is zero."""
    found = np.zeros(len(names))
    for (key, what), factor in terms.items():
        by = parts[key]
        row = by.values.loc[pd.Timestamp(day)]
        if what != "value" and by.weights is not None:
            rows = by.weights.loc[pd.Timestamp(day)]
            row = rows if what == "rows" else row * rows
        found += factor * row.reindex(list(names)).fillna(0.0).to_numpy()
    return found


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
