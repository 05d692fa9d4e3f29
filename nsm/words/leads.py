"""What the Leads page says: a verdict an input, in words that claim no more than the test shows.

"Leads" is prediction: no sentence says that an input causes or drives the star, and one paragraph
says what is meant and what the proof would be. All text is plain; the screens escape it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from nsm.leads import LeadReport
from nsm.model import Role, Star
from nsm.words.believed import believed_words
from nsm.words.figures import NO_BREAK, count, listed, month
from nsm.words.findings import SHAPES, Finding
from nsm.words.review import short_name

WORDS = {
    "leads": "leads",
    "both": "leads and follows",
    "together": "moves together",
    "follows": "follows",
    "none": "no clear lead",
    "insufficient": "not enough history",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NAMED_AT_MOST = 3

MEANING = (
    "“Leads” means prediction: knowing the input some weeks ago tells something about the star "
    "today that the star’s own past, the calendar and the input’s earlier past do not tell.",
    "It is no proof that changing the input changes the star. Something nobody measured may move "
    "both, the input first and the star later.",
    "And “no clear lead” does not mean that there is none: a weaker one would not show in this "
    "much history. Each such line says from which size on it would have.",
    "The proof is an experiment: change the input for some people and not for others, wait as many "
    "weeks as the lead says, and compare the star.",
)

KNOWN_HOW = (
    "All inputs and all weeks back are decided at once: the clearest link on the page must beat "
    "the clearest link of 95 in 100 worlds that were made from the star’s own history with no "
    "lead in them. Looking at more inputs or farther back does not weaken the promise; it asks "
    "for a clearer link.",
    "The star’s own past, a trend, the yearly season and recorded breaks are taken out first, so "
    "that two metrics which only grow or peak together do not look like a lead. A season is only "
    "known after two years of weeks.",
    "On average over nearly forty kinds of simulated dashboards, of one to five years of weeks, "
    "fewer than one in twenty showed a false lead; of the worst kinds, such as metrics that share "
    "a sharp season, up to one in ten.",
    "docs/leads.md tells the method with its sources, docs/calibration.md how often it was right "
    "on simulated dashboards of which the truth is known; “make calibrate” runs that again.",
)


def summary(star: Star, report: LeadReport, found: Sequence[Finding]) -> str:
    """The first line of the page: which inputs lead the star, in one sentence."""
    name = short_name(star.star_metric)
    if not found:
        return f"{name} has no inputs yet, so there is nothing to test."
    if all(one.verdict == "insufficient" for one in found):
        if all(one.weeks_needed is None for one in found):
            return f"Too many weeks are missing to say which inputs lead {name}."
        return f"There is not enough history yet to say which inputs lead {name}."
    leading = [one for one in found if one.stands]
    ended = [one for one in found if one.place and one.until]
    if len(found) == 1:
        quiet = f"{short_name(found[0].metric)} does not clearly lead {name}."
        return headline(star, found[0]) if found[0].place else quiet
    if not leading and ended:
        names = listed([short_name(one.metric) for one in ended[:NAMED_AT_MOST]])
        return f"None of the inputs clearly leads {name} now; {names} did before."
    if not leading:
        return f"None of the inputs clearly leads {name} in these {_weeks(report.weeks)}."
    said = [f"{short_name(one.metric)} by {lead_time(one)}" for one in leading[:NAMED_AT_MOST]]
    if len(leading) > NAMED_AT_MOST:
        said.append(f"{len(leading) - NAMED_AT_MOST} more")
    verb = "leads" if len(leading) == 1 else "lead"
    return (
        f"{_spoken(len(leading)).capitalize()} of {_spoken(len(found))} inputs {verb} {name}: "
        f"{listed(said)}."
    )


def headline(star: Star, finding: Finding) -> str:
    """The verdict on one input as a sentence, with its weeks."""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    if finding.place:
        return f"{name} {_led(finding, goal)}."
    if finding.verdict == "together":
        return f"{name} moves together with {goal} in the same week: neither is seen to come first."
    if finding.verdict == "follows":
        return f"{name} follows {goal} by {lead_time(finding)}: it comes after, not before."
    if finding.metric.role is Role.NORTH_STAR:
        # Asked of its results, the star is the input of each: the answer has to say of which.
        name = f"{name} before {goal}"
    if finding.verdict == "insufficient":
        if finding.weeks_needed is None:
            return f"{name}: too many weeks are missing to tell."
        return f"{name}: not enough history to tell."
    if finding.chance is None:
        return f"{name} cannot be tested."
    return f"{name}: no clear lead."


def _led(finding: Finding, goal: str) -> str:
    time = lead_time(finding)
    if finding.until:
        return f"led {goal} by {time} until {month(finding.until, year=True)}, not since"
    if finding.since:
        return f"leads {goal} by {time} since {month(finding.since, year=True)}, not before"
    both = ", and follows it too – each tells of the other" if finding.verdict == "both" else ""
    return f"leads {goal} by {time}{both}"


def verdict_words(finding: Finding) -> str:
    """The verdict in a few words, with its end or its start where it did not hold all along."""
    if finding.until:
        return f"led until {month(finding.until, year=True)}"
    if finding.since:
        return f"{WORDS[finding.verdict]} since {month(finding.since, year=True)}"
    if finding.verdict == "insufficient" and finding.weeks_needed is None:
        return "too many weeks missing"
    return WORDS[finding.verdict]


def sentence(star: Star, finding: Finding, weeks: int) -> str:
    """Verdict and evidence in one: "A leads B by about 3 weeks (2–4): +1 % now, +0.4 % then …"."""
    said, shown = headline(star, finding), evidence(finding, weeks)
    if finding.place and shown:
        return f"{said.removesuffix('.')}: {shown}"
    return f"{said} {shown}".strip()


def evidence(finding: Finding, weeks: int) -> str:
    """What the verdict rests on: the effect and its range, or what could not have been seen."""
    one, goal = finding.step.said(1), finding.goal
    if finding.effect:
        size, low, high = finding.effect
        ends = f"between {goal.bare(low)} and {goal.bare(high)}"
        if not finding.place:
            return f"{one} goes with {goal.said(size)} in the same week, {ends}."
        held = f" and for {_weeks(finding.held_weeks)}" if finding.held_weeks else ""
        changed = finding.until is not None or finding.since is not None
        always = ", over all these weeks" if changed else ""
        return f"{one} now{held}, {goal.said(size)} then, {ends}{always}."
    if finding.verdict == "insufficient" or finding.chance is None:
        return finding.warnings[0] if finding.warnings else ""
    seen = unseen(finding, weeks)
    return f"Nothing clear the other way round. {seen}" if finding.verdict == "follows" else seen


def unseen(finding: Finding, weeks: int) -> str:
    """From which size on a lead would have shown: "no clear lead" is not "no effect"."""
    if finding.unseen is None or not math.isfinite(finding.unseen):
        return "From which size on a lead would have shown cannot be said here."
    return (
        f"With {_weeks(weeks)} we would have seen an effect above {_size(finding)} for "
        f"{finding.step.said(1)}, four times in five."
    )


def not_seen(star: Star, finding: Finding, weeks: int) -> str:
    """What this much history could not have shown of one input that does not clearly lead."""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    if finding.verdict == "insufficient" or finding.chance is None or finding.unseen is None:
        return f"{name}: {evidence(finding, weeks)}"
    return (
        f"{name}: a lead of less than {_size(finding)} of {goal} for {finding.step.said(1)} would "
        "mostly have stayed hidden."
    )


def more_weeks(finding: Finding, weeks: int) -> str:
    """How much history would show a lead of middling strength; empty where nobody can say."""
    needed = finding.weeks_needed
    if needed is None:
        return ""
    if finding.verdict == "insufficient":
        return f"It takes {_weeks(needed)} before anything can be said."
    tenth = "a lead that explains a tenth of what the star’s own past and the calendar do not"
    if needed > weeks:
        return f"To show {tenth}, it takes about {_weeks(needed)}; there are {weeks:,}."
    return f"{tenth[0].upper()}{tenth[1:]} would have shown."


def lead_time(finding: Finding) -> str:
    """By how long: "1 week", "about 3 weeks (2–4)"."""
    if finding.lag is None:
        return "an unknown number of weeks"
    low, high = finding.lags or (finding.lag, finding.lag)
    if low == high:
        return _weeks(finding.lag)
    return f"about {_weeks(finding.lag)} ({low}–{high})"


def promise(alpha: float) -> str:
    """What the page promises, no stronger than docs/calibration.md has measured it.

    "About", since with three years of weeks one kind of world in three shows a little more.
    """
    return (
        f"About one dashboard in {_spoken_large(round(1 / alpha))} shows a lead that is not "
        "there, however many inputs and weeks back it looks at."
    )


def scope(report: LeadReport) -> str:
    """How much was looked at: "156 weeks, up to 12 weeks back"."""
    return f"{_weeks(report.weeks)}, up to {_weeks(report.max_lag)} back"


def profile_sentence(star: Star, finding: Finding) -> str:
    """What the picture of one input shows, for those who hear it."""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    if finding.chance is None:
        return f"{name} could not be tested against {goal}."
    if not finding.place or finding.lags is None:
        return f"{name} tells nothing clear about {goal}, up to the farthest week looked at."
    low, high = finding.lags
    if low == high:
        return f"{name} {_weeks(low)} before tells of {goal}; at other weeks it does not clearly."
    return (
        f"{name} {low} to {_weeks(high)} before tells of {goal}, most clearly "
        f"{_weeks(finding.lag or low)} before."
    )


def profile_key(star: Star, finding: Finding) -> str:
    """How to read the picture of one input."""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    return (
        f"Dots: how much {goal} goes with {finding.step.said(1)} of {name} so many weeks before. "
        "Band: where the truth may lie, for all inputs and weeks of this page at once; only what "
        "stays off zero counts."
    )


def effect_in_words(
    finding: Finding, lag: float, size: float, low: float, high: float, chance: float
) -> str:
    """One lag of the profile, as its mark says when it is pointed at."""
    when = f"{_weeks(int(lag))} before" if lag else "the same week"
    said = f"{when}: {finding.goal.said(size)} for {finding.step.said(1)}"
    if math.isfinite(low) and math.isfinite(high):
        said += f", between {finding.goal.said(low)} and {finding.goal.said(high)}"
    return f"{said}; could be chance: {_share(chance)}" if math.isfinite(chance) else said


def shared_notes(found: Sequence[Finding]) -> tuple[str, ...]:
    """What there is to know about every row of a table, to be said once beside it."""
    if len(found) < 2:
        return ()
    return tuple(note for note in found[0].warnings if all(note in one.warnings for one in found))


def findings_table(found: Sequence[Finding]) -> pd.DataFrame:
    """One row an input, in the order of the sentences; without :func:`shared_notes`."""
    shared = shared_notes(found)
    return pd.DataFrame(
        {
            "Input": [short_name(one.metric) for one in found],
            "Verdict": [f"{SHAPES[one.verdict]} {verdict_words(one)}" for one in found],
            "Weeks": [_lag_range(one) for one in found],
            "Effect": [_effect(one) for one in found],
            "Between": [_interval(one) for one in found],
            "Could be chance": [_share(one.doubt) for one in found],
            "We believed": [believed_words(one.metric) for one in found],
            "To know": [
                " ".join(note for note in one.warnings if note not in shared) for one in found
            ],
        }
    )


def _weeks(how_many: int) -> str:
    return count(how_many, "week")


def _spoken(how_many: int) -> str:
    return NUMBERS[how_many] if how_many < len(NUMBERS) else f"{how_many:,}"


def _spoken_large(how_many: int) -> str:
    return {20: "twenty", 100: "a hundred"}.get(how_many, _spoken(how_many))


def _size(finding: Finding) -> str:
    return finding.goal.said(finding.unseen or 0.0).removeprefix("+")


def _lag_range(finding: Finding) -> str:
    if finding.lag is None:
        return ""
    low, high = finding.lags or (finding.lag, finding.lag)
    return f"{finding.lag}" if low == high else f"{finding.lag} ({low}–{high})"


def _effect(finding: Finding) -> str:
    if not finding.effect:
        return ""
    return f"{finding.goal.said(finding.effect[0])} for {finding.step.said(1)}"


def _interval(finding: Finding) -> str:
    if not finding.effect:
        return ""
    return f"{finding.goal.said(finding.effect[1])} to {finding.goal.said(finding.effect[2])}"


def _share(chance: float | None) -> str:
    if chance is None:
        return ""
    if chance < 0.001:
        return f"under 0.1{NO_BREAK}%"
    return f"{chance * 100:.{1 if chance < 0.1 else 0}f}{NO_BREAK}%"
