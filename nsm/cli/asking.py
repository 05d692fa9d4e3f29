"""Commands that answer: export, review, leads, stars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from nsm.cli.group import JSON, STAR, Day, nsm, star_today, store
from nsm.cli.printing import say, say_json, warn

if TYPE_CHECKING:
    from nsm.answers import StarHistory


@nsm.command()
@click.argument("star_key", metavar="STAR")
def export(star_key: str) -> None:
    """Print the definition of a star as YAML."""
    from nsm.definitions import export_definition
    from nsm.store.stars import declared_star

    click.echo(export_definition(declared_star(store(), star_key)), nl=False)


@nsm.command()
@STAR
@click.option("--week-ending", type=Day(), help="Last day of a week (default: the last complete).")
@click.option(
    "--months",
    type=click.Choice(["trailing", "fiscal"]),
    default="trailing",
    show_default=True,
    help="The last twelve months, or those of the fiscal year.",
)
@JSON
def review(star_key: str, week_ending: dt.date | None, months: str, as_json: bool) -> None:
    """Say how the week compared with the week before and with last year."""
    from nsm import answers

    engine = store()
    today = star_today(engine, star_key)
    known = answers.histories(engine, star_key, today)
    found = answers.review_of(engine, known, today, week_ending, months)
    if as_json:
        from nsm.radiate import review_json

        say_json(review_json(known, found))
        return
    from nsm.standing import standings
    from nsm.words.terminal import review_lines

    notes = (known.targets, known.annotations, known.definition_changes)
    _warn_of_age(known, today)
    for text in review_lines(known.star, found, standings(known.star, found, known.weeks, *notes)):
        say(text)


@nsm.command()
@STAR
@click.option(
    "--max-lag",
    type=click.IntRange(1, 104),
    default=12,
    show_default=True,
    help="How many weeks back to look.",
)
@JSON
def leads(star_key: str, max_lag: int, as_json: bool) -> None:
    """Say which inputs lead the star, and by how many weeks."""
    from nsm import answers

    engine = store()
    today = star_today(engine, star_key)
    known = answers.histories(engine, star_key, today)
    report = answers.leads_of(known, max_lag)
    if as_json:
        say_json(answers.leads_json(star_key, report))
        return
    from nsm.words.terminal import leads_lines

    _warn_of_age(known, today)
    for text in leads_lines(known.star, report, answers.tested_weeks(known)):
        say(text)


@nsm.command()
@JSON
def stars(as_json: bool) -> None:
    """List the stars, and to which day their history goes."""
    from nsm.radiate import stars_json
    from nsm.words.terminal import columns

    rows = stars_json(store())
    if as_json:
        say_json(rows)
    elif not rows:
        say("There is no star yet. Make one: nsm apply FILE.yaml, or nsm demo.")
    else:
        head = [name.replace("_", " ") for name in rows[0]]
        for text in columns([head, *([_cell(value) for value in row.values()] for row in rows)]):
            say(text)


def _warn_of_age(known: StarHistory, today: dt.date) -> None:
    """Say on stderr when the history of the north star is late."""
    from nsm.freshness import freshness, newest_of
    from nsm.history import grains
    from nsm.words.terminal import late_line

    star, metric = known.star, known.star.star_metric
    age = freshness(
        newest_of(star, metric, known.newest),
        grains(star)[metric.key],
        metric.lateness_days,
        today,
    )
    if text := late_line(metric, age):
        warn(text)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
