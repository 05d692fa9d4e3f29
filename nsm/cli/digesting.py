"""The command that writes and sends the review of a week: digest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nsm.cli.group import STAR, Day, nsm, star_today, store
from nsm.cli.printing import say

if TYPE_CHECKING:
    from nsm.digest import Channel


@nsm.command()
@STAR
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Write it to this file."
)
@click.option("--send", is_flag=True, help="Mail and post it, once for each week and address.")
@click.option("--week-ending", type=Day(), help="Last day of a week (default: the last complete).")
@click.option(
    "--tries",
    type=click.IntRange(1, 4),
    default=4,
    show_default=True,
    help="How often to try each address.",
)
def digest(
    star_key: str, out: Path | None, send: bool, week_ending: dt.date | None, tries: int
) -> None:
    """Write the review of a week as one HTML file, or send it, or both."""
    from nsm.digest import digest_of, document
    from nsm.radiate import write_file

    if out is None and not send:
        raise click.UsageError("Name a file with --out, or ask for --send.")
    if send:
        from nsm.config import read_digest_settings
        from nsm.digest import channels_of

        # What is wrong with the settings is said every day, not only when a digest is due.
        channels = channels_of(read_digest_settings())
    engine = store()
    today = star_today(engine, star_key)
    if out is not None:
        write_file(out, document(digest_of(engine, star_key, today, week_ending)))
        say(f"{out} written.")
    if send:
        _send(engine, star_key, today, week_ending, channels, tries)


def _send(
    engine: Any,
    star_key: str,
    today: dt.date,
    week_ending: dt.date | None,
    channels: tuple[Channel, ...],
    tries: int,
) -> None:
    """Send the week that is due, when it is complete; say why when nothing is sent."""
    import time

    from nsm import answers
    from nsm.digest import deliver, digest_of, due_on, due_week, message_of
    from nsm.digest.sending import WAITS
    from nsm.periods import now_utc, week_end, week_start_of
    from nsm.standing import days_there
    from nsm.words.digest import delivered, not_complete, not_yet

    known = answers.histories(engine, star_key, today)
    star = known.star
    week = due_week(star, today)
    if week_ending is not None:
        week = week_start_of(week_ending, star.week_start)
    if today < due_on(star, week):
        say(not_yet(star, week, due_on(star, week)))
        return
    days, expected = days_there(known.weeks, star.north_star, week)
    if not expected or days < expected:
        say(not_complete(star, week, days, expected))
        return
    found = digest_of(engine, star_key, today, week_ending or week_end(week))
    for one in deliver(
        engine,
        star_key,
        week,
        message_of(found),
        channels,
        now_utc,
        time.sleep,
        WAITS[: tries - 1],
    ):
        say(delivered(star, week, one.label, before=one.before))
