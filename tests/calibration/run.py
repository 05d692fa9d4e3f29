"""`make calibrate`: how often is the lead engine right, on worlds whose truth is known?

    python -m tests.calibration [--worlds 200] [--weeks 60 104 156 260] [--only TEXT] [--peers]
                                [--again]

Results are kept family by family in docs/calibration.json, and docs/calibration.md and .svg are
written from it: a long run can be stopped, and goes on where it was. After a change of the engine
start with `--again`.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: worlds run side by side instead

from tests.calibration import page, peers, score
from tests.calibration.families import EVERY

DOCS = Path(__file__).resolve().parents[2] / "docs"
SEED = 20_261_128  # used for nothing but the published table
DRAWS = 499
PEER_WEEKS = 156


def one(task: tuple[str, int, int, int]) -> Counter[str]:
    """Counts of one world."""
    family, weeks, number, seed = task
    return score.score(EVERY[family], family, weeks, number, seed, DRAWS)


def one_for_peers(task: tuple[str, int, int, int]) -> Counter[str]:
    """Counts of one world for every peer: wrong dashboards, wrong inputs, planted lead found."""
    family, weeks, number, seed = task
    made = EVERY[family](score.generator(seed, family, weeks, number), weeks)
    said = {peer: peers.says_lead(peer, made.target, made.inputs) for peer in peers.PEERS}
    said["tigramite PCMCI"] = peers.pcmci(made.target, made.inputs)
    counts = Counter({"worlds": 1})
    for peer, answers in said.items():
        by_name = dict(zip(made.inputs, answers, strict=True))
        wrong = [n for n, lead in by_name.items() if lead and n not in made.leads]
        counts[f"{peer}|false_dashboards"] = int(bool(wrong))
        counts[f"{peer}|found"] = int(by_name["x1"] and "x1" in made.leads)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--weeks", type=int, nargs="+", default=[60, 104, 156, 260])
    parser.add_argument("--only", default="", help="families whose name contains this")
    parser.add_argument("--peers", action="store_true", help="also run the other methods (slow)")
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    parser.add_argument("--seed", type=int, default=SEED, help="for lengths without results")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    kept = DOCS / "calibration.json"
    results = {}
    if kept.exists() and not asked.again:
        results = json.loads(kept.read_text(encoding="utf-8"))
    # A length is finished with the seed that it was begun with.
    seeds = results.setdefault("seeds", {})
    for length in asked.weeks:
        seeds.setdefault(str(length), asked.seed)
    families = [name for name in EVERY if asked.only in name]
    jobs = [("engine", one, weeks, name) for weeks in asked.weeks for name in families]
    if asked.peers:
        jobs += [("peers", one_for_peers, PEER_WEEKS, name) for name in families]
    with Pool(asked.jobs) as pool:
        for what, work, weeks, family in jobs:
            before = results.get(what, {}).get(str(weeks), {}).get(family, {})
            if before.get("worlds", 0) >= asked.worlds:
                continue
            tasks = [
                (family, weeks, number, seeds.get(str(weeks), asked.seed))
                for number in range(asked.worlds)
            ]
            total = Counter({"worlds": 0})
            for counts in pool.imap_unordered(work, tasks, chunksize=5):
                total += counts
            results.setdefault(what, {}).setdefault(str(weeks), {})[family] = dict(
                sorted(total.items())
            )
            kept.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            (DOCS / "calibration.md").write_text(page.text(results), encoding="utf-8")
            (DOCS / "calibration.svg").write_text(page.picture(results), encoding="utf-8")
            print(f"{what} {weeks} weeks, {family}: {dict(total)}", flush=True)


if __name__ == "__main__":
    main()
