"""A file into the store: read, checked, and written in one transaction or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.errors import InputError
from nsm.ingest.reading import read_csv
from nsm.ingest.rejections import ENOUGH, KEPT, refusal
from nsm.model import WEEKDAYS, ChangedValue, Grain, Metric, RejectedRow, Star
from nsm.plaintext import harmless
from nsm.rows import CheckedRows, Days, finals, grain_of, weekdays_of
from nsm.store.recording import LoadNote, write_rows
from nsm.store.stars import declared_star
from nsm.store.transactions import reading, writing

# The part of the progress that reading takes; the rest is writing.
_READING = 0.5


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, or with ``dry_run`` would do: how many values of each kind, and why not.

    ``first_date`` and ``last_date`` are of the accepted values; ``rejected_rows`` lists the first
    ten thousand of ``rejected``, ``changes`` the first two hundred of ``changed``.
    """

    star: str
    source: str
    new: int
    changed: int
    unchanged: int
    rejected: int
    rejected_rows: tuple[RejectedRow, ...]
    warnings: tuple[str, ...]
    dry_run: bool
    first_date: dt.date | None
    last_date: dt.date | None
    metrics: tuple[str, ...]
    changes: tuple[ChangedValue, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer of ``nsm load --json``."""
        return {
            "star": self.star,
            "source": self.source,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "rejected_rows": [asdict(row) for row in self.rejected_rows],
            "warnings": list(self.warnings),
            "dry_run": self.dry_run,
        }


def load_file(
    engine: sa.Engine,
    star_key: str,
    path_or_bytes: Path | str | bytes,
    *,
    source: str,
    loaded_by: str,
    today: dt.date,
    as_of: dt.date | None = None,
    skip_bad: bool = False,
    dry_run: bool = False,
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
    progress: Callable[[float], None] | None = None,
) -> LoadReport:
    """Load a CSV file into a star: new values, changed ones (the old become restatements), or none.

    ``as_of`` is the day on which the values were known (default ``today``): those whose day or
    week was not over are kept, but not final until a later load confirms them. ``progress`` is
    called with the part done, 0 to 1. Everything happens in one transaction; ``dry_run`` only
    counts.

    Raises RejectedRows when a value is bad, unless ``skip_bad`` loads the rest (without it, a
    hundred thousand bad values are enough and reading stops there); UnreadableFile,
    InputError and UnknownStar as `read_csv` does; InputError for an ``as_of`` in the future or
    before what the store already knows of the same rows.
    """
    as_of = as_of or today
    if as_of > today:
        raise InputError(f"The as-of date {as_of} lies in the future.", f"Today is {today}.")
    star = declared_star(engine, star_key)
    source = harmless(source)
    rows = read_csv(
        path_or_bytes,
        star,
        source=source,
        day_first=day_first,
        decimal_comma=decimal_comma,
        enough=None if skip_bad else ENOUGH,
        progress=progress and (lambda part: progress(part * _READING)),
    )
    rows = _with_weeks(rows, star, source)
    if rows.rejected_count and not skip_bad:
        raise refusal(source, rows.rejected, rows.rejected_count)
    rows = _with_note_on_unfinished(rows, star, as_of, source)
    transaction: AbstractContextManager[sa.Connection] = (
        reading(engine) if dry_run else writing(engine)
    )
    with transaction as connection:
        counts = write_rows(
            connection,
            star_key,
            rows,
            LoadNote(source, harmless(loaded_by), as_of),
            write=not dry_run,
            progress=progress and (lambda part: progress(_READING + part * (1 - _READING))),
        )
    return LoadReport(
        star=star_key,
        source=source,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        rejected=rows.rejected_count,
        rejected_rows=rows.rejected,
        warnings=rows.warnings,
        dry_run=dry_run,
        first_date=rows.day.min().item() if len(rows) else None,
        last_date=rows.day.max().item() if len(rows) else None,
        metrics=rows.metrics,
        changes=tuple(counts.changes),
    )


def _with_weeks(rows: CheckedRows, star: Star, source: str) -> CheckedRows:
    """Check the dates of weekly sources: they stand on one weekday, which is the week's name.

    Dates of one weekday mean the week that contains them. Where a source declared weekly has dates
    of several weekdays, only first days of weeks are weeks.
    """
    kept = np.ones(len(rows), dtype=np.bool_)
    rejected, warnings = list(rows.rejected), list(rows.warnings)
    first_weekday = WEEKDAYS[star.week_start].capitalize()
    for key, part in rows.parts():
        if _grain(star.metric(key), rows.day[part]) is not Grain.WEEK:
            continue
        weekdays = weekdays_of(rows.day[part])
        if (weekdays == weekdays[0]).all():
            if weekdays[0] != star.week_start:
                warnings.append(
                    f"{source}: the dates of {key} are {WEEKDAYS[weekdays[0]].capitalize()}s and "
                    f"weeks start on {first_weekday}; each value counts for the week that contains "
                    "its date."
                )
            continue
        for index in part.start + np.flatnonzero(weekdays != star.week_start):
            kept[index] = False
            if len(rejected) >= KEPT:
                continue
            reason = f"is not the first day of a week ({first_weekday}), and {key} is weekly"
            rejected.append(RejectedRow(int(rows.line[index]), key, str(rows.day[index]), reason))
    refused = int((~kept).sum())
    return CheckedRows(
        metrics=rows.metrics,
        metric=rows.metric[kept],
        day=rows.day[kept],
        value=rows.value[kept],
        line=rows.line[kept],
        rejected=tuple(sorted(rejected, key=lambda row: row.line)) if refused else rows.rejected,
        rejected_count=rows.rejected_count + refused,
        warnings=tuple(warnings),
    )


def _with_note_on_unfinished(
    rows: CheckedRows, star: Star, as_of: dt.date, source: str
) -> CheckedRows:
    """Say how many values belong to days or weeks that were not over."""
    unfinished = 0
    for key, part in rows.parts():
        days = rows.day[part]
        grain = _grain(star.metric(key), days)
        unfinished += int((~finals(days, np.datetime64(as_of), grain, star.week_start)).sum())
    if not unfinished:
        return rows
    those = "1 value belongs" if unfinished == 1 else f"{unfinished:,} values belong"
    note = (
        f"{source}: {those} to days or weeks that were not over on {as_of}; kept, but not counted "
        "until a later load confirms them."
    )
    return replace(rows, warnings=(*rows.warnings, note))


def _grain(metric: Metric, days: Days) -> Grain:
    """By what these rows are recorded: as declared, by day beside a source, else as they look."""
    return metric.grain or (Grain.DAY if metric.query else grain_of(days))
