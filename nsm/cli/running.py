"""Runs a command: every failure is one line on stderr and an exit code, never a traceback.

0 for success, 1 for a refusal, 2 for a wrong call or a fault of the program, 130 when stopped.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

import click

from nsm.cli.early import STOPPED
from nsm.cli.group import nsm, store
from nsm.cli.printing import line
from nsm.errors import NsmError, fault_of_the_program

FAILED, WRONG_CALL = 1, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    """The exit code of one command; every failure is one line on stderr."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        with nsm.make_context("nsm", list(given)) as context:
            nsm.invoke(context)
        if sys.stdout:
            sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_CALL
    except click.ClickException as error:
        where = getattr(error, "ctx", None)
        path = where.command_path if where else "nsm"
        said = f"{error.format_message()} {_known_stars(error)}".strip()
        return _failed(f"{said} See {path} --help.", WRONG_CALL)
    except (click.Abort, KeyboardInterrupt):
        return _failed("Stopped.", STOPPED)
    except NsmError as error:
        for problem in getattr(error, "problems", ()) or (str(error),):
            _failed(problem, FAILED)
        return FAILED
    except BrokenPipeError:
        return _closed_output()
    except Exception as error:
        return _unexpected(error)
    return 0


def _known_stars(error: click.ClickException) -> str:
    """Which stars there are, where a call should have named one."""
    param = getattr(error, "param", None)
    if not isinstance(error, click.MissingParameter) or not param or param.name != "star_key":
        return ""
    from nsm.store.stars import list_stars

    try:
        keys = [star.key for star in list_stars(store())]
    except NsmError:
        return ""  # The wrong call comes first.
    more = f" and {len(keys) - 10:,} more" if len(keys) > 10 else ""
    return f"Known stars: {', '.join(keys[:10])}{more}." if keys else "There is no star yet."


def _failed(message: str, code: int) -> int:
    click.echo(f"Error: {line(message)}", err=True)
    return code


def _closed_output() -> int:
    """The reader went away (``nsm review | head -1``): there is nobody left to tell."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _unexpected(error: Exception) -> int:
    from nsm.config import wants_debugging

    if wants_debugging():
        raise error
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        with contextlib.suppress(OSError):
            _closed_output()
        return _failed(f"The system refused: {reason}.", FAILED)
    return _failed(fault_of_the_program(error), WRONG_CALL)
