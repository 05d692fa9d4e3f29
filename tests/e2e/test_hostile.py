"""Hostile text in every field, in a real browser: shown as text, nothing runs, nothing leaves."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from nsm.model import Star
from nsm.words.review import short_name
from tests.e2e.guard import Canary, Guarded, beginning, listening, squeezed
from tests.e2e.hostile import strings
from tests.e2e.planted import KNOWN, bad_rows, groups, plant
from tests.e2e.serving import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

# By screen the metrics to look at one by one; all others stand in lists and tables.
INPUTS = tuple(f"m{place}" for place in range(1, 6))
LOOKED_AT = {
    "": ("",),
    "inputs": INPUTS,
    "leads": INPUTS[:2],
    "data": ("m0", "m1"),
    "screens": ("",),
}
# How many of the texts the labels of the charts must tell; elsewhere they hold figures alone.
TOLD_ON_HOVER = {"": 40, "inputs": 40}
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?%?")


@dataclass(frozen=True)
class Planted:
    """A server on a database full of hostile text."""

    server: Server
    canary: Canary
    stars: list[Star]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder / 'nsm.db'}"
    with listening() as canary:
        stars = plant(url, canary.url)
        with serving(folder, url) as server:
            yield Planted(server, canary, stars)


@pytest.fixture
def guarded(browser: Browser, planted: Planted) -> Iterator[Callable[..., Guarded]]:
    contexts = []

    def new(width: int = 1440, height: int = 900) -> Guarded:
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        contexts.append(context)
        return Guarded(context.new_page(), planted.server, planted.canary).watch()

    yield new
    for context in contexts:
        context.close()


def test_there_are_many_hostile_texts() -> None:
    assert len(set(strings("canary"))) >= 40


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.__ran=1</script>",
        "<script>alert(1)</script>",
        "<img src={canary}/pixel.png>",
        "<a href={canary}/link>press</a>",
        "<iframe srcdoc='text'></iframe>",
    ],
)
def test_the_guard_sees_what_runs_leaves_or_could(
    guarded: Callable[..., Guarded], planted: Planted, text: str
) -> None:
    with listening() as bird:
        view = guarded()
        view.canary = bird
        view.check()
        view.page.set_content(text.format(canary=bird.url))
        with pytest.raises(AssertionError):
            view.check()


@pytest.mark.parametrize("screen", LOOKED_AT)
def test_hostile_text_stays_text(
    guarded: Callable[..., Guarded], planted: Planted, screen: str
) -> None:
    view = guarded()
    missing: list[str] = []
    labels: list[str] = []
    stopped = 0
    for star, texts in zip(planted.stars, groups(planted.canary.url), strict=True):
        seen = ""
        for key in LOOKED_AT[screen]:
            look_at(view, screen, star, key)
            view.check()
            seen += view.text()
            if key != LOOKED_AT[screen][-1]:  # that one again below, with all that was closed
                labels += view.hover()
                view.check()
        view.open_everything()
        labels += view.hover()
        view.check()
        seen += view.text()
        if key:
            seen += view.choices("m")
            view.check()
        elif screen == "":
            seen += view.helps()
        stopped += sum(map(stopped_formulas, view.downloads()))
        missing += [text[:40] for text in texts if beginning(text) not in seen]
        if screen == "" and star in (planted.stars[0], planted.stars[-1]):
            look_at_known(view, star)
            view.check()
    assert missing == [], f"{len(missing)} texts are not to be seen"
    heard = squeezed(" ".join(labels))
    told = sum(beginning(text, 10) in heard for text in strings(planted.canary.url))
    assert told >= TOLD_ON_HOVER.get(screen, 0), "names in the labels of the charts"
    if screen in ("", "leads"):
        assert stopped >= 4, "formulas among the texts are downloaded, and stopped"


def look_at(view: Guarded, screen: str, star: Star, key: str = "") -> None:
    names = {"star": star.name}
    if key:
        names["m"] = short_name(star.metric(key))
    query = {"star": star.key} | ({"m": key} if key else {})
    view.show(screen, query, names)


def look_at_known(view: Guarded, star: Star) -> None:
    """This week as it was known before the last load."""
    query = {"star": star.key, "as_of": f"{KNOWN}"}
    view.show("", query, {"star": star.name}, ".st-key-known_now")
    view.open_everything()


def stopped_formulas(file: Path) -> int:
    """How many cells a spreadsheet would have run; it fails on one that is not stopped.

    A picture is looked through for what a browser would run or load.
    """
    if file.suffix == ".svg":
        for part in ElementTree.parse(file).iter():
            assert not re.search("script|foreignObject|image|}a$|iframe", part.tag), part.tag
            assert not [name for name in part.attrib if re.match("on|.*href", name)], part.attrib
    if file.suffix != ".csv":
        return 0
    stopped = 0
    with file.open(encoding="utf-8-sig", newline="") as table:
        for cell in (cell for row in csv.reader(table) for cell in row):
            dangerous = cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
            assert not dangerous or NUMBER.fullmatch(cell), cell
            stopped += cell.startswith("'")
    return stopped


def test_hostile_text_stays_text_on_the_wall(
    guarded: Callable[..., Guarded], planted: Planted
) -> None:
    view = guarded(1920, 1080)
    for star, texts in zip(planted.stars, groups(planted.canary.url), strict=True):
        view.page.goto(f"{planted.server.url}/wall.html?stars={star.key}")
        view.page.wait_for_function(
            "() => /live/.test(document.getElementById('clock')?.textContent)"
        )
        view.check()
        seen = view.text()
        assert [text[:40] for text in texts if beginning(text) not in seen] == []
    view.page.goto(f"{planted.server.url}/wall?star=g0")
    view.page.frame_locator("[data-testid=stIFrame]").locator(".hero .value").wait_for()
    view.check()


def test_a_hostile_file_is_shown_as_text_before_it_is_loaded(
    guarded: Callable[..., Guarded], planted: Planted
) -> None:
    view = guarded()
    url = planted.canary.url
    header = ",".join(f'"{text}"' for text in ("date", *groups(url)[0]))
    files = (
        ("<img src=x onerror=window.__ran=1>.csv", bad_rows(strings(url))),
        ("![a](b).csv", f"{header}\n2026-01-01,1".encode()),
        (":material_delete: **b**.csv", b"\x00\xff\xfe<script>alert(1)</script>"),
        ("=1+1.csv", b"date,m1\n<script>alert(1)</script>,5\n2026-02-03,<img src=x>\n"),
    )
    for star, (name, body) in zip(planted.stars, files, strict=False):
        # Anew: a file stays with its viewer, also at another star.
        view.page.goto("about:blank")
        look_at(view, "data", star)
        chooser = view.page.locator("input[type=file]").first
        chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": body})
        view.wait_for(name)
        view.check()
        view.open_everything()
        view.check()
