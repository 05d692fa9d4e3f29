"""Numbers as spreadsheets write them.

A cell has up to two readings: with a decimal point and with a decimal comma. A cell with only one
of them proves what the column means; a cell that reads differently under both (``1,234``) proves
nothing and follows the rest of the column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from nsm.errors import InputError
from nsm.ingest.rejections import Rejections
from nsm.plaintext import shown
from nsm.rows import Flags, Floats, Integers


class DecimalSign(StrEnum):
    POINT = "point"
    COMMA = "comma"


# Beyond this a month of values would not add up to a finite number.
LARGEST = 1e300

_CURRENCY = (
    r"(?:[A-Z]{0,2}[$€£¥₹₩₽₺₪₫₱₦₴฿]|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|BRL"
    r"|MXN|ZAR|kr\.?|zł)"
)
_CELL = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?:{_CURRENCY})?\s*(?P<inner>[-+(])?\s*"
    r"(?P<body>[0-9.,][0-9.,' ]*)(?P<exponent>[eE][-+]?[0-9]{1,5})?\s*(?P<percent>%)?\s*"
    rf"(?:{_CURRENCY})?\s*(?P<close>\))?"
)
_PLAIN = r"[0-9]+|(?=[.,][0-9])"
_GROUPED = r"[1-9][0-9]{{0,2}}(?:{0}[0-9]{{3}})+|[1-9][0-9]?(?:{0}[0-9]{{2}})+{0}[0-9]{{3}}"
_NEUTRAL = r"[1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]{0,2}(?:'[0-9]{3})+"
_POINT_BODY = re.compile(rf"(?:{_PLAIN}|{_NEUTRAL}|{_GROUPED.format(',')})(?:\.[0-9]*)?")
_COMMA_BODY = re.compile(rf"(?:{_PLAIN}|{_NEUTRAL}|{_GROUPED.format('[.]')})(?:,[0-9]+)?")
_ORDINARY = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " ")
    | dict.fromkeys("\u2212\u2012\u2013\ufe63\uff0d", "-")
    | dict.fromkeys("\u2019\u02bc", "'")
    | {"\uff05": "%"}
)

_FAST_CHARACTERS = b"0123456789.eE+-\n"
_PROVES_POINT = re.compile(r"(?m)^(?![-+]?[1-9][0-9]{0,2}\.[0-9]{3}$)[^.\n]*\.")
# A number that is not zero before its exponent.
_NOT_ZERO = re.compile(r"[^eE]*[1-9]")
_UNCLEAR_POINT = re.compile(r"(?m)^[-+]?[1-9][0-9]{0,2}\.[0-9]{3}$")


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a cell says with a decimal point and with a decimal comma; None where it says nothing.

    ``percent`` cells are fractions already: ``5%`` is 0.05.
    """

    point: float | None
    comma: float | None
    percent: bool = False
    reason: str = ""

    @property
    def is_unclear(self) -> bool:
        return None not in (self.point, self.comma) and self.point != self.comma


@lru_cache(maxsize=8192)
def read_number(text: str) -> NumberReading:
    """What number does this cell hold?"""
    if len(text) > 100:
        return NumberReading(None, None, reason="is not a number")
    # One space at most in a row: more would let the pattern try every way to share them out.
    match = _CELL.fullmatch(" ".join(text.translate(_ORDINARY).split()))
    if match is None or not _signs_fit(match):
        return NumberReading(None, None, reason=_why_no_number(text))
    body, exponent = match["body"].strip(), match["exponent"] or ""
    point = _value(_POINT_BODY, body, exponent, ",", match)
    comma = _value(_COMMA_BODY, body, exponent, ".", match)
    found = [abs(value) for value in (point, comma) if value is not None]
    if not found:
        return NumberReading(None, None, reason="is not a number")
    if min(found) == 0 and _NOT_ZERO.match(body):
        return NumberReading(None, None, reason="is too small to hold, and not zero")
    if max(found) > LARGEST:
        return NumberReading(None, None, reason="is too large for a number")
    return NumberReading(point, comma, match["percent"] is not None)


def _signs_fit(match: re.Match[str]) -> bool:
    """Parentheses close, and at most one of them, a first and a second sign is there."""
    opened = match["open"] is not None or match["inner"] == "("
    both = sum(part is not None for part in (match["open"], match["sign"], match["inner"]))
    return both <= 1 and opened == (match["close"] is not None)


def _value(
    form: re.Pattern[str], body: str, exponent: str, grouping: str, match: re.Match[str]
) -> float | None:
    if not form.fullmatch(body):
        return None
    digits = body.replace(grouping, "").replace(" ", "").replace("'", "").replace(",", ".")
    if exponent and len(digits) != len(body):
        return None  # grouped digits and an exponent: nobody writes that
    if match["percent"]:
        # Shifting the exponent keeps 4.2% the nearest double to 0.042; dividing would not.
        exponent = f"e{int(exponent[1:] or 0) - 2}"
    value = float(digits + exponent)
    negative = "(" in (match["open"], match["inner"]) or "-" in (match["sign"], match["inner"])
    return (-value if negative else value) + 0.0


