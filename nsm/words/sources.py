"""What the Data page says of the databases that metrics come from."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nsm.model import Metric, Star
from nsm.words.data import FRESH, LATE, moment
from nsm.words.figures import count, day, listed
from nsm.words.review import short_name

NO_SOURCE = (
    "No metric of this star comes from a database yet: name a `source`, the rows (`sql` or "
    "`table`), the `date` and the `value` in its definition, and `nsm sync` keeps it up to date."
)
CRON = "To keep them up to date every hour, paste this line into the crontab (`crontab -e`):"


@dataclass(frozen=True, slots=True)
class Run:
    """The last run for a metric, and the next: all moments in UTC, days in the star's time zone.

    ``due`` is the day from which a run brings something new, ``asks_from`` the first day that it
    asks for (None: everything).
    """

    metric: Metric
    source: str
    due: dt.date
    asks_from: dt.date | None
    ran_at: dt.datetime | None = None
    rows: int = 0
    error: str = ""
    failed_at: dt.datetime | None = None


def filling(star: Star) -> str:
    """The command that brings a star its history: from its sources where it has some."""
    if any(metric.query for metric in star.metrics):
        return f"nsm sync --star {star.key}"
    return f"nsm load history.csv --star {star.key}"


def runs_sentence(runs: Sequence[Run], today: dt.date) -> str:
    """Whether all sources were asked as they should be, in one line."""
    failed = [one for one in runs if one.error]
    waiting = [one for one in runs if not one.error and one.due <= today]
    if failed:
        names = listed([short_name(one.metric) for one in failed[:3]])
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        them = "it" if len(failed) == 1 else "them"
        return f"The last run failed for {names}{more}; what is known of {them} stays."
    if waiting:
        return f"{len(waiting)} of {count(len(runs), 'metric')} from a source can be asked again."
    said = f"All {len(runs)} metrics" if len(runs) > 1 else short_name(runs[0].metric)
    return f"{said} from a source {'are' if len(runs) > 1 else 'is'} up to date."


def next_run(run: Run, today: dt.date) -> str:
    """When the next run is due: "Thu 19 Nov", "now"."""
    return day(run.due, year=True) if run.due > today else "now"


def run_state(run: Run, today: dt.date) -> str:
    """In shape and word: "● up to date", "▲ failed", "▲ never asked", "▲ due since 17 Nov"."""
    if run.error:
        return f"{LATE} failed"
    if run.ran_at is None:
        return f"{LATE} never asked"
    if run.due > today:
        return f"{FRESH} up to date"
    if run.due == today:
        return f"{LATE} due today"
    return f"{LATE} due since {day(run.due, weekday=False)}"


def runs_table(runs: Sequence[Run], today: dt.date) -> pd.DataFrame:
    """One row a metric: its source, the last run, the next, and the last error."""
    rows = [
        {
            "Metric": short_name(one.metric),
            "Source": one.source,
            "State": run_state(one, today),
            "Last run that worked (UTC)": moment(one.ran_at) if one.ran_at else "none",
            "Rows moved": one.rows,
            "Next run": next_run(one, today),
            "Last error": one.error,
        }
        for one in runs
    ]
    table = pd.DataFrame(rows)
    return table if any(one.error for one in runs) else table.drop(columns="Last error")


def run_lines(run: Run, today: dt.date) -> list[tuple[str, str]]:
    """The same of one metric as label and text, with what the next run will ask."""
    since = f"from {day(run.asks_from, year=True)} on" if run.asks_from else "for everything"
    lines = [
        ("Asked", str(run.metric.query)),
        ("Next run", f"{next_run(run, today)}, asks {since}"),
    ]
    if run.error:
        when = f"{moment(run.failed_at)} UTC: " if run.failed_at else ""
        lines.append(("Last error", f"{when}{run.error}"))
    return lines


def answered(source: str, seconds: float) -> str:
    """That a source answered: "lake answered within 0.1 seconds"."""
    return f"{source} answered within {max(seconds, 0.1):.1f} seconds."


def preview_sentence(rows: int, *, more: bool) -> str:
    """What the preview shows."""
    if not rows:
        return "The query finds no rows."
    if more:
        return f"The first {rows} rows of the query, as they are in the source."
    return f"All {count(rows, 'row')} of the query, as they are in the source."


def preview_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The rows of a preview; columns of one name are numbered."""
    named: list[str] = []
    for name in columns:
        number, fresh = 1, name
        while fresh in named:
            number += 1
            fresh = f"{name} ({number})"
        named.append(fresh)
    return pd.DataFrame([list(row) for row in rows], columns=named, dtype="str")


def cron_line(star: Star, folder: str, python: str) -> str:
    """The line that runs the sync of a star every hour, as cron reads it."""
    command = (
        f"cd {shlex.quote(folder)} && {shlex.quote(python)} -m nsm sync --star {star.key} "
        ">> sync.log 2>&1"
    )
    # Where it is not escaped, cron ends the command at a per cent sign.
    return f"17 * * * * {command.replace('%', chr(92) + '%')}"


def cron_needs(names: Sequence[str]) -> str:
    """That cron does not know the settings of this server."""
    if not names:
        return ""
    return (
        f"Cron does not know this server's environment: set {listed(list(names))} above that line."
    )
