"""Days, weeks and months in the SQL of every engine, with one meaning.

An engine's own "week" starts where its makers live, and several know no time zones. So a week is
computed from the weekday and the star's week start, and local time from the zone's offsets, which
Python knows: the same days come out everywhere, in the nights of daylight saving too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from nsm.errors import SourceError
from nsm.model import Grain
from nsm.plaintext import harmless

# Kinds of the column that says when, as drivers tell them.
DATE, MOMENT, TEXT, UNKNOWN = "date", "moment", "text", "unknown"
_FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class CalendarSql:
    """How one engine says it. {0} is a moment or a day.

    ``day`` of a moment in UTC; ``weekday`` is 0 for Monday, by the engine or counted from 1 January
    1900, which was one; ``back`` goes {1} days back; ``plus`` adds {1} seconds; ``instant`` is a
    moment written out, ``moment`` what it is compared with, ``text`` the moment in UTC that a text
    says, with an offset or without; empty: texts are refused.
    """

    day: str
    weekday: str
    back: str
    month: str
    plus: str
    instant: str
    moment: str = "{0}"
    text: str = ""
    mod: str = "(({0}) % 7)"


_STANDARD = CalendarSql(
    day="CAST({0} AS DATE)",
    weekday="(CAST(EXTRACT(ISODOW FROM {0}) AS INTEGER) - 1)",
    back="({0} - {1})",
    month="CAST(DATE_TRUNC('month', {0}) AS DATE)",
    plus="({0} + ({1}) * INTERVAL '1 second')",
    instant="TIMESTAMP '{0}'",
    moment="CAST({0} AS TIMESTAMP)",
    text="(CAST({0} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
)
_SPARK = CalendarSql(
    day="CAST({0} AS DATE)",
    weekday="(DATEDIFF({0}, DATE '1900-01-01') % 7)",
    back="DATE_SUB({0}, CAST({1} AS INT))",
    month="CAST(TRUNC({0}, 'MONTH') AS DATE)",
    plus="TIMESTAMPADD(SECOND, {1}, {0})",
    instant="TIMESTAMP '{0}'",
    moment="CAST({0} AS TIMESTAMP)",
)
# It would read past an offset, a zone or a "PM" as if there were none.
_MARIADB_TEXT = (
    "(CASE WHEN {0} REGEXP ':[0-9.]+[-+][0-9][0-9]:[0-9][0-9]$' THEN "
    "DATE_ADD(CAST(LEFT({0}, CHAR_LENGTH({0}) - 6) AS DATETIME(6)), INTERVAL "
    "(IF(SUBSTR({0}, -6, 1) = '-', 1, -1) * (SUBSTR({0}, -5, 2) * 60 + RIGHT({0}, 2))) MINUTE) "
    "WHEN {0} REGEXP ':[0-9.]+ *[-+]|[A-Za-z][A-Za-z]' THEN NULL "
    "ELSE CAST({0} AS DATETIME(6)) END)"
)
_MARIADB = CalendarSql(
    day="DATE({0})",
    weekday="WEEKDAY({0})",
    back="DATE_SUB({0}, INTERVAL {1} DAY)",
    month="DATE_SUB({0}, INTERVAL DAYOFMONTH({0}) - 1 DAY)",
    plus="DATE_ADD({0}, INTERVAL ({1}) SECOND)",
    instant="TIMESTAMP '{0}'",
    moment="CAST({0} AS DATETIME)",
    text=_MARIADB_TEXT,
)
CALENDARS = {
    "postgresql": _STANDARD,
    "duckdb": _STANDARD,
    "sqlite": CalendarSql(
        day="DATE({0}, 'auto')",
        # A day is text here; '%w' counts from Sunday.
        weekday="((STRFTIME('%w', {0}) + 6) % 7)",
        back="DATE({0}, '-' || ({1}) || ' days')",
        month="DATE({0}, 'start of month')",
        plus="DATETIME({0}, ({1}) || ' seconds')",
        instant="'{0}'",
        # Text of ten characters is a day, and a day has no time zone.
        moment="DATETIME({0}, 'auto')",
    ),
    "mysql": _MARIADB,
    "mariadb": _MARIADB,
    "clickhousedb": CalendarSql(
        day="toDate({0})",
        weekday="(toDayOfWeek({0}) - 1)",
        back="({0} - toIntervalDay({1}))",
        month="toStartOfMonth({0})",
        plus="addSeconds({0}, {1})",
        instant="toDateTime('{0}', 'UTC')",
        moment="toDateTime({0}, 'UTC')",
        text="parseDateTime64BestEffort({0}, 6, 'UTC')",
    ),
    "bigquery": CalendarSql(
        day="CAST({0} AS DATE)",
        weekday="MOD(DATE_DIFF({0}, DATE '1900-01-01', DAY), 7)",
        back="DATE_SUB({0}, INTERVAL {1} DAY)",
        month="DATE_TRUNC({0}, MONTH)",
        plus="DATETIME_ADD({0}, INTERVAL ({1}) SECOND)",
        instant="DATETIME '{0}'",
        moment="CAST({0} AS DATETIME)",
        mod="MOD({0}, 7)",
    ),
    "snowflake": CalendarSql(
        day="TO_DATE({0})",
        weekday="(DAYOFWEEKISO({0}) - 1)",
        back="DATEADD(DAY, -({1}), {0})",
        month="DATE_TRUNC('month', {0})",
        plus="DATEADD(SECOND, {1}, {0})",
        instant="CAST('{0}' AS TIMESTAMP_NTZ)",
        moment="CAST({0} AS TIMESTAMP_NTZ)",
    ),
    "trino": CalendarSql(
        day="CAST({0} AS DATE)",
        weekday="(DAY_OF_WEEK({0}) - 1)",
        back="DATE_ADD('day', -({1}), {0})",
        month="DATE_TRUNC('month', {0})",
        plus="DATE_ADD('second', {1}, {0})",
        instant="TIMESTAMP '{0}'",
        moment="CAST({0} AS TIMESTAMP)",
    ),
    "databricks": _SPARK,
    # Its sessions are in UTC.
    "hive": replace(_SPARK, text="CAST({0} AS TIMESTAMP)"),
    "mssql": CalendarSql(
        day="CAST({0} AS DATE)",
        # DATEPART would ask the session where weeks start.
        weekday="(DATEDIFF(DAY, CAST('1900-01-01' AS DATE), {0}) % 7)",
        back="DATEADD(DAY, -({1}), {0})",
        month="DATEADD(DAY, 1 - DAY({0}), {0})",
        plus="DATEADD(SECOND, {1}, {0})",
        instant="CAST('{0}' AS DATETIME2)",
        moment="CAST({0} AS DATETIME2)",
    ),
}


class Said(sa.ColumnElement[Any]):
    """A template of SQL with expressions in its places."""

    inherit_cache = False
    type = sa.types.NullType()

    def __init__(self, template: str, *parts: sa.ColumnElement[Any]) -> None:
        self.template = template
        self.parts = parts

    @property
    def _from_objects(self) -> list[sa.FromClause]:
        return [one for part in self.parts for one in part._from_objects]


@compiles(Said)
def _compile_said(element: Said, compiler: Any, **kw: Any) -> str:
    texts = [compiler.process(part, **{**kw, "literal_binds": True}) for part in element.parts]
    said = element.template
    # The engine's own signs of percent are doubled where its driver takes % for a parameter.
    said = compiler.post_process_text(said)
    for place, text in enumerate(texts):
        said = said.replace(f"{{{place}}}", text)
    return str(said)


def local_day(
    moment: sa.ColumnElement[Any],
    backend: str,
    timezone: str,
    span: tuple[dt.date | None, dt.date],
    kind: str,
) -> sa.ColumnElement[Any]:
    """The day, in this time zone, of a column that holds days, moments in UTC, or texts that say
    one or the other.

    ``span`` is what the moments are about, from (None: the beginning) and to.
    """
    sql = calendar_of(backend)
    at = _utc(moment, backend, kind)
    day = Said(sql.day, at)
    shifts = _since(offsets(timezone, span[1]), span[0])
    if kind == DATE or (len(shifts) == 1 and not shifts[0][1]):
        return day
    at = at if kind == TEXT else Said(sql.moment, at)
    shifted = Said(sql.day, Said(sql.plus, at, _seconds(sql, at, shifts)))
    # A text of ten characters is a day, and a day has no time zone.
    if backend == "sqlite":
        is_day = "CASE WHEN LENGTH({0}) = 10 AND TYPEOF({0}) = 'text' THEN {0} ELSE {1} END"
        return Said(is_day, moment, shifted)
    if kind == TEXT:
        return Said("CASE WHEN LENGTH({0}) = 10 THEN {1} ELSE {2} END", moment, day, shifted)
    return shifted


def order_of(
    moment: sa.ColumnElement[Any], backend: str, kind: str
) -> tuple[sa.ColumnElement[Any], ...]:
    """By what moments are put in order: texts with offsets by what they say, not as they stand."""
    if backend != "sqlite":
        return (_utc(moment, backend, kind),)
    # It tells milliseconds; the digits after them no offset changes.
    told = Said("STRFTIME('%Y-%m-%d %H:%M:%f', {0}, 'auto')", moment)
    return told, Said("CAST('0.' || SUBSTR({0}, INSTR({0} || '.', '.') + 1) AS REAL)", moment)


def _utc(moment: sa.ColumnElement[Any], backend: str, kind: str) -> sa.ColumnElement[Any]:
    """What a text says in UTC; other kinds as they are."""
    if kind != TEXT:
        return moment
    text = calendar_of(backend).text
    if not text:
        raise SourceError(
            "The column that says when holds texts.",
            "Make dates or moments of them in the query (cast ... as timestamp).",
        )
    return Said(text, moment)


def period_of(
    day: sa.ColumnElement[Any], backend: str, grain: Grain, week_start: int
) -> sa.ColumnElement[Any]:
    """The first day of the week or month of a day; ``week_start`` is 0 for Monday."""
    sql = calendar_of(backend)
    if grain is Grain.DAY:
        return day
    if grain is Grain.MONTH:
        return Said(sql.month, day)
    since = sql.mod.replace("{0}", f"{sql.weekday} + {(7 - week_start) % 7}")
    return Said(sql.back.replace("{1}", since), day)


def calendar_of(backend: str) -> CalendarSql:
    """How this engine says it; SourceError for an engine that nobody taught us."""
    found = CALENDARS.get(backend)
    if found is None:
        raise SourceError(
            f"The engine {harmless(backend, 40)} is none that metrics can come from.",
            f"Known: {', '.join(sorted(CALENDARS))}.",
        )
    return found


def _since(
    shifts: tuple[tuple[dt.datetime, int], ...], first: dt.date | None
) -> tuple[tuple[dt.datetime, int], ...]:
    """Those that hold from two days before this day on."""
    if first is None:
        return shifts
    early = dt.datetime(first.year, first.month, first.day, tzinfo=dt.UTC) - dt.timedelta(days=2)
    before = [one for one in shifts if one[0] <= early]
    return (*before[-1:], *shifts[len(before) :])


@lru_cache(maxsize=64)
def offsets(timezone: str, until: dt.date) -> tuple[tuple[dt.datetime, int], ...]:
    """From which moment (UTC, oldest first) was local time so many seconds ahead of UTC?"""
    zone = ZoneInfo(timezone)
    at = dt.datetime(_FIRST_YEAR, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(until.year, until.month, until.day, tzinfo=dt.UTC) + dt.timedelta(days=2)
    found = [(at, _offset(at, zone))]
    # Short of the shortest summer time there was: a week in October 2000, in Recife.
    step = dt.timedelta(days=2)
    while at < end:
        later = min(at + step, end)
        if _offset(later, zone) != found[-1][1]:
            moment = _change(at, later, zone)
            found.append((moment, _offset(moment, zone)))
            at = moment
        else:
            at = later
    return tuple(found)


def _offset(moment: dt.datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _change(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first second at which the offset is no longer that of ``before``."""
    low, high = 0, int((after - before).total_seconds())
    old = _offset(before, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(before + dt.timedelta(seconds=middle), zone) == old:
            low = middle
        else:
            high = middle
    return before + dt.timedelta(seconds=high)


def _seconds(
    sql: CalendarSql, at: sa.ColumnElement[Any], shifts: Sequence[tuple[dt.datetime, int]]
) -> sa.ColumnElement[Any]:
    if len(shifts) == 1:
        return sa.literal_column(str(shifts[0][1]))
    # Newest first: most rows are recent, and the first that fits ends the search.
    cases = " ".join(
        f"WHEN {{0}} >= {sql.instant.replace('{0}', f'{moment:%Y-%m-%d %H:%M:%S}')} THEN {seconds}"
        for moment, seconds in reversed(shifts[1:])
    )
    return Said(f"(CASE {cases} ELSE {shifts[0][1]} END)", at)