def _why_no_number(text: str) -> str:
    bare = text.strip().strip("+-").casefold()
    if bare in {"inf", "infinity", "∞"}:
        return "is not a finite number"
    if bare in {"", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "nd", "."}:
        return "is not a number; leave the cell blank where there is no value"
    if text.strip().startswith("#"):
        return "is an error of the spreadsheet, not a number"
    return "is not a number"


class NumberColumn:
    """The numbers of one column, read with one decimal sign; remembers what proves the sign.

    An ``assumed`` sign rejects nothing that the other one can read.
    """

    def __init__(self, name: str, sign: DecimalSign, *, assumed: bool = False) -> None:
        self.name = name
        self.sign = sign
        self.assumed = assumed
        self.proof: dict[DecimalSign, tuple[int, str]] = {}
        self.unclear: tuple[int, str] | None = None

    def read(
        self, cells: Sequence[str], lines: Integers, rejections: Rejections
    ) -> tuple[Floats, Flags]:
        """What values do these cells hold (NaN: none), and which are written in percent?"""
        joined = "\n".join(cells)
        if (
            joined.isascii()
            and not joined.encode().translate(None, _FAST_CHARACTERS)
            and (self.sign is DecimalSign.POINT or "." not in joined)
        ):
            try:
                filled = [cell or "nan" for cell in cells] if "" in cells else cells
                values = np.fromiter(map(float, filled), np.float64, len(cells))
            except ValueError:
                values = np.array([np.inf])
            if not (np.abs(values) > LARGEST).any() and not _underflows(values, cells):
                self._look_for_points(joined, cells, lines)
                return values + 0.0, np.zeros(len(cells), dtype=np.bool_)
        return self._read_each(cells, lines, rejections)

    def _look_for_points(self, joined: str, cells: Sequence[str], lines: Integers) -> None:
        if DecimalSign.POINT in self.proof or "." not in joined:
            return
        if found := _PROVES_POINT.search(joined):
            at = joined.count("\n", 0, found.start())
            self.proof[DecimalSign.POINT] = (int(lines[at]), cells[at])
        if self.unclear is None and (found := _UNCLEAR_POINT.search(joined)):
            at = joined.count("\n", 0, found.start())
            self.unclear = (int(lines[at]), cells[at])

    def _read_each(
        self, cells: Sequence[str], lines: Integers, rejections: Rejections
    ) -> tuple[Floats, Flags]:
        values = np.full(len(cells), np.nan)
        percent = np.zeros(len(cells), dtype=np.bool_)
        for index, cell in enumerate(cells):
            if not cell or cell.isspace():
                continue
            reading = read_number(cell)
            self._remember(reading, int(lines[index]), cell)
            value = reading.point if self.sign is DecimalSign.POINT else reading.comma
            if value is None and self.assumed and not reading.reason:
                continue  # It proves the other sign: this reading of the file will not stand.
            if value is None:
                reason = reading.reason or f"is not a number with a decimal {self.sign}"
                rejections.add(int(lines[index]), self.name, cell, reason)
                continue
            values[index] = value
            percent[index] = reading.percent
        return values, percent

    def _remember(self, reading: NumberReading, line: int, cell: str) -> None:
        if reading.is_unclear and self.unclear is None:
            self.unclear = (line, cell)
        if reading.point is not None and reading.comma is None:
            self.proof.setdefault(DecimalSign.POINT, (line, cell))
        if reading.comma is not None and reading.point is None:
            self.proof.setdefault(DecimalSign.COMMA, (line, cell))


def _underflows(values: Floats, cells: Sequence[str]) -> bool:
    """Is a zero among the values the nearest double to a cell that says something else?"""
    zeros = {cells[index] for index in np.flatnonzero(values == 0).tolist()}
    return any(_NOT_ZERO.match(cell) for cell in zeros)


def decimal_signs(
    columns: Sequence[NumberColumn], separator: str, source: str
) -> list[DecimalSign]:
    """Which decimal sign does each column use?

    Its own cells prove it; else the other columns of the file; else a file separated by commas or
    bars has decimal points. InputError, with the question, when nothing decides.
    """
    proven = {sign for column in columns for sign in column.proof}
    return [_decimal_sign(column, proven, separator, source) for column in columns]


def _decimal_sign(
    column: NumberColumn, proven: set[DecimalSign], separator: str, source: str
) -> DecimalSign:
    where = f"{source}, column {shown(column.name, 80)}"
    choice = "Say --decimal-comma or --decimal-point."
    if len(column.proof) == 2:
        point_line, point = column.proof[DecimalSign.POINT]
        comma_line, comma = column.proof[DecimalSign.COMMA]
        raise InputError(
            f"{where}: line {point_line} has a decimal point ({shown(point, 40)}) and line "
            f"{comma_line} a decimal comma ({shown(comma, 40)}).",
            f"{choice} Cells of the other kind are then rejected.",
        )
    if column.proof:
        return next(iter(column.proof))
    if column.unclear is None:
        return column.sign
    if len(proven) == 1:
        return next(iter(proven))
    if separator in ",|":
        return DecimalSign.POINT
    line, cell = column.unclear
    reading = read_number(cell)
    raise InputError(
        f"{where}, line {line}: {shown(cell, 40)} can be {reading.point:g} or {reading.comma:g}.",
        choice,
    )
