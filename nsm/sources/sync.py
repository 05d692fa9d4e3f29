"""Keeps the history of metrics up to date with their sources, one transaction a metric."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from nsm.config import wants_debugging
from nsm.errors import InputError, NsmError, SourceError, UnknownStar, fault_of_the_program
from nsm.model import Aggregate, Grain, Metric, Star
from nsm.periods import month_start, week_start_of
from nsm.plaintext import harmless, shown
from nsm.rows import CheckedRows, grain_of, stand_alone, weeks_of
from nsm.sources.address import address_of
from nsm.sources.asking import ask
from nsm.sources.fingerprint import Lapse, by_other_periods, fingerprint, lapse_between
from nsm.sources.settling import Earlier, settle
from nsm.sources.statement import Window
from nsm.store.asked import Said, known_periods
from nsm.store.keys import metric_ids, require_star
from nsm.store.observations import all_known, load_days, said_by_sources
from nsm.store.recording import LoadNote, write_rows
from nsm.store.segments import keep_segments
from nsm.store.stars import declared_star
from nsm.store.syncs import SyncState, note_failure, note_sync, read_syncs
from nsm.store.transactions import reading, writing

SECONDS = 600.0
_NOTHING = np.empty(0, dtype=np.intp)
_ANEW = "what was known is forgotten: its history begins anew"


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What asking for one metric did, or with ``dry_run`` would do.

    ``first`` and ``last`` are the days asked for (``first`` None: everything); ``rows`` travelled.
    ``error`` is one line, and empty when it worked.
    """

    star: str
    metric: str
    source: str
    first: dt.date | None
    last: dt.date | None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rows: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    error: str = ""
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer of ``nsm sync --json`` about this metric."""
        found = asdict(self) | {"first": self.first and str(self.first)}
        found |= {"last": self.last and str(self.last), "seconds": round(self.seconds, 3)}
        return found | {"warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to sync: days from ``since`` on, or everything with ``full``; by default what is due.

    With ``keep`` nothing lapses, also where another question was asked before; with ``anew``
    everything known is forgotten first.
    """

    since: dt.date | None = None
    full: bool = False
    dry_run: bool = False
    seconds: float = SECONDS
    synced_by: str = field(default="unknown")
    keep: bool = False
    anew: bool = False


def sourced_metrics(star: Star, metric_key: str | None = None) -> tuple[Metric, ...]:
    """The metrics of a star that come from a source; UnknownStar for a key that does not."""
    found = tuple(one for one in star.metrics if one.query is not None)
    if metric_key is None:
        return found
    chosen = tuple(one for one in found if one.key == metric_key)
    if not chosen:
        keys = ", ".join(one.key for one in found[:12]) or "none"
        raise UnknownStar(
            f"The star {star.key} has no metric {shown(metric_key)} with a source.",
            f"With a source: {keys}.",
        )
    return chosen


def sync_star(
    engine: sa.Engine,
    star_key: str,
    today: dt.date,
    wanted: Wanted,
    metric_key: str | None = None,
    started: Callable[[Metric], None] | None = None,
) -> Iterator[SyncResult]:
    """Ask for each metric of a star that has a source, one result each, in their order.

    A metric that fails says so in its result and does not stop the others.
    """
    star = declared_star(engine, star_key)
    for metric in sourced_metrics(star, metric_key):
        if started is not None:
            started(metric)
        yield sync_metric(engine, star, metric, today, wanted)


def sync_metric(
    engine: sa.Engine, star: Star, metric: Metric, today: dt.date, wanted: Wanted
) -> SyncResult:
    """Ask the source of one metric and write what it says, in one transaction or not at all."""
    query = metric.query
    assert query is not None
    began = time.monotonic()
    nothing = SyncResult(star.key, metric.key, query.source, None, None, dry_run=wanted.dry_run)
    try:
        result = _synced(engine, star, metric, today, wanted, nothing)
    except NsmError as error:
        result = replace(nothing, error=harmless(str(error), 500))
        if not wanted.dry_run:
            note_failure(engine, star.key, metric.key, result.error)
    except Exception as error:  # A fault of this program stops this metric and no other.
        if wants_debugging():
            raise
        result = replace(nothing, error=fault_of_the_program(error))
    return replace(result, seconds=time.monotonic() - began)


