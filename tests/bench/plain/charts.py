"""The floor of bench_pages: a page as it is plainly written, with as many charts as asked for.

Cached frames, plotly.express, Streamlit as it comes. Run by Streamlit, never by this project.
"""

import os

import pandas as pd
import plotly.express as px
import sqlalchemy as sa
import streamlit as st


@st.cache_data
def load() -> pd.DataFrame:
    engine = sa.create_engine(os.environ["NSM_DATABASE_URL"])
    query = """
        SELECT metric.name AS metric, observation.date, observation.value
        FROM observation JOIN metric ON metric.id = observation.metric_id
        JOIN star ON star.id = metric.star_id WHERE star.key = 'music'
    """
    days = pd.read_sql(query, engine, parse_dates=["date"])
    weeks = days.groupby(["metric", pd.Grouper(key="date", freq="W")]).value.sum()
    return weeks.reset_index()


count = int(os.environ["NSM_BENCH_CHARTS"])
data = load()
metrics = list(data["metric"].unique())
st.title("Music")
metric_picker = st.selectbox("Metric", metrics)
for place in range(count):
    metric = metrics[place % len(metrics)]
    shown = data[data["metric"] == metric].tail(156)
    figure = px.line(shown, x="date", y="value", title=metric)
    st.plotly_chart(figure, key=f"chart {place}")
