"""How numbers, changes, dates and ages are said: the one formatter of the screens.

A no-break space stands between a number and its unit, so that neither is ever alone on a line, and
a negative number carries a real minus sign.
"""

from __future__ import annotations

import datetime as dt
import math

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "–"
UP, DOWN, FLAT = "▲", "▼", "―"

CURRENCY_SIGNS = ("$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₫", "₴", "₪", "₦")
SHORT_UNITS = {"minutes": "min", "minute": "min", "seconds": "s", "hours": "h", "percent": "%"}
SUFFIXES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
SHORTENED_FROM = 10_000
SPOKEN_SHORT_FROM = 1_000_000
LARGEST_WRITTEN_OUT = 1e15
LONGEST_UNIT = 24
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def number(value: float | None, unit: str = "", *, short: bool = False) -> str:
    """How a value is said: "128,120", "128 k" when short, "$3.4 M"; "–" for none.

    A metric in per cent holds fractions: 0.412 with the unit ``percent`` is said "41.2 %".
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if unit == "percent":
        value *= 100
        if math.isinf(value):
            return NOTHING
    figure = _shortened(abs(value)) if short else _written_out(abs(value))
    sign = MINUS if value < 0 and any(digit in figure for digit in "123456789") else ""
    unit = _fitting(unit)
    if unit in CURRENCY_SIGNS:
        return f"{sign}{unit}{figure}"
    said = SHORT_UNITS.get(unit.lower(), unit) if short or unit == "percent" else unit
    return f"{sign}{figure}{NO_BREAK}{said}" if said else f"{sign}{figure}"


def spoken(value: float | None, unit: str = "") -> str:
    """A value inside a sentence: "95,748 users", from a million on "48.2 M minutes"."""
    if value is None or not math.isfinite(value) or abs(value) < SPOKEN_SHORT_FROM:
        return number(value, unit)
    if unit in CURRENCY_SIGNS or unit == "percent":
        return number(value, unit, short=True)
    figure = number(value, short=True)
    return f"{figure}{NO_BREAK}{_fitting(unit)}" if unit.strip() else figure


def change(value: float | None, change_unit: str = "percent", *, signed: bool = True) -> str:
    """How a change is said: "+6.9 %" of a percent change, "+0.4 pt" of one in basis points."""
    if value is None or not math.isfinite(value):
        return NOTHING
    size, unit = (value / 100, "pt") if change_unit == "bps" else (value, "%")
    figure = _change_figure(abs(size), unit)
    if not any(digit in figure for digit in "123456789"):
        return f"0.0{NO_BREAK}{unit}"
    sign = MINUS if size < 0 else "+"
    return f"{sign if signed else ''}{figure}{NO_BREAK}{unit}"


def arrow(value: float | None, change_unit: str = "percent") -> str:
    """The direction of a change as it is written, so that "0.0 %" never carries an arrow up."""
    said = change(value, change_unit)
    return UP if said.startswith("+") else DOWN if said.startswith(MINUS) else FLAT


def day(date: dt.date, *, weekday: bool = True, year: bool = False) -> str:
    """A day as it is said: "Sun 15 Nov", "15 Nov", "15 Nov 2026"."""
    said = f"{date.day} {MONTH_NAMES[date.month - 1]}"
    said = f"{DAYS[date.weekday()]} {said}" if weekday else said
    return f"{said} {date.year}" if year else said


def week_of(start: dt.date, *, year: bool = False) -> str:
    """A week by its first day: "week of 5 Jan"."""
    return f"week of {day(start, weekday=False, year=year)}"


def month(start: dt.date, *, year: bool = False) -> str:
    """A month by its first day: "Jan", "Jan 2026"."""
    name = MONTH_NAMES[start.month - 1]
    return f"{name} {start.year}" if year else name


def chance_words(share: float) -> str:
    """A chance as people say it: "82 %", "over 99 %", "under 1 %"."""
    if share > 0.99:
        return f"over 99{NO_BREAK}%"
    if share < 0.01:
        return f"under 1{NO_BREAK}%"
    return f"{share * 100:.0f}{NO_BREAK}%"


def share_words(share: float) -> str:
    """A share of a whole or a plan: "98 %", "−12 %" of what came out below zero."""
    said = f"{abs(share) * 100:,.0f}"
    return f"{MINUS if share < 0 and said != '0' else ''}{said}{NO_BREAK}%"


def age(days_late: int) -> str:
    """How late data are: "on time", "1 day late", "2 days late"."""
    if days_late <= 0:
        return "on time"
    return f"{count(days_late, 'day')} late"


def count(how_many: int, noun: str, plural: str = "") -> str:
    """A number of things: "1 day", "3 days", "no days"."""
    if how_many == 1:
        return f"1 {noun}"
    return f"{how_many:,} {plural or noun + 's'}" if how_many else f"no {plural or noun + 's'}"


def listed(names: list[str]) -> str:
    """Names in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _fitting(unit: str) -> str:
    """A unit on one line, cut where it would crowd out its number."""
    line = " ".join(unit.split())
    return line if len(line) <= LONGEST_UNIT else line[: LONGEST_UNIT - 1].rstrip() + "…"


def _change_figure(size: float, unit: str) -> str:
    if size >= LARGEST_WRITTEN_OUT:
        return _power_of_ten(size)
    if size >= 100:
        return f"{size:,.0f}"
    # A hundredth of a point is much for a rate of one per cent; of a per cent it is nothing.
    return f"{size:.2f}" if unit == "pt" and size < 0.095 else f"{size:.1f}"


def _written_out(size: float) -> str:
    if size >= LARGEST_WRITTEN_OUT:
        return _power_of_ten(size)
    if size >= 1000 or size == int(size):
        return f"{size:,.0f}"
    return _three_digits(size)


def _shortened(size: float) -> str:
    if size >= LARGEST_WRITTEN_OUT:
        return _power_of_ten(size)
    if round(size) < SHORTENED_FROM:
        return _written_out(size)
    for scale, suffix in SUFFIXES:
        # 999,600 is said "1.00 M", not "1,000 k".
        if size >= scale * 0.9995:
            return f"{_three_digits(size / scale)}{NO_BREAK}{suffix}"
    return _written_out(size)


def _three_digits(size: float) -> str:
    if size == 0:
        return "0"
    if size < 1e-6:
        return _power_of_ten(size)
    places = max(0, 2 - math.floor(math.log10(size)))
    figure = f"{size:,.{places}f}"
    return figure.rstrip("0").rstrip(".") if places else figure


def _power_of_ten(size: float) -> str:
    figure, _, power = f"{size:.1e}".partition("e")
    return f"{figure}{NO_BREAK}×{NO_BREAK}10{str(int(power)).translate(SUPERSCRIPTS)}"
