"""Dataclasses in, Plotly figures out; the only place with plotly, and always the same figure."""
