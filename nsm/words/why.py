"""What is said about why a metric changed: its parts with their signs, and what is left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from nsm.model import Metric, Star
from nsm.why import Part, Why
from nsm.words.figures import MINUS, NO_BREAK, change, count, listed, number, spoken, week_of
from nsm.words.review import readable, short_name

MOST_SAID = 4
NOT_EXPLAINED = "not explained"
NO_CAUSE = "A prediction from the lead test, not a proof of cause."


def signed(value: float, unit: str) -> str:
    """A part of a change with its sign: "+461", "−0.4 pt", "−$725"."""
    if unit == "percent":
        return change(value * 10_000, "bps")
    said = number(abs(value), unit, short=True)
    if not any(digit in said for digit in "123456789"):
        return said
    return f"{MINUS if value < 0 else '+'}{said}"


def why_sentence(star: Star, why: Why) -> str:
    """The change and its parts: "−108: +461 Orders, −725 Pizzas per order, +155 Price"."""
    metric = star.metric(why.metric)
    if why.change is None or not why.parts:
        return ""
    return told_sentence(metric, why.change, told_parts(star, why))


def told_sentence(metric: Metric, whole: float, told: Sequence[tuple[str, float]]) -> str:
    """A change of a metric and what it is made of, by name and size."""
    # The unit is said once, with the whole, unless it is a sign that belongs to its number.
    sign = metric.unit if metric.unit == "percent" or len(metric.unit) == 1 else ""
    said = [f"{signed(size, sign)} {name}" for name, size in told]
    return f"{signed(whole, metric.unit)}: {', '.join(said)}."


def why_introduction(star: Star, why: Why) -> str:
    """What the parts are, in plain words, before or below the picture."""
    name = short_name(star.metric(why.metric))
    against = f"the {week_of(why.base, year=True)}"
    if why.method == "formula":
        return f"How much of the change of {name} since {against} goes with each part of it."
    if why.method == "leads":
        moved = listed(
            [f"{short_name(star.metric(part.key))} {_weeks(part)} earlier" for part in why.parts]
        )
        return (
            f"What the inputs that lead {name} would explain of its change since {against}, by the "
            f"change of {moved}. {NO_CAUSE}"
        )
    return ""


def why_missing(star: Star, why: Why) -> str:
    """Why there are no parts, or not all of them, as a sentence; empty when nothing is missing."""
    if not why.reason:
        return ""
    reason = reason_said(star, why.reason)
    if why.parts:
        return f"Left out: {reason}."
    name = short_name(star.metric(why.metric))
    return f"Why {name} changed cannot be told: {reason}."


def reason_said(star: Star, reason: str) -> str:
    """A reason for readers; where it begins with the key of a metric, with its name."""
    said = readable(reason)
    for metric in sorted(star.metrics, key=lambda one: len(one.key), reverse=True):
        if said.startswith(f"{metric.key} "):
            return short_name(metric) + said[len(metric.key) :]
    return said


def told_parts(star: Star, why: Why) -> tuple[tuple[str, float], ...]:
    """The parts as they are told, by name; the smallest are taken together, the rest comes last."""
    known = list(why.parts)
    if len(known) > MOST_SAID + 1:
        ranked = sorted(known, key=lambda part: abs(part.contribution), reverse=True)
        kept = set(map(id, ranked[:MOST_SAID]))
        small = sum(part.contribution for part in known if id(part) not in kept)
        told = [_named(star, part) for part in known if id(part) in kept]
        told.append((count(len(known) - MOST_SAID, "smaller part"), small))
    else:
        told = [_named(star, part) for part in known]
    if why.rest is not None:
        told.append((NOT_EXPLAINED, why.rest))
    return tuple(told)


def why_alt(star: Star, why: Why) -> str:
    """What the picture of the parts shows, for those who do not see it."""
    return f"The change of {short_name(star.metric(why.metric))} and its parts, {_alt(star, why)}"


def why_table(star: Star, whys: Sequence[Why]) -> pd.DataFrame:
    """The table behind the picture: every part down to the leaves, in the unit of the star."""
    rows = [row for why in whys for row in _rows(star, why)]
    return pd.DataFrame(rows)


def _rows(star: Star, why: Why) -> Iterator[Mapping[str, object]]:
    if why.change is None or not why.parts:
        return
    factor = 100.0 if star.metric(why.metric).is_percent else 1.0
    against = "the week before" if why.against == "week" else "last year"
    top = {"Against": against, "Before": why.before, "Now": why.now}
    yield _row(star.metric(why.metric), 0, top, why.change * factor)
    todo = [(part, 1) for part in reversed(why.parts)]
    while todo:
        part, depth = todo.pop()
        metric = star.metric(part.key)
        row = _row(
            metric,
            depth,
            {"Against": against, "Before": part.before, "Now": part.now},
            part.contribution * factor,
        )
        if why.method == "leads":
            row |= {
                "Weeks earlier": part.lag_weeks,
                "Between": (part.low or 0.0) * factor,
                "And": (part.high or 0.0) * factor,
            }
        yield row
        todo += [(one, depth + 1) for one in reversed(part.parts)]
    if why.rest is not None:
        yield {"Against": against, "Part": "– Not explained", "Contribution": why.rest * factor}


def _row(
    metric: Metric, depth: int, values: Mapping[str, object], contribution: float
) -> dict[str, object]:
    own = 100.0 if metric.is_percent else 1.0
    return {
        "Against": values["Against"],
        "Part": f"{'– ' * depth}{short_name(metric)}",
        "Before": float(str(values["Before"])) * own,
        "Now": float(str(values["Now"])) * own,
        "Contribution": contribution,
    }


def _named(star: Star, part: Part) -> tuple[str, float]:
    return short_name(star.metric(part.key)), part.contribution


def _weeks(part: Part) -> str:
    return f"{part.lag_weeks}{NO_BREAK}{'week' if part.lag_weeks == 1 else 'weeks'}"


def _alt(star: Star, why: Why) -> str:
    metric = star.metric(why.metric)
    return (
        f"from {spoken(why.before, metric.unit)} to {spoken(why.now, metric.unit)}: "
        f"{why_sentence(star, why).partition(': ')[2]}"
    )
