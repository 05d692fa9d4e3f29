"""What happened in a simulated history: holidays, notes and the plan for the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsm.demo.shapes import Course, World
from nsm.model import Annotation, Target
from nsm.periods import month_end, month_start, months_later


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that comes every year, and what it makes of a usual day (a factor)."""

    name: str
    day: Callable[[int], dt.date]
    factor: float

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Its days in that time."""
        days = (self.day(year) for year in range(first.year, last.year + 1))
        return [day for day in days if first <= day <= last]


def every(month: int, day: int) -> Callable[[int], dt.date]:
    """The same date every year."""
    return lambda year: dt.date(year, month, day)


def thanksgiving(year: int) -> dt.date:
    """The fourth Thursday of November."""
    first = dt.date(year, 11, 1)
    return first + dt.timedelta(days=(3 - first.weekday()) % 7 + 21)


def factors(holidays: Iterable[Holiday], first: dt.date, last: dt.date) -> dict[dt.date, float]:
    """What the holidays in that time make of their days."""
    return {day: holiday.factor for holiday in holidays for day in holiday.between(first, last)}


@dataclass(frozen=True, slots=True)
class Happening:
    """What is told of one day: its week of the history and day in it, words, kind and metric."""

    week: int
    day: int
    text: str
    kind: str
    metric: str


def notes(
    world: World, happenings: Iterable[Happening], holidays: Iterable[Holiday]
) -> tuple[Annotation, ...]:
    """What happened, then the holidays."""
    told = [
        Annotation(0, world.day_of(one.week, one.day), one.text, one.kind, one.metric)
        for one in happenings
    ]
    return (*told, *marked(holidays, world.first, world.last))


def marked(holidays: Iterable[Holiday], first: dt.date, last: dt.date) -> list[Annotation]:
    """The holidays in that time as annotations of the whole star."""
    return [
        Annotation(0, day, holiday.name, "holiday")
        for holiday in holidays
        for day in holiday.between(first, last)
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was planned for a metric: a value a day (``summed`` over the month, or held in it)."""

    metric: str
    base: float
    course: Course
    summed: bool
    # A plan knows a break of the level only from the year after.
    break_on: dt.date | None = None
    break_factor: float = 1.0

    def targets(self, first: dt.date, last: dt.date) -> list[Target]:
        """Targets for the months and quarters from the first year to the one after the last."""
        start = dt.date(first.year, 1, 1)
        months = [months_later(start, step) for step in range(12 * (last.year - first.year + 2))]
        values = [self._month(month, first) for month in months]
        found = [
            Target(self.metric, "month", month, _planned(value))
            for month, value in zip(months, values, strict=True)
        ]
        for step in range(0, len(months), 3):
            quarter = values[step : step + 3]
            value = sum(quarter) if self.summed else sum(quarter) / 3
            found.append(Target(self.metric, "quarter", months[step], _planned(value)))
        return found

    def _month(self, month: dt.date, first: dt.date) -> float:
        days = pd.date_range(month_start(month), month_end(month), unit="us")
        level = self.base * np.exp(self.course.at(days, first))
        if self.break_on is not None and month.year > self.break_on.year:
            level = level * self.break_factor
        return float(level.sum() if self.summed else level.mean())


def targets(world: World, plans: Iterable[Plan]) -> tuple[Target, ...]:
    """The targets of all plans."""
    return tuple(target for plan in plans for target in plan.targets(world.first, world.last))


def _planned(value: float) -> float:
    """People plan in round numbers: three digits."""
    return float(f"{value:.3g}")
