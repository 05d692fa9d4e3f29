"""What is said about a week: the sentence of the week, what else is unusual, the figures beside it.

Sentences say only what the figures carry: a superlative comes from :class:`nsm.signals.Extreme`,
"usual" from :class:`nsm.signals.UsualRange`, and every number also stands in :func:`figures_table`.
All text is plain; the screens escape it where they put it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

import pandas as pd

from nsm.model import Annotation, Better, DefinitionChange, Metric, Role
from nsm.pace import Pace
from nsm.signals import FEWEST_WEEKS, Extreme, Signal
from nsm.standing import Standing
from nsm.words.figures import (
    MINUS,
    change,
    day,
    listed,
    number,
    share_words,
    spoken,
    week_of,
)

LONGEST_NAME = 60
NAMED_AT_MOST = 3
SIMULATED = "Simulated data: a demonstration, not a real product."
# What makes a week a signal that is itself inside its usual range.
STANDINGS = {
    "run_above": "above its usual level for eight weeks in a row",
    "run_below": "below its usual level for eight weeks in a row",
    "near_limit_above": "near the upper end of its usual range in three of four weeks",
    "near_limit_below": "near the lower end of its usual range in three of four weeks",
}
ROLE_NAMES = {
    Role.NORTH_STAR: "star",
    Role.INPUT: "input",
    Role.RESULT: "result",
    Role.GUARDRAIL: "guardrail",
    Role.CANDIDATE: "candidate",
}
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def picture_key(standing: Standing, targets: bool) -> str:
    """What the lines and marks of the star's picture are, each where it may have some."""
    figures = standing.review
    before = any(one is not None for one in (*figures.prior_year_weeks, *figures.prior_year_months))
    said = {
        "Coloured line: this year.": True,
        "Grey line: a year before.": before,
        "Grey band: the usual range.": standing.signal.usual is not None,
        "Short dashes: target.": targets,
        "Hollow: not complete yet.": True,
    }
    return " ".join(text for text, there in said.items() if there)


def short_name(metric: Metric, longest: int = LONGEST_NAME) -> str:
    """The metric's name on one line, cut where it would fill the page; its key when it has none."""
    name = " ".join(metric.name.split()) or metric.key
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def headline(standing: Standing, week_start: dt.date) -> str:
    """Did it move, and is that unusual: "Orders rose 2.1 % to 48,200 – inside its usual range."."""
    name, figures = short_name(standing.metric), standing.review
    if figures.last_week is None:
        # The reason names its week, and so does the sentence: once is enough.
        reason = figures.reasons.get("last_week", "there is no data")
        reason = readable(reason.removeprefix(f"week of {week_start}: "))
        return f"{name} is not known for the {week_of(week_start)}: {reason}."
    value = spoken(figures.last_week, standing.metric.unit)
    before = figures.weeks[-2] if len(figures.weeks) > 1 else None
    if figures.wow is None and before is not None:
        # From zero or less there is no per cent, but a way up or down there is.
        step = figures.last_week - before
        verb = "rose" if step > 0 else "fell"
        way = f"{verb} by {spoken(abs(step), standing.metric.unit)} to" if step else "held at"
        return f"{name} {way} {value} – {_standing(standing)}."
    if figures.wow is None:
        reason = readable(figures.reasons.get("wow", "the week before is not known"))
        moved = f"{name} was {value}; it cannot be compared with the week before, since {reason}"
        return f"{moved}. {capital(judgement(standing.signal))}."
    return f"{name} {moved_to(figures.wow, figures.change_unit, value)} – {_standing(standing)}."


def moved_to(size: float, change_unit: str, value: str) -> str:
    """The verb of a change: "rose 2.1 % to 48,200", "held at 48,200"."""
    said = change(size, change_unit)
    if said[0] not in ("+", MINUS):
        return f"held at {value}"
    return f"{'rose' if said[0] == '+' else 'fell'} {said[1:]} to {value}"


def judgement(signal: Signal) -> str:
    """Signal or noise: "inside its usual range", or what is missing to say so."""
    if signal.standing in STANDINGS:
        return STANDINGS[signal.standing]
    if signal.status == "inside":
        return "inside its usual range"
    if signal.status in ("above", "below"):
        return f"{signal.status} its usual range"
    if signal.weeks < FEWEST_WEEKS:
        return f"too early to say what is usual ({signal.weeks} of {FEWEST_WEEKS} weeks)"
    return "its usual range cannot be told"


def superlative(extreme: Extreme) -> str:
    """ "lowest in 26 weeks", "highest of all 85 weeks"."""
    reach = "of all" if extreme.on_record else "in"
    return f"{extreme.kind} {reach} {extreme.weeks:,} weeks"


