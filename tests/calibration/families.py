"""The families of worlds.

In `NOTHING` no input tells of the star's future, in `SOMETHING` one does. In `NONE_FIRST` none
moves first, and yet an input's past helps to predict: each shows what all share with other noise.
"""

from __future__ import annotations

from tests.calibration import recorded
from tests.calibration.worlds import (
    Make,
    ar,
    bent_trend,
    christmas,
    correlated,
    counts,
    cycles,
    driver,
    followers,
    fortnights,
    four_four_five,
    growing_season,
    growing_variance,
    heavy_tails,
    missing,
    one_off,
    outliers,
    partial_week,
    pay_day,
    plant,
    quarter_end,
    saturation,
    season,
    sharp_season,
    shift,
    together,
    trend,
    two_shifts,
    walk,
    white,
)

NOTHING: dict[str, Make] = {
    "white noise": white,
    "AR(.5)": ar(0.5),
    "AR(.9)": ar(0.9),
    "AR(.98)": ar(0.98),
    "random walk": walk(0.0),
    "random walk with drift": walk(0.3),
    "shared season": season(False),
    "shifted season": season(True),
    "sharp season": sharp_season,
    "growing season": growing_season,
    "pay day": pay_day,
    "quarter end": quarter_end,
    "pay every second week": fortnights,
    "months of 4, 4 and 5 weeks": four_four_five,
    "shared trend": trend,
    "shared trend that turns": bent_trend,
    "shared saturation": saturation,
    "shared level shift": shift(True),
    "separate level shifts": shift(False),
    "two shared level shifts": two_shifts,
    "heavy tails": heavy_tails,
    "outliers": outliers,
    "growing variance": growing_variance,
    "counts that grow": counts,
    "shared odd week": one_off,
    "Christmas": christmas,
    "Easter": recorded.easters,
    "first of the month": recorded.first_of_the_month,
    "last working days": recorded.last_working_days,
    "month to date": recorded.month_to_date,
    "sums over 13 weeks": recorded.sums(13),
    "changes on last year": recorded.changes_on_last_year,
    "business cycles": cycles,
    "followers": followers,
    "same week only": together,
    "3 % missing": missing(0.03, ar(0.7)),
    "10 % missing": missing(0.10, ar(0.7)),
    "10 % missing, same week only": missing(0.10, together),
    "partial last week": partial_week,
}


NONE_FIRST: dict[str, Make] = {
    "views of one level": recorded.views_of_one_level,
    "dips and catch-up": recorded.dips,
}


def _decay(rate: float) -> tuple[float, ...]:
    return tuple(rate**j for j in range(12))


SOMETHING: dict[str, Make] = {
    **{f"one lag, {s:.0%}": plant(s) for s in (0.02, 0.05, 0.10, 0.20, 0.30)},
    "one lag, 10%, smooth inputs": plant(0.10, "ar"),
    "one lag, 10%, random walks": plant(0.10, "walk"),
    "one lag, 10%, persistent star": plant(0.10, noise=0.95),
    "one lag, 10%, 10% missing": missing(0.10, plant(0.10)),
    "decaying, 15%": plant(0.15, shape=_decay(0.7), lags=(1, 1)),
    "decaying, 15%, smooth inputs": plant(0.15, "ar", shape=_decay(0.7), lags=(1, 1)),
    "hump, 15%": plant(0.15, shape=(0.3, 0.7, 1.0, 0.7, 0.3), lags=(1, 4)),
    "stops half-way, 20%": plant(0.20, stops=True),
    "two correlated inputs, 15%": lambda rng, weeks: correlated(rng, weeks),
    "common driver on the board": lambda rng, weeks: driver(rng, weeks),
}


EVERY = NOTHING | NONE_FIRST | SOMETHING
