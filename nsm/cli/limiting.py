"""The command that decides about a usual range: lock."""

from __future__ import annotations

import datetime as dt

import click

from nsm.cli.group import STAR, Day, nsm, star_today, store
from nsm.cli.printing import say


@nsm.command()
@click.argument("metric")
@STAR
@click.option("--why", default="", help="The reason, for whoever reads the chart later.")
@click.option("--by", default="", help="Who decided it (default: your user name).")
@click.option("--from", "first", type=Day(), help="First week to learn from, by any of its days.")
@click.option("--to", "last", type=Day(), help="Last week to learn from (default: the last over).")
@click.option("--release", is_flag=True, help="Let every week teach the usual range again.")
@click.option("--list", "listed", is_flag=True, help="Only list who locked it, when and why.")
def lock(
    metric: str,
    star_key: str,
    why: str,
    by: str,
    first: dt.date | None,
    last: dt.date | None,
    release: bool,
    listed: bool,
) -> None:
    """Keep the usual range of METRIC as learned from some weeks, for all later ones."""
    from nsm.cli.feeding import user
    from nsm.model import LimitLock
    from nsm.periods import last_complete_week, now_utc, week_end
    from nsm.store.limits import read_locks, save_lock
    from nsm.store.stars import read_star
    from nsm.words.locks import lock_line

    engine = store()
    star = read_star(engine, star_key)
    if listed:
        found = [one for one in read_locks(engine, star_key) if one.metric == metric]
        for one in found:
            say(lock_line(one, star.timezone))
        if not found:
            say(f"The usual range of {metric} was never locked.")
        return
    if release and (first or last):
        raise click.UsageError("--release takes no weeks.")
    if not release and last is None:
        last = week_end(last_complete_week(star_today(engine, star_key), star.week_start))
    made = LimitLock(
        metric=metric,
        first=first,
        last=None if release else last,
        set_by=by or user(),
        set_at=now_utc(),
        why=why,
    )
    save_lock(engine, star_key, made)
    say(lock_line(made, star.timezone))
