"""From estimates to a verdict in words, with the reasons a reader should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nsm.leads.chance import adjusted
from nsm.leads.design import AUGMENT, Response
from nsm.leads.report import Verdict, Working
from nsm.leads.scan import SPARE_ROWS, Estimates, Tests
from nsm.leads.series import Series, is_copy
from nsm.leads.shape import TIED, Location, locate
from nsm.leads.words import (
    also_same_week,
    input_notes,
    only_together,
    perhaps_one_thing,
    too_few_rows,
)

FEWEST = 40
MOST_MISSING = 0.15
POWER_QUANTILE = 0.8416  # standard normal: four of five
SHARE = 0.10  # of the star's unexplained movement: the effect that `weeks_needed` speaks of


@dataclass(frozen=True)
class Refusal:
    """Why an input was not tested."""

    verdict: Verdict
    reason: str
    weeks_needed: int | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything about one input."""

    working: Working
    place: int
    alpha: float
    refused: Refusal | None

    @property
    def series(self) -> Series:
        """The input."""
        return self.working.inputs[self.place]

    @property
    def forward(self) -> Estimates | None:
        """Estimates of the input on the star."""
        return self.working.forward.estimates[self.place]

    @property
    def backward(self) -> Estimates | None:
        """Estimates of the star on the input."""
        found = self.working.backward[self.place]
        return None if found is None else found.estimates[0]


def least_periods(max_lag: int) -> int:
    """Periods under which nothing is estimated."""
    return max(FEWEST, max_lag + 2 * AUGMENT + 5 + SPARE_ROWS)


def refusal(star: Series, x: Series, max_lag: int, identity: bool) -> Refusal | None:
    """Why this input cannot be tested, or None."""
    if identity:
        return Refusal(
            "none",
            f"{x.name} and {star.name} stand in one formula: their relation is arithmetic, to be "
            "decomposed, not a lead to be discovered.",
        )
    needed = least_periods(max_lag)
    shared = min(star.last, x.last) - max(star.first, x.first) + 1
    shared = max(0, shared) if min(star.periods, x.periods) > 0 else 0
    for series in (star, x):
        if series.periods and series.constant and shared >= needed:
            return Refusal(
                "none", f"{series.name} never changes in these periods, so nothing can be learned."
            )
    if shared < needed:
        return Refusal(
            "insufficient",
            f"{star.name} and {x.name} share {shared} periods; the test needs at least {needed}.",
            needed,
        )
    for series in (star, x):
        if series.missing_share > MOST_MISSING:
            return Refusal(
                "insufficient",
                f"{100 * series.missing_share:.0f} % of the periods of {series.name} are missing; "
                f"above {100 * MOST_MISSING:.0f} % no answer is given.",
            )
    if is_copy(star, x):
        return Refusal(
            "none",
            f"{x.name} is {star.name} itself on another scale: it cannot tell anything of it.",
        )
    return None


def nothing_left(response: Response) -> Refusal:
    """Why no input of a star without any surprise can be tested."""
    star = response.series
    if np.ptp(star.values[response.rows]) == 0:
        moved = f"{len(response.set_aside)} periods" if len(response.set_aside) > 1 else "1 period"
        return Refusal(
            "none",
            f"{star.name} differs from its usual value in {moved} only: too few to learn from.",
        )
    return Refusal(
        "none",
        f"The calendar and its own past explain {star.name} exactly: nothing is left for an input "
        "to tell.",
    )


