"""What the Data page says: how fresh the metrics are, what they mean, what a load did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from nsm.freshness import Freshness, Gap
from nsm.model import (
    Better,
    ChangedValue,
    DefinitionChange,
    Grain,
    Load,
    Metric,
    RejectedRow,
    Restatement,
    Star,
)
from nsm.words.figures import NO_BREAK, age, count, day, listed, month, number, week_of
from nsm.words.review import ROLE_NAMES, short_name

AGGREGATES = {
    "sum": "sum of its days",
    "mean": "mean of its days",
    "last": "last day",
    "first": "first day",
    "min": "lowest day",
    "max": "highest day",
    "source": "counted by its source",
}
NAMED_AT_MOST = 3
RECENT = dt.timedelta(weeks=13)
LATE, FRESH, NOTHING = "▲", "●", "–"
# How a hint of the command line is said where there are no options to type.
CHOICES = {
    "--day-first": "Choose how its dates are written.",
    "--decimal-comma": "Choose how its numbers are written.",
    "--skip-bad": "Correct the file, or leave these rows out.",
}


def freshness_sentence(star: Star, ages: Mapping[str, Freshness]) -> str:
    """The first line of the page: is the history of this star as new as it should be?"""
    known = {key: one for key, one in ages.items() if one.data_to is not None}
    if not known:
        return f"{star.name} has no data yet."
    late = [key for key, one in known.items() if one.days_late > 0]
    missing = [key for key in ages if key not in known]
    newest = max(one.data_to for one in known.values() if one.data_to)
    tail = f" {_named(star, missing)} {_has(missing)} no data yet." if missing else ""
    if not late:
        said = f"All {len(known)} metrics" if len(known) > 1 else _named(star, list(known))
        verb = "are" if len(known) > 1 else "is"
        if missing:
            said = f"{len(known)} of {len(ages)} metrics"
        return f"{said} {verb} up to date: data to {day(newest)}.{tail}"
    worst = max(late, key=lambda key: known[key].days_late)
    if len(late) == 1:
        return f"{_named(star, late)} is {age(known[worst].days_late)}; the rest is on time.{tail}"
    how_many = f"All {len(late)}" if len(late) == len(ages) else f"{len(late)} of {len(ages)}"
    return (
        f"{how_many} metrics are late, most of all {_named(star, [worst])}: "
        f"{age(known[worst].days_late)}.{tail}"
    )


def state(one: Freshness) -> str:
    """Late or not, in shape and word: "● on time", "▲ 2 days late", "– no data"."""
    if one.data_to is None:
        return f"{NOTHING} no data"
    return f"{LATE} {age(one.days_late)}" if one.days_late else f"{FRESH} on time"


def meaning(metric: Metric) -> str:
    """How a week of the metric comes about: "sum of its days", "orders / customers"."""
    if metric.formula is not None:
        return metric.formula
    if metric.grain is Grain.WEEK:
        return "recorded by week"
    return AGGREGATES[metric.aggregate.value] if metric.aggregate else ""


def metrics_table(
    metrics: Sequence[Metric],
    ages: Mapping[str, Freshness],
    gaps: Mapping[str, Sequence[Gap]],
    loads: Mapping[str, Load],
) -> pd.DataFrame:
    """One row a metric: what it is, where it comes from, how new and how whole it is."""
    rows = []
    for metric in metrics:
        load = loads.get(metric.key)
        data_to = ages[metric.key].data_to
        rows.append(
            {
                "Metric": short_name(metric),
                "Role": ROLE_NAMES[metric.role],
                "Data to": day(data_to, year=True) if data_to else "",
                "State": state(ages[metric.key]),
                "Gaps": count(len(gaps[metric.key]), "week") if gaps[metric.key] else "none",
                "A week is": meaning(metric),
                "Owner": metric.owner,
                "Source": "formula" if metric.formula else load.source if load else "",
                "Last load (UTC)": moment(load.loaded_at) if load else "",
            }
        )
    return pd.DataFrame(rows)


def moment(when: dt.datetime) -> str:
    """A time as the table of loads says it: "15 Nov 2026, 08:41"."""
    return f"{day(when.date(), weekday=False, year=True)}, {when:%H:%M}"


def description_lines(metric: Metric) -> list[tuple[str, str]]:
    """The definition of one metric as label and text, without what was not said."""
    believed = metric.believed_lead_weeks
    lines = [
        ("Meaning", metric.description),
        ("A week is", meaning(metric)),
        ("Unit", metric.unit),
        ("Good direction", "up" if metric.better is Better.UP else "down"),
        ("Recorded by", metric.grain.value if metric.grain else ""),
        ("Dimension", metric.dimension),
        ("Owner", metric.owner),
        ("Comes from", str(metric.query) if metric.query else ""),
        ("Usually late by", count(metric.lateness_days, "day") if metric.lateness_days else ""),
        ("Believed to lead by", "" if believed is None else count(believed, "week")),
        ("Key", metric.key),
    ]
    return [(label, text) for label, text in lines if text]


def changes_table(changes: Sequence[DefinitionChange]) -> pd.DataFrame:
    """When the meaning of a metric changed, newest first."""
    return pd.DataFrame(
        [
            {
                "From": day(one.date, weekday=False, year=True),
                "What": one.field,
                "Before": one.old,
                "Since": one.new,
            }
            for one in sorted(changes, key=lambda one: one.date, reverse=True)
        ]
    )


def restatements_table(metric: Metric, restated: Sequence[Restatement]) -> pd.DataFrame:
    """Past values that changed: what they were and are, and when that became known."""
    return pd.DataFrame(
        [
            ({"Of": one.segment, "Part": one.part} if one.segment else {})
            | {
                "Day": restated_period(one),
                "Was": number(one.old_value, metric.unit),
                "Is": number(one.new_value, metric.unit),
                "Known from": day(one.old_as_of, weekday=False, year=True),
                "Changed": day(one.as_of, weekday=False, year=True),
            }
            for one in restated
        ]
    )


def restated_period(one: Restatement) -> str:
    """Which day, or which week or month of a source, changed: "week of 9 Nov 2026"."""
    if one.grain is Grain.WEEK:
        return week_of(one.date, year=True)
    return month(one.date, year=True) if one.grain is Grain.MONTH else day(one.date, year=True)


def holes_sentence(star: Star, gaps: Mapping[str, Sequence[Gap]], today: dt.date) -> str:
    """Whose recent weeks are not whole; empty where all are."""
    recent = today - RECENT
    holed = [key for key, found in gaps.items() if found and found[-1].week >= recent]
    if not holed:
        return ""
    return (
        f"Days are missing in weeks of the last quarter: {_named(star, holed)}. Such a week is not "
        "counted; “One metric” below tells which days."
    )


def gaps_table(
    gaps: Sequence[Gap], missing: Mapping[dt.date, Sequence[dt.date]] | None = None
) -> pd.DataFrame:
    """Weeks that are not whole, newest first, with the days that are ``missing`` by week."""
    rows = [
        {
            "Week of": day(one.week, weekday=False, year=True),
            "There": f"{one.days} of {one.expected}",
            "Missing": ", ".join(map(day, (missing or {}).get(one.week, ()))),
        }
        for one in reversed(gaps)
    ]
    table = pd.DataFrame(rows)
    return table if missing else table.drop(columns="Missing", errors="ignore")


def loads_table(loads: Sequence[Load]) -> pd.DataFrame:
    """The last loads, newest first."""
    return pd.DataFrame(
        [
            {
                "When (UTC)": moment(one.loaded_at),
                "Source": one.source,
                "By": one.loaded_by,
                "Known on": day(one.as_of, weekday=False, year=True),
                "New": one.new,
                "Changed": one.changed,
                "Unchanged": one.unchanged,
                "Rejected": one.rejected,
            }
            for one in loads
        ]
    )


def rejected_table(rows: Sequence[RejectedRow]) -> pd.DataFrame:
    """The rows that were refused: where, what stands there, and why."""
    return pd.DataFrame(
        [
            {"Line": row.line, "Column": row.column, "Value": row.value, "Reason": row.reason}
            for row in rows
        ],
        columns=["Line", "Column", "Value", "Reason"],
    )


def changed_table(star: Star, changes: Sequence[ChangedValue]) -> pd.DataFrame:
    """Values that a load would change: what they are and what they would be."""
    rows = []
    for one in changes:
        metric = star.metric(one.metric)
        old, new = (_exactly(value, metric) for value in (one.old, one.new))
        rows.append(
            {
                "Day": day(one.date, year=True),
                "Metric": short_name(metric),
                "Is": old,
                "Would be": new,
            }
        )
    return pd.DataFrame(rows, columns=["Day", "Metric", "Is", "Would be"])


def _exactly(value: float, metric: Metric) -> str:
    """A value with all its digits: what is about to be written is not rounded."""
    if metric.is_percent:
        return f"{value * 100:,.13g}{NO_BREAK}%"
    return f"{value:,.15g}"


def candidates_title(candidates: Sequence[Metric]) -> str:
    """What the section of metrics that nobody waits for is called."""
    return f"{count(len(candidates), 'candidate')}, not counted above"


def load_result(source: str, new: int, changed: int, unchanged: int, rejected: int) -> str:
    """What a load did, in one line."""
    parts = [f"{new:,} new", f"{changed:,} changed", f"{unchanged:,} unchanged"]
    if rejected:
        parts.append(f"{rejected:,} left out")
    return f"Loaded {source}: {', '.join(parts)}."


def on_the_page(hint: str) -> str:
    """A hint for who has choices on a page instead of options to type."""
    return next((said for option, said in CHOICES.items() if option in hint), hint)


def _named(star: Star, keys: Sequence[str]) -> str:
    names = [short_name(star.metric(key)) for key in keys[:NAMED_AT_MOST]]
    if len(keys) > NAMED_AT_MOST:
        names.append(f"{len(keys) - NAMED_AT_MOST} more")
    return listed(names)


def _has(keys: Sequence[str]) -> str:
    return "has" if len(keys) == 1 else "have"
