"""The star beside one input: both on one time axis, and the shifted pair as a cloud of weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks, month_ticks
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
from nsm.model import Metric
from nsm.periods import month_start, months_later
from nsm.words.figures import number, week_of
from nsm.words.review import short_name
from nsm.words.series import RECENT_WEEKS

HEIGHT = 340
MOST_TICKS = 8
ROOM = dt.timedelta(days=4)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Star and input on one weekly index; ``shifted`` is the input ``lag`` weeks before each week.

    The index reaches ``lag`` weeks beyond the last known week of the star: there the input is
    known already and the star is not.
    """

    star: Metric
    other: Metric
    lag: int
    goal: pd.Series
    shifted: pd.Series

    @property
    def weeks(self) -> list[dt.date]:
        return [day.date() for day in pd.DatetimeIndex(self.goal.index)]

    @property
    def both(self) -> pd.DataFrame:
        """The weeks in which both are known."""
        return pd.DataFrame({"goal": self.goal, "shifted": self.shifted}).dropna()


def pair_of(weeks: pd.DataFrame, star: Metric, other: Metric, lag: int) -> Pair:
    """Star and shifted input from weekly values, one column a metric, on a regular index."""
    known = weeks[[star.key, other.key]].dropna(how="all")
    if not len(known):
        return Pair(star, other, lag, known[star.key], known[other.key])
    first, last = known.index[0], known.index[-1] + pd.Timedelta(weeks=lag)
    index = pd.date_range(first, last, freq="7D", unit="us")
    return Pair(
        star,
        other,
        lag,
        weeks[star.key].reindex(index),
        weeks[other.key].reindex(index).shift(lag),
    )


def indexed(pair: Pair) -> Pair | None:
    """Both with 100 at the first week that both know; None when one of them has no index."""
    both = pair.both
    if not len(both) or (both.iloc[0] <= 0).any():
        return None
    goal, shifted = (pair.goal, pair.shifted)
    return Pair(
        pair.star,
        pair.other,
        pair.lag,
        goal / both["goal"].iloc[0] * 100,
        shifted / both["shifted"].iloc[0] * 100,
    )


def together(pair: Pair, *, as_index: bool = False) -> go.Figure:
    """Both lines on one time axis: two scales in their colours, or one index."""
    figure = new_figure(HEIGHT)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 52, "b": 2})
    sides = ((pair.goal, pair.star, Colour.STAR), (pair.shifted, pair.other, Colour.INPUT))
    shared = honest_range([*_known(pair.goal), *_known(pair.shifted)]) if as_index else None
    for place, (series, metric, colour) in enumerate(sides):
        axis = "" if as_index or place == 0 else "2"
        unit = "" if as_index else metric.unit
        ends = shared or honest_range(_known(series))
        _line(figure, pair, series, metric, colour, axis, unit)
        figure.update_layout({f"yaxis{axis}": _scale(ends, unit, colour, as_index, axis)})
        _name(figure, series, metric, colour, place, pair.lag if place else 0)
    _time(figure, pair)
    return figure


def cloud(pair: Pair) -> go.Figure:
    """The star of each week over the input ``lag`` weeks before; the last quarter stands out."""
    both = pair.both
    figure = new_figure(HEIGHT)
    figure.update_layout(margin={"l": 2, "r": 8, "t": 30, "b": 2}, hovermode="closest")
    days = [day.date() for day in pd.DatetimeIndex(both.index)]
    recent = max(len(both) - RECENT_WEEKS, 0)
    for name, part, colour in (
        ("Earlier weeks", slice(None, recent), Colour.PAST),
        (f"Last {RECENT_WEEKS} weeks", slice(recent, None), Colour.STAR),
    ):
        figure.add_scatter(
            x=both["shifted"].iloc[part],
            y=both["goal"].iloc[part],
            mode="markers",
            marker={"size": 8, "color": stand_in(colour), "opacity": 0.8},
            hoverinfo="text",
            hovertext=[
                chart_text(
                    f"{week_of(at, year=True)}: {_said(pair.star, goal)}, {_said(pair.other, x)}"
                )
                for at, goal, x in zip(
                    days[part], both["goal"].iloc[part], both["shifted"].iloc[part], strict=True
                )
            ],
            name=name,
        )
    if len(both):
        on_the_right = both["shifted"].iloc[-1] > both["shifted"].median()
        figure.add_annotation(
            xanchor="right" if on_the_right else "left",
            x=both["shifted"].iloc[-1],
            y=both["goal"].iloc[-1],
            text=week_of(days[-1]),
            showarrow=False,
            yshift=14,
            bgcolor=BACKGROUND_STAND_IN,
            font={"size": SMALL, "color": TEXT_STAND_IN},
        )
    for axis, values, metric in (
        ("x", both["shifted"], pair.other),
        ("y", both["goal"], pair.star),
    ):
        ends = _snug(values)
        figure.update_layout(
            {f"{axis}axis": {"range": ends, "tickmode": "array", **marks(*ends, metric.unit, 4)}}
        )
    figure.update_xaxes(showline=True, linecolor=FAINT_STAND_IN)
    _corner(figure, f"↑ {_titled(pair.star, 0)}", "left", Colour.STAR)
    title = {"text": f"{_titled(pair.other, pair.lag)} →", "standoff": 6}
    figure.update_xaxes(title=title, title_font={"size": LABEL, "color": stand_in(Colour.INPUT)})
    return figure


