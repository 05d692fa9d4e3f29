"""The keys of a definition, one by one: what each may be."""

from __future__ import annotations

import re
import zoneinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from nsm.model import (
    MONTHS,
    WEEKDAYS,
    Aggregate,
    Better,
    Confidence,
    Direction,
    Grain,
    Role,
    Take,
)
from nsm.plaintext import LONGEST, shown, why_unkeepable


def _text(*, lines: bool = False, limit: int = LONGEST) -> AfterValidator:
    def check(text: str) -> str:
        reason = why_unkeepable(text, lines=lines, limit=limit)
        if reason is None and not text.strip():
            reason = "is blank"
        if reason:
            raise ValueError(f"{reason}.")
        return text

    return AfterValidator(check)


def _one_of(words: dict[str, Any]) -> BeforeValidator:
    def check(word: object) -> Any:
        found = words.get(_single(word).strip().lower())
        if found is None:
            raise ValueError(f"is {shown(word)}, it must be one of {', '.join(words)}.")
        return found

    return BeforeValidator(check)


def _whole_number(most: int) -> BeforeValidator:
    def check(word: object) -> int:
        word = _single(word)
        if re.fullmatch(r"\d{1,4}", word, re.ASCII) is None or int(word) > most:
            raise ValueError(f"is {shown(word)}, it must be a whole number from 0 to {most}.")
        return int(word)

    return BeforeValidator(check)


def _days(word: object) -> int:
    """A number of days, also as it is said: 2, 2 days, 1 week."""
    word = _single(word).strip()
    said = re.fullmatch(r"(\d{1,4})(?:\s+(day|week)s?)?", word, re.ASCII)
    days = int(said[1]) * (7 if said[2] == "week" else 1) if said else 0
    if said is None or days > 366:
        raise ValueError(
            f"is {shown(word)}, it must be a whole number of days from 0 to 366, like 2 or 2 days."
        )
    return days


def _taken(word: object) -> tuple[Take, str]:
    """What the rows of a day come to, and of which column: {sum: amount}, or just count."""
    if word == Take.COUNT:
        return Take.COUNT, ""
    known = ", ".join(take.value for take in Take)
    if not isinstance(word, dict) or len(word) != 1:
        said = f"is {shown(word)}; it" if isinstance(word, str) else "says more than one thing;"
        raise ValueError(f"{said} must be one of {known} with its column, like {{sum: amount}}.")
    how, column = next(iter(word.items()))
    if how not in list(Take):
        raise ValueError(f"is {shown(how)} of a column, it must be one of {known}.")
    if not isinstance(column, str) or (column.strip() in ("", "*") and how != Take.COUNT):
        raise ValueError(f"does not say which column to take the {how} of.")
    reason = why_unkeepable(column, limit=_LONGEST_COLUMN)
    if reason:
        raise ValueError(f"names a column that {reason}.")
    return Take(how), "" if column == "*" else column


def _columns(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("must be a list of columns, like [country, plan].")
    for name in names:
        reason = why_unkeepable(name, limit=_LONGEST_COLUMN)
        if reason or not name.strip():
            raise ValueError(f"names a column that {reason or 'is blank'}.")
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("names a column twice.")
    if len(names) > _MOST_SEGMENTS:
        raise ValueError(f"has more than {_MOST_SEGMENTS} columns.")
    return tuple(names)


def _variable(name: str) -> str:
    # The text is not repeated: it may be an address with its password.
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", name, re.ASCII) is None:
        raise ValueError(
            "must be the name of an environment variable, like WAREHOUSE_URL; the address itself "
            "stands in that variable and never in a definition."
        )
    return name


def _single(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be one value, not a mapping.")
    return value


def _timezone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"is {shown(name)}, which is no time zone; write it like Europe/Berlin or UTC."
        ) from error
    return name


_Line = Annotated[str, _text()]
_Lines = Annotated[str, _text(lines=True)]
_Short = Annotated[str, _text(limit=64)]
_LONGEST_COLUMN = 128
_MOST_SEGMENTS = 3
_Column = Annotated[str, _text(limit=_LONGEST_COLUMN)]
_GRAINS = {"day": Grain.DAY, "week": Grain.WEEK}
_YES = dict.fromkeys(("true", "yes", "on"), True)
_NO = dict.fromkeys(("false", "no", "off"), False)


class MetricFields(BaseModel):
    """The keys of one metric, as they are written."""

    model_config = ConfigDict(extra="forbid")

    name: _Line | None = None
    role: Annotated[Role | None, _one_of({role.value: role for role in Role})] = None
    aggregate: Annotated[
        Aggregate | None, _one_of({aggregate.value: aggregate for aggregate in Aggregate})
    ] = None
    formula: _Lines | None = None
    grain: Annotated[Grain | None, _one_of(_GRAINS)] = None
    unit: _Short = ""
    better: Annotated[Better, _one_of({better.value: better for better in Better})] = Better.UP
    dimension: _Line = ""
    owner: _Line = ""
    description: _Lines = ""
    lateness: Annotated[int, BeforeValidator(_days)] = 0
    believed_lead: Annotated[int | None, _whole_number(104)] = None
    believed_direction: Annotated[
        Direction | None, _one_of({direction.value: direction for direction in Direction})
    ] = None
    believed_confidence: Annotated[
        Confidence | None, _one_of({confidence.value: confidence for confidence in Confidence})
    ] = None
    source: str | None = None
    sql: _Lines = ""
    table: _Line = ""
    where: _Lines = ""
    date: _Column = ""
    time: _Column = ""
    value: Annotated[tuple[Take, str] | None, BeforeValidator(_taken)] = None
    segments: Annotated[tuple[str, ...], BeforeValidator(_columns)] = ()
    empty: Annotated[bool, _one_of({"missing": False, "zero": True})] = False


class SourceFields(BaseModel):
    """The keys of one source, as they are written."""

    model_config = ConfigDict(extra="forbid")

    url_env: Annotated[str, AfterValidator(_variable)] = ""


class StarFields(BaseModel):
    """The keys of a star, as they are written."""

    model_config = ConfigDict(extra="forbid")

    star: str
    name: _Line | None = None
    description: _Lines = ""
    week_start: Annotated[int, _one_of({day: at for at, day in enumerate(WEEKDAYS)})] = 0
    timezone: Annotated[_Short, AfterValidator(_timezone)] = "UTC"
    fiscal_year_end: Annotated[
        int, _one_of({month: at for at, month in enumerate(MONTHS, start=1)})
    ] = 12
    simulated: Annotated[bool, _one_of(_YES | _NO)] = False
    north_star: str = ""
    sources: dict[str, SourceFields] = {}
    metrics: dict[str, MetricFields]
    targets: dict[str, dict[str, str]] = {}


STAR_KEYS = tuple(StarFields.model_fields)
METRIC_KEYS = tuple(MetricFields.model_fields)
SOURCE_KEYS = tuple(SourceFields.model_fields)