def _synced(
    engine: sa.Engine,
    star: Star,
    metric: Metric,
    today: dt.date,
    wanted: Wanted,
    nothing: SyncResult,
) -> SyncResult:
    state = read_syncs(engine, star.key).get(metric.key, SyncState(metric.key))
    asked = fingerprint(star, metric)
    first = first_day(metric, state, asked, today, wanted)
    windows = windows_of(star, metric, first, today)
    finest = next(iter(windows))
    begin, end = windows[finest].first, windows[finest].end
    result = replace(nothing, first=begin, last=end - dt.timedelta(days=1))
    if begin is not None and begin >= end:
        return replace(result, warnings=("there is no whole day to ask for yet",))
    answer = ask(star, metric, address_of(star, nothing.source), windows, wanted.seconds)
    due = None
    if state.as_of is not None and state.asked == asked:
        due = windows_of(star, metric, _due(metric, state.as_of), today)[finest].first
    note = LoadNote(f"{nothing.source}: {metric.key}", harmless(wanted.synced_by), today, asked)
    transaction: AbstractContextManager[sa.Connection] = (
        reading(engine) if wanted.dry_run else writing(engine)
    )
    with transaction as connection:
        known = _known(connection, star, metric, finest)
        anew = wanted.anew or by_other_periods(state.asked, asked)
        if not wanted.anew:
            _refuse_mixing(star, metric, finest, known[finest], state, anew)
        if anew:
            if len(known[finest].start) and not len(answer.periods[finest][0]):
                raise SourceError("The query finds no rows.", "Nothing was changed.")
            known = {grain: earlier.at(_NOTHING) for grain, earlier in known.items()}
        lapse = Lapse.NONE if wanted.keep else lapse_between(state.asked, asked)
        settled = settle(star, metric, windows, answer.periods, known, lapse, due, today)
        day, value = settled.found[finest]
        checked = CheckedRows(
            metrics=(metric.key,) if len(day) else (),
            metric=np.zeros(len(day), dtype=np.int32),
            day=day,
            value=value,
            line=np.arange(1, len(day) + 1, dtype=np.int32),
        )
        coarse = {grain: one for grain, one in settled.found.items() if grain is not finest}
        counts = write_rows(
            connection,
            star.key,
            checked,
            note,
            write=not wanted.dry_run,
            said=Said(coarse, settled.lapsed),
            grain=finest,
            anew=anew,
        )
        if counts.load_id is not None:
            metric_id = metric_ids(connection, star.key)[metric.key]
            over = {
                grain: np.union1d(said[0], settled.lapsed[grain])
                for grain, said in settled.found.items()
            }
            loads = load_days(connection, require_star(connection, star.key).id)
            keep_segments(connection, metric_id, answer.segments, over, counts.load_id, loads)
            note_sync(
                connection,
                metric_id,
                as_of=today,
                asked=asked,
                rows=answer.rows,
                load_id=counts.load_id,
            )
    return replace(
        result,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        rows=answer.rows,
        warnings=(*settled.warnings, *((_ANEW,) if anew else ())),
    )


def _refuse_mixing(
    star: Star, metric: Metric, grain: Grain, known: Earlier, state: SyncState, anew: bool
) -> None:
    """SourceError where files brought days and weeks are asked for, or the other way, or where
    their values would be forgotten."""
    files = known.start[~known.by_source]
    days_as_weeks = not stand_alone(known.start).all()
    unsaid = state.as_of is None and metric.grain is None
    weeks_as_days = unsaid and grain_of(files) is Grain.WEEK
    if len(files) and (anew or days_as_weeks or weeks_as_days):
        raise SourceError(
            f"It is asked by {grain}, beside which the {len(known.start):,} values that are known "
            f"cannot stand; files brought {len(files):,} of them.",
            f"'nsm sync --star {star.key} --metric {metric.key} --anew' forgets them all; "
            "'nsm backup' keeps a copy."
            + (" If they are of days, say 'grain: day'." if weeks_as_days else ""),
        )


def first_day(
    metric: Metric, state: SyncState, asked: str, today: dt.date, wanted: Wanted
) -> dt.date | None:
    """From which day is the source asked? None: from the beginning.

    Where the last sync ended, less the usual delay of the source; from the beginning the first
    time (or from ``since``), and when the question is another one than last time. A later ``since``
    leaves no days out.
    """
    if wanted.since is not None and wanted.since >= today:
        raise InputError(f"There is no whole day since {wanted.since}.", f"Today is {today}.")
    if wanted.full or wanted.anew or (state.as_of is not None and state.asked != asked):
        return None
    if state.as_of is None:
        return wanted.since
    if state.as_of > today:
        raise SourceError(
            f"The last sync was on {state.as_of}, and today is {today}: the clock went back.",
            "Set the clock of this machine right.",
        )
    due = _due(metric, state.as_of)
    return due if wanted.since is None else min(due, wanted.since)


def _due(metric: Metric, synced: dt.date) -> dt.date:
    """The first day that a sync leaves open: that of the sync, less the usual delay."""
    return synced - dt.timedelta(days=metric.lateness_days)


def windows_of(
    star: Star, metric: Metric, first: dt.date | None, today: dt.date
) -> dict[Grain, Window]:
    """Which whole days (weeks of a weekly source) to ask for, the finest grain first.

    A metric whose days do not add up is also asked for the weeks and months they lie in.
    """
    if metric.grain is Grain.WEEK:
        begin = first and week_start_of(first, star.week_start)
        return {Grain.WEEK: Window(begin, week_start_of(today, star.week_start))}
    found = {Grain.DAY: Window(first, today)}
    if metric.aggregate is Aggregate.SOURCE:
        found[Grain.WEEK] = Window(first and week_start_of(first, star.week_start), today)
        found[Grain.MONTH] = Window(first and month_start(first), today)
    return found


def _known(
    connection: sa.Connection, star: Star, metric: Metric, finest: Grain
) -> dict[Grain, Earlier]:
    """What the store knows of the metric, by each grain of which its source was ever asked."""
    star_id = require_star(connection, star.key).id
    metric_id = metric_ids(connection, star.key)[metric.key]
    sources = list(said_by_sources(connection, star_id))
    known = all_known(connection, metric_id, load_days(connection, star_id))
    # A week from a file may stand on any of its days.
    start = weeks_of(known.day, star.week_start) if finest is Grain.WEEK else known.day
    found = {finest: Earlier(start, known.value, np.isin(known.load, sources))}
    for grain in (Grain.WEEK, Grain.MONTH):
        if grain is finest:
            continue
        said = known_periods(connection, metric_id, grain)
        by_source = np.ones(len(said.start), dtype=np.bool_)
        found[grain] = Earlier(said.start, said.value, by_source)
    return found
