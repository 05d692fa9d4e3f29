"""Days as spreadsheets write them.

``5/1/2020`` has two readings, and nothing here ever guesses: a date that has only one reading
decides for the whole column, else the user is asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nsm.errors import InputError
from nsm.ingest.rejections import Rejections
from nsm.model import MONTHS, WEEKDAYS
from nsm.plaintext import shown
from nsm.rows import FIRST_DAY, LAST_DAY, Integers

NO_DAY = -(2**31)

_EPOCH = dt.date(1970, 1, 1).toordinal()
_WEEKDAY = re.compile(
    r"(?i)^(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b[.,]*\s*(?=\S)"
)
_TIME = re.compile(
    r"(?i)(?:T|[ ,]+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[ap]\.?m\.?)?"
    r"(?P<offset> ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?$"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_COMPACT = re.compile(r"((?:19|20|21|22)[0-9]{2})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_DAY_MONTH = re.compile(
    r"(?i)([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]+'?([0-9]{4}|[0-9]{2})"
)
_MONTH_DAY = re.compile(
    r"(?i)([a-z]{3,9})[-/. ]*([0-9]{1,2})(?:st|nd|rd|th)?[-/, ]+'?([0-9]{4}|[0-9]{2})"
)
_YEAR_MONTH_NAME = re.compile(r"(?i)([0-9]{4})[-/ ]([a-z]{3,9})[-/ ]([0-9]{1,2})")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_MONTH_ONLY = re.compile(r"(?i)[0-9]{4}[-/][0-9]{1,2}|[0-9]{1,2}/[0-9]{4}|[a-z]{3,9}[- ][0-9]{2,4}")


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says, read day first and month first; None where it says nothing.

    ``proves`` is False when a third reading (two-digit year first) leaves even a single one open.
    """

    day_first: dt.date | None = None
    month_first: dt.date | None = None
    proves: bool = True
    offset: str = ""
    reason: str = ""

    @property
    def is_unclear(self) -> bool:
        if not self.proves:
            return True
        return None not in (self.day_first, self.month_first) and self.day_first != self.month_first


@lru_cache(maxsize=8192)
def read_date(text: str) -> DateReading:
    """Which day does this cell name? A time of day is left out, the date taken as written."""
    bare = " ".join(text.split())
    if len(bare) > 60:
        return DateReading(reason="is not a date")
    time = _TIME.search(bare)
    offset = (time["offset"] or "").strip() if time else ""
    rest = bare[: time.start()].rstrip(", ") if time else bare
    weekday = _WEEKDAY.match(rest)
    readings, proves = _readings(rest[weekday.end() :] if weekday else rest)
    if not readings:
        return DateReading(reason=_why_no_date(bare))
    days = [_day(*reading) for reading in readings]
    if not any(days):
        return DateReading(reason="is not a day that exists")
    if weekday:
        named = WEEKDAYS.index(next(d for d in WEEKDAYS if d[:3] == weekday[1][:3].casefold()))
        fits = [day if day and day.weekday() == named else None for day in days]
        if not any(fits):
            actual = next(day for day in days if day)
            reason = f"is a {WEEKDAYS[actual.weekday()].capitalize()}, not the weekday it names"
            return DateReading(reason=reason)
        days, proves = fits, True
    days = [day if day and FIRST_DAY <= np.datetime64(day) <= LAST_DAY else None for day in days]
    if not any(days):
        return DateReading(reason=f"is not between {FIRST_DAY} and {LAST_DAY}")
    return DateReading(days[0], days[-1], proves, offset)


def _readings(text: str) -> tuple[list[tuple[int, int, int]], bool]:
    """(year, month, day) by each possible order: one reading, or day first and month first."""
    if match := _YEAR_FIRST.fullmatch(text):
        return [(int(match[1]), int(match[3]), int(match[4]))], True
    if match := _COMPACT.fullmatch(text):
        return [(int(match[1]), int(match[2]), int(match[3]))], True
    if match := _YEAR_LAST.fullmatch(text):
        one, two, year = int(match[1]), int(match[3]), _year(match[4])
        year_first = len(match[4]) == 2 and _day(_year(match[1]), two, int(match[4])) is not None
        return [(year, two, one), (year, one, two)], not year_first
    named = None
    if match := _DAY_MONTH.fullmatch(text):
        named = (match[3], match[2], match[1])
    elif match := _MONTH_DAY.fullmatch(text):
        named = (match[3], match[1], match[2])
    elif match := _YEAR_MONTH_NAME.fullmatch(text):
        named = (match[1], match[2], match[3])
    month = _month(named[1]) if named else 0
    return ([(_year(named[0]), month, int(named[2]))] if named and month else []), True


