"""What is known: the values of each metric, the final ones, and those known on an earlier day.

An observation stands on the date that its source gave it. A weekly value counts for the week that
contains that date, so a corrected week start needs no new load.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from nsm.errors import UnknownStar
from nsm.model import Grain
from nsm.plaintext import shown
from nsm.rows import Days, Floats, Known, finals, grain_of, stand_alone, weeks_of
from nsm.store import bulk
from nsm.store.keys import require_star
from nsm.store.schema import load, metric, metric_query, observation, restatement
from nsm.store.transactions import reading

LoadDays = Mapping[int, np.datetime64]

# Built once: a load asks them for each of its metrics.
_KNOWN = (
    sa.select(bulk.as_stored(observation.c.date), observation.c.value, observation.c.load_id)
    .where(observation.c.metric_id == sa.bindparam("metric_id"))
    .order_by(observation.c.date)
)
_KNOWN_BETWEEN = _KNOWN.where(
    observation.c.date.between(sa.bindparam("first"), sa.bindparam("last"))
)


def read_days(
    engine: sa.Engine,
    star_key: str,
    spans: Sequence[tuple[dt.date, dt.date]],
    metrics: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Which final values has each metric in these spans (first and last day, both included)?

    Columns metric (key), date (``datetime64[us]``), value; sorted by metric and date. A weekly
    value stands on the first day of its week. ``metrics`` None means all. UnknownStar when there
    is no star.
    """
    frames = []
    with reading(engine) as connection:
        row = require_star(connection, star_key)
        loads = load_days(connection, row.id)
        for one in _metrics(connection, row.id, metrics):
            grain = grain_in(one)
            for first, last in _united(spans):
                # A weekly value may stand on any day of its week.
                margin = dt.timedelta(days=6 if grain is Grain.WEEK else 0)
                known = known_between(connection, one.id, loads, first - margin, last + margin)
                known = known.where(finals(known.day, known.as_of, grain, row.week_start))
                day, value = _placed(known, grain, row.week_start)
                inside = (day >= np.datetime64(first)) & (day <= np.datetime64(last))
                frames.append((one.key, day[inside], value[inside]))
    return pd.DataFrame(
        {
            "metric": pd.array([key for key, day, _ in frames for _ in range(len(day))], "str"),
            "date": np.concatenate(
                [np.empty(0, "datetime64[D]"), *(day for _, day, _ in frames)]
            ).astype("datetime64[us]"),
            "value": np.concatenate([np.empty(0), *(value for _, _, value in frames)]),
        }
    )


def as_known_on(engine: sa.Engine, star_key: str, metric_key: str, as_of: dt.date) -> pd.Series:
    """What was known of a metric on a day: the final values then, before later restatements.

    A float Series by date; a weekly value stands on the first day of its week. UnknownStar when
    there is no such star or metric.
    """
    return known_with_grain(engine, star_key, metric_key, as_of)[0]


def known_with_grain(
    engine: sa.Engine, star_key: str, metric_key: str, as_of: dt.date
) -> tuple[pd.Series, Grain]:
    """The same, and the grain that its dates showed by then, where none is declared."""
    with reading(engine) as connection:
        row = require_star(connection, star_key)
        found = list(_metrics(connection, row.id, [metric_key]))
        if not found:
            raise UnknownStar(f"The star {star_key} has no metric {shown(metric_key)}.")
        of_source = found[0].id in from_sources(connection)
        loads = load_days(connection, row.id)
        current = all_known(connection, found[0].id, loads)
        earlier = connection.execute(
            sa.select(
                bulk.as_stored(restatement.c.date),
                restatement.c.old_value,
                restatement.c.old_load_id,
                restatement.c.new_value,
                restatement.c.load_id,
            )
            .where(restatement.c.metric_id == found[0].id)
            .order_by(restatement.c.id)
        ).all()
    # In the order in which they were learned, and of a day the last one counts: that it has none
    # any more is one too.
    learned = [
        one
        for date, old, old_load, new, load_id in earlier
        for one in ((date, old, old_load), (date, new, load_id))
    ]
    versions = _joined(_known(learned, loads), current)
    versions = versions.where(versions.as_of <= np.datetime64(as_of))
    dated = not found[0].grain and not of_source
    grain = grain_of(versions.day) if dated else grain_in(found[0])
    versions = versions.where(finals(versions.day, versions.as_of, grain, row.week_start))
    _, last = np.unique(versions.day[::-1], return_index=True)
    known = versions.where(len(versions.day) - 1 - last)
    day, value = _placed(known.where(np.isfinite(known.value)), grain, row.week_start)
    index = pd.DatetimeIndex(day.astype("datetime64[us]"), name="date")
    return pd.Series(value, index=index, name=metric_key), grain


