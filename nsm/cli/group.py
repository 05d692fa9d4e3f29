"""The group of commands and the options they share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from nsm.cli.printing import line

STAR = click.option("--star", "star_key", required=True, metavar="STAR", help="Key of the star.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
DAY_FIRST = click.option(
    "--day-first/--month-first",
    default=None,
    help="How to read dates such as 03/04/2026, where both are possible.",
)
DECIMAL_COMMA = click.option(
    "--decimal-comma/--decimal-point",
    default=None,
    help="How to read numbers such as 1,234, where both are possible.",
)


@click.version_option(package_name="nsm", message="%(version)s")
@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def nsm() -> None:
    """Keep a product team's North Star in view, and tell which inputs lead it.

    The database is NSM_DATABASE_URL, else what .streamlit/secrets.toml says, else data/nsm.db.
    """


class Day(click.ParamType[dt.date]):
    """A date as 2026-11-15."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{line(str(value), 40)!r} is not a date like 2026-11-15.", param, ctx)


def store(url: str = "") -> Any:
    """The store at ``url``, else that which the settings name, made or upgraded where needed.

    It is closed when the command ends.
    """
    from nsm.config import read_settings
    from nsm.store.engine import open_store

    engine = open_store(url or read_settings().database_url)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.find_root().call_on_close(engine.dispose)
    return engine


def star_today(engine: Any, star_key: str) -> dt.date:
    """Which day it is for a star; UnknownStar when there is none of that key."""
    from nsm.periods import today_in
    from nsm.store.stars import read_star

    return today_in(read_star(engine, star_key).timezone)
