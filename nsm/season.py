"""The yearly pattern of a weekly series, taken out for looking: a classical decomposition.

The series is a level, a trend that may bend twice a year, and a yearly pattern of three Fourier
pairs, fitted together by least squares; the pattern is taken out and everything else stays. Where
all values are above zero the parts multiply (the fit is on logarithms), since a season grows with
its metric. This is for the eye: the lead test models the season itself and never sees these values.
Cleveland et al. (1990) describe the idea; Harvey (1989, ch. 2.3) the trigonometric form.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

YEAR_WEEKS = 52.18
FEWEST_WEEKS = 104
PAIRS = 3
WEEKS_BETWEEN_BENDS = 26

Floats = NDArray[np.float64]


def without_season(values: Floats) -> Floats | None:
    """The weekly series without its yearly pattern; None with fewer than two years of weeks.

    ``values`` are consecutive weeks, oldest first, NaN where a week is missing (and stays so).
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values)
    if known.sum() < FEWEST_WEEKS:
        return None
    multiplies = bool((values[known] > 0).all())
    scale = float(np.abs(values[known]).max()) or 1.0
    level = np.log(values[known]) if multiplies else values[known] / scale
    time = np.arange(values.size, dtype=float)
    season = _season(time)
    design = np.column_stack([_trend(time), season])
    fitted = np.linalg.lstsq(design[known], level, rcond=None)[0]
    pattern = season @ fitted[-season.shape[1] :]
    return values / np.exp(pattern) if multiplies else values - pattern * scale


def _season(time: Floats) -> Floats:
    angles = 2 * np.pi * np.outer(time, np.arange(1, PAIRS + 1)) / YEAR_WEEKS
    return np.column_stack([np.sin(angles), np.cos(angles)])


def _trend(time: Floats) -> Floats:
    """A line that may bend every half year, but not near the ends, where a bend would guess."""
    bends = np.arange(WEEKS_BETWEEN_BENDS, time.size - WEEKS_BETWEEN_BENDS, WEEKS_BETWEEN_BENDS)
    hinges = np.maximum(time[:, None] - bends[None, :], 0.0)
    return np.column_stack([np.ones(time.size), time, hinges]) / max(time.size, 1)
