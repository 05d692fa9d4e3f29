"""Hostile text in every field, in a real browser: shown as text, nothing runs, nothing leaves."""

from __future__ import annotations

import csv
import datetime as dt
import http.server
import io
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nsm.ingest import load_file
from nsm.model import Aggregate, Annotation, Metric, Role, Star, Target
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from nsm.store.targets import save_targets
from nsm.ui.text import line
from tests.e2e.browser import settle
from tests.e2e.hostile import strings
from tests.e2e.serving import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(900)]
PATIENCE_SECONDS = 90

SCREENS = ("", "inputs", "leads", "wall", "data")
# As many as the wall shows at once.
IN_A_STAR = 6
# The select box by which a page shows one metric at a time.
CHOICE = {"inputs": "Input", "leads": "Input", "data": "Metric"}
WITHOUT_CHARTS = ("wall", "data")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?%?")
TODAY = dt.datetime.now(dt.UTC).date()
DAYS = 400

# What only hostile text would bring: anything that loads, runs, leads away, or covers the page.
STRANGERS = """(own) => [...document.querySelectorAll(
    'a[href], area[href], img, iframe, object, embed, video, audio, source, form, base, meta, link,'
    + 'script, style, math, marquee, input[name=a], [srcdoc], [onload], [onerror], [ontoggle]')]
  .filter(one => {
    const address = one.href?.baseVal ?? one.href ?? one.src ?? one.data ?? one.action ?? '';
    if (one.matches('iframe, object, embed, math, marquee, base, form[action], input[name=a]'))
        return true;
    if (one.matches('[srcdoc], [onload], [onerror], [ontoggle]')) return true;
    if (one.matches('style')) return one.textContent.includes('canary');
    return address && !/^(data|blob|about):/.test(address) && !address.startsWith(own);
  }).map(one => one.outerHTML.slice(0, 200))"""

# Where a chart is, once it stands in the middle of the screen.
CHART = """(place) => {
    const chart = document.querySelectorAll('[data-testid=stPlotlyChart]')[place];
    chart?.scrollIntoView({block: 'center', behavior: 'instant'});
    return chart?.getBoundingClientRect().toJSON() ?? null;
}"""


@dataclass
class Canary:
    """A server that must never be asked for anything."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bird.asked.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        bird = Canary(f"http://127.0.0.1:{server.server_port}/canary")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield bird
        server.shutdown()
        thread.join()


def groups(canary: str) -> list[tuple[str, ...]]:
    every = strings(canary)
    return [every[start : start + IN_A_STAR] for start in range(0, len(every), IN_A_STAR)]


def definition(key: str, texts: tuple[str, ...], turn: int) -> Star:
    """A star with each of the texts in all of its text fields; ``turn`` is the version."""

    def text(place: int) -> str:
        return texts[place % len(texts)]

    metrics = [
        Metric(
            f"m{place}",
            name=text(place),
            role=Role.INPUT if place else Role.NORTH_STAR,
            aggregate=Aggregate.SUM,
            unit=text(place + 1)[:64],
            dimension=text(place + 2),
            owner=text(place + 3),
            description=f"{text(place + 4 + turn)} {turn}",
        )
        for place in range(len(texts))
    ]
    short = [one[: 280 // len(texts)] for one in texts]
    return Star(key, " ".join(short), "m0", tuple(metrics), description=" ".join(texts))


def history(texts: tuple[str, ...]) -> bytes:
    keys = [f"m{place}" for place in range(len(texts))]
    lines = [",".join(("date", *keys))]
    for back in range(DAYS, 0, -1):
        values = (200 + (back * (place + 7)) % 31 + back // 50 for place in range(len(texts)))
        lines.append(",".join(map(str, (TODAY - dt.timedelta(days=back), *values))))
    return "\n".join(lines).encode()


def bad_rows(texts: tuple[str, ...]) -> bytes:
    """A long file in which each text stands as a date, as a metric and as a value."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(("date", "metric", "value"))
    rows.writerow((TODAY - dt.timedelta(days=1), "m0", 231))
    for text in texts:
        rows.writerow((text, "m0", 1))
        rows.writerow((TODAY - dt.timedelta(days=2), text, 1))
        rows.writerow((TODAY - dt.timedelta(days=2), "m0", text))
    return file.getvalue().encode()


