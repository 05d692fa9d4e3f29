"""What is said of metrics by segment: shares of the whole, and what each part adds to a change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from nsm.model import Metric, Star
from nsm.segments import RECENT_WEEKS, BySegment, adds_up, is_distinct, segments_of
from nsm.why import Question, SegmentSplit
from nsm.words.figures import NO_BREAK, count, listed, number, week_of
from nsm.words.review import capital, short_name
from nsm.words.why import MOST_SAID, reason_said, signed, told_sentence

LONGEST_PART = 40
# Below this a part is called small: its weeks are few rows, and jump.
SMALL_SHARE = 0.05
NOT_APART = "not kept apart"
SHARES = "their shares"
WHOLE = "The whole"


def part_name(part: str, longest: int = LONGEST_PART) -> str:
    """A part on one line, cut where it would fill the page."""
    name = " ".join(part.split()) or part
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def column_name(segment: str) -> str:
    """The column as it is said: "country", and "plan type" for plan_type."""
    return part_name(segment.replace("_", " "))


def question_name(star: Star, question: Question) -> str:
    """ "Orders by country"."""
    return f"{short_name(star.metric(question.metric))} by {column_name(question.segment)}"


def split_title(star: Star, split: SegmentSplit) -> str:
    """What is split since when, as a title: "By country since last week"."""
    since = "since last week" if split.against == "week" else "since last year"
    return f"{split_name(star, split)} {since}"


def split_name(star: Star, split: SegmentSplit) -> str:
    """ "By country"; of what the star computes with "Orders by country"."""
    if split.metric == star.north_star:
        return capital(f"by {column_name(split.segment)}")
    return question_name(star, Question(split.metric, split.segment))


def told_split(split: SegmentSplit) -> tuple[tuple[str, float], ...]:
    """The parts as they are told, by name; the smallest are taken together.

    Of a ratio what changed inside the largest parts, then what the shares of all of them add. What
    is not kept apart comes last.
    """
    rates = split.method == "rates"
    sizes = [
        (part.part, (part.rate or 0.0) if rates else part.contribution) for part in split.parts
    ]
    # What did not move is in the table.
    sizes = sorted(filter(lambda one: one[1], sizes), key=lambda one: -abs(one[1])) or sizes[:1]
    shown = sizes if len(sizes) <= MOST_SAID + 1 else sizes[:MOST_SAID]
    told = [(part_name(part), size) for part, size in shown]
    if len(shown) < len(sizes):
        small = math.fsum(size for _, size in sizes[MOST_SAID:])
        told.append((count(len(sizes) - MOST_SAID, "smaller part"), small))
    if rates:
        told.append((SHARES, split.mix))
    if split.rest:
        told.append((NOT_APART, split.rest))
    return tuple(told)


def split_sentence(star: Star, split: SegmentSplit) -> str:
    """The change and its parts: "+26: +12 Germany, +9 Sweden"; of a ratio inside and shares."""
    metric = star.metric(split.metric)
    if split.change is None or not split.parts:
        return ""
    if split.method == "sum":
        return told_sentence(metric, split.change, told_split(split))
    told = [("inside the parts", split.rate), (f"from {SHARES}", split.mix)]
    if split.rest:
        told.append((NOT_APART, split.rest))
    return told_sentence(metric, split.change, told)


def split_introduction(star: Star, split: SegmentSplit) -> str:
    """What the parts are, in plain words."""
    name, column = short_name(star.metric(split.metric)), column_name(split.segment)
    since = f"the {week_of(split.base, year=True)}"
    if split.method == "sum":
        return f"How much of the change of {name} since {since} goes with each {column}."
    return (
        f"How much of the change of {name} since {since} comes from inside each {column}, and how "
        "much from larger and smaller shares of the parts."
    )


def split_missing(star: Star, split: SegmentSplit) -> str:
    """Why a change is not split, as a sentence; empty when it is."""
    if not split.reason:
        return ""
    reason = reason_said(star, split.reason)
    return f"{question_name(star, Question(split.metric, split.segment))} cannot be told: {reason}."


def never_split(metric: Metric) -> str:
    """Why the change of a metric that is kept by segment is not split by it."""
    columns = listed([column_name(one) for one in segments_of(metric)])
    why = (
        "the same may be counted in several parts, so they do not add up to the whole"
        if is_distinct(metric)
        else "such parts do not add up to the whole"
    )
    return f"{short_name(metric)} is kept by {columns}, but its change is not split: {why}."


def split_alt(star: Star, split: SegmentSplit) -> str:
    """What the picture of a split shows, for those who do not see it."""
    metric = star.metric(split.metric)
    said = ", ".join(f"{signed(size, metric.unit)} {name}" for name, size in told_split(split))
    return (
        f"The change of {short_name(metric)} by {column_name(split.segment)}, from "
        f"{number(split.before, metric.unit)} to {number(split.now, metric.unit)}: {said}."
    )


def split_table(star: Star, splits: Sequence[SegmentSplit]) -> pd.DataFrame:
    """Every part with what it adds, in the unit of the metric; shares in per cent."""
    return pd.DataFrame([row for split in splits for row in _rows(star, split)])


def share_sentence(by: BySegment, part: str) -> str:
    """How much of the whole a part is: "Germany is 62 % of Orders over the last 13 weeks"."""
    share = by.share(part)
    name, metric = part_name(part), short_name(by.metric)
    if share is None:
        return f"{name} alone; of {metric} a share cannot be told."
    of = f"the rows behind {metric}" if by.weights is not None else metric
    weeks = min(len(by.whole), RECENT_WEEKS)
    said = f"{name} is {percent(share)} of {of} over the last {count(weeks, 'week')}"
    return f"{said}: a small part, whose weeks jump." if share < SMALL_SHARE else f"{said}."


def of_part(metric: Metric, part: str) -> Metric:
    """The metric under the name of one of its parts: "Visits, Germany"."""
    name = f"{short_name(metric, 40)}, {part_name(part, 20)}"
    # A key that no metric has: the whole may stand beside its part.
    return replace(metric, key=f"{metric.key} part", name=name)


def not_tested_apart(metric: Metric) -> str:
    """What the lead test says of a part."""
    return f"The lead test looks at the whole of {short_name(metric)}, not at its parts."


def no_parts(metric: Metric, segment: str) -> str:
    """That a column was named and nothing is known by it yet."""
    return f"{short_name(metric)} has no week by {column_name(segment)} yet"


def no_common_index(metric: Metric) -> str:
    """Why parts have no index."""
    return f"Not all parts of {short_name(metric)} are above zero in one week: values instead."


def side_alt(by: BySegment, shown: Sequence[str]) -> str:
    """The lines side by side for those who do not see them."""
    unit = by.metric.unit
    last = [
        f"{part_name(part)} {number(known.iloc[-1], unit)}"
        for part in shown
        if len(known := by.values[part].dropna())
    ]
    return (
        f"{short_name(by.metric)} by {column_name(by.segment)}, week by week; at last: "
        f"{', '.join(last)}."
    )


def side_sentence(by: BySegment, shown: Sequence[str]) -> str:
    """The first line of the parts side by side: which of them is the largest, and what is drawn."""
    metric, column = short_name(by.metric), column_name(by.segment)
    known = len(by.parts) + by.left_out
    largest = by.parts[0]
    share = by.share(largest)
    of_what = "the whole" if by.weights is None else "the rows behind it"
    tail = f", {percent(share)} of {of_what}" if share is not None else ""
    of = "" if len(shown) == known else f" {len(shown)} of"
    return (
        f"{metric} by {column}:{of} {count(known, 'part')}, the largest is "
        f"{part_name(largest)}{tail}."
    )


def left_out_sentence(by: BySegment, shown: Sequence[str]) -> str:
    """What is not drawn, and which share of the whole that is where shares add up."""
    hidden = [part for part in by.parts if part not in shown]
    many = len(hidden) + by.left_out
    if not many:
        return ""
    said = f"Not drawn: {count(many, 'smaller part')}"
    shares = [by.share(part) for part in shown]
    if (adds_up(by.metric) or by.weights is not None) and None not in shares:
        rest = max(1 - math.fsum(share or 0.0 for share in shares), 0.0)
        of_what = "the whole" if by.weights is None else "the rows"
        return f"{said}, together {percent(rest)} of {of_what}. Choose one to see it."
    return f"{said}. Choose one to see it."


def not_added(metric: Metric) -> str:
    """That the parts drawn are not the whole; empty where they add up."""
    if adds_up(metric):
        return ""
    if is_distinct(metric):
        return "The same may be counted in several parts: they do not add up to the whole."
    return "Each part has its own value: they do not add up to the whole."


def percent(share: float) -> str:
    """A share as people say it: "62 %", "0.4 %", "under 0.1 %"."""
    if 0 < share < 0.001:
        return f"under 0.1{NO_BREAK}%"
    digits = 1 if 0 < round(share, 3) < 0.1 else 0
    return f"{share * 100:,.{digits}f}{NO_BREAK}%"


def _rows(star: Star, split: SegmentSplit) -> list[Mapping[str, object]]:
    if not split.parts:
        return []
    factor = 100.0 if star.metric(split.metric).is_percent else 1.0
    against = "the week before" if split.against == "week" else "last year"

    def scaled(value: float | None, by: float = factor) -> float | None:
        return None if value is None else value * by

    rates = split.method == "rates"

    def row(
        name: str, values: Sequence[float | None], added: Sequence[float | None]
    ) -> dict[str, object]:
        found: dict[str, object] = {"Against": against, "Part": name}
        found |= dict(zip(("Before", "Now"), map(scaled, values[:2]), strict=True))
        if rates:
            shares = (scaled(one, 100.0) for one in values[2:])
            found |= dict(zip(("Share before, %", "Share now, %"), shares, strict=True))
            found |= dict(zip(("Inside", "From its share"), map(scaled, added[1:]), strict=True))
        return found | {"Contribution": scaled(added[0])}

    whole = row(
        WHOLE,
        (split.before, split.now, None, None),
        (split.change, split.rate if rates else None, split.mix if rates else None),
    )
    found: list[Mapping[str, object]] = [whole]
    found += [
        row(
            f"– {part.part}",
            (part.before, part.now, part.share_before, part.share_now),
            (part.contribution, part.rate, part.mix),
        )
        for part in split.parts
    ]
    if split.rest:
        found.append(row(f"– {NOT_APART}", (None,) * 4, (split.rest, None, None)))
    return found
