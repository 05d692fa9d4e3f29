"""The lag profile as one SVG file to paste: its sentence above it, its promise below.

Drawn by hand, since Plotly needs a browser to make a file; in the colours of daylight, on white.
"""

from __future__ import annotations

import math
import textwrap
from html import escape

import pandas as pd

from nsm.charts.leads import axis_marks
from nsm.charts.theme import FAINT, PALETTE, TEXT, Colour
from nsm.leads import LeadReport
from nsm.model import Star
from nsm.words.findings import Finding
from nsm.words.leads import profile_key, promise, scope, sentence

WIDTH, LEFT, RIGHT, TOP, PLOT, LINE = 960, 96, 24, 24, 300, 22
COLOUR, INK, PALE = PALETTE["light"], TEXT["light"], FAINT["light"]


def lead_svg(
    star: Star, finding: Finding, profile: pd.DataFrame, same_week: pd.DataFrame, report: LeadReport
) -> str:
    """The picture of one input: ``profile`` and ``same_week`` are its rows of the lead report."""
    scale = finding.step.size / finding.goal.size
    rows = pd.concat([same_week, profile])
    rows = rows[rows["coefficient"].notna()].sort_values("lag")
    points = [
        (int(lag), float(size) * scale, float(low) * scale, float(high) * scale)
        for lag, size, low, high in rows[["lag", "coefficient", "low", "high"]].to_numpy()
    ]
    head = textwrap.wrap(sentence(star, finding, report.weeks), 92)
    note = f"{profile_key(star, finding)} {star.name}, {scope(report)}. {promise(report.alpha)}"
    note += " “Leads” means prediction, not cause." + (" Simulated data." * star.simulated)
    foot = textwrap.wrap(note, 128)
    top = TOP + LINE * len(head) + 16
    height = top + PLOT + 56 + 17 * len(foot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="system-ui, sans-serif" fill="{INK}">',
        f"<title>{escape(' '.join(head))}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_lines(head, TOP + 12, LINE, 17, "600"),
        *_plot(finding, points, top),
        *_lines(foot, top + PLOT + 60, 17, 12.5, "400"),
        "</svg>",
    ]
    return "\n".join(parts)


def _lines(texts: list[str], first: float, step: float, size: float, weight: str) -> list[str]:
    return [
        f'<text x="{RIGHT}" y="{first + place * step:g}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
        for place, text in enumerate(texts)
    ]


def _plot(finding: Finding, points: list[tuple[int, float, float, float]], top: float) -> list[str]:
    ends = [0.0, *(value for point in points for value in point[1:] if math.isfinite(value))]
    room = 0.08 * (max(ends) - min(ends) or 1.0)
    low, high = min(ends) - room, max(ends) + room
    last = max((point[0] for point in points), default=1)

    def x(lag: float) -> float:
        return LEFT + (lag + 0.6) / (last + 1.2) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * PLOT

    parts = []
    for place in axis_marks(low, high):
        said = "0" if place == 0 else finding.goal.said(place)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(place):.1f}" y2="{y(place):.1f}" '
            f'stroke="{INK if place == 0 else PALE}"/>'
            f'<text x="{LEFT - 8}" y="{y(place) + 4:.1f}" font-size="12.5" text-anchor="end">'
            f"{escape(said)}</text>"
        )
    lags = [point for point in points if point[0] > 0 and all(map(math.isfinite, point[1:]))]
    outline = [(lag, up) for lag, _, _, up in lags] + [
        (lag, down) for lag, _, down, _ in lags[::-1]
    ]
    corners = " ".join(f"{x(lag):.1f},{y(value):.1f}" for lag, value in outline)
    parts.insert(0, f'<polygon points="{corners}" fill="{PALE}"/>')
    for lag, value, _, _ in points:
        within = finding.place and finding.lags and finding.lags[0] <= lag <= finding.lags[1]
        colour = COLOUR[Colour.STAR if within and lag else Colour.PAST]
        size = 8 if within and lag == finding.lag else 5
        fill = colour if lag else "#ffffff"
        parts.append(
            f'<circle cx="{x(lag):.1f}" cy="{y(value):.1f}" r="{size}" fill="{fill}" '
            f'stroke="{colour}" stroke-width="2"/>'
        )
    every = max(1, math.ceil(last / 13))
    for lag in [0, *range(every, last + 1, every)]:
        parts.append(
            f'<text x="{x(lag):.1f}" y="{top + PLOT + 18}" font-size="12.5" text-anchor="middle">'
            f"{lag or 'same week'}</text>"
        )
    parts.append(
        f'<text x="{WIDTH - RIGHT}" y="{top + PLOT + 36}" font-size="12.5" text-anchor="end">'
        "weeks before</text>"
    )
    return parts
