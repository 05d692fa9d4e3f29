"""`make bench`: every speed promise as a ratio against a floor measured in the same run.

Machines are noisy, so no absolute time is a promise; both sides of a ratio are measured in turns
and the medians compared. Writes docs/benchmarks.md; exits 1 when a goal is missed.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import tests.bench

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = """# Benchmarks

Written by `make bench`. Each line is a ratio: what this project takes over what a floor takes,
measured in turns in the same run on the same machine. Below the goal is good.

| what | against | this | floor | ratio | goal | |
|---|---|---|---|---|---|---|
"""


def line(row: dict[str, object]) -> str:
    met = "met" if float(str(row["ratio"])) <= float(str(row["goal"])) else "**missed**"
    return (
        f"| {row['name']} | {row['against']} | {row['value']} | {row['floor']} "
        f"| {float(str(row['ratio'])):.3g} | at most {row['goal']} | {met} |"
    )


def main(wanted: list[str]) -> int:
    lines: list[str] = []
    for module in pkgutil.iter_modules(tests.bench.__path__):
        name = module.name.removeprefix("bench_")
        if module.name.startswith("bench_") and (not wanted or name in wanted):
            print(f"measuring {name} ...", flush=True)
            for row in importlib.import_module(f"tests.bench.{module.name}").measure():
                lines.append(line(row))
                print(lines[-1], flush=True)
    if not wanted:
        page = HEAD + "\n".join(lines) + "\n"
        (ROOT / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")
    return 1 if any("missed" in entry for entry in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
