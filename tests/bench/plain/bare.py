"""The floor of bench_start: the first example of Streamlit's own guide, one chart of a frame."""

import pandas as pd
import streamlit as st

st.title("One chart")
st.line_chart(pd.DataFrame({"orders": [3, 1, 2]}))
