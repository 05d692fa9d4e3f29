"""The wall among the screens: the plain page of the same server, in a frame that fills this one.

What it shows and how it knows its age is the plain page's own: a clock in the browser and small
requests, so that nothing depends on Streamlit's socket. This page reads no database.
"""

from __future__ import annotations

import html
from urllib.parse import quote, urlencode

import streamlit as st

from nsm.ui.page import STAR, last_star

# What a screen may say in its address; the rest is Streamlit's (embed, ...).
_PASSED_ON = ("stars", "order", "seconds", "theme", "scale", "pin")
_STYLE = """<style>
[data-testid=stIFrame]{position:fixed;top:0;left:0;width:100vw!important;height:100vh!important;
border:0;z-index:2147483000;background:#0f1419}
.nsm-way-out{position:fixed;z-index:2147483001;right:2.4vw;top:calc(min(1vh,.5625vw)*2.9);
font:calc(min(1vh,.5625vw)*2.2)/1.15 "Source Sans",system-ui,sans-serif;color:#a4afbd!important;
text-decoration:underline}
@media (max-width:700px){.nsm-way-out{top:auto;right:auto;left:16px;bottom:16px;font-size:15px;
background:#0f1419;padding:4px 12px;border-radius:20px}}
body:has(.nsm-way-out)>[data-testid=stDialog]{display:none!important}
</style>"""


def draw_wall() -> None:
    """The frame, and the small way out to the dashboard above it."""
    asked = {name: st.query_params[name] for name in _PASSED_ON if name in st.query_params}
    star = st.query_params.get(STAR) or last_star()
    if star and "stars" not in asked:
        asked["stars"] = star
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    query = urlencode(asked | {"framed": "1"}, safe=",", quote_via=quote)
    st.iframe(f"/{base}{'/' if base else ''}wall.html?{query}", height=600)
    first = asked.get("stars", "").split(",")[0]
    out = f"./?{urlencode({STAR: first})}" if first else "./"
    st.html(
        f'{_STYLE}<a class="nsm-way-out" href="{html.escape(out)}" target="_self">dashboard</a>'
    )
