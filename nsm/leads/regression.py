"""What the models share: columns of one size, and one ordinary regression with HC3 errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXACT = 1e-18  # share of the square of a series under which what is left is rounding noise


def scaled(columns: Floats) -> Floats:
    """The columns (rows, columns), each with a norm of 1; one of zeros stays as it is."""
    norms = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    return np.asarray(columns / np.where(norms > 0, norms, 1.0))


def ols(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients and HC3 errors of y (rows,) on the design (rows, columns)."""
    size = np.sqrt((design**2).mean(axis=0))
    size = np.where(size > 0, size, 1.0)
    basis, corner = np.linalg.qr(design / size)
    inverse = np.linalg.pinv(corner) @ basis.T
    coefficient = inverse @ y
    left = y - design / size @ coefficient
    slack = np.maximum(1.0 - (basis**2).sum(axis=1), 1e-9)
    error = np.sqrt((inverse**2) @ (left / slack) ** 2)
    return coefficient / size, error / size
