"""The yearly pattern of a weekly series, taken out for looking.

The pattern is three Fourier pairs a year. It is fitted to the changes from week to week, where a
level that wanders, grows or jumps leaves nothing but noise: fitted to the values, such a level and
the season would explain each other (Harvey 1989, ch. 2.3, has the form; differencing before fitting
is Box & Jenkins 1970, ch. 9). Changes far outside the rest, as at a jump, are drawn in, so that a
jump makes no season. Where all values are above zero the parts multiply (the fit is on logarithms),
since a season grows with its metric. This is for the eye: the lead test models the season itself
and never sees these values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

YEAR_WEEKS = 52.18
FEWEST_WEEKS = 104
PAIRS = 3
DRAWN_IN_TIMES = 3

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
    season = _season(np.arange(values.size, dtype=float))
    at = np.flatnonzero(known)
    # A drift from week to week, and how the pattern differs between one known week and the next.
    design = np.column_stack([np.diff(at), np.diff(season[at], axis=0)])
    pattern = season @ _fitted(design, np.diff(level))[1:]
    return values / np.exp(pattern) if multiplies else values - pattern * scale


def _fitted(design: Floats, changes: Floats) -> Floats:
    """Least squares, with changes farther than four deviations from the fit drawn in to that."""
    found = np.linalg.lstsq(design, changes, rcond=None)[0]
    for _ in range(DRAWN_IN_TIMES):
        fit = design @ found
        deviation = 1.4826 * float(np.median(np.abs(changes - fit)))
        near = np.clip(changes, fit - 4 * deviation, fit + 4 * deviation)
        found = np.linalg.lstsq(design, near, rcond=None)[0]
    return np.asarray(found, dtype=float)


def _season(time: Floats) -> Floats:
    angles = 2 * np.pi * np.outer(time, np.arange(1, PAIRS + 1)) / YEAR_WEEKS
    return np.column_stack([np.sin(angles), np.cos(angles)])