def fill(url: str, canary: str) -> int:
    """As many stars as the texts need; how many that were."""
    engine = open_store(url)
    parts = groups(canary)
    for number, texts in enumerate(parts):
        key = f"g{number}"
        save_star(engine, definition(key, texts, turn=0), TODAY - dt.timedelta(days=60))
        load_file(engine, key, history(texts), source="days", loaded_by="test", today=TODAY)
        save_star(engine, definition(key, texts, turn=1), TODAY - dt.timedelta(days=20))
        for text in texts:
            row = b"date,m0\n%s,231\n" % str(TODAY - dt.timedelta(days=1)).encode()
            load_file(engine, key, row, source=text, loaded_by=text, today=TODAY)
        load_file(
            engine,
            key,
            bad_rows(texts),
            source=" ".join(texts),
            loaded_by="test",
            today=TODAY,
            skip_bad=True,
        )
        kinds = ("note", "holiday", "break", "work")
        save_annotations(
            engine,
            key,
            [
                Annotation(
                    0,
                    TODAY - dt.timedelta(days=6 * place + 9),
                    text,
                    kinds[place % 4] if place > len(texts) - 4 else "note",
                    None if place % 2 else f"m{place % 3}",
                )
                for place, text in enumerate(texts)
            ],
        )
        save_targets(engine, key, [Target("m0", "month", TODAY.replace(day=1), 6000.0)])
    engine.dispose()
    return len(parts)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder / 'nsm.db'}"
    fill(url, canary.url)
    with serving(folder, url) as server:
        yield server


