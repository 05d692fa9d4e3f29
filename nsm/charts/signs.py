"""Dated things on a picture: numbered annotations, and dashed lines where a meaning changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from nsm.charts.halves import Half
from nsm.charts.theme import SMALL, TEXT_STAND_IN, Colour, stand_in
from nsm.periods import month_start, week_start_of

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# Signs that would meet on a phone stand in rows above each other, at most so many.
MOST_ROWS = 3
ROW_HEIGHT = 17
SIGN_SIZE = SMALL + 3
# The plot of a picture on the narrowest screen, in pixels, scales and margins left away.
NARROWEST = 240


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated thing on the picture: an annotation by its number, or a dashed line without one."""

    date: dt.date
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """The marks of one half where they stand: numbers by place, with their row; dashed lines."""

    numbers: Mapping[dt.date, list[int]]
    rows: Mapping[dt.date, int]
    changes: tuple[dt.date, ...]

    @property
    def height(self) -> int:
        """How many rows of signs there are."""
        return max(self.rows.values(), default=-1) + 1


def circled(number: int) -> str:
    """The sign of an annotation, on the picture and before its text: ①."""
    return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"


def signs_of(
    half: Half, shown: Sequence[Mark], week_start: int, width: float, span: dt.timedelta
) -> Signs:
    """Which marks stand where on a half that takes ``width`` of the picture and shows ``span``."""
    places = {start: start for start in half.starts}
    if half.open is not None:
        places[half.open.start] = half.open_at
    numbers: dict[dt.date, list[int]] = {}
    changes = []
    for mark in shown:
        monthly = half.grain == "month"
        place = places.get(
            month_start(mark.date) if monthly else week_start_of(mark.date, week_start)
        )
        if place is None:
            continue
        if mark.number is None:
            changes.append(place)
        else:
            numbers.setdefault(place, []).append(mark.number)
    pixel = span / (width * NARROWEST)
    widths = {place: len(_joined(there)) * SIGN_SIZE * pixel for place, there in numbers.items()}
    return Signs(numbers, _rows(widths), tuple(changes))


def draw_signs(figure: go.Figure, axis: str, signs: Signs, *, inside: bool) -> None:
    """Signs above the edge of the half, or ``inside`` below it, each on its upright line."""
    for place in signs.changes:
        _upright(figure, axis, place, "dash", Colour.UNKNOWN)
    for place, numbers in signs.numbers.items():
        _upright(figure, axis, place, "dot", Colour.PAST)
        figure.add_annotation(
            x=place,
            y=1,
            xref=f"x{axis}",
            yref=f"y{axis} domain",
            yanchor="top" if inside else "bottom",
            yshift=signs.rows[place] * ROW_HEIGHT * (-1 if inside else 1),
            text=_joined(sorted(numbers)),
            showarrow=False,
            borderpad=0,
            font={"size": SIGN_SIZE, "color": TEXT_STAND_IN},
        )


def _rows(widths: Mapping[dt.date, dt.timedelta]) -> dict[dt.date, int]:
    """The lowest row in which each sign has room beside the one before it."""
    found: dict[dt.date, int] = {}
    last: list[dt.date | None] = [None] * MOST_ROWS

    def overlap(place: dt.date, row: int) -> dt.timedelta:
        before = last[row]
        if before is None:
            return dt.timedelta(0)
        room = (widths[before] + widths[place]) / 2
        return max(room - (place - before), dt.timedelta(0))

    for place in sorted(widths):
        row = min(range(MOST_ROWS), key=lambda n: overlap(place, n))
        found[place], last[row] = row, place
    return found


def _joined(numbers: Sequence[int]) -> str:
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
