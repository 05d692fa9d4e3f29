"""`make faults`: break everything that can break, count how often the promises held, write it down.

`python -m tests.faults [part ...]` does only these parts again; what the others came to is kept in
docs/reliability.json. Ends with 1 where something did not hold.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.faults.outcome import Row, page
from tests.faults.shop import DAYS

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEPT = DOCS / "reliability.json"
PARTS = ("killed", "together", "disk", "files", "sources", "calendar", "backups")


def main(wanted: list[str]) -> int:
    times = int(os.environ.get("TIMES", "20"))
    held = True
    for part in wanted or PARTS:
        rows: list[Row] = []
        with tempfile.TemporaryDirectory(prefix="nsm-faults-") as name:
            for row in importlib.import_module(f"tests.faults.{part}").measure(Path(name), times):
                rows.append(row)
                print(row.line(), flush=True)
                for wrong in row.wrong:
                    print(f"    {wrong[:2000]}", flush=True)
                held = held and row.held == row.done
                write(part, [one.line() for one in rows])
    return 0 if held else 1


def write(part: str, lines: list[str]) -> None:
    """Put what a part came to so far beside what is known of the others."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    kept[part] = lines
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    every = [line for name in PARTS for line in kept.get(name, [])]
    (DOCS / "reliability.md").write_text(page(every, DAYS), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
