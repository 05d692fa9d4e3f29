"""How the lead test is asked: what a setting does to the weeks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from nsm.leads.setting import Setting, prepare_weeks

WEEKS = pd.date_range("2024-01-01", periods=60, freq="7D", unit="us")
VALUES = pd.DataFrame(
    {
        "orders": np.linspace(100, 200, 60),
        "rate": np.linspace(0.2, 0.4, 60),
        "refunds": [0.0, *np.linspace(1, 9, 59)],
        "late": [np.nan] * 10 + [2.0] * 50,
    },
    index=WEEKS,
)


def test_the_usual_setting_leaves_everything_as_it_is():
    prepared = prepare_weeks(VALUES, Setting())

    pd.testing.assert_frame_equal(prepared.weeks, VALUES)
    assert (prepared.logged, prepared.exclude) == (frozenset(), ())
    assert prepared.transform == "values as given"
    assert Setting().season == 52.18
    assert Setting(seasonal=False).season is None


def test_a_window_holds_both_its_ends():
    prepared = prepare_weeks(
        VALUES, Setting(first=WEEKS[5].date(), last=WEEKS[20].date() + dt.timedelta(days=6))
    )

    assert list(prepared.weeks.index) == list(WEEKS[5:21])


def test_logarithms_only_where_every_week_that_counts_is_above_zero_and_never_of_a_share():
    every = prepare_weeks(VALUES, Setting(logs=True), ratios=["rate"])
    later = prepare_weeks(VALUES, Setting(logs=True, first=WEEKS[1].date()), ratios=["rate"])

    assert every.logged == {"orders", "late"}
    assert every.transform == "logarithms; values as given of rate, refunds"
    np.testing.assert_allclose(np.exp(every.weeks["orders"]), VALUES["orders"])
    pd.testing.assert_series_equal(every.weeks["refunds"], VALUES["refunds"])
    assert "refunds" in later.logged


def test_a_day_names_its_week_and_days_outside_name_none():
    days = [WEEKS[3].date() + dt.timedelta(days=4), WEEKS[3].date(), dt.date(2020, 1, 1)]
    days.append(WEEKS[-1].date() + dt.timedelta(days=7))

    assert prepare_weeks(VALUES, Setting(exclude=tuple(days))).exclude == (WEEKS[3],)


def test_an_empty_window_is_empty():
    setting = Setting(first=dt.date(2030, 1, 1), logs=True, exclude=(dt.date(2024, 1, 1),))

    prepared = prepare_weeks(VALUES, setting)

    assert len(prepared.weeks) == 0
    assert (prepared.logged, prepared.exclude) == (frozenset(), ())
