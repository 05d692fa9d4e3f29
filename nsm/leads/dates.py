"""What of the calendar only dates show: where in its month a week lies, and Easter.

A week holds the first of a month about every fourth time, at no even step: pay days, rents and
closing books, or a count that starts anew with each month, are no wave of the year. Metrics that
share such dates would seem to lead each other. As with the waves (`nsm.leads.pattern`), a series
takes up only the terms that its own model needs.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from dateutil.easter import easter

from nsm.leads.pattern import Floats, Term

_WEEK = 7
_PAID_ON = (1, 15, 25)  # the days of the month on which most are paid or charged
_DAY = "day {} of the month"
_CLOSING = 3  # working days of a month's end
_SPANS = ((1, 7), (8, 14), (15, 21))
_SIDES = ("this week", "the week before")


def dated_terms(index: pd.Index) -> tuple[Term, ...]:
    """The terms of these periods, labelled by their first day; none where they are not weeks."""
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return ()
    first = index.tz_localize(None).to_numpy().astype("datetime64[D]")
    if not (np.diff(first).astype(int) == _WEEK).all():
        return ()
    return _terms(first[0], len(first))


def month_begins(dated: tuple[Term, ...]) -> Floats | None:
    """(periods,) 1 where a month begins, else 0, of these dated terms; None where there are none.

    A total of the month so far forgets there what it held the week before.
    """
    return next((one.columns[:, 0] for one in dated if one.name == _DAY.format(1)), None)


@lru_cache(maxsize=8)
def _terms(first: np.datetime64, weeks: int) -> tuple[Term, ...]:
    days = first + np.arange(-_WEEK, _WEEK * weeks)
    month = days.astype("datetime64[M]")
    following = (month + 1).astype("datetime64[D]")
    of_month = (days - month.astype("datetime64[D]")).astype(int) + 1
    working_left = np.busday_count(days + 1, following)
    closing = np.is_busday(days) & (working_left < _CLOSING)
    sundays = np.array([easter(year) for year in _years(days)], dtype="datetime64[D]")
    marked = {
        **{_DAY.format(day): of_month == day for day in _PAID_ON},
        "last day of the month": days + 1 == following,
        "last working days of the month": closing,
        **{f"days {a} to {b} of the month": (a <= of_month) & (of_month <= b) for a, b in _SPANS},
        "Easter": np.isin(days, sundays),
    }
    counted = {name: days_of.reshape(-1, _WEEK).sum(axis=1) for name, days_of in marked.items()}
    counted["how far the month is"] = of_month[_WEEK - 1 :: _WEEK]
    return tuple(
        # Last week's dates reach into this one through what the series keeps of last week.
        Term(name, np.column_stack([count[1:], count[:-1]]).astype(np.float64), _SIDES)
        for name, count in counted.items()
        if np.ptp(count) > 0
    )


def _years(days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> range:
    first, last = days[[0, -1]].astype("datetime64[Y]").astype(int) + 1970
    return range(int(first), int(last) + 1)
