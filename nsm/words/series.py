"""What is said about the star beside one input: the shift, what the lead test found at it."""

from __future__ import annotations

import datetime as dt
import math

from nsm.model import Metric, Star
from nsm.words.figures import count, day
from nsm.words.findings import Finding
from nsm.words.review import ROLE_NAMES, short_name

RECENT_WEEKS = 13  # that the scatter shows in the colour of the star
LOOKS_ALIKE = (
    f"Each mark is a week, the last {RECENT_WEEKS} in the colour of the star. A slope alone is no "
    "lead: two metrics that grow, or that share a season, look like this too."
)


def shift(star: Star, metric: Metric, lag: int) -> str:
    """What the picture shows at this shift."""
    goal, name = short_name(star.star_metric), short_name(metric)
    if lag == 0:
        return f"{goal} and {name}, week by week."
    return f"{goal}, and {name} as it was {count(lag, 'week')} before."


def found_at(
    star: Star, finding: Finding, lag: int, at: tuple[float, float, float, float], alpha: float
) -> str:
    """What the lead test found at one lag.

    ``at`` is the coefficient, the ends of its simultaneous band and the adjusted p-value, in the
    metrics' own units.
    """
    scale = finding.step.size / finding.goal.size
    coefficient, low, high, chance = at
    if finding.verdict == "insufficient" or not math.isfinite(coefficient):
        return (
            finding.warnings[0] if finding.warnings else "The lead test cannot say anything here."
        )
    size, least, most = (finding.goal.said(value * scale) for value in (coefficient, low, high))
    goal, name = short_name(star.star_metric), short_name(finding.metric)
    when = f"{count(lag, 'week')} later" if lag else "in the same week"
    link = "came before" if lag else "went with"
    effect = (
        f"{finding.step.said(1)} of {name} {link} {size} of {goal} {when} "
        f"(between {least} and {most})"
    )
    if chance <= alpha:
        return f"At this shift {effect}: more than chance explains."
    return f"At this shift it could be chance: {effect}."


def not_tested(metric: Metric) -> str:
    """Why there is no word of the lead test on a metric."""
    return (
        f"{short_name(metric)} is a {ROLE_NAMES[metric.role]}: the lead test looks at the star’s "
        "inputs only."
    )


def shifted_on(metric: Metric, lag: int) -> str:
    """How to read the shifted line, and its end beyond the star's."""
    return (
        f"{short_name(metric)} stands {count(lag, 'week')} later than it was measured, so that its "
        "past lies over the star's present; on the shaded weeks the star is not known yet."
    )


def pair_alt(star: Star, metric: Metric, lag: int, first: dt.date, last: dt.date) -> str:
    """The two lines for those who do not see them."""
    weeks = f"from {day(first, weekday=False, year=True)} to {day(last, weekday=False, year=True)}"
    return f"{shift(star, metric, lag)[:-1]}, {weeks}."


def scatter_alt(star: Star, metric: Metric, lag: int, weeks: int) -> str:
    """The cloud for those who do not see it."""
    when = "in the same week" if lag == 0 else f"{count(lag, 'week')} before"
    return (
        f"{short_name(star.star_metric)} against {short_name(metric)} {when}: "
        f"{count(weeks, 'week')}, one mark each."
    )


def no_season_yet(metric: Metric, weeks: int, needed: int) -> str:
    """Why the season of a metric is not taken out."""
    return (
        f"{short_name(metric)} has {count(weeks, 'week')}; its season can be taken out from "
        f"{needed} weeks on, so it is shown as it is."
    )


def no_index(metric: Metric) -> str:
    """Why a metric has no index."""
    return f"{short_name(metric)} starts at zero or below, so it has no index; two scales instead."
