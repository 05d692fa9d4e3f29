"""The closer look at one input and lag: each check in a plain sentence, its technical name behind.

All of it stands beside the verdict and never changes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from nsm.leads.badges import Stability, Usefulness
from nsm.leads.checks import Check
from nsm.model import Star
from nsm.words.figures import NO_BREAK, count, day, month
from nsm.words.findings import Finding
from nsm.words.review import short_name

PICTURE_NOT_TEST = (
    "This is the picture, not the test: each bar is looked at by itself, and of twenty bars about "
    "one stands outside the band by chance. What counts is the verdict above."
)
WHITENED_KEY = (
    "How the star goes with the input, week by week, once what the input’s own past tells is taken "
    "out of both (prewhitened cross-correlation). Bars to the right: the input comes first; to the "
    "left: the star does. Band: where one bar stays 19 times in 20 if nothing is there."
)
FIT_KEY = (
    "The regression behind one dot of the picture above, as statsmodels prints it: ordinary least "
    "squares with HC3 errors. Its p-values are those of a single question; this page asks many at "
    "once, so what counts is “could be chance” in the table."
)
GAIN_KEY = (
    "Each week is forecast from the weeks before it alone: once from the star’s own past and the "
    "calendar, once with the input too."
)
TOO_SHORT = "There are too few weeks to look at this."


def check_sentence(check: Check) -> str:
    """What one look at the left-overs says, for people."""
    if check.kind == "autocorrelation":
        if check.fine:
            return "What is left unexplained in one week tells nothing of the weeks after it."
        return (
            "What is left unexplained in one week still tells something of the next weeks: the "
            "star remembers more than this model takes out. Read the effect with care."
        )
    if check.kind == "heteroscedasticity":
        if check.fine:
            return "All weeks are about equally hard to explain."
        return "Some weeks are harder to explain than others; the errors used here allow for that."
    if check.fine:
        return "What is left unexplained is spread as chance usually is."
    return (
        "What is left unexplained has more far-off weeks than chance usually makes; the verdict "
        "does not rest on it, since its worlds are made of these very weeks."
    )


def technical(check: Check) -> str:
    """The technical name behind a sentence, with its figures."""
    return f"{check.kind.capitalize()}: {check.test}, {check.statistic:.2f}, p {_p(check.p)}"


def gain_sentence(star: Star, finding: Finding, useful: Usefulness | None) -> str:
    """Would knowing the input have made past forecasts better?"""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    if useful is None:
        return TOO_SHORT
    weeks = count(useful.forecasts, "forecast")
    if useful.gain <= 0:
        return f"Knowing {name} would not have made {weeks} of {goal} any better."
    said = f"{100 * useful.gain:.0f}{NO_BREAK}%"
    sure = "more than chance" if useful.p < 0.05 else "which could be chance"
    return f"Knowing {name} saves {said} of the squared error of {weeks} of {goal}: {sure}."


def gain_technical(useful: Usefulness) -> str:
    """The technical name behind it."""
    return f"Rolling origin, one step ahead; Clark-West, p {_p(useful.p)}, one-sided"


def halves_sentence(finding: Finding, stable: Stability | None, changed_on: dt.date | None) -> str:
    """Is the effect of the second half that of the first?"""
    name = short_name(finding.metric)
    if stable is None:
        return TOO_SHORT
    when = "" if changed_on is None else f" about {month(changed_on, year=True)}"
    if stable.changed:
        return f"The effect of {name} is not the same all along: it changes most{when}."
    return f"The effect of {name} is the same in both halves, as far as this many weeks can tell."


def halves_technical(stable: Stability) -> str:
    """The technical name behind it."""
    return (
        f"Largest Wald statistic over all breaks {stable.wald:.1f}, against 8.85 (Andrews 1993, "
        "15 % trimmed)"
    )


def halves_table(
    finding: Finding, stable: Stability, weeks: Sequence[dt.date], half: int
) -> pd.DataFrame:
    """One row a half: from which week to which, the effect and where it may lie, each by itself."""
    scale = finding.step.size / finding.goal.size
    rows = [
        (weeks[0], weeks[half - 1], stable.first, stable.first_error),
        (weeks[half], weeks[-1], stable.second, stable.second_error),
    ]
    reach = 1.96
    return pd.DataFrame(
        {
            "Half": ["First", "Second"],
            "From": [day(begin, weekday=False, year=True) for begin, _, _, _ in rows],
            "To": [day(end, weekday=False, year=True) for _, end, _, _ in rows],
            f"Effect of {finding.step.said(1)}": [
                finding.goal.said(effect * scale) for _, _, effect, _ in rows
            ],
            "Each by itself between": [
                f"{finding.goal.said((effect - reach * error) * scale)} and "
                f"{finding.goal.said((effect + reach * error) * scale)}"
                for _, _, effect, error in rows
            ],
        }
    )


def whitened_alt(star: Star, finding: Finding, outside: list[int]) -> str:
    """The cross-correlation for those who do not see it."""
    name, goal = short_name(finding.metric), short_name(star.star_metric)
    said = f"How {goal} goes with {name} at every shift, prewhitened: "
    if not outside:
        return f"{said}no bar stands outside the band."
    shifts = ", ".join(_shift(lag) for lag in outside[:6])
    return f"{said}outside the band at {shifts}{' and more' if len(outside) > 6 else ''}."


def bar_words(lag: int, correlation: float) -> str:
    """One bar, as its mark says when it is pointed at."""
    return f"{_shift(lag)}: correlation {correlation:+.2f}".replace("-", "−")


def forecasts_alt(star: Star, finding: Finding, weeks: int) -> str:
    """The picture of the forecasts for those who do not see it."""
    return (
        f"{short_name(star.star_metric)} over {count(weeks, 'week')}, with its forecasts knowing "
        f"{short_name(finding.metric)} and without."
    )


def _shift(lag: int) -> str:
    if lag == 0:
        return "the same week"
    return f"the {'input' if lag > 0 else 'star'} {count(abs(lag), 'week')} before"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"