def record(standing: Standing) -> str:
    """The record that an unusual week is; empty when it is none, or one on the other side.

    A week can be above what its falling metric made usual and still be the lowest in a while.
    """
    side = {"above": "highest", "below": "lowest"}.get(standing.signal.status)
    found = standing.extreme
    return superlative(found) if found is not None and found.kind == side else ""


def exceptions(star: Standing, others: Iterable[Standing]) -> str:
    """What is unusual beside the star: one sentence over inputs, results and guardrails."""
    known = [one for one in others if one.signal.status != "unknown"]
    unusual = [one for one in known if one.signal.is_unusual]
    if not known:
        return ""
    if not unusual:
        if len(known) == 1:
            too = " too" if star.signal.status == "inside" else ""
            return f"{short_name(known[0].metric)} is inside its usual range{too}."
        all_of_them = "both" if len(known) == 2 else f"all {len(known)}"
        return f"Nothing else is unusual: {all_of_them} other metrics are inside their ranges."
    if len(unusual) == 1:
        one = unusual[0]
        tail = record(one) or judgement(one.signal)
        which = "unusual too" if star.signal.is_unusual else "the unusual one"
        return f"{short_name(one.metric)} is {which}: {tail}."
    sides = {one.signal.status for one in unusual}
    outside = sides <= {"above", "below"}
    mixed = outside and len(sides) > 1
    names = [
        short_name(one.metric) + (f" ({one.signal.status})" if mixed else "")
        for one in unusual[:NAMED_AT_MOST]
    ]
    if len(unusual) > NAMED_AT_MOST:
        names.append(f"{len(unusual) - NAMED_AT_MOST} more")
    side = "outside" if mixed else next(iter(sides))
    are = f"{side} their usual range" if outside else "unusual"
    return f"{len(unusual)} of {len(known)} other metrics are {are}: {listed(names)}."


def plan_share(pace: Pace) -> str:
    """Actual as a share of the plan so far: "98 %"."""
    return share_words(pace.share)


def plan_title(pace: Pace) -> str:
    """What the share is of: "Of plan, quarter to date"."""
    return f"Of plan, {pace.period}" + ("" if pace.period == "week" else " to date")


def plan_words(standing: Standing) -> str:
    """Actual against plan in full: "353 M of 361 M minutes planned to that date (720 M in all)"."""
    pace, unit = standing.pace, standing.metric.unit
    if pace is None:
        return ""
    whole = "" if pace.planned == pace.target else f" ({spoken(pace.target, unit)} in all)"
    weeks = f", in {pace.weeks[0]} of {pace.weeks[1]} weeks" if pace.weeks else ""
    planned = f"{spoken(pace.planned, unit)} planned to that date{weeks}{whole}"
    return f"{spoken(pace.actual, unit)} of {planned}."


def silent_plan(metric: Metric, found: tuple[str, float, str] | None) -> str:
    """Why nothing is said of a plan: "Of the quarter's plan of 11,000 nothing can be said: ..."."""
    if found is None:
        return ""
    period, target, reason = found
    why = f": {readable(reason)}" if reason else ""
    return f"Of the {period}’s plan of {spoken(target, metric.unit)} nothing can be said yet{why}."


def pace_sentence(standing: Standing) -> str:
    """How far along its first plan a metric is: "98 % of plan, quarter to date: 353 M of ..."."""
    pace = standing.pace
    if pace is None:
        return ""
    title = plan_title(pace).removeprefix("Of plan")
    return f"{plan_share(pace)} of plan{title}: {plan_words(standing)}"


def mood(size: float | None, change_unit: str, better: Better) -> str:
    """Whether a change is good, bad or flat, given the metric's good direction."""
    said = change(size, change_unit)
    if said[0] not in ("+", MINUS):
        return "flat"
    return "good" if (said[0] == "+") == (better is Better.UP) else "bad"


def behind(weeks_behind: int, days: int, expected: int) -> str:
    """Why the newest week that is over is not the one under review; ``days`` of it are there.

    It stands on a badge, of which a phone shows one line: the star's name is in the headline.
    """
    if weeks_behind > 1:
        return f"Old: no complete week for the last {weeks_behind:,} weeks."
    if not days:
        return "One more week is over, but has no data yet."
    return f"One more week is over, with {days} of its {expected} days."


def no_such_week(asked: str, shown: str) -> str:
    """That the address asks for a week that is none here, and which one is shown."""
    there = f"{shown[:1].lower()}{shown[1:]}"
    return f"There is no week “{asked}” here (a week goes by its last day); this is the {there}."


