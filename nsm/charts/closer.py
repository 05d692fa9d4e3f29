"""Pictures of the closer look: the prewhitened cross-correlation, forecasts with and without."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks
from nsm.charts.theme import (
    BACKGROUND_STAND_IN,
    FAINT_STAND_IN,
    LABEL,
    SMALL,
    TEXT_STAND_IN,
    Colour,
    chart_text,
    new_figure,
    stand_in,
)
from nsm.leads.badges import Forecasts
from nsm.leads.whitened import Whitened
from nsm.model import Metric
from nsm.words.closer import bar_words
from nsm.words.figures import number, week_of

HEIGHT = 260
LABELLED = 13


def whitened_bars(found: Whitened) -> go.Figure:
    """One bar a shift; those outside the band in the colour of inputs, all others grey."""
    figure = new_figure(HEIGHT)
    known = ~np.isnan(found.correlation)
    lags, size = found.lags[known].tolist(), found.correlation[known].tolist()
    bound = found.bound[known].tolist()
    figure.update_layout(margin={"l": 4, "r": 4, "t": 26, "b": 34}, hovermode="closest")
    figure.add_scatter(
        x=[*lags, *lags[::-1]],
        y=[*bound, *(-one for one in bound[::-1])],
        fill="toself",
        fillcolor=FAINT_STAND_IN,
        mode="none",
        hoverinfo="skip",
    )
    outside = [abs(one) > edge for one, edge in zip(size, bound, strict=True)]
    figure.add_bar(
        x=lags,
        y=size,
        width=0.45,
        marker={"color": [stand_in(Colour.INPUT if out else Colour.PAST) for out in outside]},
        customdata=[chart_text(bar_words(*one)) for one in zip(lags, size, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": TEXT_STAND_IN, "width": 1})
    last = int(found.lags[-1])
    every = max(1, -(-2 * last // LABELLED))
    shown = sorted({sign * lag for lag in range(every, last + 1, every) for sign in (-1, 1)})
    figure.update_xaxes(
        range=[-last - 0.6, last + 0.6],
        tickvals=[*shown, 0],
        ticktext=[*(str(abs(lag)) for lag in shown), "same<br>week"],
    )
    reach = 1.15 * max([0.3, *map(abs, size), *bound])
    figure.update_yaxes(range=[-reach, reach], **marks(-reach, reach, ""))
    for side, said in ((0.0, "star first, weeks before"), (1.0, "input first, weeks before")):
        figure.add_annotation(
            text=said,
            x=side,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="left" if side == 0 else "right",
            yanchor="bottom",
            showarrow=False,
            font={"size": SMALL},
        )
    return figure


def with_and_without(made: Forecasts, weeks: Sequence[dt.date], star: Metric) -> go.Figure:
    """The star as it was, and as it would have been forecast, knowing the input and without it."""
    figure = new_figure(HEIGHT)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 26, "b": 24})
    lines = (
        (made.alone, Colour.PAST, "dot", "without"),
        (made.beside, Colour.INPUT, "dash", "with the input"),
        (made.actual, Colour.STAR, "solid", "as it was"),
    )
    for place, (values, colour, dash, said) in enumerate(lines):
        figure.add_scatter(
            x=list(weeks),
            y=values.tolist(),
            mode="lines",
            line={"color": stand_in(colour), "width": 2.5 if dash == "solid" else 2, "dash": dash},
            hovertext=[
                chart_text(f"{week_of(week)}: {number(float(value), star.unit)} {said}")
                for week, value in zip(weeks, values, strict=True)
            ],
            hoverinfo="text",
        )
        figure.add_annotation(
            text=chart_text({"dot": "┈ ", "dash": "╌ ", "solid": "━ "}[dash] + said),
            x=(1.0, 0.5, 0.0)[place],
            y=1,
            xref="paper",
            yref="paper",
            xanchor=("right", "center", "left")[place],
            yanchor="bottom",
            showarrow=False,
            bgcolor=BACKGROUND_STAND_IN,
            font={"size": LABEL, "color": stand_in(colour) if place else TEXT_STAND_IN},
        )
    low, high = honest_range([*made.actual, *made.alone, *made.beside])
    figure.update_yaxes(range=[low, high], **marks(low, high, star.unit))
    return figure
