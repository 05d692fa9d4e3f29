"""The wall in a real browser: it fills the screen, takes its turns, and stays true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page

from nsm.demo import fill_demo
from nsm.model import Annotation, Target
from nsm.periods import DAY, month_start, today_in
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.targets import save_targets
from tests.conftest import fill
from tests.e2e.browser import Watch
from tests.e2e.serving import Server, serving

pytestmark = pytest.mark.e2e
Visit = Callable[..., tuple[Page, Watch]]

# Text that does not fit where it stands, by element: what a viewer would see cut off.
CUT_OFF = """() => [...document.querySelectorAll('.nsm-wall p, .nsm-wall span')]
    .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1
        && getComputedStyle(part).overflow === 'hidden')
    .map(part => part.innerText)"""
# Height in pixels of the tallest ink of the star's figure, as the browser draws it.
INK = """() => {
    const part = document.querySelector('.nsm-wall .hero .value');
    const look = getComputedStyle(part);
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
    const size = pen.measureText(part.innerText.replace(/[^0-9]/g, ''));
    return size.actualBoundingBoxAscent + size.actualBoundingBoxDescent;
}"""
OUTSIDE = """() => [...document.querySelectorAll('.nsm-wall article, .nsm-wall p, .nsm-wall svg')]
    .map(part => part.getBoundingClientRect())
    .filter(box => box.right > innerWidth + 5 || box.bottom > innerHeight + 5 || box.left < -5)
    .length"""
OVERLAPPING = """() => {
    const boxes = ['header', '.hero', '.turns', '.inputs', '.foot']
        .map(name => document.querySelector(`.frame > ${name}`).getBoundingClientRect());
    return boxes.slice(1).filter((box, at) => box.top < boxes[at].bottom - 1).length;
}"""
# How much higher what takes its turn is than its place.
SPILT = """() => {
    const turn = document.querySelector('.turn.on');
    return Math.max(turn.scrollHeight - turn.clientHeight - 1, 0);
}"""
ON = "() => document.querySelector('.turn.on')?.className"


def live(page: Page | Frame) -> None:
    page.wait_for_function("() => /live/.test(document.getElementById('clock')?.textContent)")


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shop with a target and notes, so that every part but a lead has its turn."""
    folder = tmp_path_factory.mktemp("noted")
    url = f"sqlite:///{folder / 'nsm.db'}"
    today = today_in("UTC")
    fill(url, until=today - DAY, today=today)
    engine = open_store(url)
    save_targets(engine, "shop", [Target("orders", "month", month_start(today), 7_000.0)])
    save_annotations(engine, "shop", [Annotation(0, today - DAY, "Price test began")])
    engine.dispose()
    with serving(folder, url) as server:
        yield server


