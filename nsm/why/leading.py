"""What the leading inputs of a measured star would explain of its change.

An input that leads by k weeks with an effect e moves the star by e times its own change, k weeks
later. This is a prediction of the lead test and no cause; what is left is said as such.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from nsm.model import Star
from nsm.periods import DAY
from nsm.why.change import Against, Why, base_of, known_ends, why_of
from nsm.why.segments import SegmentSplit
from nsm.why.split import Part

NO_LEAD = "no input is known to lead it"


@dataclass(frozen=True, slots=True)
class Lead:
    """An input that the lead test found: effect on the star, in star per input, after ``lag``.

    ``span`` is over 0 where only the mean of the weeks 1 to ``span`` before tells of the star.
    """

    key: str
    lag_weeks: int
    effect: float
    low: float
    high: float
    span: int = 0


def leads_of_report(table: pd.DataFrame, details: Mapping[str, Mapping[str, object]]) -> list[Lead]:
    """The inputs of a lead report that lead the star, but those that only shadow another.

    ``table`` and ``details`` are those of :class:`nsm.leads.LeadReport`.
    """
    found = []
    for row in table.to_dict(orient="records"):
        detail = details.get(str(row["input"]), {})
        if row["verdict"] not in ("leads", "both") or "shadow_of" in detail:
            continue
        effect, low, high = (float(row[name]) for name in ("effect", "effect_low", "effect_high"))
        if math.isfinite(effect + low + high):
            held = "held for" in str(row["effect_unit"])
            span = int(str(detail.get("spread_over") or 0)) if held else 0
            found.append(Lead(str(row["input"]), int(row["lag"]), effect, low, high, span))
    return found


def whys(
    star: Star, values: pd.DataFrame, week: dt.date, leads: Sequence[Lead] | None = None
) -> tuple[Why, Why]:
    """Why did the star change to this week, against the week before and against last year?

    A star that is a formula is split exactly. For any other the inputs that lead it may explain a
    part, where they are given (:func:`leads_of_report`).
    """
    if leads is None or star.star_metric.formula is not None:
        return why_of(star, values, week, "week"), why_of(star, values, week, "year")
    return (
        why_from_leads(star, values, leads, week, "week"),
        why_from_leads(star, values, leads, week, "year"),
    )


def why_json(whys: Sequence[Why], splits: Sequence[SegmentSplit] = ()) -> dict[str, Any]:
    """What the JSON of a review says about why the star moved, and where it did."""
    return {
        "why": {
            one.against: one.to_json()
            | {"segments": [split.to_json() for split in splits if split.against == one.against]}
            for one in whys
        }
    }


def why_from_leads(
    star: Star,
    values: pd.DataFrame,
    leads: Sequence[Lead],
    week: dt.date,
    against: Against = "week",
) -> Why:
    """What would the inputs that lead the star explain of its change to this week?

    Effect at the lag times the change of the input so many weeks earlier, between the ends of the
    effect's interval; ``rest`` is the change less all of these.
    """
    key, base = star.north_star, base_of(week, against)
    ends = known_ends(values, key, week, base)
    if isinstance(ends, str):
        return Why(key, against, week, base, reason=ends)
    found = Why(key, against, week, base, *ends)
    if not leads:
        return replace(found, reason=NO_LEAD)
    parts, missing = [], []
    for lead in leads:
        before, now = (_earlier(values[lead.key], day, lead) for day in (base, week))
        moved = now - before
        if not math.isfinite(moved):
            missing.append(lead.key)
            continue
        edges = sorted((lead.low * moved, lead.high * moved))
        parts.append(
            Part(
                lead.key,
                before,
                now,
                lead.effect * moved,
                low=edges[0],
                high=edges[1],
                lag_weeks=lead.lag_weeks,
            )
        )
    if not parts:
        return replace(found, reason=f"{', '.join(missing)} is not known so many weeks earlier")
    rest = (ends[1] - ends[0]) - sum(part.contribution for part in parts)
    reason = f"{', '.join(missing)} is not known so many weeks earlier" if missing else ""
    return replace(found, method="leads", parts=tuple(parts), rest=rest, reason=reason)


def _earlier(column: pd.Series, week: dt.date, lead: Lead) -> float:
    """The input as many weeks before as it leads; NaN where a week is missing."""
    lags = range(1, lead.span + 1) if lead.span else (lead.lag_weeks,)
    days = [pd.Timestamp(week - 7 * lag * DAY) for lag in lags]
    return float(column.reindex(days).mean(skipna=False))
