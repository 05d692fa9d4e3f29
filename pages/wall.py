"""Wall: the star and its inputs for everyone who walks by; no chrome, no touch, its own age."""

import streamlit as st

from nsm.ui.wall import draw_wall

# Longer than a read of the database may take, so that a beat is never cut off by the next.
st.fragment(run_every="15s")(draw_wall)()
