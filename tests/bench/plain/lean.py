"""A bare Streamlit page with six charts, as quick as Streamlit's own charts of Plotly are drawn."""

import plotly.graph_objects as go
import streamlit as st
from weeks import weekly


@st.cache_data
def figures() -> list[go.Figure]:
    return [
        go.Figure(go.Scatter(x=list(one.index), y=list(one)), layout={"title": name})
        for name, one in weekly().items()
    ]


for place, figure in enumerate(figures()):
    st.plotly_chart(figure, key=f"chart {place}")
