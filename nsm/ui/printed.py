"""How a page goes to paper: A4 landscape, without controls, nothing cut at the edge."""

from __future__ import annotations

import streamlit as st

# Charts stay as wide on paper as they were drawn for the window: no page is wider than this, and
# this much smaller it fits between the margins.
_WIDEST_PIXELS = 1600
ZOOM = 0.72
_CONTROLS = ", ".join(
    f"[data-testid={name}]"
    for name in (
        *("stHeader", "stToolbar", "stSelectbox", "stPopover", "stButton", "stDownloadButton"),
        *("stForm", "stTooltipIcon", "stButtonGroup"),
    )
)
_STYLE = f"""<style>
[data-testid=stMainBlockContainer] {{max-width: {_WIDEST_PIXELS}px; margin: 0 auto}}
@media print {{
@page {{size: A4 landscape; margin: 10mm}}
[data-testid=stMain], [data-testid=stMainBlockContainer] {{padding: 0; overflow: visible}}
[data-testid=stMain] {{zoom: {ZOOM}}}
{_CONTROLS}, [data-testid=stExpander]:has(details:not([open])) {{display: none !important}}
h1, h2, h3 {{break-after: avoid}}
[data-testid=stPlotlyChart], [data-testid=stMetric] {{break-inside: avoid}}
}}</style>"""


def style_print() -> None:
    """Once on every page that is not a wall."""
    st.html(_STYLE)
