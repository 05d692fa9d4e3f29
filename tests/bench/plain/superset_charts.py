"""Six line charts of weeks and the dashboard /superset/dashboard/six/, in a new Superset."""

import json
import os

from superset.app import create_app
from weeks import QUERY, weekly

with create_app().app_context():
    from superset import db
    from superset.connectors.sqla.models import SqlaTable, TableColumn
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    database = Database(database_name="music", sqlalchemy_uri=os.environ["NSM_DATABASE_URL"])
    db.session.add(database)
    db.session.flush()
    table = SqlaTable(table_name="weeks", sql=QUERY, database=database)
    table.columns = [
        TableColumn(column_name="day", is_dttm=True, type="DATE"),
        TableColumn(column_name="metric", type="TEXT"),
        TableColumn(column_name="value", type="FLOAT"),
    ]
    db.session.add(table)
    db.session.flush()
    charts = []
    for name in weekly():
        form = {
            "viz_type": "echarts_timeseries_line",
            "datasource": f"{table.id}__table",
            "x_axis": "day",
            "time_grain_sqla": "P1W",
            "metrics": [
                {
                    "expressionType": "SIMPLE",
                    "column": {"column_name": "value"},
                    "aggregate": "SUM",
                    "label": "value",
                }
            ],
            "groupby": [],
            "adhoc_filters": [
                {
                    "expressionType": "SIMPLE",
                    "clause": "WHERE",
                    "subject": "metric",
                    "operator": "==",
                    "comparator": name,
                }
            ],
            "row_limit": 1000,
        }
        charts.append(
            Slice(
                slice_name=name,
                viz_type="echarts_timeseries_line",
                datasource_id=table.id,
                datasource_type="table",
                params=json.dumps(form),
            )
        )
    db.session.add_all(charts)
    db.session.flush()
    rows = [f"ROW-{place}" for place in range(0, len(charts), 2)]
    layout = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": rows},
    }
    for place, row in zip(range(0, len(charts), 2), rows, strict=True):
        pair = charts[place : place + 2]
        names = [f"CHART-{one.id}" for one in pair]
        layout[row] = {
            "type": "ROW",
            "id": row,
            "children": names,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
            "parents": ["ROOT_ID", "GRID_ID"],
        }
        for chart, one in zip(pair, names, strict=True):
            layout[one] = {
                "type": "CHART",
                "id": one,
                "children": [],
                "meta": {"chartId": chart.id, "width": 6, "height": 30},
                "parents": ["ROOT_ID", "GRID_ID", row],
            }
    db.session.add(
        Dashboard(
            dashboard_title="Six",
            slug="six",
            published=True,
            slices=charts,
            position_json=json.dumps(layout),
        )
    )
    db.session.commit()
