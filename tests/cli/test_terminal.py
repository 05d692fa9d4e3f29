"""What people read in a terminal: aligned, each reason once."""

from __future__ import annotations

import datetime as dt

from nsm.history import build_history
from nsm.model import Grain, Star
from nsm.review import weekly_review
from nsm.standing import standings
from nsm.words.terminal import columns, review_lines
from tests.days import Values, daily_frame, each_day, measured, rollup_frame, star_of

TODAY = dt.date(2024, 3, 20)


def lines_of(star: Star, values: dict[str, Values]) -> list[str]:
    weeks, months = (
        build_history(star, rollup_frame(star, values, grain), grain, TODAY)
        for grain in (Grain.WEEK, Grain.MONTH)
    )
    review = weekly_review(star, weeks, months, daily_frame(values), None, "trailing", TODAY)
    return review_lines(star, review, standings(star, review, weeks))


def test_columns_are_aligned_with_figures_to_the_right() -> None:
    assert columns([["", "week"], ["Orders", "1"], ["Visits", "23,456"]]) == [
        "          week",
        "Orders       1",
        "Visits  23,456",
    ]


def test_a_reason_is_said_once_with_the_metrics_it_holds_for() -> None:
    weekly = [measured(key, grain=Grain.WEEK) for key in ("signups", "trials")]
    star = star_of(measured("orders"), *weekly)
    weeks = {dt.date(2024, 1, 1) + dt.timedelta(days=7 * week): 9.0 for week in range(11)}
    values = {"orders": each_day("2024-01-01", "2024-03-19"), "signups": weeks, "trials": weeks}

    lines = lines_of(star, values)

    assert lines[0].startswith("Orders rose")
    by_week = [line for line in lines if "recorded by week" in line]
    assert by_week
    assert all(line.startswith("Missing for Signups, Trials: ") for line in by_week)
    assert len(set(lines)) == len([line for line in lines if line]) + 1


def test_what_is_missing_everywhere_is_said_of_all() -> None:
    star = star_of(*(measured(f"metric{number}") for number in range(6)))

    lines = lines_of(star, {})

    assert any(line.startswith("Missing for all of them: ") for line in lines)
