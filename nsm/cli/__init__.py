"""The command line: ``python -m nsm``, also installed as ``nsm``.

Commands translate and never decide: they read arguments, ask the rooms that know, and print. What
they need is imported when they run, so that ``nsm --help`` is quick.
"""

from nsm.cli import early  # Before all others, whose import it watches over.

# isort: split
from nsm.cli import (
    asking,
    digesting,
    feeding,
    limiting,
    moving,
    planning,
    radiating,
    reviewing,
    searching,
    syncing,
)
from nsm.cli.group import nsm
from nsm.cli.running import main

early.over()

__all__ = [
    "asking",
    "digesting",
    "feeding",
    "limiting",
    "main",
    "moving",
    "nsm",
    "planning",
    "radiating",
    "reviewing",
    "searching",
    "syncing",
]
