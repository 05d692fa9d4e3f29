"""A browser page that notes what it was asked to run and where it wanted to go."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from nsm.ui.text import line
from tests.e2e.browser import DRAWN, settle
from tests.e2e.serving import Server

PATIENCE_SECONDS = 90

# What only hostile text would bring: anything that loads, runs, leads away, or covers the page.
STRANGERS = """(own) => [...document.querySelectorAll(
    'a[href], area[href], img, iframe, object, embed, video, audio, source, form, base, meta, link,'
    + 'script, style, math, marquee, input[name=a], [srcdoc], [onload], [onerror], [ontoggle]')]
  .filter(one => {
    if (one.matches('iframe[data-testid=stIFrame]')) return false;
    const address = one.href?.baseVal ?? one.href ?? one.src ?? one.data ?? one.action ?? '';
    if (one.matches('iframe, object, embed, math, marquee, base, form[action], input[name=a]'))
        return true;
    if (one.matches('[srcdoc], [onload], [onerror], [ontoggle]')) return true;
    if (one.matches('style')) return one.textContent.includes('canary');
    return address && !/^(data|blob|about):/.test(address) && !address.startsWith(own);
  }).map(one => one.outerHTML.slice(0, 200))"""
STATE = f"""(own) => ({{
    ran: window.__ran ?? null,
    strangers: ({STRANGERS})(own),
    broken: document.body.textContent.includes('could not be shown')
}})"""
# Everything that can be read, charts, tables and descriptions included.
TEXT = """() => document.body.textContent + [...document.querySelectorAll(
    '[aria-label], [title], input')].map(one => [one.getAttribute('aria-label'),
    one.getAttribute('title'), one.value].join(' ')).join(' ')"""
# A step as the viewer's "back" makes it: another choice in the address of the same screen.
STEP = """(address) => {
    history.pushState({}, '', address);
    window.dispatchEvent(new PopStateEvent('popstate'));
}"""
# The choices say what was asked for, and the script has come to its end.
SHOWN = f"""([values, there]) => {{
    const squeezed = text => (text ?? '').replace(/\\s+/g, '');
    return ({DRAWN})() && (!there || document.querySelector(there) !== null)
        && Object.entries(values).every(([key, value]) =>
            squeezed(document.querySelector(`.st-key-${{key}} input`)?.value) === squeezed(value));
}}"""
# Moves over six marks of each chart; what the labels say.
HOVER = """async () => {
    const found = [];
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    if (!charts.length) return found;
    for (const part of [0, 0.2, 0.4, 0.6, 0.8, 0.99]) {
        for (const chart of charts) {
            const marks = [...chart.querySelectorAll('.points .point, path.point, .js-line')];
            const box = marks[Math.floor(part * marks.length)]?.getBoundingClientRect();
            if (!box) continue;
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            const area = [...chart.querySelectorAll('.nsewdrag')].find(one => {
                const place = one.getBoundingClientRect();
                return place.left <= x && x <= place.right && place.top <= y && y <= place.bottom;
            });
            for (const kind of ['mouseover', 'mousemove']) area?.dispatchEvent(
                new MouseEvent(kind, {bubbles: true, view: window, clientX: x, clientY: y}));
        }
        found.push(...[...document.querySelectorAll(
            '.hoverlayer .hovertext, .hoverlayer .legend')].map(one => one.textContent));
        // Plotly answers a pointer every 50 ms.
        await new Promise(wake => setTimeout(wake, 60));
    }
    return found;
}"""
# Opens what is closed, all at once; how many that were.
OPEN = """async () => {
    const closed = [...document.querySelectorAll(
        '[data-testid=stExpander] details:not([open]) > summary')];
    closed.forEach(one => one.click());
    // A click is heard by the server before the page says that it is busy.
    if (closed.length) await new Promise(wake => setTimeout(wake, 300));
    return closed.length;
}"""


@dataclass
class Canary:
    """A server that must never be asked for anything."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Canary]:
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


