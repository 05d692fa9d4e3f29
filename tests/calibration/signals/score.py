"""What the judgement says of one series: false signals, and how soon a shift is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from nsm.signals import Chart, Rule
from nsm.signals.rules import MIDDLE, NEAR, broken_rules
from tests.calibration.signals.series import Floats, Kind, generator

QUARTER = 13
SHIFT = 2.0
SOON = 3
LATEST = 8
# Weeks after which a detector has forgotten how it began.
SETTLED = 26
Detector = Callable[[Floats], Floats]
# A series of 52 weeks has its last quarter judged on 39 and more.
YEAR_WEEKS = 52
FIRST_JUDGED = 15


def unchanged(
    kind: Kind, name: str, history: int, number: int, seed: int, judged: int = QUARTER
) -> Counter[str]:
    """Counts of false signals in the weeks after ``history``, each judged when it closes."""
    values = kind.draw(generator(seed, name, history, number), history + judged)
    chart = Chart(values)
    counts = Counter({"series": 1})
    found: set[Rule] = set()
    weeks = range(history, history + judged)
    signals = [chart.signal(week) for week in weeks]
    for signal in signals:
        found.update(signal.rules)
    counts["false"] = int(bool(found))
    for rule in Rule:
        counts[f"false_{rule}"] = int(rule in found)
    counts["plain"] = int(_plain(values, history))
    counts["signal_weeks"] = sum(signal.is_unusual for signal in signals)
    return counts


def looked_back(kind: Kind, name: str, number: int, seed: int) -> Counter[str]:
    """The same for all weeks of a 52-week series that can be judged, quarter by quarter."""
    values = kind.draw(generator(seed, name, 0, number), YEAR_WEEKS)
    chart = Chart(values)
    odd = np.array([chart.signal(week).is_unusual for week in range(YEAR_WEEKS)])
    quarters = odd.reshape(-1, QUARTER)[1:]
    return Counter(
        {
            "series": 1,
            "quarters": len(quarters),
            "false_quarters": int(quarters.any(axis=1).sum()),
            "false_series": int(odd.any()),
        }
    )


def shifted(
    kind: Kind, name: str, history: int, number: int, seed: int, size: float
) -> Counter[str]:
    """In which week a lasting shift of this size, from the first new week on, is found."""
    values = kind.draw(generator(seed, name, history, number), history + LATEST)
    values[history:] += size
    chart = Chart(values)
    for week in range(LATEST):
        if chart.signal(history + week).side == "above":
            return Counter({"series": 1, f"week_{week + 1}": 1})
    return Counter({"series": 1, "later": 1})


def median_week(counts: dict[str, int]) -> int | None:
    """The week by which half of the series had their shift found; None when it is later."""
    found = 0
    for week in range(1, LATEST + 1):
        found += counts.get(f"week_{week}", 0)
        if 2 * found >= counts["series"]:
            return week
    return None


def soon(counts: dict[str, int]) -> float:
    """The share of series whose shift was found within three weeks."""
    return sum(counts.get(f"week_{week}", 0) for week in range(1, SOON + 1)) / counts["series"]


def with_all_known(memory: float, size: float, seed: int, series: int = 20_000) -> float:
    """The share found within three weeks if model and noise were known, at three sigmas."""
    rng = np.random.default_rng([seed, int(memory * 1000), int(size * 1000)])
    past = 3
    residuals = rng.standard_normal((series, past + SOON))
    residuals[:, past] += size
    residuals[:, past + 1 :] += size * (1 - memory)
    places = residuals / 3
    outside = (places[:, past:] > 1).any(axis=1)
    near = places > NEAR
    for week in range(past, past + SOON):
        outside |= near[:, week] & (near[:, week - 3 : week + 1].sum(axis=1) >= 3)
    return float(outside.mean())


def best_detector(memory: float, size: float, seed: int, series: int = 8_000) -> float:
    """The share found within three weeks by the best detector we know, all of the metric known.

    CUSUM and EWMA charts of the residuals, and the likelihood ratio of a shift of this very size in
    one of the last three weeks, each with the limit at which 5 % of unchanged quarters alarm on
    either side; the best of them for this very metric and shift.
    """
    rng = np.random.default_rng([seed, int(memory * 1000), int(size * 1000), 1])
    unchanged = rng.standard_normal((series, SETTLED + QUARTER))
    course = size * np.append(1.0, np.full(QUARTER - 1, 1 - memory))
    shifted = unchanged.copy()
    shifted[:, SETTLED:] += course
    soon = slice(SETTLED, SETTLED + SOON)
    found = []
    for chart in (
        *(_cusum(reference) for reference in (0.5, 0.75, 1.0)),
        *(_ewma(weight) for weight in (0.3, 0.6)),
        _likelihood(course),
    ):
        sides = [chart(side)[:, SETTLED:].max(axis=1) for side in (unchanged, -unchanged)]
        limit = np.quantile(np.maximum(*sides), 0.95)
        found.append(float((chart(shifted)[:, soon].max(axis=1) > limit).mean()))
    return max(found)


def most_powerful(memory: float, size: float) -> float:
    """No chart at all finds more within three weeks: the test of Neyman and Pearson.

    It knows metric, size and the week of the shift, and spends on these three weeks their share of
    the false alarms of a quarter.
    """
    normal = NormalDist()
    apart = size * (1 + (SOON - 1) * (1 - memory) ** 2) ** 0.5
    level = 1 - 0.95 ** (SOON / QUARTER)
    return normal.cdf(apart - normal.inv_cdf(1 - level / 2))


def _cusum(reference: float) -> Detector:
    return _summed(lambda held, week: np.maximum(0.0, held + week - reference))


def _ewma(weight: float) -> Detector:
    return _summed(lambda held, week: (1 - weight) * held + weight * week)


def _summed(step: Callable[[Floats, Floats], Floats]) -> Detector:
    def chart(residuals: Floats) -> Floats:
        held, found = np.zeros(len(residuals)), np.empty(residuals.shape)
        for week in range(residuals.shape[1]):
            held = step(held, residuals[:, week])
            found[:, week] = held
        return found

    return chart


def _likelihood(course: Floats) -> Detector:
    def chart(residuals: Floats) -> Floats:
        found = np.full(residuals.shape, -np.inf)
        for weeks in range(1, SOON + 1):
            shape = course[:weeks] / np.linalg.norm(course[:weeks])
            windows = np.lib.stride_tricks.sliding_window_view(residuals, weeks, axis=1)
            found[:, weeks - 1 :] = np.maximum(found[:, weeks - 1 :], windows @ shape)
        return found

    return chart


def _plain(values: Floats, history: int) -> bool:
    """Whether an XmR chart of the past, as in the textbook, breaks a rule in the new weeks."""
    past = values[:history]
    half = 2.66 * np.abs(np.diff(past)).mean()
    places = (values - past.mean()) / half
    # In the textbook every week is on one side or the other.
    places = np.where(np.abs(places) < MIDDLE + 0.01, np.sign(places) * (MIDDLE + 0.01), places)
    return any(broken_rules(places[: week + 1])[0] for week in range(history, values.size))
