"""The keys of a definition, one by one: what each may be."""

from __future__ import annotations

import re
import zoneinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from nsm.model import MONTHS, WEEKDAYS, Aggregate, Better, Confidence, Direction, Grain, Role
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
    lateness: Annotated[int, _whole_number(366)] = 0
    believed_lead: Annotated[int | None, _whole_number(104)] = None
    believed_direction: Annotated[
        Direction | None, _one_of({direction.value: direction for direction in Direction})
    ] = None
    believed_confidence: Annotated[
        Confidence | None, _one_of({confidence.value: confidence for confidence in Confidence})
    ] = None


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
    metrics: dict[str, MetricFields]


STAR_KEYS = tuple(StarFields.model_fields)
METRIC_KEYS = tuple(MetricFields.model_fields)
