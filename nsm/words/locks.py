"""What is said of a locked usual range: who, when, from which weeks, and why."""

from __future__ import annotations

from nsm.model import LimitLock
from nsm.words.figures import day


def lock_line(lock: LimitLock) -> str:
    """ "orders: locked to 28 Jun 2026 by ann on 1 Jul 2026: the level after the price change"."""
    when = f"by {lock.set_by} on {day(lock.set_at.date(), weekday=False, year=True)}"
    why = " ".join(lock.why.split())
    if lock.last is None:
        return f"{lock.metric}: learned from every week again, {when}: {why}"
    to = f"to {day(lock.last, weekday=False, year=True)}"
    since = f"from {day(lock.first, weekday=False, year=True)} " if lock.first else ""
    return f"{lock.metric}: locked on the weeks {since}{to}, {when}: {why}"


def lock_help(lock: LimitLock | None) -> str:
    """The same beside the usual range on the page; empty when nothing is locked."""
    if lock is None:
        return ""
    return f" Kept {lock_line(lock).partition(': locked ')[2]}"
