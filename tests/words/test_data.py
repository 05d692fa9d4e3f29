"""What the Data page says of holes."""

from __future__ import annotations

import datetime as dt

from nsm.freshness import Gap
from nsm.words.data import gaps_table, holes_sentence
from tests.days import measured, star_of

TODAY = dt.date(2026, 11, 23)
STAR = star_of(measured("orders"), measured("visits"))
WEEK = dt.date(2026, 11, 2)


def test_only_recent_holes_are_news() -> None:
    old, new = Gap(dt.date(2026, 6, 1), 6, 7), Gap(WEEK, 5, 7)

    assert holes_sentence(STAR, {"orders": (old,), "visits": ()}, TODAY) == ""
    assert holes_sentence(STAR, {"orders": (old, new), "visits": (old,)}, TODAY).startswith(
        f"Days are missing in weeks of the last quarter: {STAR.metric('orders').name}."
    )


def test_a_week_with_holes_names_its_missing_days() -> None:
    missing = {WEEK: (dt.date(2026, 11, 3), dt.date(2026, 11, 8))}
    table = gaps_table([Gap(WEEK, 5, 7)], missing)

    assert table.iloc[0].tolist() == ["2 Nov 2026", "5 of 7", "Tue 3 Nov, Sun 8 Nov"]
    assert list(gaps_table([Gap(WEEK, 0, 1)])) == ["Week of", "There"]
