"""What chance alone produces: p-values and critical values from the bootstrap worlds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def adjusted(t: NDArray[np.float64], chance: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of worlds whose largest |t| beats each |t| (the observed world counts as one)."""
    ordered = np.sort(chance)
    beaten = len(ordered) - np.searchsorted(ordered, np.abs(t), side="left")
    return np.where(np.isnan(t), np.nan, (1.0 + beaten) / (1.0 + len(ordered)))


def critical_t(chance: NDArray[np.float32], alpha: float) -> float:
    """The |t| above which `adjusted` is at most alpha, so that band and p-value agree."""
    rank = int(np.floor(alpha * (len(chance) + 1) + 1e-9))
    return float(np.sort(chance)[-rank])
