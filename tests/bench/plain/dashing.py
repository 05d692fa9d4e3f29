"""The same six charts in Plotly Dash: python dashing.py PORT."""

import sys

import plotly.graph_objects as go
from dash import Dash, dcc, html
from weeks import weekly

app = Dash(title="Music")
app.layout = html.Div(
    [
        dcc.Graph(figure=go.Figure(go.Scatter(x=one.index, y=one), layout={"title": name}))
        for name, one in weekly().items()
    ]
)

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
