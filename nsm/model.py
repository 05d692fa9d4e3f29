"""The words of the domain as frozen dataclasses that travel between the rooms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class Role(StrEnum):
    NORTH_STAR = "north_star"
    INPUT = "input"
    RESULT = "result"
    GUARDRAIL = "guardrail"
    CANDIDATE = "candidate"


class Aggregate(StrEnum):
    """How days become a week, a month or a span.

    SOURCE: not at all; the metric's source is asked for each week and month, because distinct
    counts and ratios of days do not add up.
    """

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    FIRST = "first"
    MIN = "min"
    MAX = "max"
    SOURCE = "source"


class Take(StrEnum):
    """What the rows of a source come to in a day, a week or a month."""

    SUM = "sum"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    LAST = "last"


class Grain(StrEnum):
    """The finest period a metric is recorded for, or the period of a roll-up."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Better(StrEnum):
    UP = "up"
    DOWN = "down"


class Direction(StrEnum):
    """Where a team believes the star goes after an input rose."""

    UP = "up"
    DOWN = "down"


class Confidence(StrEnum):
    """How sure a team is of what it believes."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Source:
    """A database that metrics come from.

    Its address is in the environment variable ``url_env``; without one it stands in the secrets,
    as ``[connections.KEY]``. The address itself, password and all, is nowhere else.
    """

    key: str
    url_env: str = ""

    def __str__(self) -> str:
        return f"{self.key} ({self.url_env or f'[connections.{self.key}]'})"


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """How a metric's values are asked from its source.

    The rows are those of ``sql``, or those of ``table`` that fulfil ``where``. ``date`` is the
    column that says when, ``take`` what the rows of a day come to, of ``column`` (empty: the rows
    themselves are counted). ``segments`` are columns to keep apart. ``empty_is_zero``: a day
    without rows is a zero and not a hole.
    """

    source: str
    date: str
    take: Take
    column: str = ""
    sql: str = ""
    table: str = ""
    where: str = ""
    segments: tuple[str, ...] = ()
    empty_is_zero: bool = False

    def __str__(self) -> str:
        """One line for people: what of what from where."""
        rows = self.sql or (f"{self.table} where {self.where}" if self.where else self.table)
        apart = f" by {', '.join(self.segments)}" if self.segments else ""
        zero = ", empty days are zero" if self.empty_is_zero else ""
        what = f"{self.take} of {self.column or 'rows'} on {self.date}{apart}{zero}"
        return f"{self.source}: {what}, from {' '.join(rows.split())}"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a star: measured (``aggregate``) or computed (``formula``), never both.

    ``grain`` is DAY or WEEK when the definition says so, else None: then the loader finds it from
    the dates (see ``nsm.ingest``). ``lateness_days`` is how long after a period its value usually
    comes. ``believed_lead_weeks``, ``believed_direction`` and ``believed_confidence`` are what
    the team expects of an input: how long before the star, which way the star goes, and how sure.
    ``query`` says how its values are asked from a database; without one they come from files.
    """

    key: str
    name: str
    role: Role
    aggregate: Aggregate | None = None
    formula: str | None = None
    unit: str = ""
    better: Better = Better.UP
    grain: Grain | None = None
    dimension: str = ""
    owner: str = ""
    description: str = ""
    lateness_days: int = 0
    believed_lead_weeks: int | None = None
    believed_direction: Direction | None = None
    believed_confidence: Confidence | None = None
    query: SourceQuery | None = None

    @property
    def is_percent(self) -> bool:
        """Whether changes are in points (or bps) instead of per cent."""
        return self.unit == "percent"


@dataclass(frozen=True, slots=True)
class Star:
    """A product's North Star with its metrics and its calendar.

    ``week_start`` is 0 for Monday ... 6 for Sunday; ``fiscal_year_end`` is the month 1-12 in which
    the fiscal year ends; ``metrics`` keep the order of the definition.
    """

    key: str
    name: str
    north_star: str
    metrics: tuple[Metric, ...]
    week_start: int = 0
    timezone: str = "UTC"
    fiscal_year_end: int = 12
    description: str = ""
    simulated: bool = False
    sources: tuple[Source, ...] = ()

    def metric(self, key: str) -> Metric:
        """The metric of that key; KeyError when the star has none."""
        for metric in self.metrics:
            if metric.key == key:
                return metric
        raise KeyError(key)

    def having(self, *roles: Role) -> tuple[Metric, ...]:
        """The metrics of these roles, in the order of the definition."""
        return tuple(metric for metric in self.metrics if metric.role in roles)

    @property
    def star_metric(self) -> Metric:
        return self.metric(self.north_star)

    @property
    def inputs(self) -> tuple[Metric, ...]:
        return self.having(Role.INPUT)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One refused row of a file: its line (1 is the header), the column and the reason."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value that a load finds known differently: what it was and what it becomes."""

    metric: str
    date: dt.date
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Load:
    """One import: who, when, from where, and what it did to the rows."""

    id: int
    star: str
    source: str
    loaded_by: str
    loaded_at: dt.datetime
    as_of: dt.date
    new: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Restatement:
    """A past value that changed: what it was, what it is, and when that became known.

    ``grain`` is WEEK or MONTH for a period that the source itself was asked for; ``date`` is its
    first day. ``part`` of the column ``segment`` is whose value it is, when not the whole's;
    ``new_value`` None: nothing is known there any more.
    """

    metric: str
    date: dt.date
    old_value: float
    new_value: float | None
    old_as_of: dt.date
    as_of: dt.date
    grain: Grain = Grain.DAY
    segment: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A plan: the value a metric should reach in the period that starts on ``start``.

    ``period`` is week, month, quarter or year. ``since`` is the day on which it was written down,
    None where nobody can say.
    """

    metric: str
    period: str
    start: dt.date
    value: float
    since: dt.date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on a date: an event, a holiday, or a recorded break of a metric's level.

    ``kind`` is note, holiday, break or work; ``metric`` None means the whole star. ``since`` is the
    day on which it was written down, None where nobody can say.
    """

    id: int
    date: dt.date
    text: str
    kind: str = "note"
    metric: str | None = None
    since: dt.date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LimitLock:
    """What somebody decided about a metric's usual range: who, when, and why.

    It is learned from the weeks that hold ``first`` to ``last`` and holds for all later ones.
    ``first`` None begins at the last recorded change; ``last`` None lets the range be learned from
    every week again.
    """

    metric: str
    first: dt.date | None
    last: dt.date | None
    set_by: str
    set_at: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """What the review of a week said of one metric: why it moved, and what follows from that.

    ``week`` is the first day of the week. ``known`` False is the answer "we do not know yet".
    ``decision`` is what shall be done, by ``owner`` until ``due``; an entry with a decision, or
    without a known reason, is a follow-up until somebody closes it.
    """

    id: int
    metric: str
    week: dt.date
    explanation: str
    known: bool
    decision: str
    owner: str
    due: dt.date | None
    written_by: str
    written_at: dt.datetime
    closed_by: str = ""
    closed_at: dt.datetime | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it stays on the next reviews."""
        return self.closed_at is None and (not self.known or bool(self.decision))


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """A change of what a metric means, from the day on which it was recorded."""

    metric: str
    date: dt.date
    field: str
    old: str
    new: str