def pair_rows(pair: Pair) -> pd.DataFrame:
    """The table behind both pictures: one row a week, exact values; ratios in per cent."""
    before = f" {pair.lag} weeks before" if pair.lag else ""
    star, other = _column(pair.star), f"{_column(pair.other)}{before}"
    return pd.DataFrame(
        {
            "Week": pair.weeks,
            star: pair.goal.to_numpy() * (100 if pair.star.is_percent else 1),
            other if other != star else f"{other} (input)": (
                pair.shifted.to_numpy() * (100 if pair.other.is_percent else 1)
            ),
        }
    )


def _column(metric: Metric) -> str:
    return f"{short_name(metric)}, %" if metric.is_percent else short_name(metric)


def _line(
    figure: go.Figure,
    pair: Pair,
    series: pd.Series,
    metric: Metric,
    colour: Colour,
    axis: str,
    unit: str,
) -> None:
    figure.add_scatter(
        x=pair.weeks,
        y=[None if not np.isfinite(value) else value for value in series],
        mode="lines+markers",
        line={"color": stand_in(colour), "width": 2.5 if colour is Colour.STAR else 1.75},
        marker={"size": 3},
        yaxis=f"y{axis}",
        hoverinfo="text",
        hovertext=[
            chart_text(f"{short_name(metric, 40)}, {week_of(at, year=True)}: {number(value, unit)}")
            for at, value in zip(pair.weeks, series, strict=True)
        ],
        name=chart_text(short_name(metric)),
    )


def _scale(
    ends: tuple[float, float], unit: str, colour: Colour, as_index: bool, axis: str
) -> dict[str, object]:
    found: dict[str, object] = {"range": ends, "tickmode": "array", **marks(*ends, unit, 4)}
    if not as_index:
        found["tickfont"] = {"color": stand_in(colour), "size": SMALL}
    if axis:
        found |= {"side": "right", "overlaying": "y", "showgrid": False}
    return found


def _name(
    figure: go.Figure, series: pd.Series, metric: Metric, colour: Colour, place: int, lag: int
) -> None:
    """Whose line it is, in its colour, above the end of the axis on which it is read."""
    # One above the other: on a phone they would meet in the middle.
    _corner(figure, _titled(metric, lag), "right" if place else "left", colour, 8 if place else 28)


def _titled(metric: Metric, lag: int) -> str:
    before = f", {lag} {'week' if lag == 1 else 'weeks'} before" if lag else ""
    return chart_text(f"{short_name(metric, 30)}{before}")


def _corner(figure: go.Figure, text: str, side: str, colour: Colour, above: int = 8) -> None:
    figure.add_annotation(
        x=0 if side == "left" else 1,
        y=1,
        xref="paper",
        yref="paper",
        xanchor=side,
        yanchor="bottom",
        yshift=above,
        text=f"<b>{text}</b>",
        showarrow=False,
        font={"size": LABEL, "color": stand_in(colour)},
    )


def _time(figure: go.Figure, pair: Pair) -> None:
    weeks = pair.weeks
    if not weeks:
        return
    time_axis(figure, weeks)
    known = np.flatnonzero(np.isfinite(pair.goal.to_numpy()))
    if pair.lag and known.size:
        figure.add_vrect(
            x0=weeks[known[-1]] + dt.timedelta(days=3),
            x1=weeks[-1] + ROOM,
            line_width=0,
            fillcolor=stand_in(Colour.PAST),
            opacity=0.15,
            layer="below",
        )


def time_axis(figure: go.Figure, weeks: Sequence[dt.date]) -> None:
    """An axis from the first to the last of some weeks, with as many months as fit."""
    months = _months(weeks[0], weeks[-1])
    every = max(1, -(-len(months) // MOST_TICKS))
    shown, texts = month_ticks(months, every) if months else ([weeks[0]], [week_of(weeks[0])])
    figure.update_xaxes(
        range=[weeks[0] - ROOM, weeks[-1] + ROOM],
        tickmode="array",
        tickvals=shown,
        ticktext=texts,
        tickangle=0,
        showline=True,
        linecolor=FAINT_STAND_IN,
        type="date",
    )


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    found = [months_later(first, 1) if first.day > 1 else first]
    while found[-1] < month_start(last):
        found.append(months_later(found[-1], 1))
    return [day for day in found if first <= day <= last]


def _snug(values: pd.Series) -> tuple[float, float]:
    """Ends that leave no empty corner: a cloud is read by its shape, not from zero."""
    known = _known(values)
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _known(values: Sequence[float] | pd.Series) -> list[float]:
    return [float(value) for value in values if np.isfinite(value)]


def _said(metric: Metric, value: float) -> str:
    return f"{short_name(metric, 30)} {number(value, metric.unit, short=True)}"
