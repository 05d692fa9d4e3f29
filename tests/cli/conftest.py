"""The command line as it is used: a process, a database of its own, text in and out."""

from __future__ import annotations

import atexit
import csv
import datetime as dt
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
collect_ignore = [] if REAL.is_dir() else ["test_real_data.py"]


@dataclass(frozen=True)
class Shell:
    """Runs ``python -m nsm`` on one database, from a folder that is not the project's."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NSM_DATABASE_URL": f"sqlite:///{self.folder / 'nsm.db'}",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
        }

    def run(self, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
        """A process of its own, forked from one that has the imports behind it.

        With ``settings`` it is started from nothing, since Python reads some of them only then.
        """
        texts = [str(one) for one in arguments]
        if settings:
            return self._started(texts, settings)
        with tempfile.TemporaryDirectory() as folder:
            output = [Path(folder) / "out", Path(folder) / "err"]
            call = {
                "arguments": texts,
                "folder": str(self.folder),
                "environment": self.environment,
                "output": [str(one) for one in output],
            }
            code = asked(ready(), json.dumps(call))
            return subprocess.CompletedProcess(texts, code, *(one.read_text() for one in output))

    def _started(
        self, arguments: list[str], settings: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nsm", *arguments],
            cwd=self.folder,
            env=self.environment | settings,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def ok(self, *arguments: object) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: object, code: int = 1) -> str:
        """The one line on stderr of a command that must fail."""
        done = self.run(*arguments)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path


@functools.cache
def ready() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.ready"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def asked(process: subprocess.Popen[str], call: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(call + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def shared_shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """One database for the tests of a module that only ask."""
    return Shell(tmp_path_factory.mktemp("store"))


def definition(star: str, north_star: str, inputs: Sequence[str] = (), **fields: str) -> str:
    """A small star as YAML; ``fields`` are those of the star."""
    lines = [f"star: {star}", f"name: {star.title()}", f"north_star: {north_star}"]
    lines += [f"{field}: {value}" for field, value in fields.items()]
    lines += ["metrics:"]
    roles = {north_star: "north_star", **dict.fromkeys(inputs, "input")}
    lines += [
        f"  {key}: {{name: {key}, role: {role}, aggregate: sum}}" for key, role in roles.items()
    ]
    return "\n".join(lines) + "\n"


def by_week(source: Path, columns: Sequence[str], first: dt.date) -> str:
    """A table without dates as one of weekly dates."""
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [",".join(["date", *columns])]
    for number, row in enumerate(rows):
        day = first + dt.timedelta(days=7 * number)
        lines.append(",".join([str(day), *(row[column] for column in columns)]))
    return "\n".join(lines) + "\n"
