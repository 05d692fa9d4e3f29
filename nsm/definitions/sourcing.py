"""Where a metric comes from: what its keys must agree on when it is asked from a database."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nsm.definitions.fields import MetricFields
from nsm.definitions.problems import Wrong, meant
from nsm.model import Aggregate, SourceQuery, Take
from nsm.plaintext import shown

# Of days these say nothing about their week; the week is asked for itself.
_NEVER_ADDED = (Take.COUNT_DISTINCT, Take.MEAN)
_BY_ITSELF = {
    Take.SUM: Aggregate.SUM,
    Take.COUNT: Aggregate.SUM,
    Take.COUNT_DISTINCT: Aggregate.SOURCE,
    Take.MEAN: Aggregate.SOURCE,
    Take.MIN: Aggregate.MIN,
    Take.MAX: Aggregate.MAX,
    Take.LAST: Aggregate.LAST,
}
# Behind space, brackets and comments: what a query may begin with on any engine. What else it may
# not do is looked at before it is sent (nsm.sources.gate).
_BEGINS_A_QUERY = re.compile(
    r"(?:\s|\(|--[^\n]*\n?|/\*(?:[^*]|\*(?!/))*\*/)*+(?:select|with|from|values|table)\b",
    re.IGNORECASE,
)
_ONLY_WITH_SOURCE = ("sql", "table", "where", "date", "time", "value", "segments", "empty")


def source_query(
    path: tuple[str, ...], fields: MetricFields, sources: Sequence[str]
) -> SourceQuery | None:
    """How the metric is asked from its source; None for one that files bring. Wrong if unclear."""
    if fields.source is None:
        for name in _ONLY_WITH_SOURCE:
            if name in fields.model_fields_set:
                raise Wrong(
                    (*path, name),
                    "stands in a metric without a source.",
                    "Name the source of the metric, or leave this out.",
                )
        return None
    if fields.formula is not None:
        raise Wrong(
            (*path, "source"),
            "stands beside a formula.",
            "A metric is asked from a source or computed, never both.",
        )
    if sources and fields.source not in sources:
        raise Wrong(
            (*path, "source"),
            f"is {shown(fields.source)}, which the sources of this file do not name.",
            meant(fields.source, sources),
        )
    _check_rows(path, fields)
    if fields.value is None:
        raise Wrong(
            (*path, "value"),
            "is missing.",
            "It says what the rows of a day come to: {sum: amount}.",
        )
    take, column = fields.value
    return SourceQuery(
        source=fields.source,
        date=fields.date or fields.time,
        take=take,
        column=column,
        sql=fields.sql,
        table=fields.table,
        where=fields.where,
        segments=fields.segments,
        empty_is_zero=fields.empty,
    )


def over_time(path: tuple[str, ...], fields: MetricFields) -> Aggregate | None:
    """How days become weeks: as written, else what the value says by itself."""
    take = fields.value[0] if fields.value is not None else None
    if fields.aggregate is None:
        return None if take is None or fields.formula is not None else _BY_ITSELF[take]
    if fields.aggregate is Aggregate.SOURCE and fields.source is None:
        raise Wrong(
            (*path, "aggregate"),
            "is source, but the metric has no source that could be asked for its weeks.",
        )
    if fields.aggregate is Aggregate.SUM and take in _NEVER_ADDED:
        raise Wrong(
            (*path, "aggregate"),
            f"is sum, but a {take} of days does not add up to that of a week.",
            "Leave it out: each week and month is asked from the source.",
        )
    return fields.aggregate


def _check_rows(path: tuple[str, ...], fields: MetricFields) -> None:
    if bool(fields.sql) == bool(fields.table):
        both = "stands beside a table" if fields.sql else "is missing"
        raise Wrong((*path, "sql"), f"{both}.", "A metric with a source has sql or a table.")
    if fields.sql and not _BEGINS_A_QUERY.match(fields.sql):
        raise Wrong((*path, "sql"), "is no query.", "Sources are only read: write one SELECT.")
    if fields.where and not fields.table:
        raise Wrong((*path, "where"), "stands beside sql.", "Put the condition into the query.")
    if bool(fields.date) == bool(fields.time):
        both = "stands beside time" if fields.date else "is missing"
        raise Wrong((*path, "date"), f"{both}.", "Name the one column that says when.")
