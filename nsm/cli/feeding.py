"""Commands that fill the store: demo, apply, load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from nsm.cli.group import DAY_FIRST, DECIMAL_COMMA, JSON, STAR, Day, nsm, store
from nsm.cli.printing import count, progress_bar, say, say_json, warn
from nsm.errors import InputError, RejectedRows

if TYPE_CHECKING:
    from nsm.ingest import LoadReport
    from nsm.model import RejectedRow, Star


@nsm.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has any star.")
@click.option("--seed", type=int, default=None, help="Another seed simulates another world.")
@click.option(
    "--events",
    type=click.Path(path_type=Path),
    metavar="FILE.db",
    help="Write a database of simulated events instead, to try sources and segments.",
)
def demo(if_empty: bool, seed: int | None, events: Path | None) -> None:
    """Fill the database with the simulated demo stars."""
    from nsm.demo.fill import fill_demo
    from nsm.periods import today_in
    from nsm.store.stars import list_stars

    chosen = {} if seed is None else {"seed": seed}
    if events is not None:
        _write_events(events, chosen)
        return
    engine = store()
    stars = list_stars(engine)
    if if_empty and stars:
        say(f"The database has {count(len(stars), 'star')} already; nothing was added.")
        return
    with progress_bar("Simulating") as progress:
        reports = fill_demo(engine, today_in("UTC"), progress=progress, **chosen)
    for report in reports:
        values = count(report.new + report.changed + report.unchanged, "value")
        say(f"{report.star} (simulated): {values}, {report.first_date} to {report.last_date}.")


def _write_events(path: Path, chosen: Mapping[str, int]) -> None:
    from nsm.demo.podcasts import write_events
    from nsm.periods import today_in

    definition = write_events(path, today_in("UTC"), **chosen)
    say(f"{path}: simulated events of a podcast app. {definition}: a star that reads them. Now:")
    say(f"  export PODCASTS_URL={quote(f'sqlite:///{path.absolute()}')}")
    say(f"  nsm apply {quote(str(definition))}")
    say("  nsm sync --star podcasts")


@nsm.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.yaml")
def apply(file: Path) -> None:
    """Create or update a star from its definition."""
    from nsm.definitions import read_definition
    from nsm.periods import today_in
    from nsm.store.stars import save_star
    from nsm.store.targets import read_targets, save_targets

    parsed = read_definition(file)
    star = parsed.star
    engine = store()
    saved = save_star(engine, star, today_in(star.timezone))
    changes = list(saved.changes)
    if parsed.targets is not None and set(parsed.targets) != set(read_targets(engine, star.key)):
        save_targets(engine, star.key, parsed.targets, today_in(star.timezone))
        changes.append(f"targets: {len(parsed.targets):,} as the file says")
    for warning in parsed.warnings:
        warn(warning)
    if saved.created:
        say(f"{star.key}: created, with {count(len(star.metrics), 'metric')}.")
    elif changes:
        say(f"{star.key}: {count(len(changes), 'change')}.")
        for change in changes:
            say(f"  {change}")
    else:
        say(f"{star.key}: nothing changed.")


@nsm.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.csv")
@STAR
@click.option("--as-of", type=Day(), help="Day on which these values were known (default: today).")
@DAY_FIRST
@DECIMAL_COMMA
@click.option("--skip-bad", is_flag=True, help="Load the rest when values are rejected.")
@click.option("--dry-run", is_flag=True, help="Only say what would be loaded.")
@JSON
def load(
    file: Path,
    star_key: str,
    as_of: dt.date | None,
    day_first: bool | None,
    decimal_comma: bool | None,
    skip_bad: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Load a CSV file into a star.

    The file is long (date,metric,value) or wide (date, one column a metric), and may be gzipped.
    By default one bad value stops the load and nothing is written.
    """
    from nsm.ingest import load_file
    from nsm.periods import today_in
    from nsm.store.stars import read_star
    from nsm.words.rejected import refused_line

    engine = store()
    star = read_star(engine, star_key)
    try:
        with progress_bar("Loading") as progress:
            report = load_file(
                engine,
                star_key,
                file,
                source=file.name,
                loaded_by=user(),
                today=today_in(star.timezone),
                as_of=as_of,
                skip_bad=skip_bad,
                dry_run=dry_run,
                day_first=day_first,
                decimal_comma=decimal_comma,
                progress=progress,
            )
    except RejectedRows as error:
        if as_json:
            say_json(_refused(star_key, file.name, error, dry_run))
        else:
            _say_rejected(error.rows, error.count, star)
            raise InputError(
                refused_line(file.name, error.rows, error.count, error.stopped_at or 0), error.hint
            ) from error
        raise
    if as_json:
        say_json(report.to_json())
        return
    for warning in report.warnings:
        warn(warning)
    say(f"{report.star}: {_counts(report)}.{' Nothing was written: a dry run.' if dry_run else ''}")
    _say_rejected(report.rejected_rows, report.rejected, star)


def user() -> str:
    """The account that runs the command."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def _refused(star_key: str, source: str, error: RejectedRows, dry_run: bool) -> dict[str, object]:
    """The answer to a load that was refused: the keys of one that was not."""
    return {
        "star": star_key,
        "source": source,
        **dict.fromkeys(("new", "changed", "unchanged"), 0),
        "rejected": error.count,
        "rejected_rows": [asdict(row) for row in error.rows],
        "warnings": [
            f"{source}: reading stopped at line {error.stopped_at:,}; what follows was not read."
        ]
        if error.stopped_at
        else [],
        "dry_run": dry_run,
    }


def _say_rejected(rows: Sequence[RejectedRow], total: int, star: Star) -> None:
    from nsm.ingest.columns import NO_METRIC
    from nsm.words.rejected import known_metrics, rejected_lines

    for text in rejected_lines(rows, total):
        say(f"  {text}")
    if any(row.reason == NO_METRIC for row in rows):
        say(f"  {known_metrics(star)}")


def _counts(report: LoadReport) -> str:
    kinds = ("new", "changed", "unchanged", "rejected")
    return ", ".join(f"{getattr(report, kind):,} {kind}" for kind in kinds)
