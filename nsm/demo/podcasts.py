"""A simulated source: a SQLite file of events as an app leaves them, and the star that reads it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from nsm.demo.truth import DEFAULT_SEED, check_seed
from nsm.errors import InputError
from nsm.periods import week_start_of

DEFINITION = Path(__file__).resolve().parents[2] / "data" / "demo" / "podcasts.yaml"
WEEKS = 130
LEAD_WEEKS = 3
# Their shares of people and plays; one of them keeps so much of it in the last weeks.
COUNTRIES = {"Germany": 0.45, "France": 0.3, "Sweden": 0.25}
LOST, LOST_SHARE, LOST_WEEKS = "Sweden", 0.45, 4
_A_WEEK = {"signups": 120, "plays": 700, "episodes": 25}
# Monday first: people listen on the way to work.
_DAYS = np.array([1.1, 1.15, 1.1, 1.1, 1.05, 0.75, 0.75])
_TABLES = (
    "create table plays (started_at text, user_id int, seconds int, country text, plan text)",
    "create table signups (signed_up_on text, country text)",
    "create table episodes (released_on text)",
)


def write_events(path: Path, today: dt.date, seed: int = DEFAULT_SEED) -> Path:
    """Write two and a half years of events, and the definition of a star beside them.

    Returns the path of the definition: that of the events, ending in .yaml. Raises InputError when
    one of the two is there already or cannot be written; then neither is, and for a seed below 0.
    """
    check_seed(seed)
    definition = path.with_suffix(".yaml")
    if path == definition:
        raise InputError(f"{path} would be the definition.", "Name the database: podcasts.db.")
    for one in (path, definition):
        if one.exists():
            raise InputError(f"{one} is there already.", "Name a file that is not there yet.")
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in _TABLES:
                connection.execute(statement)
            for table, rows in _events(today, np.random.default_rng(seed)).items():
                places = ", ".join("?" * len(rows[0]))
                connection.executemany(f"insert into {table} values ({places})", rows)  # noqa: S608
        definition.write_text(DEFINITION.read_text(encoding="utf-8"), encoding="utf-8")
    except (OSError, sqlite3.Error) as error:
        for one in (path, definition):
            with suppress(OSError):
                one.unlink()
        raise InputError(
            f"{path} cannot be written: {error}.",
            "Name a file in a folder that this account may write.",
        ) from error
    return definition


def _events(today: dt.date, dice: np.random.Generator) -> dict[str, list[tuple[object, ...]]]:
    """By table its rows, up to the day before ``today``."""
    monday = week_start_of(today, 0) - dt.timedelta(weeks=WEEKS)
    pushes = dice.normal(0, 0.3, WEEKS + 1 + LEAD_WEEKS)
    growth = 0.15 * np.arange(WEEKS + 1) / 52
    # What new listeners of one week do to the listening, weeks later.
    habit = growth + 0.4 * pushes[:-LEAD_WEEKS] + dice.normal(0, 0.04, WEEKS + 1)
    levels = {
        "signups": growth + pushes[LEAD_WEEKS:],
        "plays": habit,
        "episodes": dice.normal(0, 0.2, WEEKS + 1),
    }
    found: dict[str, list[tuple[object, ...]]] = {table: [] for table in levels}
    for place in range(7 * (WEEKS + 1)):
        day = monday + dt.timedelta(days=place)
        if day >= today:
            break
        week = place // 7
        for table, level in levels.items():
            usual = _A_WEEK[table] / 7 * np.exp(level[week]) * _DAYS[day.weekday()]
            if table == "episodes":
                found[table] += [(str(day),)] * int(dice.poisson(usual))
                continue
            for country, share in COUNTRIES.items():
                lost = country == LOST and week >= WEEKS - LOST_WEEKS
                count = int(dice.poisson(usual * share * (LOST_SHARE if lost else 1)))
                found[table] += (
                    _plays(day, country, count, dice)
                    if table == "plays"
                    else [(str(day), country)] * count
                )
    return found


def _plays(
    day: dt.date, country: str, count: int, dice: np.random.Generator
) -> list[tuple[object, ...]]:
    """So many plays of a day, at moments in UTC, by people of this country."""
    minutes = dice.integers(6 * 60, 23 * 60, count).tolist()
    seconds = np.round(dice.gamma(2.0, 1200.0, count)).astype(int).tolist()
    people = dice.integers(0, int(4000 * COUNTRIES[country]), count).tolist()
    first = list(COUNTRIES).index(country) * 10_000
    return [
        (
            f"{day} {minute // 60:02d}:{minute % 60:02d}:00",
            first + person,
            length,
            country,
            "premium" if person % 4 == 0 else "free",
        )
        for minute, length, person in zip(minutes, seconds, people, strict=True)
    ]
