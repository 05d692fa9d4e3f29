"""What is said of a locked usual range - who, when, which weeks, why - and what a lock changes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from nsm.limits import Limits, Preview
from nsm.model import LimitLock, Metric
from nsm.periods import day_in
from nsm.signals import FEWEST_WEEKS, UsualRange
from nsm.words.figures import count, day, listed, number
from nsm.words.review import short_name

MOST_NAMED = 4
SHOWN_WEEKS = 52
# Natural process limits and their moving range, in words that need no book.
LIMITS_KEY = (
    "Grey band: the usual range of each week. Diamonds: signals. Below, how far each week was from "
    "the one before; dashed: the farthest that is usual, 3.27 times the mean. A move beyond it is "
    "worth a look, and no signal by itself."
)
PLANNED_KEY = " Dashed above: the usual range with this lock."


def lock_line(lock: LimitLock, timezone: str, name: str = "") -> str:
    """ "orders: locked to 28 Jun 2026 by ann on 1 Jul 2026: the level after the price change".

    The day is that of the star's ``timezone``.
    """
    set_on = day_in(timezone, lock.set_at)
    when = f"by {lock.set_by} on {day(set_on, weekday=False, year=True)}"
    why = " ".join(lock.why.split())
    name = name or lock.metric
    if lock.last is None:
        return f"{name}: learned from every week again, {when}: {why}"
    to = f"to {day(lock.last, weekday=False, year=True)}"
    since = f"from {day(lock.first, weekday=False, year=True)} " if lock.first else ""
    return f"{name}: locked on the weeks {since}{to}, {when}: {why}"


def lock_help(lock: LimitLock | None, timezone: str) -> str:
    """The same beside the usual range on the page; empty when nothing is locked."""
    if lock is None:
        return ""
    return f" Kept {lock_line(lock, timezone).partition(': locked ')[2]}"


def moves_sentence(metric: Metric, limits: Limits, week: dt.date) -> str:
    """How far the metric moved this week, and whether that is much for it."""
    name, found = short_name(metric), limits.moves_to(week)
    if found is None:
        return f"{name} has too few weeks yet to say how far it usually moves."
    size, limit = float(found.sizes[-1]), _size(found.limit, metric)
    moved = (
        f"{name} moved" if not found.unexplained else f"Beyond what its past explains, {name} moved"
    )
    if math.isnan(size):
        return (
            f"This week or the one before is not known. Up to {limit} from week to week is usual."
        )
    verdict = f"more than the {limit} that are" if size > found.limit else f"up to {limit} is"
    return f"{moved} by {_size(size, metric)} since the week before; {verdict} usual."


def preview_sentence(metric: Metric, found: Preview, week: dt.date) -> str:
    """What a lock, or its end, would change: the range of this week, and past signals."""
    if not found.used:
        return (
            f"This lock would not be used: fewer than {FEWEST_WEEKS} of its weeks are known since "
            "the last recorded change."
        )
    now, then = _range(found.now.usual_in(week), metric), _range(found.then.usual_in(week), metric)
    ranges = (
        f"The usual range of this week would stay {now}."
        if now == then
        else f"The usual range of this week would be {then} instead of {now}."
    )
    if not (found.gained or found.lost):
        return f"{ranges} No signal of the last {count(found.weeks, 'week')} would change."
    said = []
    if found.gained:
        said.append(
            f"{count(len(found.gained), 'week')} more would be a signal{_weeks(found.gained)}"
        )
    if found.lost:
        said.append(f"{count(len(found.lost), 'signal')} would be none{_weeks(found.lost)}")
    return f"{ranges} Of the last {count(found.weeks, 'week')}, {' and '.join(said)}."


def limits_alt(metric: Metric, limits: Limits) -> str:
    """What the picture of the limits shows, for those who do not see it."""
    weeks = [stamp.date() for stamp in limits.weeks.index[-SHOWN_WEEKS:]]
    odd = [week for week in weeks if limits.signal_in(week).is_unusual]
    signals = f"{count(len(odd), 'signal')}{_weeks(odd) if odd else ''}"
    return (
        f"{short_name(metric)} over {count(len(weeks), 'week')} within its usual ranges, with "
        f"{signals}; below, how far it moved each week."
    )


def _weeks(weeks: Sequence[dt.date]) -> str:
    named = [day(week, weekday=False, year=True) for week in weeks[-MOST_NAMED:]]
    if len(weeks) > MOST_NAMED:
        named.insert(0, f"{len(weeks) - MOST_NAMED} earlier")
    return f" (of {listed(named)})"


def _range(usual: UsualRange | None, metric: Metric) -> str:
    if usual is None:
        return "unknown"
    unit = metric.unit if metric.unit == "percent" else ""
    return f"{number(usual.low, unit, short=True)} to {number(usual.high, unit, short=True)}"


def _size(size: float, metric: Metric) -> str:
    """A distance between two values; of shares in points."""
    if metric.is_percent:
        return f"{size * 100:.1f}\N{NO-BREAK SPACE}pt"
    return number(size, metric.unit, short=True)
