"""The parts of a change as a waterfall: each bar begins where the one above it ended."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from nsm.charts.axes import symbol
from nsm.charts.theme import (
    FAINT_STAND_IN,
    LABEL,
    TEXT_STAND_IN,
    Colour,
    chart_text,
    new_figure,
    stand_in,
)
from nsm.model import Better, Metric, Star
from nsm.why import SegmentSplit, Why
from nsm.words.segments import told_split
from nsm.words.why import signed, told_parts

ROW = 34
LONGEST_LABEL = 26
# Pixels for the figures at the right.
FIGURES = 76
LONGEST_EXPLAINED = 60


def waterfall(star: Star, why: Why) -> go.Figure:
    """The parts of a change, one below the other, and last the change that they add up to."""
    told = told_parts(star, why)
    return steps(star.metric(why.metric), told, why.change or 0.0, rest=why.rest is not None)


def split_steps(star: Star, split: SegmentSplit) -> go.Figure:
    """The same of a change by segment."""
    told = told_split(split)
    return steps(star.metric(split.metric), told, split.change or 0.0, rest=bool(split.rest))


def steps(
    metric: Metric, told: Sequence[tuple[str, float]], change: float, *, rest: bool
) -> go.Figure:
    """Sizes by name as bars, and the change; with ``rest`` the last of them is what is left."""
    figure = new_figure(ROW * (len(told) + 1) + 16)
    names = [*(name for name, _ in told), "The change"]
    sizes = [*(size for _, size in told), change]
    # Two metrics may have one name: bars stand at places, names are only written beside them.
    places = list(range(len(names)))
    up, down = (
        (Colour.GOOD, Colour.BAD) if metric.better is Better.UP else (Colour.BAD, Colour.GOOD)
    )
    start = 0.0
    for place, (name, size) in enumerate(zip(names, sizes, strict=True)):
        whole = place == places[-1]
        colour = Colour.STAR if whole else up if size >= 0 else down
        if rest and place == len(told) - 1:
            colour = Colour.PAST
        said, figures = signed(size, metric.unit), signed(size, symbol(metric.unit))
        figure.add_bar(
            x=[size],
            base=[0.0 if whole else start],
            y=[place],
            orientation="h",
            width=0.62,
            marker={"color": stand_in(colour), "line": {"width": 0}},
            hoverinfo="text",
            hovertext=[chart_text(f"{name}: {said}", LONGEST_EXPLAINED)],
        )
        # Beside the bars and not on them: there they would hide names on a small screen.
        figure.add_annotation(
            x=1,
            y=place,
            xref="paper",
            xanchor="left",
            xshift=6,
            text=f"<b>{chart_text(figures)}</b>" if whole else chart_text(figures),
            showarrow=False,
            font={"size": LABEL, "color": TEXT_STAND_IN},
        )
        start += 0.0 if whole else size
    _ends(figure, sizes, names)
    return figure


def _ends(figure: go.Figure, sizes: list[float], names: list[str]) -> None:
    """Axes with room for the figures beside them, and the line from which all is counted."""
    ends, at = [0.0, sizes[-1]], 0.0
    for size in sizes[:-1]:
        at += size
        ends.append(at)
    low, high = min(ends), max(ends)
    room = 0.04 * ((high - low) or 1.0)
    figure.update_layout(
        barmode="overlay",
        hovermode="closest",
        margin={"l": 4, "r": FIGURES, "t": 4, "b": 4},
        xaxis={"range": [low - room, high + room], "visible": False},
        yaxis={
            "range": [len(names) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": [chart_text(name, LONGEST_LABEL) for name in names],
            "tickfont": {"size": LABEL},
            "showgrid": False,
        },
    )
    figure.add_vline(x=0, line={"color": FAINT_STAND_IN, "width": 2})
