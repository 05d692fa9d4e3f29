"""`make calibrate-outlook`: do the outlook's intervals and chances hold as often as they promise?

    python -m tests.calibration.outlook [--worlds 150] [--seed N] [--jobs N]

Worlds whose truth is known are forecast week by week; the table in docs/outlook.md is written from
what came. The worlds of a change keep their nature until 52 weeks before the end; the forecasts of
the last week before the change, which nothing could have warned, count too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: worlds run side by side instead

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsm.inquiry import Answer, Known, earlier, inputs_of
from nsm.leads.setting import Setting
from nsm.model import Aggregate, Metric, Role, Star
from nsm.outlook.adaptive import LEVELS
from nsm.outlook.forecast import HORIZON, Driver, _courses, _driven
from nsm.outlook.methods import forecasts
from nsm.outlook.rolling import roll
from nsm.why.leading import leads_of_report

Floats = NDArray[np.float64]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "outlook.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SEED = 20_261_129  # used for nothing but the published table
YEAR, JUDGED, BEFORE = 52.18, 52, 100
SAID = (0.2, 0.5, 0.8)


def memory(rng: np.random.Generator, weeks: int, kept: float, size: Floats | float = 1.0) -> Floats:
    """Weeks that keep this share of their height; the first hundred are thrown away."""
    sizes = np.broadcast_to(size, (weeks,))
    news = rng.normal(size=weeks + BEFORE) * np.concatenate([np.full(BEFORE, sizes[0]), sizes])
    found = np.zeros(weeks + BEFORE)
    for week in range(1, weeks + BEFORE):
        found[week] = kept * found[week - 1] + news[week]
    return found[BEFORE:]


def later(weeks: int, before: float, after: float) -> Floats:
    """A value that changes 52 weeks before today; the weeks that are yet to come stay changed."""
    return np.where(np.arange(weeks) < weeks - HORIZON - JUDGED, before, after)


def season(weeks: int, rng: np.random.Generator) -> Floats:
    return 3 * np.sin((np.arange(weeks) + rng.uniform(0, YEAR)) * 2 * np.pi / YEAR)


World = Callable[[np.random.Generator, int], Floats]
STATIONARY = "stationary"
WORLDS: dict[str, tuple[str, int, World]] = {
    "independent weeks": (STATIONARY, 156, lambda rng, n: memory(rng, n, 0.0)),
    "memory .5": (STATIONARY, 156, lambda rng, n: memory(rng, n, 0.5)),
    "memory .8": (STATIONARY, 156, lambda rng, n: memory(rng, n, 0.8)),
    "memory .5, two years": (STATIONARY, 104, lambda rng, n: memory(rng, n, 0.5)),
    "season, memory .4": (STATIONARY, 208, lambda rng, n: memory(rng, n, 0.4) + season(n, rng)),
    "growth and season, three years": (
        "other",
        156,
        lambda rng, n: memory(rng, n, 0.3) + season(n, rng) + 0.05 * np.arange(n),
    ),
    "level shift of 3 deviations": (
        "changed",
        156,
        lambda rng, n: memory(rng, n, 0.3) + later(n, 0.0, 3 / np.sqrt(1 - 0.09)),
    ),
    "level shift of 3 deviations down": (
        "changed",
        156,
        lambda rng, n: memory(rng, n, 0.3) - later(n, 0.0, 3 / np.sqrt(1 - 0.09)),
    ),
    "level shift and season, four years": (
        "changed",
        208,
        lambda rng, n: memory(rng, n, 0.3) + season(n, rng) + later(n, 0.0, 3 / np.sqrt(1 - 0.09)),
    ),
    "variance doubled": (
        "changed",
        156,
        lambda rng, n: memory(rng, n, 0.3, later(n, 1.0, np.sqrt(2))),
    ),
    "deviation doubled": ("other", 156, lambda rng, n: memory(rng, n, 0.3, later(n, 1.0, 2.0))),
    "random walk": ("other", 156, lambda rng, n: memory(rng, n, 1.0)),
    "led by an input": (STATIONARY, 156, lambda rng, n: memory(rng, n, 0.4)),
    "inputs that tell nothing": (STATIONARY, 156, lambda rng, n: memory(rng, n, 0.6)),
}
# Of these the lead test is asked what leads, at the dates at which the program asks it.
INPUTS, LED, LAG_WEEKS, EFFECT = 4, "led by an input", 3, 0.8
ASKED = (LED, "inputs that tell nothing")
GOALS = {STATIONARY: "within .03", "changed": "at least .74 / .92", "other": "none"}


def one(task: tuple[str, int, int]) -> tuple[str, Floats, list[bool], float]:
    """One world: what held (origins, horizon, level), whether thirteen weeks came to what was said
    with .2, .5 and .8, and the errors as a share of the baseline's."""
    name, number, seed = task
    _, weeks, make = WORLDS[name]
    rng = np.random.default_rng([seed, list(WORLDS).index(name), number])
    whole = 100 + make(rng, weeks + HORIZON)
    inputs = with_inputs(name, whole, rng) if name in ASKED else None
    y = whole[:weeks]
    known = np.ones(weeks, dtype=bool)
    moved = [] if inputs is None else found_to_lead(y, inputs[:weeks])
    rolled = roll(y, known, forecasts(y, HORIZON), moved)
    ends = np.arange(weeks)[:, None] + 1 + np.arange(HORIZON)
    came = whole[np.minimum(ends, weeks + HORIZON - 1)]
    held = np.abs(came - rolled.said)[..., None] <= rolled.half
    sums = (rolled.said[-1] + _courses(rolled.paths, rolled.half[-1, :, 0])).sum(axis=1)
    targets = np.quantile(sums, [1 - chance for chance in SAID])
    reached = [bool(whole[weeks:].sum() >= target) for target in targets]
    return name, held[weeks - 1 - JUDGED :].astype(float), reached, rolled.error_share


