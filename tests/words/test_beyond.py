"""What is said of metrics that are no inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsm.model import Aggregate, Metric, Role, Star
from nsm.words.beyond import candidates_lines, candidates_table


def metric(key: str, name: str, role: Role = Role.CANDIDATE) -> Metric:
    return Metric(key, name, role, Aggregate.SUM)


SHOP = Star(
    "shop",
    "Shop",
    "orders",
    (
        metric("orders", "Paid orders", Role.NORTH_STAR),
        metric("visits", "Visits per orders page", Role.INPUT),
        metric("early", "First visits"),
    ),
)
CAFE = Star("cafe", "Cafe", "orders", (metric("orders", "Cups", Role.NORTH_STAR),))
NAMES = {(star.key, one.key): one for star in (SHOP, CAFE) for one in star.metrics}
ROWS = pd.DataFrame(
    {
        "star": ["shop", "cafe"],
        "metric": ["early", "orders"],
        "listed": [True, False],
        "lag": pd.array([2, 1], dtype="Int64"),
        "coefficient": [0.4, np.nan],
        "t": [5.0, np.nan],
        "p": [0.001, np.nan],
        "q": [0.002, np.nan],
        "reason": [
            "The same period of early tells as much. A part of visits, an input already.",
            "orders changed in only 1 of 90 periods.",
        ],
    }
)


def test_reasons_name_metrics_as_people_do_and_each_star_its_own() -> None:
    told = candidates_table(ROWS, SHOP, NAMES)
    assert list(told["Candidate"]) == ["First visits", "Cups"]
    assert list(told["To know"]) == [
        "The same week of First visits tells as much. A part of Visits per orders page, an input "
        "already.",
        "Cups changed in only 1 of 90 weeks.",
    ]


def test_the_command_line_says_the_same() -> None:
    text = "\n".join(candidates_lines(ROWS, SHOP, NAMES))
    assert "The same week of First visits" in text
    assert "early" not in text
