"""The six-twelve picture: six weeks and twelve months side by side, the year before behind.

The unfinished week and month stand apart, hollow, and say how many days they hold; targets are
short dashes; annotations are numbered marks whose text stands below the picture; a change of
definition is a dashed line. A metric that is recorded by week has no months: its right half shows
52 weeks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from nsm.charts.drawing import HalfDrawing
from nsm.charts.halves import Half, halves_of
from nsm.charts.theme import (
    SMALL,
    TEXT_STAND_IN,
    Colour,
    new_figure,
    stand_in,
)
from nsm.model import Role, Target
from nsm.periods import month_start, week_start_of
from nsm.review import Review
from nsm.standing import Standing

HEIGHT, SMALL_HEIGHT = 320, 160
# Where the left half ends and the right one begins; the gap holds the right half's scale.
SPLIT, SMALL_SPLIT = (0.34, 0.42), (0.32, 0.46)
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated thing on the picture: an annotation by its number, or a dashed line without one."""

    date: dt.date
    number: int | None = None


def circled(number: int) -> str:
    """The sign of an annotation, on the picture and before its text: ①."""
    return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"


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
    figure.update_layout(margin={"l": 2, "r": 2, "t": 20 if small else 44, "b": 2})
    split = SMALL_SPLIT if small else SPLIT
    is_star = standing.metric.role is Role.NORTH_STAR
    for axis, half, domain in zip(
        ("", "2"),
        halves_of(standing, review, year, targets),
        ((0.0, split[0]), (split[1], 1.0)),
        strict=True,
    ):
        colour = Colour.STAR if is_star else Colour.INPUT
        HalfDrawing(figure, half, axis, standing.metric.unit, colour, small).draw(domain)
        _draw_marks(figure, axis, half, shown, week_start, inside=small)
    return figure


def _draw_marks(
    figure: go.Figure,
    axis: str,
    half: Half,
    shown: Sequence[Mark],
    week_start: int,
    *,
    inside: bool,
) -> None:
    """Signs at the period that holds their day, ``inside`` below the edge or above it."""
    places = {start: start for start in half.starts}
    if half.open is not None:
        places[half.open.start] = half.open_at
    signs: dict[dt.date, list[int]] = {}
    for mark in shown:
        monthly = half.grain == "month"
        start = month_start(mark.date) if monthly else week_start_of(mark.date, week_start)
        place = places.get(start)
        if place is None:
            continue
        if mark.number is None:
            _upright(figure, axis, place, "dash", Colour.UNKNOWN)
        else:
            signs.setdefault(place, []).append(mark.number)
    for place, numbers in signs.items():
        _upright(figure, axis, place, "dot", Colour.PAST)
        figure.add_annotation(
            x=place,
            y=1,
            xref=f"x{axis}",
            yref=f"y{axis} domain",
            yanchor="top" if inside else "bottom",
            text=_joined(sorted(numbers)),
            showarrow=False,
            font={"size": SMALL + 3, "color": TEXT_STAND_IN},
        )


def _joined(numbers: list[int]) -> str:
    if len(numbers) <= 2:
        return "".join(circled(number) for number in numbers)
    return f"{circled(numbers[0])}…{circled(numbers[-1])}"


def _upright(figure: go.Figure, axis: str, place: dt.date, dash: str, colour: Colour) -> None:
    figure.add_shape(
        type="line",
        x0=place,
        x1=place,
        y0=0,
        y1=1,
        xref=f"x{axis}",
        yref=f"y{axis} domain",
        line={"dash": dash, "width": 1.5 if dash == "dash" else 1, "color": stand_in(colour)},
        layer="below",
    )