def judge(evidence: Evidence, notes: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The table row of one input, and the details behind it."""
    working, x = evidence.working, evidence.series
    row: dict[str, Any] = {
        "input": x.name,
        "verdict": "none",
        "lag": None,
        "lag_low": None,
        "lag_high": None,
        "effect": np.nan,
        "effect_low": np.nan,
        "effect_high": np.nan,
        "effect_unit": f"{working.star.name} per 1 {x.name}",
        "p_adjusted": np.nan,
        "reverse_p_adjusted": np.nan,
        "weeks_needed": None,
        "smallest_detectable_effect": np.nan,
        "warnings": [],
    }
    forward, backward = evidence.forward, evidence.backward
    if evidence.refused is not None:
        row |= {"verdict": evidence.refused.verdict, "weeks_needed": evidence.refused.weeks_needed}
        row["warnings"] = [evidence.refused.reason]
        return row, {}
    if forward is None:
        row |= {"verdict": "insufficient", "weeks_needed": len(working.index) + 2 * SPARE_ROWS}
        row["warnings"] = [too_few_rows(x), *notes]
        return row, {}
    row["p_adjusted"] = _evidence(forward, working.tests, working.forward.chance_lead)
    if backward is not None:
        row["reverse_p_adjusted"] = _evidence(backward, working.tests, working.chance_back)
    p_same = _smallest(adjusted(forward.t[:1], working.forward.chance_same))
    row["warnings"] = [*input_notes(working, evidence.place), *notes]
    detail: dict[str, Any] = {"p_same_week": p_same}
    if row["p_adjusted"] <= evidence.alpha:
        return row, detail | _before(row, evidence, forward, p_same <= evidence.alpha)
    if x.lone is None:  # else one period says how exact all others are
        row |= _unseen(forward, working.tests, working.critical[0], len(working.index))
    _behind(row, evidence, forward, p_same <= evidence.alpha)
    return row, detail


def _before(
    row: dict[str, Any], evidence: Evidence, forward: Estimates, at_once: bool
) -> dict[str, Any]:
    """Verdict and place of an input whose earlier periods tell something; the details."""
    working, x = evidence.working, evidence.series
    found = locate(working.response, x, forward, working.tests, working.critical[0])
    if at_once and _begins_at_once(found, forward, working.tests):
        _together(row, evidence, forward, lasts=True)
        return {}
    row["verdict"] = "both" if row["reverse_p_adjusted"] <= evidence.alpha else "leads"
    detail = _leading(row, evidence, forward, found)
    if at_once:
        row["warnings"].insert(0, also_same_week(working.star, x))
    return detail


def _behind(row: dict[str, Any], evidence: Evidence, forward: Estimates, at_once: bool) -> None:
    """Verdict and place of an input whose earlier periods tell nothing."""
    working, backward = evidence.working, evidence.backward
    answer, found = working.responses[evidence.place], None
    if row["reverse_p_adjusted"] <= evidence.alpha and backward is not None and answer is not None:
        found = locate(answer, working.star, backward, working.tests, working.critical[2])
        if not (at_once and _begins_at_once(found, backward, working.tests)):
            row |= {"verdict": "follows", "lag": found.lag}
            row |= {"lag_low": found.low, "lag_high": found.high}
            return
    if at_once:
        _together(row, evidence, forward, lasts=found is not None)


def _together(row: dict[str, Any], evidence: Evidence, forward: Estimates, lasts: bool) -> None:
    row["verdict"] = "together"
    _place(row, Location(0, 0, 0, 0, 0), forward, evidence.working.critical[1])
    if lasts:
        row["warnings"].insert(0, perhaps_one_thing(evidence.working.star, evidence.series))


def _begins_at_once(found: Location, estimates: Estimates, tests: Tests) -> bool:
    """Whether the lags that cannot be told from the best run on into the same period.

    Two noisy views of one lasting thing look like this, and an effect that starts at once and
    fades: a lead cannot be told from moving together. Weeks that stand apart can.
    """
    size = np.abs(estimates.t[: tests.max_lag + 1])
    return bool(found.low == 1 and size[0] ** 2 > np.nanmax(size[1:]) ** 2 - TIED)


def _leading(
    row: dict[str, Any], evidence: Evidence, forward: Estimates, found: Location
) -> dict[str, Any]:
    """Lag, effect and warnings of an established lead, into the row; its details."""
    working, x = evidence.working, evidence.series
    _place(row, found, forward, working.critical[0])
    if found.test > working.tests.max_lag:
        row["effect_unit"] += f", held for {found.span} weeks"
    if found.span:
        row["warnings"].insert(0, only_together(x, found.span))
    return {"onset": found.low, "peak": found.lag, "spread_over": found.span}


def _place(row: dict[str, Any], found: Location, estimates: Estimates, critical: float) -> None:
    effect, error = estimates.coefficient[found.test], estimates.error[found.test]
    row |= {
        "lag": found.lag,
        "lag_low": found.low,
        "lag_high": found.high,
        "effect": effect,
        "effect_low": effect - critical * error,
        "effect_high": effect + critical * error,
    }


def _unseen(forward: Estimates, tests: Tests, critical: float, periods: int) -> dict[str, Any]:
    """What this history could not have shown.

    The smallest effect at a single lag that would be found in four of five cases, and the periods
    after which an effect that explains a tenth of the star's unexplained movement would be.
    """
    reach = critical + POWER_QUANTILE
    error = forward.error[1 : tests.max_lag + 1]
    if np.isnan(error).all():
        return {}
    spent = periods - float(np.nanmedian(forward.freedom))
    needed = reach**2 * (1 - SHARE) / SHARE + spent
    return {
        "smallest_detectable_effect": reach * float(np.nanmedian(error)),
        "weeks_needed": int(np.ceil(needed)),
    }


def _evidence(found: Estimates, tests: Tests, chance: NDArray[np.float32]) -> float:
    """The smallest adjusted p-value over single lags and spans."""
    return _smallest(adjusted(np.append(found.t[1 : tests.max_lag + 1], found.joint), chance))


def _smallest(p: NDArray[np.float64]) -> float:
    return float("nan") if np.isnan(p).all() else float(np.nanmin(p))
