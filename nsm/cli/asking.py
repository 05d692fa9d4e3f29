"""Commands that answer: export, review, leads, stars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from nsm.cli.group import JSON, STAR, Day, nsm, star_today, store
from nsm.cli.printing import say, say_json, warn

if TYPE_CHECKING:
    from nsm.answers import Engine, StarHistory

RESTATED_SHOWN = 40


@nsm.command()
@click.argument("star_key", metavar="STAR")
@click.option("--targets", "with_targets", is_flag=True, help="Print its targets too.")
def export(star_key: str, with_targets: bool) -> None:
    """Print the definition of a star as YAML."""
    from nsm.definitions import export_definition
    from nsm.store.stars import declared_star
    from nsm.store.targets import read_targets

    engine = store()
    star = declared_star(engine, star_key)
    targets = read_targets(engine, star_key) if with_targets else ()
    click.echo(export_definition(star, targets), nl=False)


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
@click.option("--as-of", type=Day(), help="As it was known on this day, beside what is known now.")
@JSON
def review(
    star_key: str,
    week_ending: dt.date | None,
    months: str,
    as_of: dt.date | None,
    as_json: bool,
) -> None:
    """Say how the week compared with the week before and with last year."""
    from nsm import answers

    engine = store()
    today = star_today(engine, star_key)
    if as_of is not None:
        _review_as_of(engine, star_key, today, week_ending, months, as_of, as_json)
        return
    known = answers.histories(engine, star_key, today)
    found = answers.review_of(engine, known, today, week_ending, months)
    if as_json:
        from nsm.radiate import review_json
        from nsm.segmented import splits_of

        say_json(review_json(known, found, splits_of(engine, known, found.week_starts[-1])))
        return
    from nsm.words.terminal import review_lines

    _warn_of_age(known, today)
    for text in review_lines(known.star, found, answers.standings_of(known, found)):
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
    """Say which inputs lead the star, and by how many weeks; and whether it leads its results."""
    from nsm import answers
    from nsm.inquiry import results_of
    from nsm.leads.setting import Setting

    engine = store()
    today = star_today(engine, star_key)
    known = answers.histories(engine, star_key, today)
    report = answers.leads_of(known, max_lag)
    results = results_of(answers.tested(known), Setting(max_lag))
    if as_json:
        say_json(answers.leads_json(star_key, report, [one.report for one in results]))
        return
    from nsm.words.beyond import results_lines
    from nsm.words.terminal import leads_lines

    _warn_of_age(known, today)
    for text in leads_lines(known.star, report, answers.tested_weeks(known)):
        say(text)
    for text in results_lines(known.star, results):
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


def _review_as_of(
    engine: Engine,
    star_key: str,
    today: dt.date,
    week_ending: dt.date | None,
    months: str,
    as_of: dt.date,
    as_json: bool,
) -> None:
    """The week as it was known on a day, beside today's knowledge, and what changed since."""
    from nsm import answers
    from nsm.store.loads import restatements
    from nsm.words import as_known
    from nsm.words.terminal import columns, review_lines

    then = answers.histories_as_of(engine, star_key, as_of, today)
    found = answers.review_of(engine, then, as_of, week_ending, months)
    now = answers.histories(engine, star_key, today)
    today_found = answers.review_of(engine, now, today, found.week_ending, months)
    restated = restatements(engine, star_key, limit=None, since=as_of)
    if as_json:
        from nsm.radiate import review_as_of_json
        from nsm.segmented import splits_of

        splits = splits_of(engine, then, found.week_starts[-1])
        say_json(review_as_of_json(then, found, today_found, restated, splits))
        return
    standing, standing_now = (
        answers.standings_of(then, found),
        answers.standings_of(now, today_found),
    )
    for text in review_lines(then.star, found, standing):
        say(text)
    say()
    differing = as_known.differing(standing, standing_now)
    say(as_known.as_known_sentence(as_of, restated, differing))
    say(as_known.NOTES_OF_TODAY)
    tables = [as_known.then_and_now(standing, standing_now)] if differing else []
    tables += [as_known.restated_table(then.star, restated)] if restated else []
    for table in tables:
        say()
        rows = [list(table.columns), *table.head(RESTATED_SHOWN).astype(str).to_numpy().tolist()]
        for text in columns(rows):
            say(text)
    if len(restated) > RESTATED_SHOWN:
        say(f"... and {len(restated) - RESTATED_SHOWN:,} more.")


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
