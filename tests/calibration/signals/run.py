"""`make calibrate-signals`: how often is a signal one, on series whose truth is known?

    python -m tests.calibration.signals [--series 100] [--history 39 52 104 156] [--only TEXT]
                                        [--again] [--jobs 1]

Counts are kept kind by kind in docs/signals.json, and the tables of docs/signals.md are written
from them: a run can be stopped, and goes on where it was. After a change of the judgement start
with `--again`.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: series run side by side instead

from tests.calibration.signals import page, score
from tests.calibration.signals.series import KINDS, Kind

DOCS = Path(__file__).resolve().parents[3] / "docs"
SEED = 20_261_122  # used for nothing but the published tables
SHIFTS = ("spread", "noise")
UNCHANGED, LOOKED_BACK = "unchanged", "looked back"


def shift_of(kind: Kind, what: str) -> float:
    """Two standard deviations, of the series around its season or of the unforeseeable part."""
    return score.SHIFT * float(getattr(kind, what))


def parts(name: str, history: int, seed: int) -> dict[str, Callable[[int], Counter[str]]]:
    """What is counted of one kind of series with so many weeks known."""
    kind = KINDS[name]

    def unchanged(number: int) -> Counter[str]:
        return score.unchanged(kind, name, history, number, seed)

    def shifted(number: int, what: str) -> Counter[str]:
        return score.shifted(kind, name, history, number, seed, shift_of(kind, what))

    shifts = SHIFTS if kind.spread != kind.noise else SHIFTS[:1]
    return {UNCHANGED: unchanged} | {
        f"shift of {what}": partial(shifted, what=what) for what in shifts
    }


def one(task: tuple[str, str, int, int, int]) -> Counter[str]:
    """Counts of one series."""
    part, name, history, number, seed = task
    if part == LOOKED_BACK:
        return score.looked_back(KINDS[name], name, number, seed)
    return parts(name, history, seed)[part](number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--history", type=int, nargs="+", default=[39, 52, 104, 156])
    parser.add_argument("--only", default="", help="kinds whose name contains this")
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    kept = DOCS / "signals.json"
    results: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    if kept.exists() and not asked.again:
        held = json.loads(kept.read_text(encoding="utf-8"))
        if held["seed"] != asked.seed:
            parser.error("docs/signals.json holds another seed; start with --again")
        results = held["results"]
    jobs = [
        (part, name, history)
        for history in asked.history
        for name in KINDS
        if asked.only in name
        for part in parts(name, history, asked.seed)
    ]
    jobs += [(LOOKED_BACK, name, score.YEAR_WEEKS) for name in KINDS if asked.only in name]
    with Pool(asked.jobs) as pool:
        for part, name, history in jobs:
            before = results.get(part, {}).get(str(history), {}).get(name, {})
            # The goal of the false ones is the finer one: half as many do for the rest.
            series = asked.series if part == UNCHANGED else asked.series // 2
            if before.get("series", 0) >= series:
                continue
            tasks = [(part, name, history, number, asked.seed) for number in range(series)]
            total: Counter[str] = Counter()
            for counts in pool.imap_unordered(one, tasks, chunksize=20):
                total += counts
            results.setdefault(part, {}).setdefault(str(history), {})[name] = dict(
                sorted(total.items())
            )
            text = json.dumps({"seed": asked.seed, "results": results}, indent=1, sort_keys=True)
            kept.write_text(text + "\n", encoding="utf-8")
            page.write(DOCS / "signals.md", results, asked.seed)
            print(f"{part}, {history} weeks, {name}: {dict(total)}", flush=True)


if __name__ == "__main__":
    main()
