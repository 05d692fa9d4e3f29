"""Ctrl-C while the commands are still being imported: one line, and no traceback of imports.

To be imported before them. Python's own start, before any line of this program, is out of reach.
"""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType

STOPPED = 130


def _stop(number: int, frame: FrameType | None) -> None:
    # An exception would pass through half-made modules, and some of them swallow it.
    os.write(2, b"Error: Stopped.\n")
    os._exit(STOPPED)


def over() -> None:
    """Give Ctrl-C back to Python, whose KeyboardInterrupt ends a command in good order."""
    if signal.getsignal(signal.SIGINT) is _stop:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# What ignores Ctrl-C, as in the background of a shell, goes on ignoring it.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    with contextlib.suppress(ValueError):  # Another thread than the main one imports.
        signal.signal(signal.SIGINT, _stop)
