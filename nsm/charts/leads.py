"""The lag profile: how much of the star goes with an input so many weeks before, and how sure.

Dots with the band that holds over all lags looked at; the lags of a found lead in the star's
colour, its start and its strongest week named, every other lag grey. The same week stands apart,
hollow: it is no lead.
"""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from nsm.charts.theme import (
    FAINT_STAND_IN,
    LABEL,
    SMALL,
    TEXT_STAND_IN,
    Colour,
    chart_text,
    new_figure,
    stand_in,
)
from nsm.words.findings import Finding
from nsm.words.leads import effect_in_words

HEIGHT = 320
LABELLED_LAGS = 13


def lag_profile(finding: Finding, profile: pd.DataFrame, same_week: pd.DataFrame) -> go.Figure:
    """The picture of one input: ``profile`` and ``same_week`` are its rows of the lead report."""
    figure = new_figure(HEIGHT)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 24, "b": 34}, hovermode="closest")
    scale = finding.step.size / finding.goal.size
    rows = pd.concat([same_week, profile])
    rows = rows.assign(**{name: rows[name] * scale for name in ("coefficient", "low", "high")})
    rows = rows[rows["coefficient"].notna()].sort_values("lag")
    lags = rows[rows["lag"] > 0]
    _draw_band(figure, lags)
    figure.add_hline(y=0, line={"color": TEXT_STAND_IN, "width": 1})
    figure.add_scatter(
        x=lags["lag"].tolist(),
        y=lags["coefficient"].tolist(),
        mode="lines",
        line={"color": stand_in(Colour.PAST), "width": 1.5},
        hoverinfo="skip",
    )
    _draw_dots(figure, finding, rows)
    _name(figure, finding, lags)
    _draw_axes(figure, finding, rows)
    return figure


def _draw_band(figure: go.Figure, lags: pd.DataFrame) -> None:
    figure.add_scatter(
        x=[*lags["lag"].tolist(), *lags["lag"].tolist()[::-1]],
        y=[*lags["high"].tolist(), *lags["low"].tolist()[::-1]],
        fill="toself",
        fillcolor=FAINT_STAND_IN,
        mode="none",
        hoverinfo="skip",
    )


def _draw_dots(figure: go.Figure, finding: Finding, rows: pd.DataFrame) -> None:
    """One mark a lag; those of the lead are filled in the star's colour."""
    low, high = finding.lags if finding.place and finding.lags else (0, -1)
    found = rows["lag"].between(low, high).to_numpy()
    peak = (rows["lag"] == finding.lag).to_numpy() & found
    colours = [stand_in(Colour.STAR if one else Colour.PAST) for one in found]
    figure.add_scatter(
        x=rows["lag"].tolist(),
        y=rows["coefficient"].tolist(),
        mode="markers",
        marker={
            "size": [15 if top else 11 if one else 8 for one, top in zip(found, peak, strict=True)],
            "color": colours,
            "symbol": ["circle-open" if lag == 0 else "circle" for lag in rows["lag"]],
            "line": {"width": 2, "color": colours},
        },
        customdata=[
            chart_text(effect_in_words(finding, *row), 160)
            for row in rows[["lag", "coefficient", "low", "high", "p_adjusted"]].to_numpy()
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _name(figure: go.Figure, finding: Finding, lags: pd.DataFrame) -> None:
    """Where the lead starts and where it is strongest, in words beside the marks."""
    if not finding.place or finding.lags is None or finding.lag is None:
        return
    at = dict(zip(lags["lag"], lags["coefficient"], strict=True))
    names = {finding.lags[0]: "starts", finding.lag: "strongest"}
    if finding.lags[0] == finding.lag:
        names = {finding.lag: "the lead"}
    for lag, said in names.items():
        if lag in at:
            below = at[lag] < 0
            figure.add_annotation(
                x=lag,
                y=at[lag],
                text=said,
                showarrow=False,
                yanchor="top" if below else "bottom",
                yshift=-11 if below else 11,
                font={"size": LABEL, "color": stand_in(Colour.STAR)},
            )


def _draw_axes(figure: go.Figure, finding: Finding, rows: pd.DataFrame) -> None:
    last = int(rows["lag"].max()) if len(rows) else 1
    every = max(1, math.ceil(last / LABELLED_LAGS))
    shown = list(range(every, last + 1, every))
    figure.update_xaxes(
        range=[-0.6, last + 0.6],
        tickvals=[0, *shown],
        ticktext=["same<br>week", *(str(lag) for lag in shown)],
        title={"text": "weeks before", "font": {"size": SMALL}, "standoff": 4},
    )
    bounds = [0.0, *rows["low"], *rows["high"]]
    ends = [bound for bound in bounds if math.isfinite(bound)]
    room = 0.12 * (max(ends) - min(ends) or 1.0)
    low, high = min(ends) - room, max(ends) + room
    places = axis_marks(low, high)
    figure.update_yaxes(
        range=[low, high],
        tickvals=places,
        ticktext=["0" if place == 0 else chart_text(finding.goal.said(place)) for place in places],
    )


def axis_marks(low: float, high: float, about: int = 5) -> list[float]:
    """Round places between the ends of an axis, zero among them when it lies inside."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= raw * 0.999)
    return [place * step for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
