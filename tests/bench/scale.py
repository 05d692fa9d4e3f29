"""`make bench-scale`: does it stay quick where the data are large? Ratios, each from one run.

`python -m tests.bench.scale [part ...]` does only these parts; what the others came to is kept in
docs/benchmarks-scale.json. EVENTS says up to how many events Spark and DuckDB are compared.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from tests.bench.__main__ import line

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEPT = DOCS / "benchmarks-scale.json"
PARTS = ("rollup", "pages", "events")
HEAD = """# Benchmarks of scale

Written by `make bench-scale`. Each line is a ratio: what this project takes over what a floor
takes, measured in turns in the same run on the same machine (two cores, which other work shared).
Below the goal is good; a line without a goal is told, not judged.

Why one misses: what DuckDB takes beyond its floor is opening the file under guards, which the floor
has open, and reading the days: some 0.03 s, however many rows there are. The SQLite of this table
adds whole numbers; of numbers with decimals it is asked for the largest as well, since it adds
texts as zeros, and takes half as long again.

| what | against | this | floor | ratio | goal | |
|---|---|---|---|---|---|---|
"""


def told(row: dict[str, object]) -> str:
    """A line of the table; one without a goal is not judged."""
    if "goal" in row:
        return line(row)
    return (
        f"| {row['name']} | {row['against']} | {row['value']} | {row['floor']} "
        f"| {float(str(row['ratio'])):.3g} | | |"
    )


def main(wanted: list[str]) -> int:
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    for part in wanted or PARTS:
        print(f"measuring {part} ...", flush=True)
        lines = []
        for row in importlib.import_module(f"tests.bench.scale_{part}").measure():
            lines.append(told(row))
            print(lines[-1], flush=True)
        kept[part] = lines
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        every = [one for name in PARTS for one in kept.get(name, [])]
        (DOCS / "benchmarks-scale.md").write_text(HEAD + "\n".join(every) + "\n", encoding="utf-8")
    return 1 if any("missed" in one for lines in kept.values() for one in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
