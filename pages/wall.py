"""Wall."""

import streamlit as st

from nsm.ui.page import chosen_star
from nsm.ui.text import plain

star = chosen_star()
st.header(plain(star.name))
