"""A short history as one SVG line, for places that allow no script and no chart library.

The line is stretched to the box it stands in (strokes keep their width), so text and round marks
are left to the HTML around it; ``Plot.across`` and ``down`` say where they go, in percent of the
box. Its colours are left to the style sheet, by class: one picture serves night and day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Range = tuple[float, float]

WIDTH, HEIGHT = 1000, 400
# A target farther away than this many times the height of the line itself would flatten the line.
FARTHEST_TARGET = 1.0


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a value stands: ``low`` and ``high`` of the box, and how many weeks share its width."""

    low: float
    high: float
    slots: int

    def across(self, slot: int) -> float:
        """The middle of a week's slot, in percent from the left."""
        return 100 * (slot + 0.5) / self.slots

    def down(self, value: float) -> float:
        """The height of a value, in percent from the top, kept inside the box."""
        share = (self.high - value) / (self.high - self.low)
        return 100 * min(max(share, 0.0), 1.0)

    def shows(self, value: float) -> bool:
        """Whether the value lies inside the box."""
        return self.low <= value <= self.high


def plot_for(
    values: Sequence[float | None],
    usual: Sequence[Range | None] = (),
    target: float | None = None,
    slots: int | None = None,
) -> Plot:
    """Which box shows these values, their usual ranges and, unless it is far away, the target."""
    known = [value for value in values if value is not None]
    known += [edge for edges in usual if edges for edge in edges]
    if not known:
        return Plot(0.0, 1.0, slots or max(len(values), 1))
    low, high = min(known), max(known)
    span = high - low
    if target is not None and low - FARTHEST_TARGET * span <= target <= high + (
        FARTHEST_TARGET * span
    ):
        low, high = min(low, target), max(high, target)
    # A constant line runs through the middle; huge values keep a box that is not empty.
    room = (high - low) * 0.12 or max(abs(high) * 0.05, 1e-9)
    return Plot(low - room, high + room, slots or max(len(values), 1))


def line_picture(
    plot: Plot,
    values: Sequence[float | None],
    *,
    kind: str = "line",
    usual: Sequence[Range | None] = (),
    target: float | None = None,
    running: bool = False,
    stroke: float = 5,
    alt: str = "",
) -> str:
    """The SVG of a line of weeks: usual ranges behind, target dashed, the running week hatched.

    ``kind`` is the class of the line ("line", "input"); the others are "range", "target" and
    "running". ``usual`` has the range of each week. ``running`` hatches the last slot: the week
    that is not over. Missing weeks are holes in the line. ``alt`` is what it shows, in words,
    escaped; without any it is decoration.
    """
    said = f'role="img" aria-label="{alt}"' if alt else 'aria-hidden="true"'
    parts = [f'<svg {said} viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">']
    if running:
        parts.append(_hatched(WIDTH * (plot.slots - 1) / plot.slots))
    parts += [f'<path class="range" d="{band}"/>' for band in _bands(plot, usual)]
    if target is not None and plot.shows(target):
        parts.append(
            f'<path class="target" d="M0 {_y(plot, target):.1f}H{WIDTH}" stroke-width="3" '
            'stroke-dasharray="14 10" fill="none" vector-effect="non-scaling-stroke"/>'
        )
    parts.append(
        f'<path class="{kind}" d="{path_of(plot, values)}" stroke-width="{stroke:g}" '
        'stroke-linejoin="round" stroke-linecap="round" fill="none" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    return "".join(parts)


def _hatched(left: float) -> str:
    """Slanted strokes over the last slot: a pattern would need a name that is used only once."""
    width = WIDTH - left
    strokes = "".join(
        f"M{left:.0f} {y}L{WIDTH} {y - width:.0f}" for y in range(0, HEIGHT + int(width), 24)
    )
    return (
        f'<path class="running" d="{strokes}" stroke-width="2" fill="none" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _y(plot: Plot, value: float) -> float:
    return plot.down(value) * HEIGHT / 100


def _bands(plot: Plot, usual: Sequence[Range | None]) -> list[str]:
    """The usual ranges as areas, one for each run of weeks that have one, half a slot wider."""
    half = WIDTH / plot.slots / 2
    bands, run = [], list[tuple[float, float, float]]()
    for slot, edges in enumerate([*usual, None]):
        if edges is not None:
            x = plot.across(slot) * WIDTH / 100
            run.append((x, _y(plot, edges[0]), _y(plot, edges[1])))
        elif run:
            run = [(run[0][0] - half, *run[0][1:]), *run, (run[-1][0] + half, *run[-1][1:])]
            there = "L".join(f"{x:.1f} {high:.1f}" for x, _, high in run)
            back = "L".join(f"{x:.1f} {low:.1f}" for x, low, _ in reversed(run))
            bands.append(f"M{there}L{back}Z")
            run = []
    return bands


def path_of(plot: Plot, values: Sequence[float | None]) -> str:
    """The line of the weeks as the ``d`` of a path."""
    steps: list[str] = []
    joined = False
    for slot, value in enumerate(values):
        if value is None or not math.isfinite(value):
            joined = False
            continue
        x, y = plot.across(slot) * WIDTH / 100, _y(plot, value)
        # A week between two holes would be no line at all: h0 with round ends is a dot.
        steps.append(f"{'L' if joined else 'M'}{x:.1f} {y:.1f}{'' if joined else 'h0'}")
        joined = True
    return "".join(steps)
