"""What the peers draw: the weekly sums of each metric of the music star, from the same database."""

import os

import pandas as pd
import sqlalchemy as sa

QUERY = """
    SELECT metric.name AS metric, observation.date AS day, observation.value AS value
    FROM observation JOIN metric ON metric.id = observation.metric_id
    JOIN star ON star.id = metric.star_id WHERE star.key = 'music'
"""


def weekly() -> dict[str, pd.Series]:
    """The last 156 weeks of each of the first six metrics, by name."""
    engine = sa.create_engine(os.environ["NSM_DATABASE_URL"])
    days = pd.read_sql(sa.text(QUERY), engine, parse_dates=["day"])
    weeks = days.groupby(["metric", pd.Grouper(key="day", freq="W")])["value"].sum()
    names = list(days["metric"].unique())[:6]
    return {name: weeks.loc[name].tail(156) for name in names}