def _year(digits: str) -> int:
    number = int(digits)
    return number if len(digits) == 4 else number + (2000 if number < 70 else 1900)


def _month(name: str) -> int:
    """1-12 for an English month name or its beginning, else 0."""
    name = "sep" if name.casefold() == "sept" else name.casefold()
    found = [index for index, month in enumerate(MONTHS, 1) if name in (month, month[:3])]
    return found[0] if found else 0


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _why_no_date(text: str) -> str:
    if match := _SERIAL.fullmatch(text):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(match[1]))
        return (
            f"is a spreadsheet's serial number, not a date (perhaps {day}); format the column as "
            "a date and save again"
        )
    if _MONTH_ONLY.fullmatch(text):
        return "is not a day; write the first day of the period, as 2020-01-05"
    if text.isdigit() and len(text) in (10, 13):
        return "is a timestamp, not a date; write it as 2020-01-05"
    return "is not a date; write it as 2020-01-05" if text else "is blank: the row has no date"


class DayColumn:
    """The dates of one column, read in one order; remembers what proves the order."""

    def __init__(self, name: str, day_first: bool | None) -> None:
        self.name = name
        self.day_first = day_first
        self.proof: dict[bool, tuple[int, str]] = {}
        self.unclear: tuple[int, str] | None = None
        self.offset: tuple[int, str] | None = None
        self._read: dict[str, int] = {}

    def read(self, cells: Sequence[str], lines: Integers, rejections: Rejections) -> Integers:
        """Which days are these, counted from 1970-01-01? ``NO_DAY`` for a refused cell."""
        try:
            days = np.fromiter(map(self._read.__getitem__, cells), np.int32, len(cells))
        except KeyError:
            if len(self._read) > 100_000:
                self._read.clear()
            for index, cell in enumerate(cells):
                if cell not in self._read:
                    self._read[cell] = self._day(cell, int(lines[index]))
            days = np.fromiter(map(self._read.__getitem__, cells), np.int32, len(cells))
        for bad in np.flatnonzero(days == NO_DAY).tolist():
            reason = read_date(cells[bad]).reason or self._why_not()
            rejections.add(int(lines[bad]), self.name, cells[bad], reason)
        return days

    def _day(self, cell: str, line: int) -> int:
        reading = read_date(cell)
        if reading.is_unclear:
            self.unclear = self.unclear or (line, cell)
        elif reading.day_first != reading.month_first:
            self.proof.setdefault(reading.day_first is not None, (line, cell))
        if reading.offset:
            self.offset = self.offset or (line, cell)
        if self.day_first is None:
            day = reading.day_first or reading.month_first
        else:
            day = reading.day_first if self.day_first else reading.month_first
        return NO_DAY if day is None else day.toordinal() - _EPOCH

    def _why_not(self) -> str:
        return f"is not a day when read {'day' if self.day_first else 'month'} first"

    def order(self, source: str) -> bool | None:
        """Is this column day first? None where it does not matter.

        InputError, with the question, when nothing in the column decides.
        """
        where = f"{source}, column {shown(self.name, 80)}"
        choice = "Say --day-first or --month-first."
        if len(self.proof) == 2:
            (one, day_first), (two, month_first) = self.proof[True], self.proof[False]
            raise InputError(
                f"{where}: line {one} can only be day first ({shown(day_first, 40)}) and line "
                f"{two} only month first ({shown(month_first, 40)}).",
                f"{choice} Dates of the other kind are then rejected.",
            )
        if self.proof:
            return next(iter(self.proof))
        if self.unclear is None:
            return None
        line, cell = self.unclear
        reading = read_date(cell)
        days = sorted({str(day) for day in (reading.day_first, reading.month_first) if day})
        raise InputError(
            f"{where}, line {line}: {shown(cell, 40)} can be {days[0]} or "
            f"{days[1] if len(days) == 2 else 'another day'}.",
            choice,
        )
