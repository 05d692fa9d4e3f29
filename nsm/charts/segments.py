"""The parts of a metric side by side: a line each, named at its end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks
from nsm.charts.inputs import HEIGHT, time_axis
from nsm.charts.theme import LABEL, TEXT_STAND_IN, Colour, chart_text, new_figure, stand_in
from nsm.segments import BySegment
from nsm.words.figures import number, week_of
from nsm.words.segments import part_name

# One colour means an input; lines that cross are told apart by their dashes, as on paper.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MOST_LINES = len(DASHES)
LONGEST_LABEL = 15
NAMES = 128  # pixels at the right
# The least distance of two names, as a share of the picture's height.
APART = 0.065
WEEK = "Week"


def side_by_side(by: BySegment, values: pd.DataFrame, *, as_index: bool = False) -> go.Figure:
    """The weeks of these parts on one axis; ``values`` may be an index of ``by.values``."""
    figure = new_figure(HEIGHT)
    figure.update_layout(margin={"l": 2, "r": NAMES, "t": 12, "b": 2})
    unit = "" if as_index else by.metric.unit
    weeks = [day.date() for day in pd.DatetimeIndex(values.index)]
    ends = honest_range(values.to_numpy()[np.isfinite(values.to_numpy())].tolist())
    for dash, part in zip(DASHES, values.columns, strict=False):
        figure.add_scatter(
            x=weeks,
            y=[value if np.isfinite(value) else None for value in values[part]],
            mode="lines",
            line={"color": stand_in(Colour.INPUT), "width": 2, "dash": dash},
            hoverinfo="text",
            hovertext=[
                chart_text(f"{part_name(part)}, {week_of(at, year=True)}: {number(value, unit)}")
                for at, value in zip(weeks, values[part], strict=True)
            ],
            name=chart_text(part_name(part)),
        )
    _names(figure, values, ends)
    figure.update_yaxes(range=ends, tickmode="array", **marks(*ends, unit, 4))
    time_axis(figure, weeks)
    return figure


def indexed_parts(values: pd.DataFrame) -> pd.DataFrame | None:
    """Every part with 100 in the first week in which all are above zero; None without one."""
    whole = values[(values > 0).all(axis=1)]
    return values / whole.iloc[0] * 100 if len(whole) else None


def part_rows(values: pd.DataFrame, *, percent: bool) -> pd.DataFrame:
    """The table behind the lines: one row a week, one column a part; ratios in per cent."""
    shown = values * (100 if percent else 1)
    weeks = [day.date() for day in pd.DatetimeIndex(values.index)]
    # A part may be called as the first column is.
    names = {part: f"{part} (part)" if part == WEEK else part for part in shown}
    return pd.DataFrame({WEEK: weeks, **{names[part]: shown[part].to_numpy() for part in shown}})


def spread(heights: Sequence[float], apart: float = APART) -> list[float]:
    """Places between 0 and 1 as near to these as can be, none nearer to another than ``apart``."""
    order = np.argsort(heights, kind="stable")
    placed = np.array(heights, dtype=float)[order]
    apart = min(apart, 1 / max(len(placed) - 1, 1))
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + apart)
    if len(placed):
        placed[-1] = min(placed[-1], 1.0)
    for place in range(len(placed) - 2, -1, -1):
        placed[place] = min(placed[place], placed[place + 1] - apart)
    found = np.empty(len(placed))
    found[order] = placed
    return [float(one) for one in found]


def _names(figure: go.Figure, values: pd.DataFrame, ends: tuple[float, float]) -> None:
    """The name of each line at its end, moved where names would meet."""
    last = [(str(part), known.iloc[-1]) for part in values if len(known := values[part].dropna())]
    heights = [(value - ends[0]) / (ends[1] - ends[0]) for _, value in last]
    for (part, _), height in zip(last, spread(heights), strict=True):
        figure.add_annotation(
            x=1,
            y=height,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="middle",
            xshift=6,
            text=chart_text(part, LONGEST_LABEL),
            showarrow=False,
            font={"size": LABEL, "color": TEXT_STAND_IN},
        )
