"""The period that is not over yet: hollow, apart from the others, with what its days come to."""

from __future__ import annotations

import plotly.graph_objects as go

from nsm.charts.axes import symbol
from nsm.charts.halves import Half
from nsm.charts.theme import SMALL, Colour, chart_text, stand_in
from nsm.words.figures import number
from nsm.words.running import open_words

# From the edge of the picture to a mark whose value lies beyond it, as a share of the axis.
INSET = 0.07


def draw_open_period(
    figure: go.Figure,
    half: Half,
    axis: str,
    unit: str,
    colour: Colour,
    ends: tuple[float, float],
    *,
    small: bool,
) -> None:
    """Draw what is open of this half, if anything, on an axis that runs between ``ends``.

    Part of a week may lie far below whole ones: it then sits on the edge and points there.
    """
    partial = half.open
    if partial is None:
        return
    low, high = ends
    inset = INSET * (high - low)
    below, above = partial.value < low, partial.value > high
    said = number(partial.value, symbol(unit), short=True)
    figure.add_scatter(
        x=[half.open_at],
        y=[min(max(partial.value, low + inset), high - inset)],
        mode="markers" if small else "markers+text",
        text=[chart_text(said)],
        textposition="bottom center" if above else "top center",
        textfont={"size": SMALL},
        # On a narrow screen the value is wider than its frame.
        cliponaxis=False,
        marker={
            "symbol": "triangle-down-open"
            if below
            else "triangle-up-open"
            if above
            else "circle-open",
            "size": 8 if small else 11,
            "color": stand_in(colour),
            "line": {"width": 2},
        },
        hoverinfo="text",
        hovertext=[chart_text(open_words(partial, unit), longest=160)],
        name="Not complete",
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
    )
    figure.add_shape(
        type="rect",
        x0=half.open_at - half.length * 0.7,
        x1=half.open_at + half.length * 0.7,
        y0=0,
        y1=1,
        xref=f"x{axis}",
        yref=f"y{axis} domain",
        line={"width": 1, "dash": "dot", "color": stand_in(Colour.PAST)},
        layer="below",
    )
