"""Targets: what a metric should reach in a week, a month, a quarter or a year."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from nsm.errors import InputError
from nsm.model import Target
from nsm.plaintext import shown
from nsm.store.keys import bump_version, metric_ids, require_star
from nsm.store.schema import metric, target
from nsm.store.transactions import reading, writing

PERIODS = ("week", "month", "quarter", "year")


def read_targets(engine: sa.Engine, star_key: str) -> tuple[Target, ...]:
    """The targets of a star, by metric, period and start; UnknownStar when there is no star."""
    with reading(engine) as connection:
        return _read(connection, metric_ids(connection, star_key))


def save_targets(
    engine: sa.Engine, star_key: str, targets: Iterable[Target], on: dt.date | None = None
) -> None:
    """Replace the targets of a star, all or none; ``on`` is the day, for those that are new.

    Raises InputError, which names the target, for an unknown metric or period, a value that is not
    a finite number, or two targets for one metric and period.
    """
    with writing(engine) as connection:
        _replace(connection, star_key, tuple(targets), on)


@dataclass(frozen=True, slots=True)
class Merged:
    """How many targets of a file are new, changed and unchanged."""

    new: int
    changed: int
    unchanged: int


def merge_targets(
    engine: sa.Engine,
    star_key: str,
    targets: Iterable[Target],
    on: dt.date | None = None,
    *,
    dry_run: bool = False,
) -> Merged:
    """Add targets to those of a star, all or none; one for the same period takes its place.

    Raises InputError as :func:`save_targets` does. ``dry_run`` only counts.
    """
    wanted = tuple(targets)
    with writing(engine) as connection:
        ids = metric_ids(connection, star_key)
        _check(wanted, ids)
        there = {_place(one): one for one in _read(connection, ids)}
        known = [there.get(_place(one)) for one in wanted]
        new = known.count(None)
        unchanged = sum(old == one for old, one in zip(known, wanted, strict=True))
        if not dry_run:
            merged = there | {_place(one): one for one in wanted}
            _replace(connection, star_key, tuple(merged.values()), on)
    return Merged(new, len(wanted) - new - unchanged, unchanged)


def _replace(
    connection: sa.Connection, star_key: str, wanted: tuple[Target, ...], on: dt.date | None
) -> None:
    ids = metric_ids(connection, star_key)
    _check(wanted, ids)
    since = {one: one.since for one in _read(connection, ids)}
    if set(since) == set(wanted):
        return
    connection.execute(sa.delete(target).where(target.c.metric_id.in_(list(ids.values()))))
    if wanted:
        connection.execute(
            sa.insert(target),
            [
                {
                    "metric_id": ids[one.metric],
                    "period": one.period,
                    "start": one.start,
                    "value": one.value,
                    "since": since.get(one, on),
                }
                for one in wanted
            ],
        )
    bump_version(connection, require_star(connection, star_key).id)


def _place(one: Target) -> tuple[str, str, dt.date]:
    return one.metric, one.period, one.start


def _read(connection: sa.Connection, ids: Mapping[str, int]) -> tuple[Target, ...]:
    rows = connection.execute(
        sa.select(metric.c.key, target)
        .join_from(target, metric)
        .where(metric.c.id.in_(list(ids.values())))
        .order_by(metric.c.position, target.c.period, target.c.start)
    )
    return tuple(Target(row.key, row.period, row.start, row.value, row.since) for row in rows)


def _check(targets: tuple[Target, ...], ids: Mapping[str, int]) -> None:
    seen: set[tuple[str, str, dt.date]] = set()
    for one in targets:
        place = _place(one)
        problem = _problem(one, ids)
        if not problem and place in seen:
            problem = "stands twice."
        if problem:
            name = f"{one.metric}, {one.period} from {one.start}"
            raise InputError(f"The target {shown(name)} {problem}", "No target was changed.")
        seen.add(place)


def _problem(one: Target, ids: Mapping[str, int]) -> str:
    if one.metric not in ids:
        return "is for a metric that the star does not have."
    if one.period not in PERIODS:
        return f"needs a period: {', '.join(PERIODS)}."
    if not 1900 <= one.start.year <= 2200:
        return "starts before 1900 or after 2200."
    if not math.isfinite(one.value):
        return "has no finite number as its value."
    return ""
