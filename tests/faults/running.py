"""Commands as processes that can be killed, forked from one that has the imports behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.servers import _children

ROOT = Path(__file__).resolve().parents[2]
# What a sync needs besides; the rest is imported by the module that forks.
_READY = """
import nsm.sources.asking, nsm.sources.sync, nsm.store.backups, psycopg, pymysql, sqlglot
from tests.cli.ready import main
main()
"""


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code (minus the signal that killed it) and what it said."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def told(self) -> str:
        """The last line on the terminal: what a user reads of a command that failed."""
        return (self.err.strip().splitlines() or [""])[-1]

    @property
    def is_clear(self) -> bool:
        """Whether it worked, or failed with lines that name what and hint what to do, no trace."""
        said = self.out + self.err
        if "Traceback" in said or 'File "' in said or "kept-from-nobody" in said:
            return False
        return self.code == 0 or (self.code == 1 and self.told.startswith("Error: "))


@dataclass
class Commands:
    """Starts commands of this program, one at a time."""

    process: subprocess.Popen[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    began: float = 0.0

    def start(self, *arguments: str) -> int:
        """Begin a command; its process id."""
        for name in ("out", "err"):
            (self.folder / name).write_text("")
        call = {
            "arguments": list(arguments),
            "folder": str(self.folder),
            "environment": {**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            "output": [str(self.folder / name) for name in ("out", "err")],
        }
        assert self.process.stdin is not None
        self.began = time.monotonic()
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        while not (found := _children(self.process.pid)):
            time.sleep(0.001)
        return found[0]

    def end(self) -> Done:
        """Wait for the command that was begun."""
        assert self.process.stdout is not None
        code = int(self.process.stdout.readline())
        out, err = ((self.folder / name).read_text() for name in ("out", "err"))
        return Done(code, out, err, time.monotonic() - self.began)

    def run(self, *arguments: str) -> Done:
        """A command from its beginning to its end."""
        self.start(*arguments)
        return self.end()

    def ok(self, *arguments: str) -> Done:
        """The same for what must work: preparations."""
        done = self.run(*arguments)
        if done.code:
            raise RuntimeError(f"nsm {' '.join(arguments)} failed: {done.err}")
        return done


@contextmanager
def commands(store: str, lake: str = "") -> Iterator[Commands]:
    """Commands on this store, whose definitions find their source at ``lake``."""
    with (
        tempfile.TemporaryDirectory(prefix="nsm-faults-") as folder,
        subprocess.Popen(
            [sys.executable, "-c", _READY],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the commands cannot be started")
        yield Commands(process, Path(folder), {"NSM_DATABASE_URL": store, "LAKE_URL": lake})
        process.stdin.close()
        process.wait(timeout=60)
