"""What the command line prints for people: a sentence first, then a small table, plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from nsm.freshness import Freshness
from nsm.model import Metric, Star
from nsm.review import Review
from nsm.standing import Standing
from nsm.words.figures import age, change, day, number
from nsm.words.review import headline, readable, short_name

if TYPE_CHECKING:
    from nsm.leads import LeadReport

CHANGES = {
    "on last week": "wow",
    "on last year": "yoy",
    "month": "mtd_yoy",
    "quarter": "qtd_yoy",
    "year": "ytd_yoy",
}
LONGEST_NAME = 36
NAMED_AT_MOST = 4


def late_line(metric: Metric, one: Freshness) -> str:
    """That a metric's history ended too long ago, and when; empty when it is on time.

    What is said of "the last week" is then said of an old one.
    """
    if one.data_to is None or not one.days_late:
        return ""
    name = short_name(metric, LONGEST_NAME)
    return f"The data of {name} go to {day(one.data_to, year=True)}: {age(one.days_late)}."


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text as aligned lines: the first column to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def review_lines(star: Star, review: Review, standings: Mapping[str, Standing]) -> list[str]:
    """The week in one sentence, the figures of every metric, and why some are missing."""
    shown = list(standings.values())
    table = [["", "week", *CHANGES]]
    for one in shown:
        figures = one.review
        changes = [change(getattr(figures, key), figures.change_unit) for key in CHANGES.values()]
        week = number(figures.last_week, one.metric.unit, short=True)
        table.append([short_name(one.metric, LONGEST_NAME), week, *changes])
    return [
        headline(standings[star.north_star], review.week_starts[-1]),
        "",
        *columns(table),
        "",
        f"Week ending {review.week_ending}; month, quarter and year to date against the same "
        "dates of last year.",
        *_missing(shown),
    ]


def leads_lines(star: Star, report: LeadReport, weeks: pd.DataFrame) -> list[str]:
    """Which inputs lead, a sentence each with what it rests on, and what is promised."""
    # These bring the lead test and with it scipy, which a review does without.
    from nsm.words import leads as lead_words
    from nsm.words.findings import findings

    found = findings(star, report, weeks)
    if not found:
        return [lead_words.summary(star, report, found)]
    lines = [lead_words.summary(star, report, found), f"({lead_words.scope(report)})", ""]
    # What holds for every input, such as a short history, is said once.
    shared = [text for text in found[0].warnings if all(text in one.warnings for one in found[1:])]
    shared = shared if len(found) > 1 else []
    for one in found:
        evidence = lead_words.evidence(one, report.weeks)
        lines.append(f"{one.mark:>2}  {lead_words.sentence(star, one, report.weeks)}")
        lines += [f"    {text}" for text in one.warnings if text not in (evidence, *shared)]
    return [*lines, "", *shared, lead_words.promise(report.alpha)]


def _missing(shown: Sequence[Standing]) -> list[str]:
    """Why figures of the table are missing: one line a reason, with the metrics it holds for."""
    reasons: dict[str, list[str]] = {}
    for one in shown:
        figures = ("last_week", *CHANGES.values())
        missing = dict.fromkeys(readable(one.review.reasons.get(key, "")) for key in figures)
        for reason in filter(None, missing):
            reasons.setdefault(reason, []).append(short_name(one.metric, LONGEST_NAME))
    return [
        f"Missing for {_few(names, len(shown))}: {reason}." for reason, names in reasons.items()
    ]


def _few(names: Sequence[str], all_there_are: int) -> str:
    if len(names) == all_there_are > 1:
        return "all of them"
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
