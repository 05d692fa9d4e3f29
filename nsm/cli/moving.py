"""The commands that move a whole store: copy, backup, restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nsm.cli.group import nsm, store
from nsm.cli.printing import count, line, say, warn
from nsm.errors import InputError

if TYPE_CHECKING:
    from nsm.store.backups import Backup

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_TOLD_EVERY = 100_000


@nsm.command()
@click.option(
    "--to",
    "url",
    required=True,
    envvar="NSM_COPY_TO",
    metavar="URL",
    help="Address of an empty database (default: NSM_COPY_TO, which no process list shows).",
)
def copy(url: str) -> None:
    """Copy the whole store into an empty database, on any engine, and compare what arrived.

    All or nothing: before anything is kept, every table is read back and held against what was
    sent. The store itself is only read, and may be in use.
    """
    from nsm.store.copying import copy_store
    from nsm.store.transactions import place

    source, target = store(), store(url)
    copied = copy_store(source, target, _progress())
    for name, content in copied.items():
        if content.rows:
            say(f"{name}: {count(content.rows, 'row')}, the same ({content.digest[:12]})")
    rows = sum(content.rows for content in copied.values())
    say(f"Copied {count(rows, 'row')} to {place(target.url)}; every table is the same there.")


@nsm.command()
@FILE
def backup(file: Path) -> None:
    """Write the whole store into FILE, a new one, while the dashboard runs.

    FILE is a SQLite database whatever the store's engine is, compared with the store and sealed
    with a digest. It appears whole or not at all.
    """
    from nsm.periods import now_utc
    from nsm.store.backups import back_up

    now = now_utc()
    made = back_up(store(), file, now, _progress())
    say(f"{file}: {_holds(made.rows)}, the same as the store (seal {made.digest[:12]}).")


@nsm.command()
@FILE
@click.option("--yes", is_flag=True, help="Put it in the place of what the store holds now.")
def restore(file: Path, yes: bool) -> None:
    """Bring the store back to what FILE holds, which nsm backup wrote, on any engine.

    FILE is first held against its seal. Into an empty store it goes at once; where there is
    something already, both are told and nothing happens without --yes. All or nothing, also while
    the dashboard runs.
    """
    from nsm.store import backups
    from nsm.store.copying import row_counts
    from nsm.store.transactions import place

    with backups.opened(file) as (found, made):
        _say_backup(file, made)
        target = store()
        there = row_counts(target)
        where = place(target.url)
        say(f"{where}: {_holds(there) if there else 'empty'}.")
        if there and not yes:
            raise InputError(
                f"{where} is not empty.", "Nothing was changed; add --yes to replace all of it."
            )
        backups.restore(found, target, _progress())
    say(f"Restored {_holds(made.rows)} to {where}; every table is the same there.")


def _say_backup(file: Path, made: Backup) -> None:
    if made.made_at is None:
        warn(f"{file} carries no seal (nsm backup did not write it), so only its form was checked.")
    when = f", made {made.made_at:%Y-%m-%d %H:%M} UTC" if made.made_at else ""
    say(f"{file}: {_holds(made.rows)}{when}.")


def _holds(rows: Mapping[str, int]) -> str:
    parts = (("star", "star"), ("metric", "metric"), ("observation", "value"), ("load", "load"))
    return ", ".join(count(rows.get(table, 0), noun) for table, noun in parts)


def _progress() -> Callable[[str, int], None]:
    told: dict[str, int] = {}

    def tell(table: str, rows: int) -> None:
        if table not in told or rows - told[table] >= _TOLD_EVERY:
            told[table] = rows
            click.echo(line(f"{table}: {count(rows, 'row')} ..."), err=True)

    return tell
