"""The command that keeps what reviews said: log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from nsm.cli.group import JSON, STAR, Day, nsm, star_today, store
from nsm.cli.printing import say, say_json

if TYPE_CHECKING:
    from nsm.habit import Habit
    from nsm.model import Star


@nsm.command(name="log")
@click.argument("action", type=click.Choice(["list", "add", "close"]), default="list")
@STAR
@click.option("--week-ending", type=Day(), help="Last day of the week (default: last complete).")
@click.option("--as-of", type=Day(), help="list: the log as it stood at the end of this day.")
@click.option("--metric", default="", help="add: the metric it is about (default: the star).")
@click.option("--why", default="", help="add: the explanation.")
@click.option("--unknown", is_flag=True, help="add: we do not know yet; stays open.")
@click.option("--decision", default="", help="add: what shall be done; stays open until closed.")
@click.option("--owner", default="", help="add: who does it.")
@click.option("--due", type=Day(), help="add: until when.")
@click.option("--number", type=int, help="close: the number that the list shows.")
@click.option("--outcome", default="", help="close: what came of it.")
@click.option("--by", default="", help="Who says so (default: your user name).")
@JSON
def log(
    action: str,
    star_key: str,
    week_ending: dt.date | None,
    as_of: dt.date | None,
    metric: str,
    why: str,
    unknown: bool,
    decision: str,
    owner: str,
    due: dt.date | None,
    number: int | None,
    outcome: str,
    by: str,
    as_json: bool,
) -> None:
    """List, add and close what the weekly reviews said: explanations, decisions, follow-ups."""
    from nsm.cli.feeding import user
    from nsm.model import ReviewEntry
    from nsm.periods import now_utc
    from nsm.store.reviews import add_entry, close_entry
    from nsm.words.habit import log_lines

    if as_of is not None and action != "list":
        raise click.UsageError("--as-of is only for list: nothing is written in the past.")
    engine = store()
    today = star_today(engine, star_key)
    star, habit = _habit(engine, star_key, today, week_ending, as_of)
    now = now_utc()
    if action == "add":
        entry = ReviewEntry(
            id=0,
            metric=metric or star.north_star,
            week=habit.week,
            explanation=why,
            known=not unknown,
            decision=decision,
            owner=owner,
            due=due,
            written_by=by or user(),
            written_at=now,
        )
        add_entry(engine, star_key, entry)
    elif action == "close":
        if number is None:
            raise click.UsageError("close needs --number, as the list shows it.")
        close_entry(engine, star_key, number, by or user(), now, outcome)
    if action != "list":
        star, habit = _habit(engine, star_key, today, week_ending, None)
    if as_json:
        say_json(habit.to_json())
        return
    for text in log_lines(star, habit, as_of or today):
        say(text)


def _habit(
    engine: Any,
    star_key: str,
    today: dt.date,
    week_ending: dt.date | None,
    as_of: dt.date | None,
) -> tuple[Star, Habit]:
    from nsm import answers

    known = (
        answers.histories_as_of(engine, star_key, as_of, today)
        if as_of
        else answers.histories(engine, star_key, today)
    )
    found = answers.review_of(engine, known, as_of or today, week_ending)
    standing = answers.standings_of(known, found)
    return known.star, answers.habit(engine, known, found, standing)
