"""Writes the simulated stars into a store, by the same doors that real data use."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from nsm.definitions import parse_definition
from nsm.demo import music, restaurant
from nsm.demo.shapes import Simulated, World
from nsm.demo.truth import DEFAULT_SEED, check_seed
from nsm.errors import InputError
from nsm.ingest import LoadReport, load_file
from nsm.model import Metric, Star
from nsm.periods import months_later
from nsm.store.annotations import read_annotations, save_annotations
from nsm.store.loads import recent_loads
from nsm.store.stars import delete_star, list_stars, save_star
from nsm.store.targets import read_targets, save_targets

# What nsm.store.engine.open_store returns; SQLAlchemy itself stays in the store.
Engine = Any
ALL = 1_000_000
# Counted from logs of which some come late.
SUMMED = ("listening_minutes", "songs_shared", "orders", "offers_opened")
FOLDER = Path(__file__).resolve().parents[2] / "data" / "demo"
STARS: dict[str, Callable[[World], Simulated]] = {
    "music": music.simulate,
    "restaurant": restaurant.simulate,
}
MONTHS = 36
LOADED_BY = "nsm demo"
SOURCE = r"simulated from (?P<first>\d{4}-\d\d-\d\d), seed (?P<seed>\d+)"
# What the definitions said before they changed, by metric.
EARLIER: dict[str, Callable[[Metric], Metric]] = {
    "listening_minutes": lambda metric: replace(
        metric, description="Minutes that premium subscribers listen, on all devices."
    ),
    "orders_per_customer": lambda metric: replace(metric, formula="30.4 * orders / customers"),
}
# The first load came so many days ago; of its last days not everything had been counted.
FIRST_LOAD_DAYS, LATE_DAYS, LATE_SHARE = 9, 2, 0.012


def fill_demo(
    engine: Engine,
    today: dt.date,
    seed: int = DEFAULT_SEED,
    progress: Callable[[float], None] | None = None,
) -> tuple[LoadReport, ...]:
    """Which rows did the simulated stars bring? Writes three years of days, ending yesterday.

    The same call on the same day changes nothing; on a later day it adds the days since and keeps
    the past. Another seed is another world and replaces the stars. Raises InputError, before
    anything is written, when a star of one of their names holds data of its own.
    """
    check_seed(seed)
    begun = {key: _begun(engine, key, seed) for key in STARS}
    return tuple(_fill(engine, key, today, seed, begun[key], progress) for key in STARS)


def demo_star(key: str) -> Star:
    """The definition of a simulated star, as the file in data/demo says it."""
    path = FOLDER / f"{key}.yaml"
    return parse_definition(path.read_text(encoding="utf-8"), path.name).star


def simulate(key: str, first: dt.date, today: dt.date, seed: int = DEFAULT_SEED) -> Simulated:
    """The history of a simulated star from ``first`` to the day before ``today``."""
    star = demo_star(key)
    last = today - dt.timedelta(days=1)
    return STARS[key](World(key, first, last, seed, star.week_start))


def first_day(today: dt.date) -> dt.date:
    """Where a new demo begins: with the month three years ago."""
    return months_later(today - dt.timedelta(days=1), -MONTHS)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A demo that is there already: its first and last day."""

    first: dt.date
    last: dt.date


def _begun(engine: Engine, key: str, seed: int) -> _Begun | None:
    """What an earlier run with this seed left; None where the star is to be made anew."""
    found = next((star for star in list_stars(engine) if star.key == key), None)
    if found is None:
        return None
    if not found.simulated:
        raise InputError(
            f"There is a star {key!r} already, and it is not simulated.",
            "The demo does not touch it; use another database (NSM_DATABASE_URL).",
        )
    loads = recent_loads(engine, key, limit=ALL)
    ours = [load for load in loads if load.loaded_by == LOADED_BY]
    if loads and not ours:
        raise InputError(
            f"The simulated star {key!r} holds {loads[0].source!r}, which is not of the demo.",
            "The demo does not touch it; use another database (NSM_DATABASE_URL).",
        )
    said = re.fullmatch(SOURCE, ours[0].source) if ours else None
    if said is None or int(said["seed"]) != seed:
        return None
    return _Begun(dt.date.fromisoformat(said["first"]), ours[0].as_of - dt.timedelta(days=1))


def _fill(
    engine: Engine,
    key: str,
    today: dt.date,
    seed: int,
    begun: _Begun | None,
    progress: Callable[[float], None] | None,
) -> LoadReport:
    star = demo_star(key)
    first = begun.first if begun else first_day(today)
    simulated = simulate(key, first, today, seed)
    load = partial(
        load_file,
        engine,
        key,
        source=f"simulated from {first}, seed {seed}",
        loaded_by=LOADED_BY,
        today=today,
    )
    if begun:
        save_star(engine, star, today)
    else:
        _make(engine, star, simulated, first)
    # Before the rows: a run that was stopped half way is taken up by the next one.
    _add_annotations(engine, key, simulated, begun)
    _add_targets(engine, key, simulated, begun)
    if not begun:
        known = today - dt.timedelta(days=FIRST_LOAD_DAYS)
        load(_as_first_known(simulated.days, known), as_of=known)
    return load(_csv(simulated.days), progress=progress)


def _make(engine: Engine, star: Star, simulated: Simulated, first: dt.date) -> None:
    """The star under its first definition, then under the one since."""
    if any(known.key == star.key for known in list_stars(engine)):
        delete_star(engine, star.key)
    before = tuple(
        EARLIER[metric.key](metric) if metric.key in EARLIER else metric for metric in star.metrics
    )
    save_star(engine, replace(star, metrics=before), first)
    save_star(engine, star, simulated.changed_on)


def _add_annotations(engine: Engine, key: str, simulated: Simulated, begun: _Begun | None) -> None:
    """Those of the new days; what people wrote, changed or removed since stays as it is."""
    since = begun.last if begun else dt.date.min
    there = read_annotations(engine, key)
    known = {replace(note, id=0) for note in there}
    new = [note for note in simulated.annotations if note.date > since and note not in known]
    save_annotations(engine, key, [*there, *new])


def _add_targets(engine: Engine, key: str, simulated: Simulated, begun: _Begun | None) -> None:
    """Those of the years that were not planned yet."""
    planned_to = begun.last.year + 1 if begun else 0
    there = read_targets(engine, key)
    known = {(target.metric, target.period, target.start) for target in there}
    new = [
        target
        for target in simulated.targets
        if target.start.year > planned_to
        and (target.metric, target.period, target.start) not in known
    ]
    save_targets(engine, key, [*there, *new])


def _as_first_known(days: pd.DataFrame, known: dt.date) -> bytes:
    """The file as it was on the day ``known``: without what came later, its last days too low."""
    then = days.loc[days.index < pd.Timestamp(known)].copy()
    summed = [column for column in SUMMED if column in then]
    then.loc[then.index[-LATE_DAYS:], summed] *= 1 - LATE_SHARE
    then[summed] = then[summed].round()
    return _csv(then)


def _csv(days: pd.DataFrame) -> bytes:
    """A wide file: a date and one column a metric; empty where nothing was recorded."""
    return days.to_csv(index_label="date", date_format="%Y-%m-%d").encode()
