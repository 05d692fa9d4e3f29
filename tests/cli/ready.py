"""A process that has imported what commands need, and forks one for each call that it is sent.

Run as ``python -m tests.cli.ready``: a line of JSON a call on standard input, a line with the exit
code on standard output. What a call runs in is a process of its own: its arguments, folder,
environment and output are those it was sent, and it ends as ``python -m nsm`` ends.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import Any

import pandas  # noqa: F401

import nsm.answers
import nsm.cli
import nsm.demo
import nsm.ingest
import nsm.leads
import nsm.words.terminal  # noqa: F401


def become(call: dict[str, Any]) -> None:
    """Turn this process into the one that was asked for, and run its command."""
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for place, source in enumerate((nothing, *(os.open(one, flags) for one in call["output"]))):
        os.dup2(source, place)
    sys.argv = ["nsm", *call["arguments"]]
    runpy.run_module("nsm", run_name="__main__", alter_sys=True)


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
