"""Joins the store and the statistics by segment: weeks by part, and the change of the star."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from nsm.answers import Engine, StarHistory
from nsm.model import Aggregate, Grain, Metric
from nsm.periods import DAY, WEEK, year_ago_week
from nsm.rows import PartRows
from nsm.segments import BySegment, grain_of_parts, is_mean, weeks_by_segment
from nsm.store.segments import read_part_rows
from nsm.why.change import Against
from nsm.why.segments import Question, SegmentSplit, leaves_of, questions, split_by_segment

Spans = Sequence[tuple[dt.date, dt.date]]
BOTH: tuple[Against, ...] = ("week", "year")


def by_segment(
    engine: Engine, known: StarHistory, metric_key: str, segment: str, most: int | None = None
) -> BySegment:
    """What did each part of a metric come to in its complete weeks? The ``most`` largest parts."""
    whole = known.weeks.values[metric_key]
    return _by_segment(engine, known, metric_key, segment, whole, None, most)


def splits_of(engine: Engine, known: StarHistory, week: dt.date) -> tuple[SegmentSplit, ...]:
    """What does each part add to the star's change to this week, by each column there is?

    Against the week before and against last year; that of what the star computes with too. Reads
    these weeks alone, and nothing where nothing is kept by segment.
    """
    return tuple(
        split
        for question in questions(known.star)
        for split in split_of(engine, known, question, week)
    )


def split_of(
    engine: Engine, known: StarHistory, question: Question, week: dt.date
) -> tuple[SegmentSplit, ...]:
    """The same by one column: against the week before, and against last year."""
    values, star = known.weeks.values, known.star
    starts = sorted({week, week - WEEK, year_ago_week(week)})
    spans = [(start, start + WEEK - DAY) for start in starts]
    parts = {
        leaf: _by_segment(
            engine,
            known,
            leaf,
            question.segment,
            values[leaf].reindex(pd.DatetimeIndex(starts).as_unit("us")),
            spans,
        )
        for leaf in leaves_of(star, question)
    }
    return tuple(split_by_segment(star, question, values, parts, week, one) for one in BOTH)


def _by_segment(
    engine: Engine,
    known: StarHistory,
    metric_key: str,
    segment: str,
    whole: pd.Series,
    spans: Spans | None,
    most: int | None = None,
) -> BySegment:
    star, metric = known.star, known.star.metric(metric_key)
    rows = _rows(engine, known, metric, segment, spans)
    return weeks_by_segment(metric, segment, rows, whole, star.week_start, most)


def _rows(
    engine: Engine, known: StarHistory, metric: Metric, segment: str, spans: Spans | None
) -> PartRows:
    star_key, as_of = known.star.key, known.as_of
    if as_of is not None and is_mean(metric):
        spans = ()  # Of how many rows the mean of a part was then is not kept.
    grain = grain_of_parts(metric)
    found = read_part_rows(engine, star_key, metric.key, segment, grain, spans, as_of)
    if len(found.start) or metric.aggregate is Aggregate.SOURCE:
        return found
    # What came on one weekday alone is taken for weekly, though it was asked for by day.
    other = Grain.DAY if grain is Grain.WEEK else Grain.WEEK
    return read_part_rows(engine, star_key, metric.key, segment, other, spans, as_of)
