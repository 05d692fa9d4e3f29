"""How commands speak: answers on stdout, warnings and progress on stderr, always plain lines."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

LONGEST_LINE = 2_000


def line(text: str, limit: int = LONGEST_LINE) -> str:
    """Text from anywhere as one line that a terminal prints and does not obey."""
    from nsm.plaintext import harmless

    return harmless(text.replace("\N{NO-BREAK SPACE}", " "), limit)


def say(text: str = "") -> None:
    """One line of the answer."""
    click.echo(line(text))


def warn(text: str) -> None:
    """One line that is no error, on stderr."""
    click.echo(f"Warning: {line(text)}", err=True)


def say_json(answer: Any) -> None:
    """The answer as JSON: never NaN or infinity, which JSON does not have."""
    click.echo(json.dumps(answer, allow_nan=False, indent=2))


def count(number: int, noun: str) -> str:
    """ "1 metric", "1,200 metrics"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None] | None]:
    """A bar on stderr where somebody watches; gives what takes the part done, 0 to 1."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda part: bar.update(int(part * 1000) - bar.pos)
