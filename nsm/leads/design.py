"""What the star's own past and the calendar explain: the regressors every test shares.

Constant, trend and its turns, a yearly season, steps for level breaks and the response's own lags
1..p+1, with p chosen by BIC. The one lag beyond p, like the two older lags of the tested input, is
the augmentation that makes the t-statistic standard for stationary, trending and random-walk series
alike (Toda & Yamamoto 1995; Dolado & Lutkepohl 1996; Montiel Olea & Plagborg-Moller 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.leads import breaks, pattern
from nsm.leads.dates import month_begins
from nsm.leads.regression import EXACT
from nsm.leads.series import Series
from nsm.leads.shifts import step_columns, turn_columns

Floats = NDArray[np.float64]
AUGMENT = 2  # older lags of the tested input held fixed beside it
_MOST_OWN_LAGS = 8
_ROUNDS = 2  # of choosing the pattern, then breaks and own lags beside it
_FEWEST_FREE = 20  # rows to spare, without which no pattern is looked for
_DAILY = 300  # periods a year from which they are days


@dataclass(frozen=True)
class Response:
    """One series as the thing to be predicted.

    Attributes
    ----------
    series : the series itself.
    shared : (periods, q) all shared regressors; NaN where an own lag is missing.
    names : their q names, for the detail view.
    rows : (periods,) True where a row may be used.
    own_lags : p + 1, the own lags in `shared`.
    season : periods in a year if a season is in `shared`, else None.
    steps, turns, set_aside : positions of level breaks, of turns of the trend, and of single
        periods left out.
    """

    series: Series
    shared: Floats
    names: tuple[str, ...]
    rows: NDArray[np.bool_]
    own_lags: int
    season: float | None
    steps: tuple[int, ...]
    turns: tuple[int, ...]
    set_aside: tuple[int, ...]

    @property
    def is_exact(self) -> bool:
        """Whether past and calendar leave nothing but rounding noise to be explained."""
        values, shared = self.series.values[self.rows], self.shared[self.rows]
        if len(values) <= shared.shape[1]:
            return False
        left = values - shared @ np.linalg.lstsq(shared, values, rcond=None)[0]
        return float(np.var(left)) <= EXACT * float(np.var(values))


def build(
    series: Series,
    season: float | None,
    known_steps: Sequence[int] = (),
    excluded: Sequence[int] = (),
    dates: tuple[pattern.Term, ...] = (),
) -> Response:
    """Choose the shared regressors of one response.

    `known_steps` are positions where the caller knows of a level break, `excluded` positions of
    periods to leave out (holidays); what is found in the data is added to both. `dates` are the
    terms that the dates of the periods offer (`nsm.leads.dates`).
    """
    values = series.values
    periods = len(values)
    seasons = (series.last - series.first + 1) / season if season is not None else 0.0
    pairs = 0
    if season is not None and seasons > 0.99:
        pairs = int(season / 2) if season <= pattern.MONTHLY else 2
    most = max(1, min(_MOST_OWN_LAGS, (series.last - series.first + 1) // 12))
    base, base_names = calendar(periods, season, pairs)
    lags = lagged(values, np.arange(1, most + 2))
    seen = ~np.isnan(values) & ~series.filled & ~np.isnan(lags).any(axis=1)
    steps = [s for s in known_steps if series.first < s <= series.last]
    aside = sorted(set(excluded))
    found = breaks.find(values, base, lags, seen, steps, aside)
    offered = pattern.terms(periods, season, seasons) + dates
    offered += pattern.echoes(values, base, season, month_begins(dates))
    chosen = dict[str, Floats]()  # columns by name: two terms may share one
    for _ in range(_ROUNDS):
        rows = seen & ~breaks.touched(periods, found.own_lags, found.steps, found.set_aside)
        shifts = _shift_columns(periods, found)
        plain = np.hstack([base, shifts, lags[:, : found.own_lags]])
        if rows.sum() < plain.shape[1] + _FEWEST_FREE:
            break
        needed = pattern.choose(values, plain, rows, offered)
        new = {
            name: column
            for term in needed
            for name, column in zip(term.names, term.columns.T, strict=True)
            if name not in chosen
        }
        if not new:
            break
        chosen |= new
        with_terms = np.column_stack([base, *chosen.values()])
        found = breaks.find(values, with_terms, lags, seen, steps, aside)
    base_names += chosen
    base = np.column_stack([base, *chosen.values()])
    shifts = _shift_columns(periods, found)
    rows = seen & ~breaks.touched(periods, found.own_lags, found.steps, found.set_aside)
    shared = np.hstack([base, shifts, lags[:, : found.own_lags]])
    names = [*base_names, *(f"step {s}" for s in found.steps), *(f"turn {t}" for t in found.turns)]
    names += [f"own lag {j}" for j in range(1, found.own_lags + 1)]
    return Response(
        series=series,
        shared=shared,
        names=tuple(names),
        rows=rows,
        own_lags=found.own_lags,
        season=season if seasons > pattern.REPEATS else None,
        steps=tuple(found.steps),
        turns=tuple(found.turns),
        set_aside=tuple(found.set_aside),
    )


def calendar(periods: int, season: float | None, pairs: int) -> tuple[Floats, list[str]]:
    """Constant, trend (-1 to 1), its bend, and this many Fourier pairs a season.

    The bend is there for growth that is not a straight line: two products that both grow by a
    share a week would otherwise look related in every week. The pairs enter from one year on,
    because a shared wave looks like a lead; a season it is only called when two years repeat it.
    Weeks have two pairs, months and quarters a level of each (every pair that fits into a year).
    Days have the days of the week besides, from the start.
    """
    trend = np.linspace(-1.0, 1.0, periods)
    columns = [np.ones(periods), trend, trend**2 - 1 / 3]
    names = ["constant", "trend", "bend of the trend"]
    waves = [("season", season, harmonic) for harmonic in range(1, pairs + 1)]
    if season is not None and season > _DAILY:
        waves += [("day of the week", 7.0, harmonic) for harmonic in (1, 2, 3)]
    for name, length, harmonic in waves:
        if length is not None and 2 * harmonic <= length:
            angle = 2 * np.pi * harmonic * np.arange(periods, dtype=float) / length
            columns.append(np.cos(angle))
            names.append(f"{name} cos {harmonic}")
            if 2 * harmonic < length:
                columns.append(np.sin(angle))
                names.append(f"{name} sin {harmonic}")
    return np.column_stack(columns), names


def lagged(values: Floats, lags: NDArray[np.intp]) -> Floats:
    """(periods, lags) the values `lag` periods ago; NaN before the start."""
    table = np.full((len(values), len(lags)), np.nan)
    for column, lag in enumerate(lags):
        table[lag:, column] = values[: len(values) - lag]
    return table


def _shift_columns(periods: int, found: breaks.Found) -> Floats:
    return np.hstack([step_columns(periods, found.steps), turn_columns(periods, found.turns)])
