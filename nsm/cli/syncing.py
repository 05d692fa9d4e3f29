"""The command that asks the sources: sync."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from nsm.cli.feeding import user
from nsm.cli.group import JSON, Day, nsm, store
from nsm.cli.printing import count, say, say_json, warn
from nsm.errors import SourceError

if TYPE_CHECKING:
    from nsm.model import Metric
    from nsm.sources.sync import SyncResult


@nsm.command()
@click.option("--star", "star_key", metavar="STAR", help="Only this star (default: all).")
@click.option("--metric", "metric_key", metavar="METRIC", help="Only this metric of the star.")
@click.option("--since", type=Day(), help="Ask again from this day on.")
@click.option("--full", is_flag=True, help="Ask for everything again.")
@click.option(
    "--keep",
    is_flag=True,
    help="Where the query changed: keep the days that it has no rows for, they mean the same.",
)
@click.option(
    "--anew", is_flag=True, help="Forget all that is known of the metric first, from files too."
)
@click.option("--dry-run", is_flag=True, help="Ask, and only say what would be written.")
@click.option(
    "--timeout",
    type=click.FloatRange(1, 86_400),
    default=600,
    show_default=True,
    help="Seconds after which a source that has not answered a metric is given up.",
)
@JSON
def sync(
    star_key: str | None,
    metric_key: str | None,
    since: dt.date | None,
    full: bool,
    keep: bool,
    anew: bool,
    dry_run: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Bring metrics up to date with the databases they come from.

    Asks from the last sync, less the metric's lateness. One transaction a metric: one that fails
    does not stop the others, and the exit code is 1 then.
    """
    from nsm.periods import today_in
    from nsm.sources.sync import Wanted, sourced_metrics, sync_star
    from nsm.store.stars import list_stars, read_star

    if metric_key is not None and star_key is None:
        raise click.UsageError("--metric needs --star.")
    if anew and metric_key is None:
        raise click.UsageError("--anew needs --star and --metric: it forgets their history.")
    engine = store()
    stars = list_stars(engine) if star_key is None else (read_star(engine, star_key),)
    wanted = Wanted(since, full, dry_run, timeout, user(), keep, anew)
    results: list[SyncResult] = []
    for star in stars:
        if star_key is None and not sourced_metrics(star):
            continue
        for result in sync_star(
            engine, star.key, today_in(star.timezone), wanted, metric_key, _progress(star.key)
        ):
            results.append(result)
            if not as_json:
                _say(result)
    if as_json:
        say_json([result.to_json() for result in results])
    elif not results:
        say("No metric has a source. docs/sources.md tells how to name one.")
    failed = sum(bool(result.error) for result in results)
    if failed:
        raise SourceError(f"{failed} of {count(len(results), 'metric')} could not be synced.")


def _progress(star_key: str) -> Any:
    def started(metric: Metric) -> None:
        assert metric.query is not None
        click.echo(f"{star_key} {metric.key}: asking {metric.query.source} ...", err=True)

    return started


def _say(result: SyncResult) -> None:
    name = f"{result.star} {result.metric}"
    if result.error:
        say(f"{name}: failed. {result.error}")
        return
    for warning in result.warnings:
        warn(f"{name}: {warning}.")
    kinds = ", ".join(
        f"{getattr(result, kind):,} {kind}" for kind in ("new", "changed", "unchanged")
    )
    span = f"since {result.first}" if result.first else "everything"
    dry = " Nothing was written: a dry run." if result.dry_run else ""
    say(f"{name}: {kinds} ({span}, {count(result.rows, 'row')}, {result.seconds:.1f} s).{dry}")
