"""What a team believed of an input, beside what the data say now and would have said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from nsm.model import Confidence, Direction, Metric
from nsm.words.figures import count, month
from nsm.words.findings import SHAPES, Finding
from nsm.words.review import short_name

SURE = {
    Confidence.LOW: "not sure",
    Confidence.MEDIUM: "fairly sure",
    Confidence.HIGH: "very sure",
}
NOW = "now"
EARLIER_KEY = (
    "Each column is what this page would have said with the weeks up to then, as they are known "
    "today. It is one more look each: read it for what stayed, not for the one that pleases."
)


def believed_words(metric: Metric) -> str:
    """What was believed, in short: "3 weeks, up, fairly sure"; empty when nothing was."""
    weeks = metric.believed_lead_weeks
    said = [
        "" if weeks is None else count(weeks, "week") if weeks else "the same week",
        metric.believed_direction.value if metric.believed_direction else "",
        SURE[metric.believed_confidence] if metric.believed_confidence else "",
    ]
    return ", ".join(one for one in said if one)


def belief(finding: Finding) -> str:
    """What the team believed, and whether the data say so; empty when nothing was said."""
    said = believed_words(finding.metric)
    return f"We believed: {said} – {_judged(finding)}." if said else ""


def _judged(finding: Finding) -> str:
    metric = finding.metric
    if finding.verdict == "insufficient" or finding.chance is None:
        return "cannot be tested yet"
    if finding.verdict == "follows":
        return "the data say it comes after"
    if finding.verdict == "together":
        return "which fits" if metric.believed_lead_weeks == 0 else "the data say the same week"
    if not finding.place:
        return "not shown by these data"
    wrong = [
        name
        for name, fits in (
            ("the weeks", _weeks_fit(finding)),
            ("the direction", _ways_fit(finding)),
        )
        if fits is False
    ]
    ended = f", until {month(finding.until, year=True)}" if finding.until else ""
    if not wrong:
        return f"which fits{ended}"
    verb = "does" if wrong == ["the direction"] else "do"
    return f"it leads, but {' and '.join(wrong)} {verb} not fit{ended}"


def _weeks_fit(finding: Finding) -> bool | None:
    believed = finding.metric.believed_lead_weeks
    if believed is None or finding.lags is None:
        return None
    return finding.lags[0] <= believed <= finding.lags[1]


def _ways_fit(finding: Finding) -> bool | None:
    believed = finding.metric.believed_direction
    if believed is None or finding.effect is None:
        return None
    return (finding.effect[0] > 0) == (believed is Direction.UP)


Looks = Sequence[tuple[dt.date, Mapping[str, Finding]]]


def over_time(now: Sequence[Finding], before: Looks) -> pd.DataFrame:
    """One row an input, one column a date, oldest first: the verdicts as they would have been.

    ``before`` is newest first: the last day of each look, and its findings by metric key.
    """
    columns: dict[str, list[str]] = {
        "Input": [short_name(one.metric) for one in now],
        "We believed": [believed_words(one.metric) for one in now],
    }
    for last, found in reversed(before):
        columns[f"to {month(last, year=True)}"] = [_cell(found.get(one.metric.key)) for one in now]
    columns[NOW] = [_cell(one) for one in now]
    return pd.DataFrame(columns)


def course(now: Finding, before: Looks) -> str:
    """How the answer on one input came about, in one sentence."""
    name = short_name(now.metric)
    looks = [(last, found.get(now.metric.key)) for last, found in reversed(before)]
    asked = [
        (last, one) for last, one in looks if one is not None and one.verdict != "insufficient"
    ]
    if not asked:
        return f"{name}: at no earlier date was there enough history to ask."
    shown = [bool(one.place) for _, one in asked]
    times = f"{sum(shown)} of {count(len(shown), 'earlier look')}"
    if now.place and all(shown):
        return f"{name}: has led in every look since {_to(asked[0][0])}."
    if now.place and not any(shown):
        return f"{name}: shows only now, in none of {count(len(shown), 'earlier look')}."
    first = shown.index(True) if any(shown) else 0
    if now.place and all(shown[first:]):
        return f"{name}: shows since {_to(asked[first][0])}, not before."
    if now.place:
        return f"{name}: comes and goes; it led in {times}."
    if any(shown):
        return f"{name}: does not show now; it led in {times}."
    return f"{name}: has shown no lead in any of {count(len(shown), 'earlier look')}."


def _cell(one: Finding | None) -> str:
    if one is None:
        return ""
    weeks = f" {count(one.lag, 'week')}" if one.lag and one.verdict != "together" else ""
    said = {"none": "no clear lead", "together": "same week", "insufficient": "too short"}
    return (
        f"{SHAPES[one.verdict]}{weeks}" if weeks else f"{SHAPES[one.verdict]} {said[one.verdict]}"
    )


def _to(last: dt.date) -> str:
    return f"the data to {month(last, year=True)}"
