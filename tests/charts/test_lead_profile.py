"""The lag profile: which marks stand out, what the hover says, and no surprises."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from nsm.charts.lead_svg import lead_svg
from nsm.charts.leads import lag_profile
from nsm.charts.theme import Colour, stand_in
from nsm.leads import LeadReport, find_leads
from nsm.model import Aggregate, Metric, Role, Star
from nsm.words.findings import Finding, findings

HOSTILE = "<b>x</b> %{y} $a$ #000001"
STAR = Star(
    "shop",
    "Shop",
    "orders",
    (
        Metric("orders", HOSTILE, Role.NORTH_STAR, Aggregate.SUM),
        Metric("leader", HOSTILE, Role.INPUT, Aggregate.SUM, unit="<i>"),
        Metric("noise", "Noise", Role.INPUT, Aggregate.SUM),
    ),
)


@pytest.fixture(scope="module")
def weeks() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x, e, noise = rng.normal(size=(3, 150))
    y = 0.5 * e
    y[2:] += x[:-2]
    # Below zero, so that effects are told in the metrics' own (hostile) units.
    index = pd.date_range("2023-09-04", periods=150, freq="7D", unit="us")
    return pd.DataFrame({"orders": y, "leader": x, "noise": noise}, index=index)


@pytest.fixture(scope="module")
def report(weeks: pd.DataFrame) -> LeadReport:
    return find_leads(weeks["orders"], weeks[["leader", "noise"]], max_lag=6, season=None)


def draw(report: LeadReport, weeks: pd.DataFrame, key: str) -> tuple[Finding, go.Figure]:
    one = next(one for one in findings(STAR, report, weeks) if one.metric.key == key)
    rows = [part[part["input"] == key] for part in (report.profile, report.same_week)]
    return one, lag_profile(one, *rows)


def dots(figure: go.Figure) -> go.Scatter:
    return next(trace for trace in figure.data if trace.mode == "markers")


def test_the_lead_stands_out_and_every_other_lag_is_grey(
    report: LeadReport, weeks: pd.DataFrame
) -> None:
    one, figure = draw(report, weeks, "leader")
    marks = dots(figure)
    colours = dict(zip(marks.x, marks.marker.color, strict=True))

    assert one.lag == 2
    assert {lag for lag, colour in colours.items() if colour == stand_in(Colour.STAR)} == {2}
    assert sorted(colours) == list(range(7))
    symbols = dict(zip(marks.x, marks.marker.symbol, strict=True))
    assert symbols[0] == "circle-open"
    assert any(note.text == "the lead" for note in figure.layout.annotations)


def test_nothing_stands_out_where_nothing_was_found(
    report: LeadReport, weeks: pd.DataFrame
) -> None:
    _, figure = draw(report, weeks, "noise")

    assert set(dots(figure).marker.color) == {stand_in(Colour.PAST)}
    assert not figure.layout.annotations


def test_the_band_is_the_simultaneous_one_in_the_same_steps(
    report: LeadReport, weeks: pd.DataFrame
) -> None:
    one, figure = draw(report, weeks, "leader")
    band = next(trace for trace in figure.data if trace.fill == "toself")
    rows = report.profile[report.profile["input"] == "leader"]
    scale = one.step.size / one.goal.size

    assert list(band.y[:6]) == pytest.approx(list(rows["high"] * scale))
    assert list(band.y[6:]) == pytest.approx(list(rows["low"] * scale)[::-1])


def test_hover_speaks_and_hostile_names_are_text(report: LeadReport, weeks: pd.DataFrame) -> None:
    _, figure = draw(report, weeks, "leader")
    said = dots(figure).customdata

    assert said[2].startswith("2 weeks before: +")
    assert "could be chance:" in said[2]
    assert said[0].startswith("the same week: ")
    for text in said:
        assert "<i>" not in text
        assert "%{" not in text


@pytest.mark.parametrize("key", ["leader", "noise"])
def test_the_picture_to_paste_is_one_sound_file_whatever_the_names(
    report: LeadReport, weeks: pd.DataFrame, key: str
) -> None:
    one = next(one for one in findings(STAR, report, weeks) if one.metric.key == key)
    same, rows = (part[part["input"] == key] for part in (report.same_week, report.profile))
    text = lead_svg(STAR, one, rows, same, report)
    root = ElementTree.fromstring(text)
    said = " ".join(part.text or "" for part in root.iter("{http://www.w3.org/2000/svg}text"))

    assert HOSTILE.split("%")[0].strip() in said
    assert "About one dashboard in twenty" in said
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 7
    assert {part.tag.split("}")[1] for part in root.iter()} == {
        "svg", "title", "rect", "text", "line", "polygon", "circle",
    }  # fmt: skip
    assert text == lead_svg(STAR, one, rows, same, report)
