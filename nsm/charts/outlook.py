"""The weeks ahead as a fan: what was, what is expected, and between which values it may lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks, symbol
from nsm.charts.theme import SMALL, TEXT_STAND_IN, Colour, chart_text, new_figure, stand_in
from nsm.model import Metric
from nsm.outlook import Outlook
from nsm.periods import WEEK
from nsm.words.figures import day, number, week_of
from nsm.words.outlook import NEAR, WIDE

HEIGHT = 220
SHOWN_WEEKS = 26
SHADES = {WIDE: 0.14, NEAR: 0.24}


def fan(metric: Metric, past: pd.Series, outlook: Outlook) -> go.Figure:
    """Half a year of weeks and the outlook; ``past`` are the metric's weeks by first day."""
    figure = new_figure(HEIGHT)
    shown = past.iloc[-SHOWN_WEEKS:]
    days = [day.date() for day in shown.index]
    values = [float(value) if np.isfinite(value) else None for value in shown.to_numpy(float)]
    begin, start = days[-1], values[-1]
    for level, shade in SHADES.items():
        ends = [begin, *outlook.weeks]
        high = [start, *outlook.high[level]]
        low = [start, *outlook.low[level]]
        figure.add_scatter(
            x=[*ends, *reversed(ends)],
            y=[*high, *reversed(low)],
            mode="none",
            fill="toself",
            fillcolor=stand_in(Colour.STAR),
            opacity=shade,
            hoverinfo="skip",
            name=f"{level * 100:.0f} % range",
        )
    _line(figure, metric, [begin, *outlook.weeks], [start, *outlook.values], "dot", "expected")
    _line(figure, metric, days, values, "solid", "")
    _axes(figure, metric, [*days, *outlook.weeks], values, outlook)
    return figure


def _line(
    figure: go.Figure,
    metric: Metric,
    days: Sequence[dt.date],
    values: Sequence[float | None],
    dash: str,
    what: str,
) -> None:
    figure.add_scatter(
        x=list(days),
        y=list(values),
        mode="lines",
        line={"color": stand_in(Colour.STAR), "width": 2.5, "dash": dash},
        hoverinfo="text",
        hovertext=[
            chart_text(
                f"{week_of(day, year=True)}{f', {what}' if what else ''}: "
                f"{number(value, metric.unit)}"
            )
            for day, value in zip(days, values, strict=True)
        ],
        name=what or "Weeks",
    )


def _axes(
    figure: go.Figure,
    metric: Metric,
    days: Sequence[dt.date],
    values: Sequence[float | None],
    outlook: Outlook,
) -> None:
    ends = honest_range([*values, *outlook.low[WIDE], *outlook.high[WIDE]])
    last, step = outlook.weeks[-1], max(1, len(days) // 6)
    ticks = list(days[::step])
    figure.update_layout(
        margin={"l": 4, "r": 8, "t": 8, "b": 8},
        xaxis={
            "range": [days[0] - WEEK / 2, last + WEEK / 2],
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [day(tick, weekday=False) for tick in ticks],
            "tickangle": 0,
            "type": "date",
        },
        yaxis={"range": ends, "tickmode": "array", **marks(*ends, metric.unit, 3)},
    )
    place = len(outlook.weeks) - 1
    for edge, shift in ((outlook.high[NEAR], "bottom"), (outlook.low[NEAR], "top")):
        figure.add_annotation(
            x=last,
            y=min(max(edge[place], ends[0]), ends[1]),
            text=chart_text(number(edge[place], symbol(metric.unit), short=True)),
            showarrow=False,
            xanchor="right",
            yanchor=shift,
            font={"size": SMALL, "color": TEXT_STAND_IN},
        )
