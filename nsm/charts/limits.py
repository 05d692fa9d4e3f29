"""What is usual for a metric week by week, and below it how far it moved and how far is usual."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks, month_ticks
from nsm.charts.drawing import usual_band
from nsm.charts.theme import (
    SMALL,
    Colour,
    chart_text,
    new_figure,
    stand_in,
)
from nsm.limits import Limits
from nsm.model import Metric, Role
from nsm.periods import WEEK, month_start
from nsm.signals import Moves
from nsm.words.figures import number, week_of
from nsm.words.locks import SHOWN_WEEKS

HEIGHT = 330
# The upper picture ends and the lower one begins, from the top as a share of the height.
UPPER, LOWER = (0.42, 1.0), (0.0, 0.28)
MOVED = "Moved since the week before"
MOVED_BEYOND = f"{MOVED}, beyond what its past explains"


def limits_chart(metric: Metric, now: Limits, then: Limits | None = None) -> go.Figure:
    """The last year of weeks within their usual ranges, and their moves below.

    ``then`` are the limits as somebody thinks of locking them: dashed lines over those that are.
    """
    figure = new_figure(HEIGHT)
    weeks = [stamp.date() for stamp in now.weeks.index[-SHOWN_WEEKS:]]
    colour = Colour.STAR if metric.role is Role.NORTH_STAR else Colour.INPUT
    usual = [now.usual_in(week) for week in weeks]
    planned = [None if then is None else then.usual_in(week) for week in weeks]
    values = [_known(value) for value in now.weeks.to_numpy(dtype=float)[-len(weeks) :]]
    known = zip(weeks, usual, strict=True)
    usual_band(figure, [(week, one.low, one.high) for week, one in known if one is not None])
    if then is not None:
        for side in ("low", "high"):
            _dashed(figure, weeks, [getattr(one, side, None) for one in planned], "")
    odd = [week for week in weeks if (then or now).signal_in(week).is_unusual]
    _weeks(figure, metric, colour, weeks, values, odd)
    ends = [end for one in (*usual, *planned) if one for end in (one.low, one.high)]
    found = (then or now).moves_to(weeks[-1])
    _moves(figure, metric, colour, weeks, found)
    moved = MOVED_BEYOND if found is not None and found.unexplained else MOVED
    _axes(figure, metric, weeks, honest_range([*values, *ends]), _highest(found, len(weeks)), moved)
    return figure


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _dashed(
    figure: go.Figure, weeks: Sequence[dt.date], values: Sequence[float | None], axis: str
) -> None:
    figure.add_scatter(
        x=list(weeks),
        y=list(values),
        mode="lines",
        line={"color": stand_in(Colour.UNKNOWN), "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
    )


def _weeks(
    figure: go.Figure,
    metric: Metric,
    colour: Colour,
    weeks: Sequence[dt.date],
    values: Sequence[float | None],
    odd: Sequence[dt.date],
) -> None:
    said = [
        chart_text(f"{week_of(week, year=True)}: {number(value, metric.unit)}")
        for week, value in zip(weeks, values, strict=True)
    ]
    figure.add_scatter(
        x=list(weeks),
        y=list(values),
        mode="lines+markers",
        line={"color": stand_in(colour), "width": 2},
        marker={"size": 4},
        hoverinfo="text",
        hovertext=said,
        name="Weeks",
    )
    at = dict(zip(weeks, values, strict=True))
    figure.add_scatter(
        x=list(odd),
        y=[at[week] for week in odd],
        mode="markers",
        marker={
            "symbol": "diamond-open",
            "size": 12,
            "color": stand_in(Colour.UNKNOWN),
            "line": {"width": 2},
        },
        hoverinfo="skip",
        name="Signals",
    )


def _moves(
    figure: go.Figure,
    metric: Metric,
    colour: Colour,
    weeks: Sequence[dt.date],
    found: Moves | None,
) -> None:
    if found is None:
        return
    sizes = [_known(size) for size in found.sizes[-len(weeks) :]]
    shown = weeks[-len(sizes) :]
    figure.add_bar(
        x=list(shown),
        y=sizes,
        marker={"color": stand_in(colour), "opacity": 0.75},
        hoverinfo="text",
        hovertext=[
            chart_text(f"{week_of(week, year=True)}, moved by {number(size, metric.unit)}")
            for week, size in zip(shown, sizes, strict=True)
        ],
        name="Moves",
        xaxis="x2",
        yaxis="y2",
    )
    _dashed(figure, shown, [found.limit] * len(shown), "2")


def _highest(found: Moves | None, weeks: int) -> float:
    if found is None:
        return 1.0
    sizes = found.sizes[-weeks:]
    return max(float(np.max(sizes[np.isfinite(sizes)], initial=0.0)), found.limit) * 1.15 or 1.0


def _axes(
    figure: go.Figure,
    metric: Metric,
    weeks: Sequence[dt.date],
    ends: tuple[float, float],
    highest: float,
    moved: str,
) -> None:
    months = sorted({month_start(week) for week in weeks[1:]} - {month_start(weeks[0])})
    shown, texts = month_ticks(months, 3) if months else ([], [])
    dates = {
        "range": [weeks[0] - WEEK / 2, weeks[-1] + WEEK / 2],
        "type": "date",
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": texts,
        "tickangle": 0,
    }
    figure.update_layout(
        margin={"l": 4, "r": 8, "t": 18, "b": 4},
        bargap=0.35,
        xaxis={**dates, "showticklabels": False, "anchor": "y"},
        xaxis2={**dates, "anchor": "y2", "matches": "x"},
        yaxis={
            "domain": UPPER,
            "range": ends,
            "tickmode": "array",
            **marks(*ends, metric.unit, 3),
        },
        yaxis2={
            "domain": LOWER,
            "range": [0, highest],
            "tickmode": "array",
            **marks(0.0, highest, metric.unit, 2),
        },
    )
    for top, text in ((UPPER[1], "Week by week"), (LOWER[1], moved)):
        figure.add_annotation(
            x=0,
            y=top,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            text=chart_text(text),
            showarrow=False,
            font={"size": SMALL, "color": stand_in(Colour.INPUT)},
        )
