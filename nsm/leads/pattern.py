"""What of the calendar and of its distant past a series shows beyond a season and a trend.

Two metrics that share a sharp season, the end of the quarter, pay day, or a growth that bends,
seem to lead each other until that pattern is taken out. Which terms a series needs is chosen in its
own model, with no eye on the inputs: a choice that never sees an input cannot create a lead. It
costs a little power, so a term has to earn its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from nsm.leads.regression import EXACT, scaled

Floats = NDArray[np.float64]

MONTHLY = 13  # periods a year up to which each period of the year has its own level anyway
_FINEST = 26  # waves a year: two weeks long
_SEEN = 4  # times a wave must have passed to be told from a coincidence
_WEEK = {52: 1, 365: 7}  # periods, by those of a year
# Weeks between two pay days, and those of a quarter of 13 weeks with its finer waves.
_COUNTED = (2.0, 4.0, *(13.0 / h for h in range(1, 7)))
_APART = 1 / 8  # of a wave, from which the year's own next to it does not stand for it any more
_BENDS = range(3, 8)  # degrees of the trend beyond its bend
# How far apart two of them are offered together: a growth that levels off needs both, and neither
# earns its place alone.
_BENT_AT_ONCE = 2
_NEAR = 8  # periods up to which own lags reach
_PASSED = 1.9  # times an echo must have had room to come back: two years hold last year's week
REPEATS = 1.99  # seasons from which one may be compared with another
_ROOM = 4  # one row in so many may be spent on terms
_PRICE = 4.0  # over AICc: with dozens of terms to choose from, chance must not fill the model
_LOST = 1e-6  # share of a column under which the others already hold it


@dataclass(frozen=True, eq=False)
class Term:
    """One wave, bend, date or echo: (periods, 1 or 2) columns, two of them with a name each.

    A column that several terms have is called the same in all.
    """

    name: str
    columns: Floats
    sides: tuple[str, str] = ("cos", "sin")

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        single = self.columns.shape[1] == 1
        return [self.name] if single else [f"{self.name}, {side}" for side in self.sides]


@lru_cache(maxsize=32)
def terms(periods: int, season: float | None, seasons: float) -> tuple[Term, ...]:
    """The terms a series of this length may show, with `seasons` of them known.

    A year of weeks shows quarters and months, though not yet what comes back with the season. Who
    counts weeks - pays every second or fourth, closes the books every thirteenth - keeps another
    step than the year, of 52 weeks and a day: that shows as soon as the two are apart.
    """
    trend = np.linspace(-1.0, 1.0, periods)
    bends = np.asarray(legendre.legvander(trend, max(_BENDS)), dtype=np.float64)
    found = [Term(f"trend, degree {d}", bends[:, [d]]) for d in _BENDS]
    found += [
        Term("trend", bends[:, [a, b]], (f"degree {a}", f"degree {b}"))
        for a, b in combinations(_BENDS, 2)
        if b - a <= _BENT_AT_ONCE
    ]
    if season is None:
        return tuple(found)
    if season > MONTHLY:
        finest = min(_FINEST, int(season / 2))
        shown = [h for h in range(3, finest + 1) if h * seasons > _SEEN]
        found += [Term(f"season {h}", _wave(periods, season / h)) for h in shown]
        found += _counted_weeks(periods, season)
    if seasons <= REPEATS:
        return tuple(found)
    grown = [h for h in (1, 2) if 2 * h < season]
    found += [
        Term(f"growing season {h}", _wave(periods, season / h) * trend[:, None]) for h in grown
    ]
    return tuple(found)


def _counted_weeks(periods: int, season: float) -> list[Term]:
    """The waves of whole weeks that have parted from the year's; none but for weeks and days."""
    week = _WEEK.get(int(season))
    if week is None:
        return []
    found = []
    for weeks in _COUNTED:
        length = weeks * week
        slipped = periods * abs(1 / length - round(season / length) / season)
        if slipped > _APART:
            found.append(Term(f"every {weeks:.3g} weeks", _wave(periods, length)))
    return found