@dataclass
class Guarded:
    """A browser page, what it was asked to run, and where it wanted to go."""

    page: Page
    server: Server
    canary: Canary
    ran: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def watch(self) -> Guarded:
        self.page.on("dialog", self._dialog)
        self.page.on("popup", lambda page: self.left.append(f"popup {page.url}"))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("websocket", lambda socket: self._request(socket.url))
        return self

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.port != self.server.port:
            self.left.append(url)

    def open(self, screen: str, star: str) -> None:
        self.page.goto(f"{self.server.url}/{screen}?star={star}")
        settle(self.page, PATIENCE_SECONDS)

    def check(self) -> None:
        """Nothing ran, nothing left, nothing stands on the page that could do either."""
        assert self.page.evaluate("window.__ran") is None
        assert self.ran == []
        assert self.left == []
        assert self.canary.asked == []
        assert self.page.evaluate(STRANGERS, self.server.url) == []
        shown = "could not be shown" not in self.page.inner_text("body")
        assert shown, self.server.log()[-3000:]

    def text(self) -> str:
        """Everything that can be read on the page, charts, tables and descriptions included."""
        found: str = self.page.evaluate(
            """() => document.body.textContent + [...document.querySelectorAll(
                '[aria-label], [title], input')].map(one => [one.getAttribute('aria-label'),
                one.getAttribute('title'), one.value].join(' ')).join(' ')"""
        )
        return squeezed(found)

    def open_everything(self) -> None:
        """Every closed part of the page, one after the other."""
        parts = self.page.locator("[data-testid=stExpander] summary")
        for place in range(min(parts.count(), 8)):
            parts.nth(place).click()
            settle(self.page, PATIENCE_SECONDS)

    def open_choices(self) -> Iterator[str]:
        """The open list of every select box of the page."""
        boxes = self.page.locator("[data-testid=stSelectbox] [role=combobox]")
        for place in range(boxes.count()):
            self._open(boxes.nth(place))
            yield self.text()
            self.page.keyboard.press("Escape")
            self.page.locator("[role=listbox]").wait_for(state="detached")

    def turn_through(self, label: str) -> Iterator[None]:
        """Every other option of a select box, chosen one after the other."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        if not box.count():
            return
        for _ in range(IN_A_STAR):
            before = box.input_value()
            self._open(box)
            self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
            self.page.locator("[role=listbox]").wait_for(state="detached")
            if box.input_value() == before:
                return
            # The server hears of it before the page says that it is busy.
            self.page.wait_for_timeout(300)
            settle(self.page, PATIENCE_SECONDS)
            yield

    def _open(self, box: Locator) -> None:
        """Open the list of a select box; a page that is drawn anew meanwhile closes it again."""
        for _ in range(5):
            box.focus()
            self.page.keyboard.press("ArrowDown")
            try:
                self.page.locator("[role=listbox]").wait_for(timeout=3000)
                return
            except PlaywrightTimeout:
                settle(self.page, PATIENCE_SECONDS)
        raise AssertionError("the list does not open")

    def hover(self, most: int = 4) -> int:
        """Pass over the charts; how many labels that brought."""
        labels = 0
        for place in range(most):
            box = self.page.evaluate(CHART, place)
            if box is None:
                break
            for part in (0.1, 0.25, 0.45, 0.7, 0.9):
                self.page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
                self.page.wait_for_timeout(80)
                labels += self.page.locator(".hoverlayer .hovertext, .hoverlayer .legend").count()
        return labels


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\N{WORD JOINER}", "")


def beginning(text: str, most: int = 16) -> str:
    """How a text begins, as a reader sees it: what must be found on the page."""
    return squeezed(line(text))[:most]


@pytest.fixture
def guarded(browser: Browser, hostile: Server, canary: Canary) -> Iterator[Callable[..., Guarded]]:
    contexts = []

    def new(width: int = 1440, height: int = 900) -> Guarded:
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        contexts.append(context)
        return Guarded(context.new_page(), hostile, canary).watch()

    yield new
    for context in contexts:
        context.close()


def test_there_are_many_hostile_texts(canary: Canary) -> None:
    assert len(set(strings(canary.url))) >= 40


@pytest.mark.parametrize("screen", SCREENS)
def test_hostile_text_stays_text(
    guarded: Callable[..., Guarded], canary: Canary, screen: str
) -> None:
    view = guarded(1920, 1080) if screen == "wall" else guarded()
    missing, labels = [], 0
    for number, texts in enumerate(groups(canary.url)):
        view.open(screen, f"g{number}")
        labels += view.hover()
        seen = view.text()
        for choices in view.open_choices():
            seen += choices
        view.check()
        for _ in view.turn_through(CHOICE.get(screen, "")):
            labels += view.hover(most=2)
            view.check()
            seen += view.text()
        view.open_everything()
        view.check()
        seen += view.text()
        missing += [text[:40] for text in texts if beginning(text) not in seen]
    assert missing == [], f"{len(missing)} texts are not to be seen"
    assert labels or screen in WITHOUT_CHARTS


def test_a_hostile_file_is_shown_as_text_before_it_is_loaded(
    guarded: Callable[..., Guarded], canary: Canary
) -> None:
    view = guarded()
    texts = groups(canary.url)[0]
    for name, body in (
        ("<img src=x onerror=window.__ran=1>.csv", bad_rows(strings(canary.url))),
        (
            "![a](b).csv",
            ",".join(f'"{text}"' for text in ("date", *texts)).encode() + b"\n2026-01-01,1",
        ),
        (":material_delete: **b**.csv", b"\x00\xff\xfe<script>alert(1)</script>"),
        ("=1+1.csv", b"date,m0\n<script>alert(1)</script>,5\n2026-02-03,<img src=x>\n"),
    ):
        view.open("data", "g0")
        chooser = view.page.locator("input[type=file]").first
        chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": body})
        view.page.wait_for_timeout(500)
        settle(view.page, PATIENCE_SECONDS)
        view.check()
        view.open_everything()
        view.check()
        assert beginning(name) in view.text()


def test_a_downloaded_table_runs_in_no_spreadsheet(
    guarded: Callable[..., Guarded], canary: Canary
) -> None:
    view = guarded()
    formulas = 0
    for number in range(len(groups(canary.url))):
        view.open("", f"g{number}")
        view.page.locator("[data-testid=stExpander] summary").last.click()
        settle(view.page, PATIENCE_SECONDS)
        button = view.page.locator("[data-testid=stDownloadButton] button").last
        with view.page.expect_download() as waiting:
            button.click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                dangerous = cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
                assert not dangerous or NUMBER.fullmatch(cell), cell
                formulas += cell.startswith("'")
    # Four of the texts are formulas: they are there, and stopped.
    assert formulas >= 4
