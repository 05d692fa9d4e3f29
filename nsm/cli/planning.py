"""Commands about plans: targets."""

from __future__ import annotations

from pathlib import Path

import click

from nsm.cli.group import DAY_FIRST, DECIMAL_COMMA, JSON, STAR, nsm, star_today, store
from nsm.cli.printing import say, say_json


@nsm.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.csv")
@STAR
@DAY_FIRST
@DECIMAL_COMMA
@click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
@JSON
def targets(
    file: Path,
    star_key: str,
    day_first: bool | None,
    decimal_comma: bool | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Add the targets of a CSV file to those of a star.

    Columns: metric, period (week, month, quarter or year), start and value. A target for the same
    metric and period is changed; all others stay. One wrong row, and nothing is written.
    """
    from nsm.ingest.targets import load_targets
    from nsm.store.stars import read_star

    engine = store()
    report = load_targets(
        engine,
        read_star(engine, star_key),
        file,
        source=file.name,
        on=star_today(engine, star_key),
        dry_run=dry_run,
        day_first=day_first,
        decimal_comma=decimal_comma,
    )
    if as_json:
        say_json(report.to_json())
        return
    counts = f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged"
    say(f"{report.star}: {counts} targets.{' Nothing was written: a dry run.' if dry_run else ''}")
