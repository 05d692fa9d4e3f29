"""Stars with invented weeks, taken through the real history and review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from nsm.history import History, build_history
from nsm.model import Grain, Star
from nsm.review import Review, weekly_review
from tests.days import daily_frame, rollup_frame

# A Wednesday; the last week that is over (from Monday) is that of 9 November.
TODAY = dt.date(2026, 11, 18)
LAST_WEEK = dt.date(2026, 11, 9)


def daily(weeks: Sequence[float], *, running: Sequence[float] = ()) -> dict[dt.date, float]:
    """Seven equal days a week that add up to each of these weeks, the last one that of LAST_WEEK.

    ``running`` are days of the week after it.
    """
    first = LAST_WEEK - dt.timedelta(weeks=len(weeks) - 1)
    days = {
        first + dt.timedelta(days=7 * place + day): value / 7
        for place, value in enumerate(weeks)
        for day in range(7)
        if np.isfinite(value)
    }
    return days | {LAST_WEEK + dt.timedelta(days=7 + n): value for n, value in enumerate(running)}


def reviewed(
    star: Star,
    values: Mapping[str, Mapping[dt.date, float]],
    ending: dt.date | None = None,
    today: dt.date = TODAY,
) -> tuple[History, History, Review]:
    """Weeks, months and the review of daily values, by the real code."""
    weeks, months = (
        build_history(star, rollup_frame(star, values, grain), grain, today)
        for grain in (Grain.WEEK, Grain.MONTH)
    )
    days = daily_frame(values)
    return weeks, months, weekly_review(star, weeks, months, days, ending, "trailing", today)


def noisy(weeks: int, level: float = 1000.0, noise: float = 20.0, seed: int = 0) -> list[float]:
    """Independent weeks around a level."""
    drawn = np.random.default_rng(seed).normal(level, noise, weeks)
    return [float(value) for value in drawn]
