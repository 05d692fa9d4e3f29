"""Which screens there are, in which order, and what surrounds each of them."""

import streamlit as st

from nsm.config import ROOT
from nsm.server.entry import PAGE
from nsm.ui.address import arrive
from nsm.ui.boundary import shown_to_viewer
from nsm.ui.page import choose_star
from nsm.ui.printed import style_print
from nsm.ui.text import plain

st.set_page_config(page_title="North Star", layout="wide")

SCREENS = [
    st.Page(
        ROOT / "pages" / "this_week.py",
        title="This week",
        default=True,
        help="Did the star move last week, is that signal or noise, and why.",
    ),
    st.Page(
        ROOT / "pages" / "inputs.py",
        title="Inputs",
        help="The star against one input, shifted by weeks.",
    ),
    st.Page(
        ROOT / "pages" / "leads.py",
        title="Leads",
        help="Which inputs lead the star, by how many weeks, and how sure that is.",
    ),
    st.Page(
        ROOT / "pages" / "wall.py",
        title="Wall",
        help="The star and its inputs for a screen on the wall.",
    ),
    st.Page(
        ROOT / "pages" / "screens.py",
        title="Screens",
        help="The address of a screen on a wall: preview, QR code and key.",
    ),
    st.Page(
        ROOT / "pages" / "data.py",
        title="Data",
        help="Where the numbers come from and how old they are; load a file, edit targets.",
    ),
]

page = st.navigation(SCREENS, position="top")
on_the_wall = page.url_path == "wall" or st.context.is_embedded
if on_the_wall:
    # Nothing but the picture; which screen it is was not known before.
    page = st.navigation(SCREENS, position="hidden")
arrive(page.url_path)
try:
    if asked := st.query_params.get(PAGE):
        st.warning(plain(f"There is no page “{asked}” here; this is {page.title}."))
    if page.url_path != "wall":
        # The wall stands also while the database is away: it asks for its star by itself.
        choose_star(drawn=not on_the_wall)
        style_print()
    page.run()
except Exception as error:  # The last line of defence: nothing else may show an error.
    shown_to_viewer(error)