def echoes(
    values: Floats, design: Floats, season: float | None, begins: Floats | None = None
) -> tuple[Term, ...]:
    """The series' own values of a quarter, half a year and a year ago, beside its design.

    A sum over thirteen weeks loses each week a quarter after it came in, a change on last year
    repeats last year's week: the own lags next to a row never reach that far back. Two lags each,
    since a week leaves as the difference of two sums. `begins` (periods,) is 1 where a count that
    starts anew with each month forgets the week before, 0 elsewhere.
    """
    seen = ~np.isnan(values)
    if season is None or not seen.any():
        return ()
    fit = np.linalg.lstsq(design[seen], values[seen], rcond=None)[0]
    left = np.where(seen, values - design @ fit, 0.0)
    quarter = round(season / 4)
    windows = {quarter - 1, quarter, round(season / 2), round(season)}
    found = [
        Term("echo", _behind(left, window), (f"{window} periods", f"{window + 1} periods"))
        for window in sorted(windows)
        if window > _NEAR and _PASSED * (window + 1) <= len(values)
    ]
    if begins is not None:
        before = np.column_stack([begins, np.concatenate([[0.0], begins[:-1]])])
        forgotten = _behind(left, 1) * before
        found.append(Term("forgotten with the month", forgotten, ("last", "before")))
    return tuple(found)


def _behind(values: Floats, lag: int) -> Floats:
    """(periods, 2) the values this many periods ago and one more; 0 before the start."""
    return np.column_stack([np.concatenate([np.zeros(k), values[:-k]]) for k in (lag, lag + 1)])


def choose(
    values: Floats, design: Floats, rows: NDArray[np.bool_], offered: tuple[Term, ...]
) -> list[Term]:
    """The terms that this series needs beside its design (periods, columns), the best first.

    One at a time, each by its gain in AICc (Hurvich & Tsai 1989) over a price.
    """
    basis = np.linalg.qr(scaled(design[rows]))[0]
    count, used = basis.shape
    left = values[rows] - basis @ (basis.T @ values[rows])
    enough = EXACT * float(values[rows] @ values[rows])
    sizes, columns = _stacked(offered)
    pairs = columns[:, :, rows]
    pairs -= (pairs @ basis) @ basis.T
    chosen: list[Term] = []
    free = np.ones(len(offered), dtype=bool)
    spent = 0
    while True:
        size = float(left @ left)
        freedom = count - used - spent - sizes - 1
        affordable = free & (spent + sizes <= (count - used) // _ROOM) & (freedom > 0)
        if size <= enough or not affordable.any():
            return chosen
        explained = np.minimum(_explained(pairs, left, sizes), (1 - 1e-9) * size)
        gain = -count * np.log1p(-explained / size) - 2 * sizes * count / np.maximum(freedom, 1)
        best = int(np.argmax(np.where(affordable, gain, -np.inf)))
        if gain[best] <= _PRICE:
            return chosen
        chosen.append(offered[best])
        free[best] = False
        spent += int(sizes[best])
        taken = np.linalg.qr(pairs[best, : sizes[best]].T)[0]
        left = left - taken @ (taken.T @ left)
        pairs -= (pairs @ taken) @ taken.T


def _stacked(offered: tuple[Term, ...]) -> tuple[NDArray[np.intp], Floats]:
    """How many columns each term has, and all of them as (terms, 2, periods), of one size."""
    sizes = np.array([term.columns.shape[1] for term in offered])
    columns = np.zeros((len(offered), 2, len(offered[0].columns)))
    for pair, term in zip(columns, offered, strict=True):
        pair[: term.columns.shape[1]] = term.columns.T
    norms = np.sqrt(np.einsum("tcp,tcp->tc", columns, columns))
    return sizes, columns / np.where(norms > 0, norms, 1.0)[:, :, None]


def _explained(pairs: Floats, left: Floats, sizes: NDArray[np.intp]) -> Floats:
    """(terms,) the square that each term explains of what is left; 0 where it has no own part."""
    square = pairs @ pairs.transpose(0, 2, 1)
    a, b, both = square[:, 0, 0], square[:, 1, 1], square[:, 0, 1]
    x, y = (pairs @ left).T
    area = a * b - both**2
    own = np.where(sizes == 1, a, area) > np.where(sizes == 1, _LOST, _LOST**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = x**2 / a, (x**2 * b - 2 * x * y * both + y**2 * a) / area
    return np.asarray(np.where(own, np.where(sizes == 1, one, two), 0.0))


def _wave(periods: int, length: float) -> Floats:
    angle = 2 * np.pi * np.arange(periods, dtype=float) / length
    # Of a wave of two periods only the cosine is seen.
    return np.column_stack([np.cos(angle), np.sin(angle)][: 1 if length == 2 else 2])
