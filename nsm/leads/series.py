"""The series as they come: aligned, their short gaps filled, their troubles named.

Dropping every row that touches a missing week would cost a dozen rows a week (one for each lag),
so gaps of up to two weeks are interpolated; the row that would then see its own future is left
out (`nsm.leads.design`). Longer gaps stay missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsm.errors import InputError

LONGEST_FILL = 2
LONE = 0.5  # share of all squared distances from the median that one period may hold unmentioned
_LARGEST = 1e100  # beyond it a value counts as missing, below its inverse as 0
_SAME = 1e-9  # share of the changes that may differ between a series and its copy
_MOST_ABSENT = 4  # times as many periods as are there


@dataclass(frozen=True)
class Series:
    """One series on the common calendar.

    Attributes
    ----------
    name : as the caller gave it.
    values : (periods,) short gaps filled, NaN where longer ones remain.
    filled : (periods,) True where a value was interpolated.
    first, last : the span with data, as positions; `last` is inclusive. -1 without any data.
    periods : observed values.
    missing : periods without a value inside the span.
    constant : it has values and they are all the same.
    middle, spread : mean and standard deviation of the observed values.
    """

    name: str
    values: NDArray[np.float64]
    filled: NDArray[np.bool_]
    first: int
    last: int
    periods: int
    missing: int
    constant: bool
    middle: float
    spread: float

    @cached_property
    def standard(self) -> NDArray[np.float64]:
        """The values in standard deviations from their mean."""
        return np.asarray((self.values - self.middle) / (self.spread or 1.0))

    @property
    def lone(self) -> int | None:
        """The period that is farther off than all others together, where there is one."""
        if self.constant or not self.periods:
            return None
        apart = np.nan_to_num(self.values - np.nanmedian(self.values)) / (self.spread or 1.0)
        place = int(np.argmax(np.abs(apart)))
        return place if apart[place] ** 2 > LONE * float(apart @ apart) else None

    @property
    def missing_share(self) -> float:
        """Share of the span without a value."""
        return self.missing / max(1, self.last - self.first + 1)


def align(target: pd.Series, inputs: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Put target and inputs on one regular index, in order; raise InputError if that cannot be."""
    if not isinstance(target, pd.Series) or not isinstance(inputs, pd.DataFrame):
        raise InputError("The lead test needs a Series as target and a DataFrame as inputs.")
    names = [str(name) for name in inputs.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"Two inputs are called {twice[0]!r}.", "Give each input its own name.")
    if len(target) != len(inputs) or not target.index.equals(inputs.index):
        raise InputError(
            "Target and inputs do not stand on the same periods.",
            "Give both the same index; a missing week is NaN.",
        )
    index = target.index
    if index.has_duplicates:
        raise InputError(
            f"The period {index[index.duplicated()][0]} appears twice.", "Keep one row a period."
        )
    target = _numbers(target)
    if not all(dtype == np.float64 for dtype in inputs.dtypes):
        columns = [_numbers(inputs.iloc[:, i]) for i in range(len(names))]
        inputs = pd.concat(columns, axis=1) if columns else inputs
    frame = inputs.set_axis(names, axis=1)
    if not index.is_monotonic_increasing:
        order = index.argsort()
        target, frame = target.iloc[order], frame.iloc[order]
    return _regular(target, frame)


def prepare(name: str, values: NDArray[np.float64]) -> Series:
    """Fill gaps of up to two periods between observed values and describe the series."""
    size = np.abs(values)  # squares must stay inside what a float holds
    values = np.where(size <= _LARGEST, np.where(size >= 1 / _LARGEST, values, 0.0), np.nan)
    seen = np.flatnonzero(~np.isnan(values))
    filled = np.zeros(len(values), dtype=bool)
    if not len(seen):
        return Series(name, values, filled, -1, -1, 0, 0, False, 0.0, 0.0)
    first, last = int(seen[0]), int(seen[-1])
    apart = np.diff(seen)
    for place in np.flatnonzero((apart > 1) & (apart <= LONGEST_FILL + 1)):
        left, right = seen[place : place + 2]
        gap = np.arange(left + 1, right)
        values[gap] = np.interp(gap, [left, right], [values[left], values[right]])
        filled[gap] = True
    observed = values[seen]
    reach, largest = float(np.ptp(observed)), float(np.max(np.abs(observed)))
    return Series(
        name=name,
        values=values,
        filled=filled,
        first=first,
        last=last,
        periods=len(seen),
        missing=last - first + 1 - len(seen),
        constant=reach <= 1e-12 * largest,
        middle=float(observed.mean()),
        spread=float(observed.std()),
    )


def positions(index: pd.Index, labels: Sequence[Any]) -> list[int]:
    """Positions of the periods that hold these labels.

    Labels before the first period and after the last are ignored. The last period is as long as the
    longest one between two labels of the index (months differ).
    """
    dated = isinstance(index, pd.DatetimeIndex)
    longest = max((b - a for a, b in pairwise(index)), default=None) if len(labels) else None
    found = set()
    for given in labels:
        wanted = pd.Timestamp(given) if dated else given
        place = int(index.searchsorted(wanted, side="right")) - 1
        if place >= 0 and (longest is None or wanted - index[place] < longest):
            found.add(place)
    return sorted(found)


def is_copy(star: Series, x: Series) -> bool:
    """Whether x is the star itself on another scale: its changes are the star's, but for a factor.

    Changes, since two series that merely grow agree in their levels to many digits.
    """
    changes = np.diff(np.column_stack([star.standard, x.standard]), axis=0)
    changes = changes[~np.isnan(changes).any(axis=1)]
    if len(changes) < 3:
        return False
    a, b = (changes - changes.mean(axis=0)).T
    size = float(a @ a) * float(b @ b)
    return size > 0 and 1 - float(a @ b) ** 2 / size <= _SAME


def _numbers(column: pd.Series) -> pd.Series:
    try:
        return column.astype("float64")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{column.name!s} holds values that are not numbers.", "Load it as numbers."
        ) from error


def _regular(target: pd.Series, frame: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Give weeks (or days) that are absent from a date index a row of NaN."""
    index = target.index
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 3:
        return target, frame
    days = np.diff(index.to_numpy().astype("datetime64[D]").astype("int64"))
    step = int(days.min())
    if step < 1 or (days == step).all() or (days % step != 0).any():
        return target, frame  # regular already, or months: each row is a period
    if days.sum() // step > _MOST_ABSENT * len(index):
        return target, frame  # one stray date far away: do not make centuries of holes
    full = pd.date_range(index[0], index[-1], freq=f"{step}D")
    return target.reindex(full), frame.reindex(full)