@dataclass
class Guarded:
    """A page of the server under watch; ``check`` fails when anything ran, left, or could."""

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

    def show(
        self, screen: str, query: Mapping[str, str], names: Mapping[str, str], there: str = ""
    ) -> None:
        """A screen at what ``query`` says, once its choices ``names`` and ``there`` are drawn."""
        address = f"{self.server.url}/{screen}?{urlencode(query)}"
        if self.page.url.partition("?")[0] == address.partition("?")[0]:
            self.page.evaluate(STEP, address)
        else:
            self.page.goto(address)
        values = {key: line(name) for key, name in names.items()}
        self._wait(SHOWN, [values, there])

    def check(self) -> None:
        """Nothing ran, nothing left, nothing stands on the page that could do either."""
        for frame in self.page.frames:
            state = frame.evaluate(STATE, self.server.url)
            assert state["ran"] is None
            assert state["strangers"] == []
            assert not state["broken"], self.server.log()[-3000:]
        assert self.ran == []
        assert self.left == []
        assert self.canary.asked == []

    def text(self) -> str:
        return squeezed(" ".join(frame.evaluate(TEXT) for frame in self.page.frames))

    def open_everything(self) -> None:
        """Every closed part of the page; one that is drawn anew meanwhile may be closed again."""
        for _ in range(10):
            settle(self.page, PATIENCE_SECONDS)
            closed = self.page.evaluate(OPEN)
            if not closed:
                return
        raise AssertionError(f"{closed} parts do not stay open")

    def choices(self, key: str) -> str:
        """The open list of a select box; a page that is drawn anew meanwhile closes it again."""
        listed = self.page.locator("[role=listbox]")
        for _ in range(5):
            settle(self.page, PATIENCE_SECONDS)
            self.page.locator(f".st-key-{key} input").focus()
            self.page.keyboard.press("ArrowDown")
            with suppress(PlaywrightTimeout):
                listed.wait_for(timeout=3000)
                seen = self.text()
                self.page.keyboard.press("Escape")
                listed.wait_for(state="detached")
                return seen
        raise AssertionError("the list does not open")

    def hover(self) -> list[str]:
        """Pass over every chart; what the labels say."""
        found: list[str] = self.page.evaluate(HOVER)
        return found

    def helps(self) -> str:
        """Every third help of the page, as a pointer brings it."""
        marks = self.page.locator("[data-testid=stTooltipIcon]")
        shown = self.page.locator("[data-testid=stTooltipContent]")
        seen = ""
        for place in range(0, marks.count(), 3):
            marks.nth(place).hover()
            shown.wait_for()
            self.check()
            seen += squeezed(" ".join(shown.all_inner_texts()))
            self.page.mouse.move(0, 0)
            shown.wait_for(state="detached")
        return seen

    def downloads(self) -> Iterator[Path]:
        """The files that the page offers, saved under their names."""
        buttons = self.page.locator("[data-testid=stDownloadButton] button")
        for place in range(buttons.count()):
            with self.page.expect_download() as waiting:
                buttons.nth(place).click()
            saved = Path(waiting.value.path())
            yield saved.rename(saved.with_name(waiting.value.suggested_filename))

    def wait_for(self, text: str) -> None:
        """Until the page says it."""
        for _ in range(10 * PATIENCE_SECONDS):
            settle(self.page, PATIENCE_SECONDS)
            if beginning(text) in self.text():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the page does not say {text}")

    def _wait(self, condition: str, about: object = None) -> None:
        self.page.wait_for_function(
            condition, arg=about, polling=50, timeout=PATIENCE_SECONDS * 1000
        )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\N{WORD JOINER}", "")


def beginning(text: str, most: int = 16) -> str:
    """How a text begins, as a reader sees it: what must be found on the page."""
    return squeezed(line(text))[:most]
