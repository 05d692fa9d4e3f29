"""Granger's test as textbooks and R's lmtest print it: a reference, not this project's verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import fdtrc

from nsm.errors import InputError


@dataclass(frozen=True)
class Granger:
    """An F test: do `order` lags of x improve on `order` lags of y?"""

    f: float
    p: float
    order: int
    freedom: int


def granger(x: pd.Series, y: pd.Series, order: int = 1) -> Granger:
    """Do the last `order` values of x help to predict y beside y's own?

    Parameters
    ----------
    x, y : series of equal length without missing values.
    order : lags of each.

    Raises
    ------
    InputError : lengths differ, values are missing, or there are too few of them.

    Notes
    -----
    Granger (1969); the same numbers as `grangertest(x, y, order)` of R's lmtest. It assumes
    stationary series and equal variance and is read one pair at a time: for a page of inputs it
    promises nothing, which is why `find_leads` exists.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if a.shape != b.shape or a.ndim != 1:
        raise InputError("Granger's test needs two series of equal length.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise InputError("Granger's test needs series without missing values.")
    rows = len(b) - order
    freedom = rows - 2 * order - 1
    if order < 1 or freedom < 1:
        raise InputError(f"{len(b)} values are too few for order {order}.", "Choose a lower order.")
    own = np.column_stack([np.ones(rows), _lags(b, order)])
    small, large = (
        _unexplained(own, b[order:]),
        _unexplained(np.column_stack([own, _lags(a, order)]), b[order:]),
    )
    f = ((small - large) / order) / (large / freedom) if large > 0 else float("inf")
    return Granger(f, float(fdtrc(order, freedom, f)), order, freedom)


def _lags(values: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    return np.column_stack([values[order - j : len(values) - j] for j in range(1, order + 1)])


def _unexplained(design: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return float(left @ left)
