"""Values that are fine one by one but not together: mixed percent signs, and two for one day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nsm.ingest.rejections import Rejections
from nsm.rows import Flags, Floats, Integers, differs


def one_scale(
    keys: tuple[str, ...],
    metric: Integers,
    value: Floats,
    line: Integers,
    percent: Flags,
    rejections: Rejections,
) -> Flags:
    """Which values to keep where some of a metric are written in percent: 5 beside 5% is refused.

    Zero is zero either way.
    """
    kept = np.ones(len(value), dtype=np.bool_)
    for place in np.unique(metric[percent]):
        mine = metric == place
        first = line[mine & percent].min()
        for index in np.flatnonzero(mine & ~percent & (value != 0)):
            kept[index] = False
            reason = f"has no percent sign, while line {first} has one"
            rejections.add(int(line[index]), keys[place], f"{value[index]:.15g}", reason)
    return kept


def one_value(
    keys: tuple[str, ...],
    metric: Integers,
    day: Integers,
    value: Floats,
    line: Integers,
    rejections: Rejections,
) -> Flags:
    """Which values (sorted by metric, day, line) to keep where a day has several.

    Equal ones (see `differs`) count once; of different ones nobody knows which is right, so all are
    refused.
    """
    again = np.flatnonzero((metric[1:] == metric[:-1]) & (day[1:] == day[:-1])) + 1
    kept = np.ones(len(value), dtype=np.bool_)
    kept[again] = False
    for begin, end in _runs(again):
        values, lines = value[begin:end], line[begin:end]
        if not differs(values, values[0]).any():
            continue
        kept[begin] = False
        date = np.datetime64(int(day[begin]), "D")
        key = keys[metric[begin]]
        # The lowest or the highest differs from any; to look for one each time would be quadratic.
        lowest, highest = int(np.argmin(values)), int(np.argmax(values))
        low, high = float(values[lowest]), float(values[highest])
        for one, at in zip(values.tolist(), lines.tolist(), strict=True):
            other = highest if high - one >= one - low else lowest
            reason = (
                f"is one of two values of {key} on {date}; line {lines[other]} says "
                f"{values[other]:.15g}"
            )
            rejections.add(at, key, f"{one:.15g}", reason)
    return kept


def _runs(again: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterable[tuple[int, int]]:
    """Begin and end of each run, given the places that repeat the one before."""
    if not len(again):
        return []
    breaks = np.flatnonzero(np.diff(again) != 1)
    first = again[np.append(0, breaks + 1)]
    last = again[np.append(breaks, len(again) - 1)]
    return zip((first - 1).tolist(), (last + 1).tolist(), strict=True)
