"""The weekly review of a star.

Six weeks beside the same weekdays a year before (364 days), twelve months beside the same months a
year before, and month, quarter and year to the end of the week beside the same calendar dates a
year before. Only complete periods are compared: where a day is missing on either side there is no
figure but a reason.

The review tells what could be known at the end of the week under review: a month that was not over
then has no figure although its days may have come since.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from nsm.errors import InputError
from nsm.history import History, Span, aggregate_spans, daily_edges, grains
from nsm.history import last_complete_week as newest_week
from nsm.model import WEEKDAYS, Metric, Star
from nsm.periods import (
    WEEK,
    fiscal_months,
    fiscal_year_start,
    last_complete_week,
    month_start,
    quarter_start,
    same_date_last_year,
    trailing_months,
    week_end,
    week_start_of,
    year_ago_week,
)
from nsm.review.figures import MetricReview, MonthsMode, Review
from nsm.review.known import Known, Periods, change, reasons_together, spans_known
from nsm.review.running import same_days

WEEKS_SHOWN = 6
EARLIEST = dt.date(1900, 1, 1)  # no file is read further back
TO_DATE = ("mtd", "qtd", "ytd")


def chosen_week_ending(
    star: Star, weeks: History, week_ending: dt.date | None, today: dt.date
) -> dt.date:
    """Which week is reviewed, by its last day?

    The one asked for, which must be a week of this star that is over (else InputError); or the
    newest that is complete for the north star, for any other metric when the north star has none,
    by the calendar when nothing has.
    """
    newest_over = last_complete_week(today, star.week_start)
    if week_ending is None:
        keys = [star.north_star, *(metric.key for metric in star.metrics)]
        found = next((week for key in keys if (week := newest_week(weeks, key)) is not None), None)
        return week_end(newest_over if found is None else found.date())
    if week_ending < EARLIEST:
        raise InputError(
            f"No history reaches back to {week_ending}: it begins on {EARLIEST} at the earliest.",
            f"The newest week that is over ended on {week_end(newest_over)}.",
        )
    if week_ending >= today:
        raise InputError(
            f"The week ending {week_ending} is not over on {today}.",
            f"The newest that is over ended on {week_end(newest_over)}.",
        )
    end = week_end(week_start_of(week_ending, star.week_start))
    if end != week_ending:
        raise InputError(
            f"{week_ending} is a {WEEKDAYS[week_ending.weekday()].title()}, and weeks of "
            f"{star.key} end on a {WEEKDAYS[end.weekday()].title()}.",
            f"Ask for {end - WEEK} or {end}.",
        )
    return week_ending


def to_date_spans(star: Star, week_ending: dt.date) -> tuple[Span, ...]:
    """Month, quarter and year to date, each followed by its base: the same dates a year before."""
    starts = (
        month_start(week_ending),
        quarter_start(week_ending, star.fiscal_year_end),
        fiscal_year_start(week_ending, star.fiscal_year_end),
    )
    before = same_date_last_year(week_ending)
    pairs = (((start, week_ending), (same_date_last_year(start), before)) for start in starts)
    return tuple(span for pair in pairs for span in pair)


def spans_needed(star: Star, week_ending: dt.date) -> tuple[Span, ...]:
    """Which days the review needs beside weeks and months: two unfinished months at most.

    And two weeks: the one under review, and the one after it as far as it has come.
    """
    two_weeks = (week_start_of(week_ending, star.week_start), week_ending + WEEK)
    return (*daily_edges(to_date_spans(star, week_ending)), two_weeks)


def weekly_review(
    star: Star,
    weeks: History,
    months: History,
    days: pd.DataFrame,
    week_ending: dt.date | None,
    months_mode: MonthsMode,
    today: dt.date,
) -> Review:
    """How did the week compare, for every metric of the star?

    ``days`` (columns metric, date, value) holds the days of :func:`spans_needed`; more do no harm.
    ``months_mode`` shows the last twelve months that were over, or those of the fiscal year.
    InputError for a ``week_ending`` that is not the end of a week that is over.
    """
    ending = chosen_week_ending(star, weeks, week_ending, today)
    last = week_start_of(ending, star.week_start)
    week_starts = tuple(last - number * WEEK for number in reversed(range(WEEKS_SHOWN)))
    month_starts = (
        fiscal_months(ending, star.fiscal_year_end)
        if months_mode == "fiscal"
        else trailing_months(ending)
    )
    to_date = aggregate_spans(star, months, days, to_date_spans(star, ending))
    grain_of = grains(star)

    shown = {
        "weeks": Periods(weeks, week_starts, ending),
        "prior_year_weeks": Periods(weeks, [year_ago_week(day) for day in week_starts], ending),
        "months": Periods(months, month_starts, ending),
        "prior_year_months": Periods(
            months, [same_date_last_year(day) for day in month_starts], ending
        ),
    }
    running = same_days(star, weeks, days, last + WEEK)
    metrics = {}
    for metric in star.metrics:
        grain = grain_of[metric.key]
        known = {name: periods.known(metric, grain) for name, periods in shown.items()}
        figures = _reviewed(metric, known, spans_known(to_date, star, metric, grain))
        metrics[metric.key] = replace(figures, running=running.get(metric.key))
    return Review(
        star=star.key,
        week_start=WEEKDAYS[star.week_start],
        week_ending=ending,
        week_starts=week_starts,
        month_starts=month_starts,
        metrics=metrics,
    )


def _reviewed(metric: Metric, shown: dict[str, list[Known]], to_date: list[Known]) -> MetricReview:
    """The figures of one metric from its weeks, months and to-date spans with their bases."""
    this, before, year_ago = shown["weeks"][-1], shown["weeks"][-2], shown["prior_year_weeks"][-1]
    single = {
        "last_week": this,
        "wow": change(this, before, metric),
        "yoy": change(this, year_ago, metric),
    }
    for name, now, base in zip(TO_DATE, to_date[::2], to_date[1::2], strict=True):
        single |= {name: now, f"{name}_yoy": change(now, base, metric)}
    reasons = {name: reasons_together(known) for name, known in shown.items()}
    reasons |= {name: known.reason for name, known in single.items()}
    series = {name: tuple(one.value for one in known) for name, known in shown.items()}
    value = {name: known.value for name, known in single.items()}
    return MetricReview(
        name=metric.name,
        unit=metric.unit,
        change_unit="bps" if metric.is_percent else "percent",
        weeks=series["weeks"],
        prior_year_weeks=series["prior_year_weeks"],
        months=series["months"],
        prior_year_months=series["prior_year_months"],
        last_week=value["last_week"],
        wow=value["wow"],
        yoy=value["yoy"],
        mtd=value["mtd"],
        mtd_yoy=value["mtd_yoy"],
        qtd=value["qtd"],
        qtd_yoy=value["qtd_yoy"],
        ytd=value["ytd"],
        ytd_yoy=value["ytd_yoy"],
        reasons={name: reason for name, reason in reasons.items() if reason},
    )
