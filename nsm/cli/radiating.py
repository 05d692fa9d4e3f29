"""The command that writes plain files: radiate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from nsm.cli.group import nsm, store
from nsm.cli.printing import count, say


@nsm.command()
@click.option(
    "--star",
    "star_keys",
    required=True,
    multiple=True,
    metavar="STAR",
    help="Key of the star; several take turns on the wall.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The folder."
)
@click.option(
    "--screen",
    default="",
    metavar="QUERY",
    help='How the wall looks, as in its address: "theme=auto&seconds=30".',
)
def radiate(star_keys: tuple[str, ...], out: Path, screen: str) -> None:
    """Write the wall, badges and answers as plain files for any static host."""
    from dataclasses import replace
    from urllib.parse import parse_qsl

    from nsm import radiate as radiating
    from nsm.wall import screen_of

    looks = screen_of(dict(parse_qsl(screen.lstrip("?"), keep_blank_values=True)))
    chosen = replace(looks, stars=tuple(dict.fromkeys(star_keys)))
    written = radiating.radiate(store(), chosen, out, dt.datetime.now(dt.UTC))
    say(f"{out}: {count(len(written), 'file')} written, of them wall.html.")
