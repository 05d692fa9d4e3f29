"""A star as it was known on an earlier day: values before later restatements, added up anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from nsm.errors import InputError
from nsm.model import Grain
from nsm.rows import PeriodTotals, roll_up
from nsm.store import asked
from nsm.store.asked import said_by
from nsm.store.keys import metrics_in_order, require_star
from nsm.store.observations import grain_in, known_with_grain, load_days
from nsm.store.schema import load, metric
from nsm.store.transactions import reading


@dataclass(frozen=True, slots=True, eq=False)
class AsKnown:
    """What was known on a day, in the columns of ``read_days`` and ``read_rollups``.

    ``grains`` has those that the dates of the loaded metrics showed by then, where not declared.
    """

    days: pd.DataFrame
    weeks: pd.DataFrame
    months: pd.DataFrame
    grains: dict[str, Grain]


def first_known(engine: sa.Engine, star_key: str) -> dt.date | None:
    """The first day on which anything of a star was known; None when nothing was loaded."""
    with reading(engine) as connection:
        star_id = require_star(connection, star_key).id
        found: dt.date | None = connection.scalar(
            sa.select(sa.func.min(load.c.as_of)).where(load.c.star_id == star_id)
        )
    return found


def read_as_known(engine: sa.Engine, star_key: str, as_of: dt.date) -> AsKnown:
    """Which values had each metric of a star, as known on that day?

    The weeks and months that a source itself was asked for are what it said by then. UnknownStar;
    InputError for a day on which nothing was known yet.
    """
    first = first_known(engine, star_key)
    if first is None or as_of < first:
        raise InputError(
            f"Nothing was known of {star_key} on {as_of}.",
            f"Its first values are known since {first}." if first else "Load its history first.",
        )
    with reading(engine) as connection:
        star = require_star(connection, star_key)
        rows = connection.execute(metrics_in_order().where(metric.c.star_id == star.id)).all()
        loads = load_days(connection, star.id)
        said = {
            (row.id, grain): said_by(connection, row.id, grain, loads, as_of)
            for row in rows
            if asked.is_asked(row, grain_in(row))
            for grain in (Grain.WEEK, Grain.MONTH)
        }
    days: list[pd.DataFrame] = []
    grains: dict[str, Grain] = {}
    periods: dict[Grain, list[pd.DataFrame]] = {Grain.WEEK: [], Grain.MONTH: []}
    for row in rows:
        if row.formula is not None:
            continue
        known, grains[row.key] = known_with_grain(engine, star_key, row.key, as_of)
        day, value = known.index.to_numpy().astype("datetime64[D]"), known.to_numpy()
        days.append(_frame(row, {"date": day, "value": value}))
        weekly = grains[row.key] is Grain.WEEK
        for grain in (Grain.WEEK,) if weekly else (Grain.WEEK, Grain.MONTH):
            totals = roll_up(day, value, grain, star.week_start, weekly)
            if (row.id, grain) in said:
                totals = asked.overlaid(totals, *said[row.id, grain])
            periods[grain].append(
                _frame(row, {one.name: getattr(totals, one.name) for one in fields(PeriodTotals)})
            )
    return AsKnown(
        days=_joined(days, ("date", "value")),
        weeks=_joined(periods[Grain.WEEK], [one.name for one in fields(PeriodTotals)]),
        months=_joined(periods[Grain.MONTH], [one.name for one in fields(PeriodTotals)]),
        grains=grains,
    )


def _frame(row: sa.Row[Any], columns: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(metric=pd.Series([row.key] * len(frame), index=frame.index, dtype="str"))


def _joined(frames: list[pd.DataFrame], columns: Any) -> pd.DataFrame:
    if not any(len(frame) for frame in frames):
        frames = [pd.DataFrame({"metric": pd.array([], "str")} | {name: [] for name in columns})]
    joined = pd.concat(frames, ignore_index=True)
    for name in {"date", "start", "last_date"} & set(joined.columns):
        joined[name] = joined[name].astype("datetime64[us]")
    if "days" in joined:
        joined["days"] = joined["days"].astype(np.int64)
    return joined
