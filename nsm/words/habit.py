"""What is said of the review log: its line of counts, an entry, a follow-up that is due."""

from __future__ import annotations

import datetime as dt

from nsm.habit import Habit
from nsm.model import ReviewEntry, Star
from nsm.periods import day_in
from nsm.standing import Standing
from nsm.words.figures import day, week_of
from nsm.words.review import capital, judgement, record, short_name

NOT_KNOWN_YET = "We do not know yet."
NOBODY = "nobody yet"


def habit_line(habit: Habit) -> str:
    """ "Signals this week: 1 · explanations asked: 1 · follow-ups open: 2"."""
    return (
        f"Signals this week: {len(habit.signals):,} · explanations asked: {len(habit.asked):,} · "
        f"follow-ups open: {len(habit.open):,}"
    )


def asking(one: Standing) -> str:
    """What a signal asks: "Orders is below its usual range, the lowest in 26 weeks. Why?"."""
    said = judgement(one.signal)
    tail = f", the {record(one)}" if record(one) else ""
    return f"{short_name(one.metric)} is {said}{tail}. Why?"


def said_of(star: Star, one: ReviewEntry) -> str:
    """An entry in a line: "Orders: rain all week (bob). Call the shops (ann, by 30 Nov)."."""
    parts = [f"{_name(star, one)}: {explanation(one)} ({_line(one.written_by)})."]
    if one.decision:
        parts.append(f"{capital(_ended(one.decision))} ({responsible(one)}).")
    if one.closed_at is not None:
        parts.append(closing(star, one))
    return " ".join(parts)


def follow_up(star: Star, one: ReviewEntry, today: dt.date) -> str:
    """An open entry in a line: what shall be done, for which metric, by whom, since when."""
    task = _ended(one.decision) if one.decision else "Find out why"
    late = " – overdue" if one.due is not None and one.due < today else ""
    return (
        f"{capital(task)} – {_name(star, one)}, {week_of(one.week, year=True)} "
        f"({responsible(one)}{late})"
    )


def explanation(one: ReviewEntry) -> str:
    """The explanation on one line; "We do not know yet" is one."""
    said = _ended(one.explanation)
    if one.known:
        return said
    return f"{NOT_KNOWN_YET.rstrip('.')}{f': {said}' if said else ''}"


def responsible(one: ReviewEntry) -> str:
    """Who does it until when: "ann, by 30 Nov 2026", "nobody yet"."""
    owner = _line(one.owner) or NOBODY
    return f"{owner}, by {day(one.due, weekday=False, year=True)}" if one.due else owner


def closing(star: Star, one: ReviewEntry) -> str:
    """Who closed it, when and with what outcome; empty while it is open."""
    if one.closed_at is None:
        return ""
    when = day(day_in(star.timezone, one.closed_at), weekday=False, year=True)
    outcome = f": {_ended(one.outcome)}" if one.outcome else ""
    return f"Closed by {_line(one.closed_by)} on {when}{outcome}."


def log_lines(star: Star, habit: Habit, today: dt.date) -> list[str]:
    """The whole log of a week for the command line."""
    lines = [f"{star.name}, {week_of(habit.week, year=True)}", habit_line(habit)]
    if habit.asked:
        names = ", ".join(short_name(star.metric(key)) for key in habit.asked)
        lines.append(f"Not explained: {names}")
    for title, texts in (
        ("This week:", [f"{one.id}  {said_of(star, one)}" for one in habit.said]),
        ("Last week:", [f"{one.id}  {said_of(star, one)}" for one in habit.said_before]),
        ("Open:", [f"{one.id}  {follow_up(star, one, today)}" for one in habit.open]),
    ):
        if texts:
            lines += ["", title, *(f"  {text}" for text in texts)]
    return lines


def _name(star: Star, one: ReviewEntry) -> str:
    return short_name(star.metric(one.metric))


def _line(text: str) -> str:
    return " ".join(text.split())


def _ended(text: str) -> str:
    """A text on one line without its full stop, to be put into a sentence."""
    return _line(text).removesuffix(".")
