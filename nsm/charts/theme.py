"""One colour a role, one template for every chart, and text that stays text.

Figures carry stand-in colours (``#000001`` ...), which Streamlit's front end replaces with the
theme's ``chartCategoricalColors`` of the viewer's light or dark mode: so one stored figure serves
both, and the colours live in one place, ``.streamlit/config.toml``, in the order of ``Colour``.
``painted`` does the same for a picture that leaves the dashboard.
"""

from __future__ import annotations

import json
import re
import unicodedata
from enum import StrEnum

import plotly.graph_objects as go


class Colour(StrEnum):
    """What a colour means; the same on every page."""

    STAR = "star"
    INPUT = "input"
    PAST = "past"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


# Blue, slate and grey differ in lightness, green-blue and vermilion in hue for every kind of
# colour-blindness (after Okabe & Ito 2008); text in these colours has a contrast over 4.5 : 1.
PALETTE: dict[str, dict[Colour, str]] = {
    "light": {
        Colour.STAR: "#0b62bd",
        Colour.INPUT: "#475569",
        Colour.PAST: "#aab2bf",
        Colour.GOOD: "#00775a",
        Colour.BAD: "#b84300",
        Colour.UNKNOWN: "#866400",
    },
    "dark": {
        Colour.STAR: "#5cb3ff",
        Colour.INPUT: "#c3ccd8",
        Colour.PAST: "#667080",
        Colour.GOOD: "#35c99c",
        Colour.BAD: "#ff8f52",
        Colour.UNKNOWN: "#e3bb4e",
    },
}
BACKGROUND = {"light": "#ffffff", "dark": "#0f1419"}
TEXT = {"light": "#1a2230", "dark": "#e8ecf2"}
FAINT = {"light": "#e6e9ee", "dark": "#2a323d"}

STAND_IN: dict[Colour, str] = {
    colour: f"#00000{place}" for place, colour in enumerate(Colour, start=1)
}
# Streamlit's own stand-ins: a strong grey for text, the page's background, a faint line.
TEXT_STAND_IN, BACKGROUND_STAND_IN, FAINT_STAND_IN = "#000037", "#000038", "#000039"

# Type sizes in pixels: marks and axes, direct labels.
SMALL, LABEL = 12, 13

LONGEST = 80
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A no-break space stays: it holds a number and its unit together.
_BLANKS = re.compile("[^\\S\N{NO-BREAK SPACE}]+")
_PSEUDO_HTML = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "#": "&#35;", "%": "&#37;"}
)


def stand_in(colour: Colour) -> str:
    """The colour to put into a figure for a role."""
    return STAND_IN[colour]


def chart_text(text: str, longest: int = LONGEST) -> str:
    """Any text as text inside a Plotly figure, on one line, with "…" when it is too long.

    Plotly reads ``<b>``, ``<a href>``, ``&...;`` in every label and ``%{...}`` in templates; the
    front end replaces stand-in colours everywhere. All of that is written as entities. Marks that
    turn the writing direction are dropped, or one name could turn its neighbours around.
    """
    visible = "".join(
        " " if unicodedata.category(char) in _UNSEEN else char
        for char in _TURNING.sub("", text[: longest * 20])
    )
    line = _BLANKS.sub(" ", visible).strip()
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return line.translate(_PSEUDO_HTML)


def new_figure(height: int) -> go.Figure:
    """An empty figure in this project's template: no title, no legend, quiet axes."""
    return go.Figure(layout={"template": _template(), "height": height})


def painted(figure: go.Figure, mode: str) -> go.Figure:
    """The figure in the real colours of ``light`` or ``dark``, for a file or a mail."""
    spec = figure.to_json()
    colours = {STAND_IN[colour]: value for colour, value in PALETTE[mode].items()} | {
        TEXT_STAND_IN: TEXT[mode],
        BACKGROUND_STAND_IN: BACKGROUND[mode],
        FAINT_STAND_IN: FAINT[mode],
    }
    for placeholder, value in colours.items():
        spec = spec.replace(f'"{placeholder}"', f'"{value}"')
    return go.Figure(json.loads(spec))


def _template() -> go.layout.Template:
    axis = {
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"size": SMALL, "color": TEXT_STAND_IN},
        "gridcolor": FAINT_STAND_IN,
    }
    return go.layout.Template(
        layout={
            "font": {"size": SMALL, "color": TEXT_STAND_IN},
            "colorway": list(STAND_IN.values()),
            "paper_bgcolor": BACKGROUND_STAND_IN,
            "plot_bgcolor": BACKGROUND_STAND_IN,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "showlegend": False,
            "hovermode": "x",
            "dragmode": False,
            "hoverlabel": {"align": "left", "font": {"size": SMALL}},
            "xaxis": axis,
            "yaxis": {**axis, "showgrid": True},
        }
    )
