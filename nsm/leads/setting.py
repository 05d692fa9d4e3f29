"""How the lead test is asked: how far back, over which weeks, in which form of the values.

The promise holds for one setting that was chosen before looking. Who tries several looks several
times: the screens count them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

YEAR_OF_WEEKS = 52.18


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to ask.

    ``first`` and ``last`` are the earliest and the latest start of a week that counts, None for no
    bound; ``logs`` tests logarithms where a metric allows it; ``seasonal`` takes the yearly season
    out; ``exclude`` are weeks to leave out, by any day of theirs.
    """

    max_lag: int = 12
    first: dt.date | None = None
    last: dt.date | None = None
    logs: bool = False
    seasonal: bool = True
    exclude: tuple[dt.date, ...] = ()

    @property
    def season(self) -> float | None:
        """The periods in a year, None where no season is to be taken out."""
        return YEAR_OF_WEEKS if self.seasonal else None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The weeks of one setting: values as they are tested, and what was done to them.

    ``logged`` are the columns that hold logarithms; ``exclude`` the first days of the weeks to
    leave out that lie inside; ``transform`` says it in words, for the report.
    """

    weeks: pd.DataFrame
    logged: frozenset[str]
    exclude: tuple[pd.Timestamp, ...]
    transform: str


def prepare_weeks(weeks: pd.DataFrame, setting: Setting, ratios: Collection[str] = ()) -> Prepared:
    """Which values does the lead test see at this setting?

    Parameters
    ----------
    weeks : one row a week by its first day, one column a metric; NaN where unknown.
    ratios : columns that stay as they are: a share in percent is told in points, not in per cent.

    Notes
    -----
    Logarithms need values above zero in all weeks that count: a column without them stays as it is.
    """
    inside = weeks
    if setting.first is not None:
        inside = inside.loc[inside.index >= pd.Timestamp(setting.first)]
    if setting.last is not None:
        inside = inside.loc[inside.index <= pd.Timestamp(setting.last)]
    wanted = [str(name) for name in inside if setting.logs and str(name) not in ratios]
    logged = frozenset(name for name in wanted if _always_above_zero(inside[name]))
    if logged:
        inside = inside.assign(**{name: np.log(inside[name]) for name in sorted(logged)})
    return Prepared(inside, logged, _weeks_of(setting.exclude, inside.index), _told(inside, logged))


def _always_above_zero(values: pd.Series) -> bool:
    known = values.dropna()
    return bool(len(known)) and bool((known > 0).all())


def _weeks_of(days: Collection[dt.date], index: pd.Index) -> tuple[pd.Timestamp, ...]:
    """The weeks of the index that these days lie in; other days are left away."""
    found = set()
    for day in days:
        place = int(index.searchsorted(pd.Timestamp(day), side="right")) - 1
        if place >= 0 and (pd.Timestamp(day) - index[place]).days < 7:
            found.add(pd.Timestamp(index[place]))
    return tuple(sorted(found))


def _told(weeks: pd.DataFrame, logged: frozenset[str]) -> str:
    if not logged:
        return "values as given"
    plain = [str(name) for name in weeks if str(name) not in logged]
    said = "logarithms"
    return f"{said}; values as given of {', '.join(plain)}" if plain else said
