"""The closer look at one input of the Leads page: nothing is computed before it is opened."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from nsm.charts.closer import whitened_bars, with_and_without
from nsm.leads import fit_detail
from nsm.leads.badges import forecasts, stability, usefulness
from nsm.leads.checks import residual_checks, summary_text
from nsm.leads.setting import Setting
from nsm.leads.whitened import cross_correlation
from nsm.ui.leads import Scan, scan_at
from nsm.ui.replay import replayed
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.closer import (
    FIT_KEY,
    GAIN_KEY,
    PICTURE_NOT_TEST,
    TOO_SHORT,
    WHITENED_KEY,
    check_sentence,
    forecasts_alt,
    gain_sentence,
    gain_technical,
    halves_sentence,
    halves_table,
    halves_technical,
    technical,
    whitened_alt,
)


def best_lag(scan: Scan, key: str) -> int:
    """The lag to look at first: that of the lead, else the least likely to be chance."""
    one = scan.finding(key)
    if one.place and one.lag:
        return one.lag
    rows = scan.report.profile[scan.report.profile["input"] == key].dropna(subset=["t"])
    if not len(rows):
        return 1
    return int(rows["lag"].to_numpy()[rows["t"].abs().to_numpy().argmax()])


@replayed
def draw_whitened(star_key: str, version: int, today: dt.date, setting: Setting, key: str) -> None:
    """The prewhitened cross-correlation of one input."""
    scan = scan_at(star_key, version, today, setting)
    one = scan.finding(key)
    found = cross_correlation(scan.report, key)
    known = zip(found.lags, found.correlation, found.bound, strict=True)
    outside = [int(lag) for lag, size, edge in known if abs(size) > edge]
    st.markdown(f"**{plain(PICTURE_NOT_TEST)}**")
    st.plotly_chart(
        whitened_bars(found),
        key="whitened",
        config=CHART_CONFIG,
        alt=whitened_alt(scan.star, one, outside),
    )
    st.caption(plain(WHITENED_KEY, 600))


@replayed
def draw_fit(
    star_key: str, version: int, today: dt.date, setting: Setting, key: str, lag: int
) -> None:
    """The fit behind one dot as statsmodels prints it, and what it leaves over."""
    scan = scan_at(star_key, version, today, setting)
    fit = fit_detail(scan.report, key, lag)
    for check in residual_checks(fit):
        mark = ":material/check:" if check.fine else ":material/priority_high:"
        st.markdown(f"{mark} {plain(check_sentence(check))}  \n:small[{plain(technical(check))}]")
    st.code(summary_text(fit), language=None)
    st.caption(plain(FIT_KEY, 600))


@replayed
def draw_halves(
    star_key: str, version: int, today: dt.date, setting: Setting, key: str, lag: int
) -> None:
    """The effect in the first and in the second half of the history."""
    scan = scan_at(star_key, version, today, setting)
    one, working = scan.finding(key), scan.report.working
    low, high = one.lags if one.place and one.lags and one.lag == lag else (lag, lag)
    stable = stability(working.response, scan.series(key), low, high)
    if stable is None:
        st.markdown(plain(TOO_SHORT))
        return
    weeks = [pd.Timestamp(week).date() for week in working.index]
    st.markdown(plain(halves_sentence(one, stable, weeks[stable.place])))
    st.dataframe(
        halves_table(one, stable, weeks, stable.half),
        hide_index=True,
        alt="The effect in each half of the history, and where it may lie.",
    )
    st.caption(plain(halves_technical(stable)))


@replayed
def draw_gain(
    star_key: str, version: int, today: dt.date, setting: Setting, key: str, lag: int
) -> None:
    """What knowing the input would have been worth for forecasts, as a figure and as a picture."""
    scan = scan_at(star_key, version, today, setting)
    one, working = scan.finding(key), scan.report.working
    series = scan.series(key)
    useful = usefulness(working.response, series, lag)
    made = forecasts(working.response, series, lag)
    st.markdown(plain(gain_sentence(scan.star, one, useful)))
    if useful is None or made is None:
        return
    weeks = [pd.Timestamp(working.index[row]).date() for row in made.rows]
    st.plotly_chart(
        with_and_without(scan.as_known(made), weeks, scan.star.star_metric),
        key="gain_picture",
        config=CHART_CONFIG,
        alt=forecasts_alt(scan.star, one, len(weeks)),
    )
    st.caption(plain(f"{GAIN_KEY} {gain_technical(useful)}.", 400))
