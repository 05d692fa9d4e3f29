"""The floor of bench_start: a bare Streamlit app with one chart."""

import plotly.graph_objects as go
import streamlit as st

st.title("One chart")
st.plotly_chart(go.Figure(go.Scatter(y=[3, 1, 2])))
