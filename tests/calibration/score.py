"""What one world contributes to the tables: was the answer right?"""

from __future__ import annotations

from collections import Counter

import numpy as np

from nsm.leads import find_leads
from tests.calibration.worlds import Make, World

LEADING = ("leads", "both")


def generator(seed: int, family: str, weeks: int, number: int) -> np.random.Generator:
    """Every world has its own seed, so that any of them can be made again."""
    return np.random.default_rng([seed, weeks, number, *family.encode()])


def score(make: Make, family: str, weeks: int, number: int, seed: int, draws: int) -> Counter[str]:
    """Counts of one world; `worlds` is 1, so that sums can be divided."""
    made = make(generator(seed, family, weeks, number), weeks)
    table = find_leads(made.target, made.inputs, seed=number, draws=draws).table
    said = dict(zip(table["input"], table["verdict"], strict=True))
    wrong = [
        name for name, verdict in said.items() if verdict in LEADING and name not in made.leads
    ]
    follower = [name for name in wrong if name in made.follows]
    counts = Counter(
        worlds=1,
        false_dashboards=bool(wrong),
        false_inputs=len(wrong),
        inputs=len(said) - len(made.leads),
        false_follows=any(
            verdict in ("follows", "both") and name not in made.follows
            for name, verdict in said.items()
        ),
        followers=len(made.follows),
        followers_found=sum(said[name] == "follows" for name in made.follows),
        followers_called_leads=len(follower),
    )
    if "x1" in made.leads:
        counts += _found(made, table.set_index("input").loc["x1"].to_dict())
    return counts


def _found(made: World, row: dict[str, object]) -> Counter[str]:
    lag, effect = made.leads["x1"], made.effects["x1"]
    if row["verdict"] not in LEADING:
        return Counter(planted=1)
    single = lag > 0 and "held for" not in str(row["effect_unit"])
    exact = single and row["lag"] == lag
    low, high = float(str(row["effect_low"])), float(str(row["effect_high"]))
    return Counter(
        planted=1,
        found=1,
        said_single=int(single),
        exact=int(exact),
        within=int(single and int(str(row["lag_low"])) <= lag <= int(str(row["lag_high"]))),
        covered=int(exact and not made.changing and low <= effect <= high),
        coverable=int(exact and not made.changing),
        wrong_sign=int(np.sign(float(str(row["effect"]))) != np.sign(effect)),
        said_changed=int(any(" until " in w or " since " in w for w in row["warnings"])),  # type: ignore[attr-defined]
    )