def to_date(standing: Standing) -> str:
    """Month, quarter and year to date in one line; empty where no day is known."""
    figures, unit = standing.review, standing.metric.unit
    said = []
    for name, value, moved in (
        ("Month", figures.mtd, figures.mtd_yoy),
        ("Quarter", figures.qtd, figures.qtd_yoy),
        ("Year", figures.ytd, figures.ytd_yoy),
    ):
        if value is not None:
            tail = (
                f" ({change(moved, figures.change_unit)} on last year)" if moved is not None else ""
            )
            said.append(f"{name} to date {spoken(value, unit)}{tail}")
    return " · ".join(said)


def usual_words(standing: Standing) -> str:
    """The usual range of the week in words: "53.2 M to 56.2 M"; empty when it is not known."""
    usual = standing.signal.usual
    if usual is None:
        return ""
    sign = standing.metric.unit if standing.metric.unit == "percent" else ""
    return f"{number(usual.low, sign, short=True)} to {number(usual.high, sign, short=True)}"


def note_text(note: Annotation, names: Mapping[str, str]) -> str:
    """An annotation as listed below the picture: "Wed 5 Nov 2025 – price test (Orders)"."""
    about = f" ({names[note.metric]})" if note.metric and note.metric in names else ""
    return f"{day(note.date, year=True)} – {' '.join(note.text.split())}{about}"


def change_text(changed: DefinitionChange, names: Mapping[str, str]) -> str:
    """A change of meaning as listed below the picture."""
    name = names.get(changed.metric, changed.metric)
    return (
        f"{day(changed.date, year=True)} – {name} changed its {changed.field} "
        f"from “{changed.old}” to “{changed.new}”"
    )


def picture_alt(standing: Standing, week_start: dt.date) -> str:
    """What the picture of a metric shows, for those who do not see it."""
    figures, unit = standing.review, standing.metric.unit
    known = [value for value in figures.weeks if value is not None]
    if not known:
        return f"{short_name(standing.metric)}: no complete week in the six weeks shown."
    between = f"between {spoken(min(known), unit)} and {spoken(max(known), unit)}"
    before = figures.prior_year_weeks[-1]
    last_year = f"; a year before {spoken(before, unit)}" if before is not None else ""
    return (
        f"{short_name(standing.metric)} over six weeks, {between}, and twelve months: "
        f"{spoken(figures.last_week, unit)} in the {week_of(week_start)}{last_year}."
    )


def figures_table(standings: Iterable[Standing]) -> pd.DataFrame:
    """Every figure of the week as it is said, one row a metric, with the reason for each gap."""
    return pd.DataFrame([_figures_row(one) for one in standings])


def readable(reason: str) -> str:
    """A reason with its dates as people say them: 2026-11-02 becomes 2 Nov 2026."""

    def said(found: re.Match[str]) -> str:
        try:
            return day(dt.date(*map(int, found.groups())), weekday=False, year=True)
        except ValueError:
            return found.group()

    return _ISO_DATE.sub(said, reason)


def _standing(standing: Standing) -> str:
    said = judgement(standing.signal)
    return f"{said}, the {record(standing)}" if record(standing) else said


def capital(text: str) -> str:
    """Text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _figures_row(one: Standing) -> dict[str, str]:
    figures, unit, usual = one.review, one.metric.unit, one.signal.usual
    row = {
        "Metric": short_name(one.metric),
        "Role": ROLE_NAMES[one.metric.role],
        "Last week": spoken(figures.last_week, unit),
        "On the week before": change(figures.wow, figures.change_unit),
        "On last year": change(figures.yoy, figures.change_unit),
        "Usual range": (
            f"{number(usual.low, unit, short=True)} to {number(usual.high, unit, short=True)}"
            if usual
            else "–"
        ),
        "Judgement": capital(judgement(one.signal)),
        "Extreme": capital(superlative(one.extreme)) if one.extreme else "–",
    }
    for name, key in (("Month", "mtd"), ("Quarter", "qtd"), ("Year", "ytd")):
        row[f"{name} to date"] = spoken(getattr(figures, key), unit)
        row[f"{name} on last year"] = change(getattr(figures, f"{key}_yoy"), figures.change_unit)
    row["Of plan so far"] = plan_share(one.pace) if one.pace else "–"
    row["Plan by now"] = spoken(one.pace.planned, unit) if one.pace else "–"
    row["Target"] = spoken(one.pace.target, unit) if one.pace else "–"
    shown = ("last_week", "wow", "yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy")
    missing = dict.fromkeys(
        readable(figures.reasons[key]) for key in shown if key in figures.reasons
    )
    row["Why figures are missing"] = "; ".join(missing) or "–"
    return row
