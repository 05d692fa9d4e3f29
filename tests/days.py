"""Daily values as the tests write them, and their roll-ups counted the plain way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from nsm.model import Aggregate, Grain, Metric, Role, Star

Values = Mapping[dt.date, float]


def star_of(*metrics: Metric, week_start: int = 0, fiscal_year_end: int = 12) -> Star:
    """A star of these metrics; the first is the north star."""
    return Star(
        key="shop",
        name="Shop",
        north_star=metrics[0].key,
        metrics=metrics,
        week_start=week_start,
        fiscal_year_end=fiscal_year_end,
    )


def measured(
    key: str, aggregate: Aggregate = Aggregate.SUM, grain: Grain | None = None, unit: str = ""
) -> Metric:
    return Metric(key, key.title(), Role.INPUT, aggregate=aggregate, grain=grain, unit=unit)


def computed(key: str, formula: str, unit: str = "") -> Metric:
    return Metric(key, key.title(), Role.INPUT, formula=formula, unit=unit)


def each_day(first: str, last: str, value: float = 1.0) -> dict[dt.date, float]:
    """One value a day, growing by one from day to day, so that no two days are alike."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    days = (end - start).days + 1
    return {start + dt.timedelta(days=number): value + number for number in range(days)}


def without(values: Values, *days: str) -> dict[dt.date, float]:
    return {day: value for day, value in values.items() if day.isoformat() not in days}


def daily_frame(values: Mapping[str, Values]) -> pd.DataFrame:
    """What the store reads as days: metric, date, value."""
    rows = [(key, day, value) for key, days in values.items() for day, value in days.items()]
    frame = pd.DataFrame(rows, columns=["metric", "date", "value"])
    return frame.assign(date=pd.to_datetime(frame["date"]).dt.as_unit("us"))


def rollup_frame(star: Star, values: Mapping[str, Values], grain: Grain) -> pd.DataFrame:
    """What the store keeps as roll-ups, counted here period by period without any shortcut."""
    rows = []
    for key, days in values.items():
        if star.metric(key).grain is Grain.WEEK and grain is Grain.MONTH:
            continue
        periods: dict[dt.date, list[dt.date]] = {}
        for day in sorted(days):
            periods.setdefault(_start(day, grain, star.week_start), []).append(day)
        for start, inside in periods.items():
            found = [days[day] for day in inside]
            first, last = found[0], found[-1]
            size = (len(found), sum(found), min(found), max(found))
            rows.append((key, start, *size, first, last, inside[-1]))
    columns = ["metric", "start", "days", "sum", "min", "max", "first", "last", "last_date"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        start=pd.to_datetime(frame["start"]).dt.as_unit("us"),
        last_date=pd.to_datetime(frame["last_date"]).dt.as_unit("us"),
    )


def _start(day: dt.date, grain: Grain, week_start: int) -> dt.date:
    if grain is Grain.MONTH:
        return dt.date(day.year, day.month, 1)
    while day.weekday() != week_start:
        day -= dt.timedelta(days=1)
    return day


def span(first: str, last: str) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


def inside(values: Values, first: dt.date, last: dt.date) -> list[float]:
    """The values of a span in the order of their days."""
    return [values[day] for day in sorted(values) if first <= day <= last]


def aggregated(aggregate: Aggregate, values: Iterable[float]) -> float:
    """One aggregate of values in the order of their days, by the words of the field."""
    found = list(values)
    return {
        Aggregate.SUM: sum(found),
        Aggregate.MEAN: sum(found) / len(found),
        Aggregate.LAST: found[-1],
        Aggregate.FIRST: found[0],
        Aggregate.MIN: min(found),
        Aggregate.MAX: max(found),
    }[aggregate]