def load_days(connection: sa.Connection, star_id: int) -> LoadDays:
    """On which day were the values of each load of a star known?"""
    rows = connection.execute(sa.select(load.c.id, load.c.as_of).where(load.c.star_id == star_id))
    return {row.id: np.datetime64(row.as_of, "D") for row in rows}


def said_by_sources(connection: sa.Connection, star_id: int) -> set[int]:
    """The loads of a star that sources were asked for, and no file brought."""
    of_star = sa.select(load.c.id).where(load.c.star_id == star_id, load.c.asked.is_not(None))
    return set(connection.scalars(of_star))


def from_sources(connection: sa.Connection) -> set[int]:
    """The metrics that a source is asked for: by day where no grain is declared, whatever their
    dates look like."""
    return set(connection.scalars(sa.select(metric_query.c.metric_id)))


def all_known(connection: sa.Connection, metric_id: int, loads: LoadDays) -> Known:
    """Everything known of one metric, sorted by day."""
    return _known(connection.execute(_KNOWN, {"metric_id": metric_id}).all(), loads)


def known_between(
    connection: sa.Connection,
    metric_id: int,
    loads: LoadDays,
    first: dt.date,
    last: dt.date,
) -> Known:
    """What is known of one metric from the first to the last day, sorted by day."""
    span = {"metric_id": metric_id, "first": first, "last": last}
    return _known(connection.execute(_KNOWN_BETWEEN, span).all(), loads)


def grain_in(row: sa.Row[Any]) -> Grain:
    """The grain of a metric's row: declared, else found, else days."""
    return Grain(row.grain or row.grain_found or Grain.DAY)


def _known(rows: Sequence[Any], loads: LoadDays) -> Known:
    day, value, load_id = zip(*rows, strict=True) if rows else ((), (), ())
    return Known(
        day=bulk.to_days(day),
        value=np.array(value, dtype=np.float64),
        as_of=np.array([loads[one] for one in load_id], dtype="datetime64[D]"),
        load=np.array(load_id, dtype=np.int64),
    )


def _joined(one: Known, two: Known) -> Known:
    return Known(
        day=np.concatenate([one.day, two.day]),
        value=np.concatenate([one.value, two.value]),
        as_of=np.concatenate([one.as_of, two.as_of]),
        load=np.concatenate([one.load, two.load]),
    )


def _placed(known: Known, grain: Grain, week_start: int) -> tuple[Days, Floats]:
    """The days of these values, or the weeks of a weekly source, and what they are."""
    if grain is not Grain.WEEK:
        return known.day, known.value
    weeks = weeks_of(known.day, week_start)
    alone = stand_alone(weeks)
    return weeks[alone], known.value[alone]


def _metrics(
    connection: sa.Connection, star_id: int, keys: Sequence[str] | None
) -> Sequence[sa.Row[Any]]:
    rows = connection.execute(
        sa.select(metric)
        .where(metric.c.star_id == star_id, metric.c.retired.is_(False))
        .order_by(metric.c.position)
    ).all()
    return [row for row in rows if keys is None or row.key in keys]


def _united(spans: Sequence[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """The same days as spans that do not overlap, so that no value comes twice."""
    united: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if united and first <= united[-1][1]:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united
