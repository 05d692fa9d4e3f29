"""The inputs of a lead report, ordered and scaled so that they can be told and drawn."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nsm.leads import LeadReport
from nsm.model import Metric, Star
from nsm.words.review import readable, short_name
from nsm.words.steps import Step, logged_step, step_of

SHAPES = {
    "leads": "→",
    "both": "⇄",
    "together": "=",
    "follows": "↩",
    "none": "–",
    "insufficient": "…",
}
FOUND = ("leads", "both")
# On the page: what leads, what may, what does not, what could not be asked.
ORDER = ("leads", "both", "together", "none", "follows", "insufficient")


@dataclass(frozen=True, slots=True)
class Finding:
    """One input of the report, ready to be told.

    ``place`` numbers the leads from 1 by strength, 0 for the rest. ``effect`` (with its interval)
    and ``unseen``, the smallest effect that would have shown, are in steps of the star for one
    step of the input; ``held_weeks`` is over 0 when the input must stay changed for so long.
    A lead that did not hold all along has the day ``until`` which, or ``since`` which, it did.
    ``weeks_needed`` is how much history would show a link of middling strength.
    """

    metric: Metric
    verdict: str
    place: int
    lag: int | None
    lags: tuple[int, int] | None
    effect: tuple[float, float, float] | None
    unseen: float | None
    held_weeks: int
    chance: float | None
    chance_backwards: float | None
    step: Step
    goal: Step
    warnings: tuple[str, ...]
    chance_same_week: float | None = None
    until: dt.date | None = None
    since: dt.date | None = None
    weeks_needed: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it leads now: a lead that has ended does not."""
        return self.place > 0 and self.until is None

    @property
    def doubt(self) -> float | None:
        """How often chance alone shows what the verdict says; for "both", the weaker half of it."""
        if self.verdict == "together":
            return self.chance_same_week
        if self.verdict == "follows":
            return self.chance_backwards
        if self.verdict == "both" and self.chance is not None:
            return max(self.chance, self.chance_backwards or 0.0)
        return self.chance

    @property
    def mark(self) -> str:
        """What stands before its sentence: its number, or the shape of its verdict."""
        return f"{self.place}." if self.place else SHAPES[self.verdict]


def findings(
    star: Star, report: LeadReport, weeks: pd.DataFrame, logged: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Every input of the report, leads first and the strongest of them first.

    ``weeks`` has the weekly values that were tested, one column a metric, for the size of a step;
    of the metrics in ``logged`` the logarithms were tested.
    """

    def step_for(metric: Metric) -> Step:
        return logged_step() if metric.key in logged else step_of(metric, weeks[metric.key])

    goal, by_key = step_for(star.star_metric), {one.key: one for one in star.metrics}
    rows = sorted(report.table.to_dict(orient="records"), key=lambda row: _rank(row, report))
    found: list[Finding] = []
    for row in rows:
        metric = star.metric(str(row["input"]))
        step = step_for(metric)
        scale = step.size / goal.size
        effect = [_known(row[name]) for name in ("effect", "effect_low", "effect_high")]
        lags = [_known(row[name]) for name in ("lag_low", "lag_high")]
        lag, unseen = _known(row["lag"]), _known(row["smallest_detectable_effect"])
        details = report.details.get(metric.key, {})
        until, since = _held(row, report)
        needed = _known(row["weeks_needed"])
        found.append(
            Finding(
                metric=metric,
                verdict=row["verdict"],
                place=len(found) + 1 if row["verdict"] in FOUND else 0,
                lag=None if lag is None else int(lag),
                lags=None if None in lags else (int(lags[0] or 0), int(lags[1] or 0)),
                effect=_scaled(effect, scale),
                unseen=None if unseen is None else abs(unseen * scale),
                held_weeks=int(details.get("spread_over") or 0),
                chance=_known(row["p_adjusted"]),
                chance_backwards=_known(row["reverse_p_adjusted"]),
                chance_same_week=_known(details.get("p_same_week")),
                step=step,
                goal=goal,
                warnings=tuple(in_names(str(text), by_key) for text in row["warnings"]),
                until=until,
                since=since,
                weeks_needed=None if needed is None else int(needed),
            )
        )
    return tuple(found)


def _held(row: Mapping[Hashable, Any], report: LeadReport) -> tuple[dt.date | None, dt.date | None]:
    """Until when, or since when, a lead held; nothing where it held all along, or nothing leads.

    Only where the change is more than chance and one of the two sides shows the lead by itself.
    """
    stable = report.details.get(str(row["input"]), {}).get("stability")
    if row["verdict"] not in FOUND or stable is None or not stable.changed:
        return None, None
    when = report.working.index[stable.place]
    if not isinstance(when, pd.Timestamp) or stable.held_before == stable.held_after:
        return None, None
    return (when.date(), None) if stable.held_before else (None, when.date())


def _rank(row: Mapping[Hashable, Any], report: LeadReport) -> tuple[int, bool, float]:
    """Leads first; among them the one whose effect stands farthest from zero in its own error.

    A lead that has ended stands behind those that have not.
    """
    effect, low, high = (_known(row[name]) for name in ("effect", "effect_low", "effect_high"))
    clear = 0.0
    if effect is not None and low is not None and high is not None and high > low:
        clear = abs(effect) / (high - low)
    ended = _held(row, report)[0] is not None
    return ORDER.index(row["verdict"]), ended, -clear


def _scaled(effect: Sequence[float | None], scale: float) -> tuple[float, float, float] | None:
    size, low, high = effect
    if size is None or low is None or high is None:
        return None
    return size * scale, low * scale, high * scale


def _known(value: object) -> float | None:
    """A number, or None for what is missing."""
    if not isinstance(value, int | float | np.number) or not math.isfinite(value):
        return None
    return float(value)


def in_names(text: str, metrics: Mapping[str, Metric]) -> str:
    """A sentence of the lead test, which knows metrics by key and weeks as periods, for people."""
    text = re.sub(r"\b1 missing (week|period)s of (.*?) were ", r"1 missing \1 of \2 was ", text)
    said = {"period": "week", "periods": "weeks"}
    said |= {key: short_name(metric) for key, metric in metrics.items()}
    # In one pass: a name that was put in may hold the key of another metric.
    keys = "|".join(re.escape(key) for key in sorted(said, key=len, reverse=True))
    return readable(re.sub(rf"(?<!\w)({keys})(?!\w)", lambda key: said[key[0]], text))
