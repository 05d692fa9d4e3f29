"""Draws one half of the six-twelve picture: lines, targets, the usual range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as go

from nsm.charts.axes import honest_range, marks, month_ticks, symbol, week_ticks
from nsm.charts.halves import Half, Value
from nsm.charts.open_period import draw_open_period
from nsm.charts.theme import (
    BACKGROUND_STAND_IN,
    FAINT_STAND_IN,
    LABEL,
    SMALL,
    TEXT_STAND_IN,
    Colour,
    chart_text,
    stand_in,
)
from nsm.periods import month_start, months_later
from nsm.words.figures import month, number, week_of

MANY = 12
# Nearer than this share of the axis, two ends of lines leave no room for a label between them.
CROWDED = 0.15
# Half of a target's dash, as a share of the period that it is the target of.
DASH = 0.3


def usual_band(figure: go.Figure, known: Sequence[tuple[dt.date, float, float]], **on: str) -> None:
    """The usual range behind a line: where it is known, by date its low and its high end."""
    if len(known) < 2:
        return
    figure.add_scatter(
        x=[at for at, _, _ in [*known, *reversed(known)]],
        y=[*(high for _, _, high in known), *(low for _, low, _ in reversed(known))],
        mode="none",
        fill="toself",
        fillcolor=stand_in(Colour.PAST),
        opacity=0.2,
        hoverinfo="skip",
        name="Usual range",
        **on,
    )


@dataclass(slots=True)
class HalfDrawing:
    """Where a half goes: its figure, the suffix of its axes, its part of the width, its size."""

    figure: go.Figure
    half: Half
    axis: str
    domain: tuple[float, float]
    unit: str
    colour: Colour
    small: bool
    ends: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        band = [value for pair in self.half.usual if pair for value in pair]
        self.ends = honest_range([*self.half.now, *self.half.before, *self.half.targets, *band])

    @property
    def reach(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of the axis."""
        half = self.half
        end = half.open_at if half.open else half.starts[-1]
        room = half.length * (0.8 if len(half.starts) <= MANY else 1.5)
        return half.starts[0] - room, end + room

    @property
    def span(self) -> dt.timedelta:
        """How long the axis is."""
        return self.reach[1] - self.reach[0]

    def draw(self, lift: int) -> None:
        """Draw it all, the title ``lift`` pixels above the plot."""
        half = self.half
        self._usual_range()
        self._line(half.before, Colour.PAST, 2, "Last year", "a year before")
        self._line(half.now, self.colour, 2 if self.small else 3, "This year", "")
        self._targets()
        draw_open_period(
            self.figure, half, self.axis, self.unit, self.colour, self.ends, small=self.small
        )
        # A small picture stands below its number; a label would only cover its lines.
        if not self.small:
            self._last_value()
            self._name_last_year()
        self._place(lift)

    def _on(self) -> dict[str, str]:
        return {"xaxis": f"x{self.axis}", "yaxis": f"y{self.axis}"}

    def _line(
        self, values: Sequence[Value], colour: Colour, width: float, name: str, what: str
    ) -> None:
        if not any(value is not None for value in values):
            return
        many = len(values) > MANY
        size = 3 if many else 5 if self.small or colour is Colour.PAST else 7
        self.figure.add_scatter(
            x=self.half.starts,
            y=values,
            mode="lines+markers",
            line={"color": stand_in(colour), "width": width},
            marker={"size": size},
            hoverinfo="text",
            hovertext=self._hover(values, what),
            name=name,
            **self._on(),
        )

    def _usual_range(self) -> None:
        known = [
            (at, *pair)
            for at, pair in zip(self.half.starts, self.half.usual, strict=False)
            if pair is not None
        ]
        usual_band(self.figure, known, **self._on())

    def _targets(self) -> None:
        """Dashes as long as a part of their period: a phone keeps them apart."""
        half = self.half
        known = [n for n, value in enumerate(half.targets) if value is not None]
        if not known:
            return
        said, ends = self._hover(half.targets, "target"), (-DASH, 0.0, DASH)
        middles = [dt.datetime.combine(half.starts[n], dt.time()) for n in known]
        # After each dash a gap, which has to stand somewhere on the axis.
        self.figure.add_scatter(
            x=[middle + end * half.length for middle in middles for end in (*ends, DASH)],
            y=[value for n in known for value in (*[half.targets[n]] * len(ends), None)],
            mode="lines",
            line={"color": TEXT_STAND_IN, "width": 2},
            hoverinfo="text",
            hovertext=[said[n] for n in known for _ in (*ends, DASH)],
            name="Target",
            **self._on(),
        )

    def _last_value(self) -> None:
        last = _last(self.half.now)
        if last is None:
            return
        value, rival = self.half.now[last] or 0.0, self.half.before[last]
        earlier = self.half.now[last - 1] if last else None
        # On the side that the line does not come from, unless last year's line ends there.
        above = earlier is None or value >= earlier
        if rival is not None and abs(rival - value) < CROWDED * (self.ends[1] - self.ends[0]):
            above = value >= rival
        said = number(value, symbol(self.unit), short=True)
        anchor = "right" if len(self.half.starts) > MANY else "center"
        if anchor == "center" and earlier is not None and above != (value >= earlier):
            # Beside the line that comes from this side, not over it.
            anchor = "left"
        self._text(last, value, f"<b>{chart_text(said)}</b>", 15 if above else -15, LABEL, anchor)

    def _name_last_year(self) -> None:
        """Beside the grey line where it is farthest from the other, away from the last values."""
        half = self.half
        places = [n for n, value in enumerate(half.before) if value is not None]
        if not places:
            return
        early = [n for n in places if n <= len(half.starts) * 0.7] or places[:1]

        def apart(place: int) -> float:
            return (half.now[place] or 0.0) - (half.before[place] or 0.0)

        place = max(early, key=lambda n: abs(apart(n)) if half.now[n] is not None else 0.0)
        below = half.now[place] is None or apart(place) >= 0
        self._text(place, half.before[place], "last year", -13 if below else 13, SMALL)

    def _text(
        self, place: int, y: Value, text: str, shift: int, size: int, anchor: str = "center"
    ) -> None:
        self.figure.add_annotation(
            x=self.half.starts[place],
            y=y,
            xref=f"x{self.axis}",
            yref=f"y{self.axis}",
            text=text,
            showarrow=False,
            yshift=shift,
            xanchor=anchor,
            # A line that runs behind a label is cut, not written over.
            bgcolor=BACKGROUND_STAND_IN,
            borderpad=0,
            font={
                "size": size,
                "color": TEXT_STAND_IN if size == LABEL else stand_in(Colour.INPUT),
            },
        )

    def _place(self, lift: int) -> None:
        shown, texts = self._ticks()
        self.figure.update_layout(
            {
                f"xaxis{self.axis}": {
                    "domain": self.domain,
                    "anchor": f"y{self.axis}",
                    "range": self.reach,
                    "tickmode": "array",
                    "tickvals": shown,
                    "ticktext": texts,
                    "tickangle": 0,
                    "showline": True,
                    "linecolor": FAINT_STAND_IN,
                    "type": "date",
                },
                f"yaxis{self.axis}": {
                    "anchor": f"x{self.axis}",
                    "range": self.ends,
                    "tickmode": "array",
                    "side": "right" if self.axis else "left",
                    **marks(*self.ends, self.unit, 2 if self.small else 3),
                },
            }
        )
        self.figure.add_annotation(
            x=self.domain[0],
            y=1,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            yshift=lift,
            text=self.half.title,
            showarrow=False,
            font={"size": SMALL, "color": stand_in(Colour.INPUT)},
        )

    def _ticks(self) -> tuple[list[dt.date], list[str]]:
        """Which dates are written on the axis; the open period says how many days it holds."""
        half = self.half
        if half.grain == "month":
            # The open month needs its neighbours' room for "15 of 30 days".
            shown, texts = month_ticks(half.starts[:-2] if half.open else half.starts, 3)
        elif len(half.starts) > MANY:
            shown, texts = month_ticks(_months_within(half.starts), 3)
        else:
            # A phone has room for every second week, a small picture for the ends.
            every_second = half.starts[(len(half.starts) - 1) % 2 :: 2]
            ends = half.starts[:1] if half.open else (half.starts[0], half.starts[-1])
            shown = list(ends if self.small else every_second)
            texts = week_ticks(shown)
        if half.open is not None:
            shown = [*shown, half.open_at]
            texts = [*texts, f"{half.open.days} of {half.open.expected}<br>days"]
        return shown, texts

    def _hover(self, values: Sequence[Value], what: str) -> list[str]:
        half = self.half
        return [
            chart_text(
                f"{month(start, year=True) if half.grain == 'month' else week_of(start, year=True)}"
                f"{f', {what}' if what else ''}: {number(value, self.unit)}"
            )
            for start, value in zip(half.starts, values, strict=True)
        ]


def _months_within(starts: Sequence[dt.date]) -> list[dt.date]:
    first, last = months_later(starts[0], 1), month_start(starts[-1])
    found = [first]
    while found[-1] < last:
        found.append(months_later(found[-1], 1))
    return found


def _last(values: Sequence[Value]) -> int | None:
    return next((n for n in range(len(values) - 1, -1, -1) if values[n] is not None), None)