@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900), (3840, 2160)])
@pytest.mark.parametrize("query", ["theme=night", "theme=day&scale=115&pin=inputs"])
def test_it_fills_the_screen_and_the_star_is_an_eighth_of_it(
    server: Server, visit: Visit, size: tuple[int, int], query: str
) -> None:
    page, watch = visit(f"{server.url}/wall.html?stars=shop&{query}", *size, wait=False)
    live(page)

    assert page.evaluate(INK) >= size[1] / 8
    assert page.evaluate(OUTSIDE) == 0
    assert page.evaluate(OVERLAPPING) == 0
    assert page.evaluate(CUT_OFF) == []
    assert page.locator(".nsm-wall article").count() == 3
    assert watch.errors == []
    assert watch.outside == []


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The simulated stars: long names, large numbers, five inputs and plans."""
    folder = tmp_path_factory.mktemp("planned")
    url = f"sqlite:///{folder / 'nsm.db'}"
    engine = open_store(url)
    fill_demo(engine, today_in("UTC"))
    engine.dispose()
    with serving(folder, url) as server:
        yield server


@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900)])
@pytest.mark.parametrize(
    "query",
    [
        "stars=music",
        "stars=music&scale=115",
        "stars=music&scale=120&pin=lead",
        "stars=music&scale=120&pin=target",
        "stars=music&scale=120&pin=sessions_per_week",
        "stars=restaurant",
    ],
)
def test_everything_known_of_a_star_with_plans_fits(
    planned: Server, visit: Visit, size: tuple[int, int], query: str
) -> None:
    page, watch = visit(f"{planned.url}/wall.html?{query}&seconds=3600", *size, wait=False)
    page.get_by_text("chance to reach it").first.wait_for(timeout=60_000)

    assert page.evaluate(INK) >= size[1] / 8
    assert page.evaluate(OUTSIDE) == 0
    assert page.evaluate(OVERLAPPING) == 0
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(SPILT) == 0
    assert watch.errors == []


def test_among_the_screens_it_covers_everything_but_the_way_out(
    server: Server, visit: Visit
) -> None:
    page, watch = visit(f"{server.url}/wall?star=shop", 1920, 1080)
    frame = page.locator("[data-testid=stIFrame]")
    assert frame.bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
    live(page.frames[1])
    assert watch.errors == []
    assert watch.outside == []

    page.get_by_role("link", name="dashboard").click()
    page.wait_for_url("**/?star=shop")
    page.get_by_role("link", name="Leads").first.wait_for()
    assert frame.count() == 0


def test_on_a_phone_it_scrolls_down_and_not_sideways(server: Server, visit: Visit) -> None:
    page, watch = visit(f"{server.url}/wall.html", 390, 844, wait=False)
    live(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".nsm-wall article").last.scroll_into_view_if_needed()
    assert page.locator(".nsm-wall article").last.is_visible()
    assert watch.errors == []


def test_the_parts_take_turns_while_the_star_stays(noted: Server, visit: Visit) -> None:
    page, watch = visit(f"{noted.url}/wall.html?seconds=5", 1920, 1080, wait=False)
    # Time goes by sixty times as fast for the turns, and only for them.
    page.clock.install()
    page.reload()
    star = page.locator(".hero").inner_text()
    seen = []
    for _ in range(7):
        seen.append(page.evaluate(ON).replace("turn turn-", "").replace(" on", ""))
        page.clock.fast_forward(5_000)
        assert page.locator(".hero").inner_text() == star
    assert seen[:6] == ["weeks", "input", "input", "input", "target", "notes"]
    assert seen[6] == "weeks", "and from the start"
    assert watch.errors == []


def test_new_data_come_by_themselves(tmp_path: Path, visit: Visit) -> None:
    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    today = today_in("UTC")
    fill(url, until=today - 3 * DAY, today=today - 2 * DAY)
    with serving(tmp_path, url) as server:
        page, _ = visit(f"{server.url}/wall.html?stars=shop", 1920, 1080, wait=False)
        live(page)
        assert "late" in page.locator("header .age").inner_text()
        fill(url, until=today - DAY, today=today)
        page.wait_for_function(
            "() => !/late/.test(document.querySelector('header .age').textContent)",
            timeout=15_000,
        )


def test_without_any_script_it_is_the_picture(server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/wall.html?stars=shop")
    assert page.locator(".hero .value").is_visible()
    assert page.locator("#clock").inner_text() == "", "nothing claims to be live"
    context.close()


def test_a_written_wall_says_when_nobody_renews_it(tmp_path: Path, visit: Visit) -> None:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    from nsm.radiate import radiate
    from nsm.wall import Screen

    url = f"sqlite:///{tmp_path / 'nsm.db'}"
    today = today_in("UTC")
    fill(url, until=today - DAY, today=today)
    now = dt.datetime.now(dt.UTC)
    engine = open_store(url)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: the test reads the page."""

    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site")))
    Thread(target=host.serve_forever, daemon=True).start()
    try:
        radiate(engine, Screen(("shop",)), tmp_path / "site", now - dt.timedelta(days=2))
        page, watch = visit(
            f"http://127.0.0.1:{host.server_port}/wall.html", 1920, 1080, wait=False
        )
        page.wait_for_function("() => /lost/.test(document.body.className)")
        assert "not renewed since" in page.locator("#sign").inner_text()
        assert page.locator(".hero .value").is_visible()
        radiate(engine, Screen(("shop",)), tmp_path / "site", now)
        page.wait_for_function("() => !/lost/.test(document.body.className)", timeout=15_000)
        assert "written" in page.locator("#clock").inner_text()
        assert watch.errors == []
    finally:
        host.shutdown()
        host.server_close()
        engine.dispose()
