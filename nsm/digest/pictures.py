"""The pictures of a digest as inline SVG: six weeks and twelve months of the star, thirteen weeks.

Lines come from the wall's; labels are HTML around them, in columns as wide as the slots.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from nsm.digest.gathering import Digest
from nsm.periods import WEEK
from nsm.standing import Standing, known_weeks, year_of
from nsm.wall.svg import line_picture, plot_for
from nsm.words.figures import day, month, number
from nsm.words.review import picture_alt

SMALL_WEEKS = 13
TOLD_OF_A_YEAR = 8  # every so many weeks of a year have their figure below the line
Figures = Sequence[float | None]


def star_picture(digest: Digest) -> str:
    """The six-twelve picture: six weeks and twelve months, the prior year behind, values below."""
    one = digest.standings[digest.star.north_star]
    figures, review = one.review, digest.review
    usual = [_usual(one, start) for start in review.week_starts]
    weeks = _panel(
        one,
        "Six weeks",
        [day(start, weekday=False) for start in review.week_starts],
        (figures.weeks, figures.prior_year_weeks),
        usual,
        weekly_target(one),
        picture_alt(one, digest.week),
    )
    if any(value is not None for value in (*figures.months, *figures.prior_year_months)):
        longer = _panel(
            one,
            "Twelve months",
            [month(start) for start in review.month_starts],
            (figures.months, figures.prior_year_months),
        )
    else:
        year = year_of(known_weeks(digest.known.weeks, one.metric.key, digest.week), digest.week)
        labels = [day(start, weekday=False) for start in year.starts]
        longer = _panel(one, "52 weeks", labels, (year.now, year.before), every=TOLD_OF_A_YEAR)
    return f'<div class="six">{weeks}{longer}</div>'


def weekly_target(one: Standing) -> float | None:
    """What the plan asks of a single week, where it is a plan of weeks."""
    return one.pace.target if one.pace is not None and one.pace.period == "week" else None


def small_picture(digest: Digest, one: Standing) -> str:
    """The last thirteen weeks of a metric with their usual ranges, no larger than a word."""
    starts = [digest.week - back * WEEK for back in reversed(range(SMALL_WEEKS))]
    weeks = known_weeks(digest.known.weeks, one.metric.key, digest.week)
    there = {
        stamp.date(): float(value)
        for stamp, value in zip(weeks.index, weeks.to_numpy(), strict=True)
        if value == value
    }
    values = [there.get(start) for start in starts]
    usual = [_usual(one, start) for start in starts]
    kind = "line" if one.metric.key == digest.star.north_star else "input"
    return line_picture(plot_for(values, usual), values, kind=kind, usual=usual, stroke=1.6)


def _panel(
    one: Standing,
    title: str,
    labels: Sequence[str],
    series: tuple[Figures, Figures],
    usual: Sequence[tuple[float, float] | None] = (),
    target: float | None = None,
    alt: str = "",
    every: int = 1,
) -> str:
    """One scale: this year's line over last year's, and both years' values in a table below.

    Of many periods only ``every`` so many stand in the table, the last among them.
    """
    now, before = series
    plot = plot_for([*now, *before], usual, target, slots=len(now))
    # The band is part of the picture behind: it must not hide the year before.
    lines = line_picture(plot, before, kind="past", usual=usual, stroke=1.6) + line_picture(
        plot, now, target=target, stroke=2.4, alt=escape(alt)
    )
    kind = ' class="few"' if every > 1 else ""
    first = (len(now) - 1) % every
    told = slice(first, None, every)
    spans = [first + 1] + [every] * (len(now[told]) - 1)
    heads = "".join(
        f'<th scope="col" colspan="{span}">{label}</th>'
        for span, label in zip(spans, labels[told], strict=True)
    )
    rows = "".join(
        f'<tr class="{year}">'
        + "".join(
            f'<td colspan="{span}">{_said(value, one)}</td>'
            for span, value in zip(spans, values[told], strict=True)
        )
        + "</tr>"
        for year, values in (("now", now), ("before", before))
    )
    return (
        f'<div><h3>{title}</h3><div class="plot">{lines}</div>'
        f"<table{kind}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _said(value: float | None, one: Standing) -> str:
    unit = "percent" if one.metric.is_percent else ""
    return escape(number(value, unit, short=True))


def _usual(one: Standing, start: dt.date) -> tuple[float, float] | None:
    found = one.usual_in(start)
    return (found.low, found.high) if found is not None else None
