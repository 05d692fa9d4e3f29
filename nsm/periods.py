"""Weeks, months, fiscal years and the spans between them: pure calendar, no clock.

Every function takes days and returns days; a week is known by its first day, a month by its first.
"today" is a parameter everywhere; :func:`today_in` is the one place that asks the clock, and only
the command line and the screens call it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nsm.errors import InputError
from nsm.model import Grain

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
# 52 whole weeks: the same weekdays a year earlier, whether the year between had 52 or 53 weeks.
YEAR_OF_WEEKS = dt.timedelta(days=364)


def week_start_of(day: dt.date, week_start: int) -> dt.date:
    """Which day starts the week that contains ``day`` (``week_start`` 0 Monday ... 6 Sunday)."""
    return day - dt.timedelta(days=(day.weekday() - week_start) % 7)


def week_end(start: dt.date) -> dt.date:
    """The last day of the week that starts on ``start``."""
    return start + 6 * DAY


def year_ago_week(start: dt.date) -> dt.date:
    """Which week a week is compared with: 364 days back, so that weekdays meet weekdays."""
    return start - YEAR_OF_WEEKS


def last_complete_week(today: dt.date, week_start: int) -> dt.date:
    """The first day of the newest week that was over before ``today`` began."""
    return week_start_of(today, week_start) - WEEK


def month_start(day: dt.date) -> dt.date:
    """The first day of the month that contains ``day``."""
    return day.replace(day=1)


def month_end(day: dt.date) -> dt.date:
    """The last day of the month that contains ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_later(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies so many months after (or before) the one of ``day``."""
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def fiscal_year_start(day: dt.date, fiscal_year_end: int) -> dt.date:
    """The first day of the fiscal year of ``day``, which ends with month ``fiscal_year_end``."""
    return months_later(day, -((day.month - fiscal_year_end - 1) % 12))


def quarter_start(day: dt.date, fiscal_year_end: int = 12) -> dt.date:
    """The first day of the fiscal quarter of ``day``; quarters count from the fiscal year."""
    return months_later(day, -((day.month - fiscal_year_end - 1) % 3))


def period_start(period: str, day: dt.date, week_start: int, fiscal_year_end: int) -> dt.date:
    """The first day of the week, month, quarter or year of ``day``."""
    if period == "week":
        return week_start_of(day, week_start)
    if period == "month":
        return month_start(day)
    if period == "quarter":
        return quarter_start(day, fiscal_year_end)
    return fiscal_year_start(day, fiscal_year_end)


def fiscal_months(day: dt.date, fiscal_year_end: int) -> tuple[dt.date, ...]:
    """The first days of the twelve months of the fiscal year of ``day``, oldest first."""
    first = fiscal_year_start(day, fiscal_year_end)
    return tuple(months_later(first, number) for number in range(12))


def trailing_months(day: dt.date, count: int = 12) -> tuple[dt.date, ...]:
    """The first days of the last months that are over at the end of ``day``, oldest first."""
    last = months_later(day + DAY, -1)
    return tuple(months_later(last, number - count + 1) for number in range(count))


def same_date_last_year(day: dt.date) -> dt.date:
    """The same calendar date a year earlier; 29 February becomes 28 February."""
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def period_end(start: dt.date, grain: Grain) -> dt.date:
    """The last day of the period of that grain that starts on ``start``."""
    if grain is Grain.MONTH:
        return month_end(start)
    return week_end(start) if grain is Grain.WEEK else start


def days_in(start: dt.date, grain: Grain) -> int:
    """How many days the period of that grain that starts on ``start`` has."""
    return (period_end(start, grain) - start).days + 1


def months_and_edge(
    first: dt.date, last: dt.date
) -> tuple[tuple[dt.date, ...], tuple[dt.date, dt.date] | None]:
    """How a span from the first of a month to any day is put together.

    Returns the first days of the months that lie wholly in it, and the (first, last) day of the
    month that does not, or None. Both empty when ``last`` is before ``first``.
    """
    tail = month_start(last + DAY)
    months = []
    month = first
    while month < tail:
        months.append(month)
        month = months_later(month, 1)
    return tuple(months), (tail, last) if first <= tail <= last else None


def now_utc() -> dt.datetime:
    """This second in UTC, without its zone, as the store keeps what was written when."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def day_in(timezone: str, moment: dt.datetime) -> dt.date:
    """Which day a moment that the store keeps was in ``timezone``."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()


def today_in(timezone: str) -> dt.date:
    """Which day it is now in ``timezone``: what every answer takes as today."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone {timezone[:64]!r}.", "Use a name like Europe/Berlin or UTC."
        ) from error
    return dt.datetime.now(zone).date()
