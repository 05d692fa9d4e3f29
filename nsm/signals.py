"""Is this week's value usual, given the metric's own past? Signal or noise, as pure arithmetic.

The natural limits of an XmR chart (Wheeler 1993: mean +- 2.66 mean moving ranges, which is three
standard deviations) assume that weeks are independent around a fixed level. Ordinary metrics drift,
grow and have a season, and then break those limits without any cause. So the limits are put around
what the metric's own past leads one to expect - a level, a trend, a memory of one or two weeks, a
random walk, a yearly pattern once there are two years, whichever explains it best (BIC) - and the
moving range is that of what this leaves unexplained (Alwan & Roberts 1988). For a metric without
memory this is the XmR chart.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_WEEKS = 15
LONGEST_MEMORY_WEEKS = 156
YEAR_WEEKS = 52
SEASON_FROM_WEEKS = 2 * YEAR_WEEKS
FEWEST_FOR_SUPERLATIVE = 8

# Mean moving range of independent normal values, in standard deviations.
MOVING_RANGE = 1.128
THREE_SIGMA = 3.0
# Of the largest value: what arithmetic leaves of a constant series is no variation.
TINY = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Between which values a week usually lies, judged from ``weeks`` earlier complete weeks."""

    low: float
    high: float
    expected: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Signal:
    """How a week stands to its usual range.

    ``status`` is inside, above, below, or unknown: with fewer than ``FEWEST_WEEKS`` earlier weeks,
    or without a value, nothing is claimed. ``weeks`` is how many earlier weeks there are.
    """

    status: str
    usual: UsualRange | None
    weeks: int

    @property
    def is_unusual(self) -> bool:
        return self.status in ("above", "below")


@dataclass(frozen=True, slots=True)
class Extreme:
    """A week that is lower, or higher, than each of the weeks before it.

    ``weeks`` counts the week itself: "lowest in 26 weeks" beats the 25 before it. ``on_record``
    when it beats every week there is.
    """

    kind: str
    weeks: int
    on_record: bool


def judge(values: Floats) -> Signal:
    """Whether the last of these weekly values lies in the range that the earlier ones make usual.

    ``values`` are complete weeks, oldest first, NaN where a week is missing.
    """
    earlier, value = values[:-1], values[-1] if values.size else np.nan
    weeks = int(np.isfinite(earlier).sum())
    usual = usual_range(earlier)
    if usual is None or not np.isfinite(value):
        return Signal("unknown", usual, weeks)
    status = "below" if value < usual.low else "above" if value > usual.high else "inside"
    return Signal(status, usual, weeks)


def usual_range(earlier: Floats) -> UsualRange | None:
    """Where the week after these weeks usually lies; None with fewer than 15 known weeks."""
    earlier = np.asarray(earlier, dtype=float)[-LONGEST_MEMORY_WEEKS:]
    weeks = int(np.isfinite(earlier).sum())
    if weeks < FEWEST_WEEKS:
        return None
    scale = float(np.nanmax(np.abs(earlier))) or 1.0
    best = _best_model(earlier / scale)
    if best is None:
        return None
    expected, spread = best
    return UsualRange(
        low=(expected - spread) * scale,
        high=(expected + spread) * scale,
        expected=expected * scale,
        weeks=weeks,
    )


def extreme(values: Floats) -> Extreme | None:
    """Whether the last value beats all of at least seven weeks before it, and of how many weeks.

    Missing weeks end the count, since nobody knows whether they beat it.
    """
    if values.size < FEWEST_FOR_SUPERLATIVE or not np.isfinite(values[-1]):
        return None
    for kind, beaten in (
        ("lowest", values[:-1] > values[-1]),
        ("highest", values[:-1] < values[-1]),
    ):
        run = int(np.argmin(beaten[::-1])) if not beaten.all() else beaten.size
        if run + 1 >= FEWEST_FOR_SUPERLATIVE:
            return Extreme(kind, run + 1, on_record=run == beaten.size)
    return None


def _best_model(y: Floats) -> tuple[float, float] | None:
    """Expected next value and half the width of its usual range, from the model of least BIC."""
    time = np.arange(y.size + 1, dtype=float)
    known = np.append(y, np.nan)
    columns = {
        "level": np.ones(y.size + 1),
        "trend": time / max(y.size, 1),
        "lag1": _shifted(known, 1),
        "lag2": _shifted(known, 2),
    }
    seasons: list[tuple[str, ...]] = [()]
    if y.size >= SEASON_FROM_WEEKS:
        for pair in (1, 2):
            angle = 2 * np.pi * pair * time / 52.18
            columns[f"sin{pair}"], columns[f"cos{pair}"] = np.sin(angle), np.cos(angle)
        columns["last_year"] = _shifted(known, YEAR_WEEKS)
        seasons += [("sin1", "cos1", "sin2", "cos2"), ("last_year",)]
    rows = np.isfinite(np.column_stack([known, *columns.values()])).all(axis=1)
    if rows.sum() < FEWEST_WEEKS - 2:
        columns = {name: columns[name] for name in ("level", "trend")}
        seasons = [()]
        rows = np.isfinite(known)
    best: tuple[float, float, float] | None = None
    for names, walk in _candidates(columns, seasons):
        found = _fit(known, columns, names, rows, walk=walk)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return None if best is None else best[1:]


def _candidates(
    columns: dict[str, Floats], seasons: list[tuple[str, ...]]
) -> list[tuple[tuple[str, ...], bool]]:
    memories: list[tuple[str, ...]] = [()]
    if "lag1" in columns:
        memories += [("lag1",), ("lag1", "lag2")]
    found = [
        (("level", *trend, *memory, *season), False)
        for trend, memory, season in itertools.product(((), ("trend",)), memories, seasons)
    ]
    return [*found, (("level",), True)] if "lag1" in columns else found


def _fit(
    known: Floats,
    columns: dict[str, Floats],
    names: tuple[str, ...],
    rows: NDArray[np.bool_],
    *,
    walk: bool,
) -> tuple[float, float, float] | None:
    """BIC, expected next value and spread of one model; None where the next week has no lags."""
    design = np.column_stack([columns[name] for name in names])
    start = columns["lag1"] if walk else np.zeros(known.size)
    following = design[-1]
    if not (np.isfinite(following).all() and np.isfinite(start[-1])):
        return None
    x, y = design[rows], (known - start)[rows]
    count, width = x.shape
    if count - width < FEWEST_WEEKS // 2:
        return None
    inverse = np.linalg.pinv(x.T @ x)
    coefficients = inverse @ (x.T @ y)
    residuals = y - x @ coefficients
    bic = count * np.log(max(float(residuals @ residuals) / count, TINY**2)) + width * np.log(count)
    steps = np.diff(residuals)[np.diff(np.flatnonzero(rows)) == 1]
    moving_range = float(np.mean(np.abs(steps))) if steps.size else 0.0
    freedom = count - width
    sigma = moving_range / MOVING_RANGE * np.sqrt(count / freedom)
    leverage = float(following @ inverse @ following)
    spread = _three_sigma_of(0.6 * freedom) * sigma * np.sqrt(1 + leverage)
    return float(bic), float(following @ coefficients + start[-1]), max(float(spread), TINY)


def _three_sigma_of(freedom: float) -> float:
    """The quantile of Student's t that three standard deviations are of the normal (expansion)."""
    z = THREE_SIGMA
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2


def _shifted(values: Floats, by: int) -> Floats:
    shifted = np.full(values.size, np.nan)
    shifted[by:] = values[: values.size - by]
    return shifted
