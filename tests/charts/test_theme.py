"""Colours mean one thing in both modes, and no text ever becomes a picture's code."""

from __future__ import annotations

import itertools
import json
import tomllib

import pytest

from nsm.charts import theme
from nsm.charts.theme import PALETTE, Colour, chart_text, new_figure, painted, stand_in
from tests.conftest import ROOT


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_colour_of_text_can_be_read_on_its_background(mode):
    for colour in set(Colour) - {Colour.PAST}:
        assert contrast(PALETTE[mode][colour], theme.BACKGROUND[mode]) > 4.5, colour
    assert contrast(PALETTE[mode][Colour.PAST], theme.BACKGROUND[mode]) > 2


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_now_and_the_past_differ_in_lightness_not_only_in_hue(mode):
    for now in (Colour.STAR, Colour.INPUT):
        assert contrast(PALETTE[mode][now], PALETTE[mode][Colour.PAST]) > 2


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_good_and_bad_differ_for_eyes_without_red_or_green_cones(mode):
    good, bad = PALETTE[mode][Colour.GOOD], PALETTE[mode][Colour.BAD]
    # In the blue-yellow direction, which protan and deutan eyes see.
    yellowness = [
        min(int(c[1:3], 16), 255) * 0.5 + int(c[3:5], 16) * 0.5 - int(c[5:7], 16)
        for c in (good, bad)
    ]
    assert abs(yellowness[0] - yellowness[1]) > 40


def test_the_settings_carry_the_same_colours():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

    for mode in ("light", "dark"):
        ours = list(PALETTE[mode].values())
        assert settings["theme"][mode]["chartCategoricalColors"][: len(ours)] == ours
        assert settings["theme"][mode]["backgroundColor"] == theme.BACKGROUND[mode]
        assert settings["theme"][mode]["greenColor"] == PALETTE[mode][Colour.GOOD]
        assert settings["theme"][mode]["orangeColor"] == PALETTE[mode][Colour.BAD]
        assert settings["theme"][mode]["yellowColor"] == PALETTE[mode][Colour.UNKNOWN]


def test_each_role_has_a_stand_in_of_its_own():
    assert len({stand_in(colour) for colour in Colour}) == len(Colour)


def test_a_figure_that_leaves_the_dashboard_is_painted():
    figure = new_figure(100)
    figure.add_scatter(x=[1], y=[1], line={"color": stand_in(Colour.STAR)})

    for mode in ("light", "dark"):
        spec = painted(figure, mode).to_json()
        assert PALETTE[mode][Colour.STAR] in spec
        assert "#00000" not in spec


def test_figures_are_the_same_whatever_was_imported_before():
    import plotly.io as pio

    before = new_figure(100).to_json()
    pio.templates.default, kept = "plotly_dark", pio.templates.default
    try:
        assert new_figure(100).to_json() == before
    finally:
        pio.templates.default = kept


HOSTILE = (
    "<b>bold</b>",
    "<a href='https://example.com'>x</a>",
    "a<br>b",
    "&lt;script&gt;",
    "%{customdata}",
    "$\\alpha$",
    "#000001",
    "</script><img src=x onerror=alert(1)>",
    "<span style='color:red'>",
    "\u202eevil",
    "line\nbreak\ttab\x00nul",
    "\ud800",
    "x" * 10_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(text):
    shown = chart_text(text)

    for mark in '<>$#%"'.replace('"', ""):
        assert mark not in shown.replace("&#", "&")
    assert not set(shown) & {"\n", "\t", "\x00", "\u202e", "\ud800"}
    assert len(shown) < 500
    json.dumps(shown).encode("utf-8")


def test_ordinary_names_are_left_alone():
    for name in ("Sessions per week", "Umsatz (netto)", "売上", "נטו", "Ünïcode – “quotes” 🎵"):
        assert chart_text(name) == name


def test_no_two_different_short_names_look_the_same():
    names = ("a & b", "a &amp; b", "a < b", "a > b", "#1", "1 %")

    for one, other in itertools.combinations(names, 2):
        assert chart_text(one) != chart_text(other)
