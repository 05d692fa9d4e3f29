"""The habit of a weekly review: what a week asks, what was said of it, and what is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from nsm.model import ReviewEntry
from nsm.periods import WEEK, day_in
from nsm.signals import Rule, signal_key
from nsm.standing import Standing


@dataclass(frozen=True, slots=True)
class Habit:
    """The review log as it stands beside the figures of one week.

    ``signals`` are the metrics that give one, in the order of the definition, with the rules they
    break; ``asked`` those of them that nobody has explained. ``said`` was said of this week,
    ``said_before`` of the week before; ``open`` follows up this week or an earlier one, what is due
    first the first.
    """

    star: str
    week: dt.date
    signals: tuple[tuple[str, tuple[Rule, ...]], ...]
    said: tuple[ReviewEntry, ...]
    said_before: tuple[ReviewEntry, ...]
    open: tuple[ReviewEntry, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The metrics whose signal waits for an explanation."""
        told = {one.metric for one in self.said}
        return tuple(key for key, _ in self.signals if key not in told)

    def to_json(self) -> dict[str, Any]:
        """The log as plain JSON values; a signal's ``key`` is the one of the review's JSON."""
        return {
            "star": self.star,
            "week": self.week.isoformat(),
            "signals": [
                {
                    "key": signal_key(self.star, metric, self.week, rule),
                    "metric": metric,
                    "rule": rule.value,
                    "explained": metric not in self.asked,
                }
                for metric, rules in self.signals
                for rule in rules
            ],
            "asked": list(self.asked),
            "this_week": [_entry(one) for one in self.said],
            "last_week": [_entry(one) for one in self.said_before],
            "open": [_entry(one) for one in self.open],
        }


def habit_of(
    star: str, week: dt.date, standings: Iterable[Standing], entries: Iterable[ReviewEntry]
) -> Habit:
    """What the review of the week that starts on ``week`` asks, was told and has open.

    ``entries`` are those of the star, in any order; of later weeks none counts.
    """
    known = sorted(entries, key=lambda one: one.id)
    waiting = [one for one in known if one.is_open and one.week <= week]
    waiting.sort(key=lambda one: (one.due or dt.date.max, one.week, one.id))
    return Habit(
        star=star,
        week=week,
        signals=tuple(
            (one.metric.key, one.signal.rules) for one in standings if one.signal.is_unusual
        ),
        said=tuple(one for one in known if one.week == week),
        said_before=tuple(one for one in known if one.week == week - WEEK),
        open=tuple(waiting),
    )


def log_on(entries: Iterable[ReviewEntry], day: dt.date, timezone: str) -> tuple[ReviewEntry, ...]:
    """The review log as it stood at the end of an earlier day: what was closed later is open."""
    return tuple(
        one
        if one.closed_at is None or day_in(timezone, one.closed_at) <= day
        else replace(one, closed_by="", closed_at=None, outcome="")
        for one in entries
        if day_in(timezone, one.written_at) <= day
    )


def _entry(one: ReviewEntry) -> dict[str, Any]:
    return {
        "id": one.id,
        "metric": one.metric,
        "week": one.week.isoformat(),
        "explanation": one.explanation or None,
        "known": one.known,
        "decision": one.decision or None,
        "owner": one.owner or None,
        "due": one.due.isoformat() if one.due else None,
        "written_by": one.written_by,
        "open": one.is_open,
        "closed_by": one.closed_by or None,
        "outcome": one.outcome or None,
    }