def with_inputs(name: str, star: Floats, rng: np.random.Generator) -> Floats:
    """Inputs (weeks, inputs) that remember; in one world the first of them moves the star."""
    inputs = np.column_stack([memory(rng, len(star), 0.7) for _ in range(INPUTS)])
    if name == LED:
        star[LAG_WEEKS:] += EFFECT * inputs[:-LAG_WEEKS, 0]
    return inputs


def found_to_lead(y: Floats, inputs: Floats) -> list[tuple[int, Floats | None]]:
    """What the program hands to the outlook: the leads of today, and those known earlier."""
    weeks = pd.date_range("2023-01-02", periods=len(y), freq="7D", unit="us")
    metrics = [Metric("star", "Star", Role.NORTH_STAR, Aggregate.SUM)]
    keys = [f"input{place}" for place in range(inputs.shape[1])]
    metrics += [Metric(key, key, Role.INPUT, Aggregate.SUM) for key in keys]
    frame = pd.DataFrame(np.column_stack([y, 100 + inputs]), index=weeks, columns=["star", *keys])
    known = Known(Star("s", "S", "star", tuple(metrics)), frame)

    def drivers(answer: Answer) -> list[Driver]:
        leads = leads_of_report(answer.report.table, answer.report.details)
        return [Driver(one.key, one.lag_weeks, frame[one.key]) for one in leads if one.lag_weeks]

    today = drivers(inputs_of(known, Setting()))
    if not today:
        return []
    then = [(week, drivers(answer)) for week, answer in earlier(known, Setting())]
    return _driven(today, then[::-1], weeks, HORIZON)


def measured(worlds: int, seed: int, jobs: int) -> str:
    """The tables, as Markdown."""
    tasks = [(name, number, seed) for name in WORLDS for number in range(worlds)]
    held: dict[str, list[Floats]] = {name: [] for name in WORLDS}
    reached: dict[str, list[list[bool]]] = {name: [] for name in WORLDS}
    error: dict[str, list[float]] = {name: [] for name in WORLDS}
    with Pool(jobs) as pool:
        for name, one_held, one_reached, one_error in pool.imap_unordered(one, tasks, chunksize=4):
            held[name].append(one_held)
            reached[name].append(one_reached)
            error[name].append(one_error)
    lines = [
        f"Seed {seed}, {worlds} worlds a row, each judged over its last {JUDGED + 1} weeks of "
        f"forecasts for 1 to {HORIZON} weeks ahead. Share of the weeks that came inside:",
        "",
        "| world | goal | 80 %, all | next week | 4 weeks | 13 weeks "
        "| 95 %, all | next week | 4 weeks | 13 weeks | error, of last year again |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, (kind, weeks, _) in WORLDS.items():
        share = np.mean(held[name], axis=(0, 1))
        cells = [name if "years" in name else f"{name}, {weeks} weeks", GOALS[kind]]
        for place in range(len(LEVELS)):
            by_ahead = share[:, place]
            picked = (by_ahead.mean(), by_ahead[0], by_ahead[3], by_ahead[12])
            cells += [f"{value:.3f}" for value in picked]
        cells.append(f"{np.mean(error[name]):.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "The sum of thirteen weeks against a target that was said to be reached with this chance:",
        "",
        f"| world | {' | '.join(f'said {chance:.0%}'.replace('%', ' %') for chance in SAID)} |",
        "|---|---|---|---|",
    ]
    for name in WORLDS:
        cells = [f"{value:.2f}" for value in np.mean(reached[name], axis=0)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write(tables: str) -> None:
    """Put the tables between the marks of docs/outlook.md."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    PAGE.write_text(f"{head}{BEGIN}\n{tables}\n{END}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=150)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--print", action="store_true", help="only print the tables")
    asked = parser.parse_args()
    tables = measured(asked.worlds, asked.seed, asked.jobs)
    print(tables)
    if not asked.print:
        write(tables)


if __name__ == "__main__":
    main()
