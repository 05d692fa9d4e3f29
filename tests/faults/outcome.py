"""A row of the table: what was done, how often, how often it held, and what a user was told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.running import Done

HEAD = """# Reliability

Written by `make faults` (`TIMES=20` is the number of kills of each kind): every row is done with
real processes, real servers and real files. A row *held* each time when nothing was lost and
nothing half written, the user was told in one line without a trace and without a password, and the
next attempt worked without a restart of anything but what was killed. Stores have {days:,} days of
four metrics, two from files and two from a source.

| fault | on | done | held | what the user is told |
|---|---|---|---|---|
"""
TAIL = """
Beside these: `make faults-wall` cuts the wall's network, server and database fifty times each
([the wall](wall.md)); `make test-spark` kills executors under a sync ([sources](sources.md)); an
account that may only read, and the screens of a silent source, are tried in every `make test`.
"""


@dataclass
class Row:
    """One fault on one engine, as it goes."""

    fault: str
    engine: str
    done: int = 0
    held: int = 0
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, holds: bool, what: str = "", said: str = "") -> None:
        """Once more: whether it held, what was wrong if not, and what the user was told."""
        self.done += 1
        self.held += holds
        if said:
            self.told.append(said)
        if not holds:
            self.wrong.append(what or said or "not as it should be")

    def note_refusal(self, done: Done, holds: bool, *words: str) -> None:
        """A command that must be refused in one clear line with all of these words."""
        clear = (
            done.is_clear and done.code == 1 and all(word in done.out + done.err for word in words)
        )
        self.note(clear and holds, f"{done.code}: {done.err or done.out}", reason(done))

    def line(self) -> str:
        """The row as Markdown; what did not hold is said in bold."""
        held = str(self.held) if self.held == self.done else f"**{self.held}**"
        return f"| {self.fault} | {self.engine} | {self.done} | {held} | {self._told()} |"

    def _told(self) -> str:
        counted: dict[str, int] = {}
        for one in self.told:
            short = shortened(one)
            counted[short] = counted.get(short, 0) + 1
        return max(counted, key=lambda one: counted[one]) if counted else "-"


def reason(done: Done) -> str:
    """What a command said of its failure: that of a metric for a sync, else the error."""
    lines = [line for line in done.out.splitlines() if ": failed." in line]
    return lines[0].split(": failed. ", 1)[1] if lines else done.told


def shortened(text: str) -> str:
    """The line without what differs from machine to machine: folders, ports, names of databases."""
    # A page writes it so that no sign is taken for formatting.
    text = re.sub(r"\\(?=[\W_])|\u2060", "", text)
    text = re.sub(r"(/[\w.-]+)+/([\w.-]+)", r".../\2", text)
    text = re.sub(r"127\.0\.0\.1:\d+/\w+", "host/name", text)
    text = re.sub(r"port \d+", "port N", re.sub(r"127\.0\.0\.1", "host", text))
    text = re.sub(r"(test|reader_test)_\d+_\d+", "name", text).replace("keeper@", "account@")
    return text.removeprefix("Error: ").replace("|", "\\|")


def page(lines: Iterable[str], days: int) -> str:
    """The whole document."""
    return HEAD.format(days=days) + "\n".join(lines) + "\n" + TAIL
