"""The six-twelve picture: six weeks and twelve months side by side, the year before behind.

The unfinished week and month stand apart, hollow, and say how many days they hold; targets are
short dashes; annotations are numbered marks whose text stands below the picture; a change of
definition is a dashed line. A metric that is recorded by week has no months: its right half shows
52 weeks. Each half has its scale at its outer side, so that none stands in the other's way.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from nsm.charts.drawing import HalfDrawing
from nsm.charts.halves import halves_of
from nsm.charts.signs import ROW_HEIGHT, Mark, circled, draw_signs, signs_of
from nsm.charts.theme import Colour, new_figure
from nsm.model import Role, Target
from nsm.review import Review
from nsm.standing import Standing

__all__ = ["Mark", "circled", "six_twelve"]

HEIGHT, SMALL_HEIGHT = 320, 160
# Where the left half ends and the right one begins.
SPLIT, SMALL_SPLIT = (0.35, 0.42), (0.36, 0.44)
# Titles stand above the signs; a small picture has its signs inside.
TITLE_ROOM, SMALL_TITLE_ROOM = 20, 18


def six_twelve(
    standing: Standing,
    review: Review,
    year: pd.Series,
    targets: Sequence[Target] = (),
    shown: Sequence[Mark] = (),
    week_start: int = 0,
    *,
    small: bool = False,
) -> go.Figure:
    """The picture of one metric for the week under review; ``year`` as in ``halves_of``."""
    figure = new_figure(SMALL_HEIGHT if small else HEIGHT)
    left, right = SMALL_SPLIT if small else SPLIT
    colour = Colour.STAR if standing.metric.role is Role.NORTH_STAR else Colour.INPUT
    drawings = [
        HalfDrawing(figure, half, axis, domain, standing.metric.unit, colour, small)
        for half, axis, domain in zip(
            halves_of(standing, review, year, targets),
            ("", "2"),
            ((0.0, left), (right, 1.0)),
            strict=True,
        )
    ]
    signs = [
        signs_of(one.half, shown, week_start, one.domain[1] - one.domain[0], one.span)
        for one in drawings
    ]
    rows = 1 if small else max(1, *(one.height for one in signs))
    lift = 2 if small else 7 + ROW_HEIGHT * rows
    figure.update_layout(
        margin={"l": 2, "r": 2, "t": lift + (SMALL_TITLE_ROOM if small else TITLE_ROOM), "b": 2},
        height=figure.layout.height + ROW_HEIGHT * (rows - 1),
    )
    for drawing, marks in zip(drawings, signs, strict=True):
        drawing.draw(lift)
        draw_signs(figure, drawing.axis, marks, inside=small)
    return figure
