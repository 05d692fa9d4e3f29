"""Dates that metrics share do not look like leads, and only weeks are asked for them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from nsm.leads.dates import dated_terms, month_begins
from nsm.leads.design import Response, build
from nsm.leads.series import prepare
from tests.calibration.families import NOTHING
from tests.calibration.score import score


def terms(start: str, periods: int, freq: str = "7D") -> dict[str, np.ndarray]:
    found = dated_terms(pd.date_range(start, periods=periods, freq=freq))
    before = dated_terms(pd.date_range(start, periods=periods, freq=freq) - pd.Timedelta(weeks=1))
    for term, earlier in zip(found, before, strict=True):
        assert (term.columns[:, 1] == earlier.columns[:, 0]).all()
    return {term.name: term.columns[:, 0] for term in found}


def is_closing(day: dt.date) -> bool:
    """A working day with fewer than three working days from it to the end of its month."""
    month = [day + dt.timedelta(days=i) for i in range(31)]
    left = [one for one in month if one.month == day.month and one.weekday() < 5]
    return day.weekday() < 5 and len(left) <= 3


@pytest.mark.parametrize("start", ["2023-12-25", "2023-12-27"])
def test_each_week_has_the_days_that_a_calendar_gives_it(start: str) -> None:
    found = terms(start, 104)

    for week, monday in enumerate(pd.date_range(start, periods=104, freq="7D").date):
        days = [monday + dt.timedelta(days=i) for i in range(7)]
        following = [day + dt.timedelta(days=1) for day in days]
        assert found["day 1 of the month"][week] == sum(day.day == 1 for day in days)
        assert found["last day of the month"][week] == sum(day.day == 1 for day in following)
        assert found["days 8 to 14 of the month"][week] == sum(8 <= day.day <= 14 for day in days)
        assert found["how far the month is"][week] == days[-1].day
        assert found["Easter"][week] == sum(
            day in (dt.date(2024, 3, 31), dt.date(2025, 4, 20)) for day in days
        )
        closing = sum(1 for day in days if is_closing(day))
        assert found["last working days of the month"][week] == closing


def test_what_is_not_weeks_has_no_dated_terms() -> None:
    assert terms("2022-01-01", 400, "D") == {}
    assert terms("2022-01-01", 48, "MS") == {}
    assert terms("2022-01-03", 1) == {}
    assert dated_terms(pd.RangeIndex(156)) == ()
    with_zone = pd.date_range("2024-01-01", periods=60, freq="7D", tz="Europe/Berlin")
    assert len(dated_terms(with_zone)) == len(terms("2024-01-01", 60))


@pytest.mark.parametrize("family", ["first of the month", "month to date", "sums over 13 weeks"])
def test_what_comes_back_with_its_date_is_no_lead(family: str) -> None:
    false = sum(
        score(NOTHING[family], family, 156, number, seed=7, draws=199)["false_dashboards"]
        for number in range(15)
    )
    # 15 tosses of 1 in 20: at most 3 in 995 of 1000 cases
    assert false <= 3


def test_a_total_of_the_month_so_far_forgets_the_week_before_where_a_month_begins() -> None:
    index = pd.date_range("2022-01-03", periods=260, freq="7D")
    dated = dated_terms(index)
    begins = month_begins(dated)
    assert begins is not None
    assert month_begins(dated_terms(pd.RangeIndex(260))) is None
    rng = np.random.default_rng(3)
    total = np.zeros(260)
    for week in range(260):
        total[week] = 5 + rng.standard_normal() + (0 if begins[week] else total[week - 1])

    response = build(prepare("total", total), 52.18, dates=dated)

    assert "forgotten with the month, last" in response.names
    assert residual(response) < 1.1  # of the week's own news, 1


def residual(response: Response) -> float:
    """The standard deviation of what its own model leaves of a series."""
    values, shared = response.series.values[response.rows], response.shared[response.rows]
    return float(np.std(values - shared @ np.linalg.lstsq(shared, values, rcond=None)[0]))
