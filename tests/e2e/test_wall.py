"""The wall in a real browser: it fills the screen, and knows by itself when it is old."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Watch
from tests.e2e.serving import Server, serving

pytestmark = pytest.mark.e2e
Visit = Callable[..., tuple[Page, Watch]]

# Every point of a grid over the screen that is not the wall's.
UNCOVERED = """() => {
    const found = [];
    for (let x = 1; x < innerWidth; x += innerWidth / 24)
        for (let y = 1; y < innerHeight; y += innerHeight / 24)
            if (!document.elementFromPoint(x, y)?.closest('.nsm-wall, .nsm-beat'))
                found.push([x, y]);
    return found;
}"""
# Text that does not fit where it stands, by element: what a viewer would see cut off.
CUT_OFF = """() => [...document.querySelectorAll('.nsm-wall p, .nsm-wall span')]
    .filter(part => part.scrollWidth > part.clientWidth + 1
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
OUTSIDE = """() => [...document.querySelectorAll('.nsm-wall article, .nsm-wall p, .nsm-wall img')]
    .map(part => part.getBoundingClientRect())
    .filter(box => box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1)
    .length"""

OPACITY = """part => {
    let found = 1;
    for (let one = part; one; one = one.parentElement) found *= getComputedStyle(one).opacity;
    return found;
}"""


def state(page: Page, part: str) -> str:
    found: str = page.evaluate(
        f"getComputedStyle(document.querySelector('.nsm-beat {part}')).visibility"
    )
    return found


def wait_until_visible(page: Page, part: str, seconds: float) -> None:
    page.wait_for_function(
        """part => getComputedStyle(document.querySelector(`.nsm-beat ${part}`)).visibility
            === 'visible'""",
        arg=part,
        timeout=seconds * 1000,
    )


@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900), (3840, 2160)])
def test_it_fills_the_screen_and_the_star_is_an_eighth_of_it(
    server: Server, visit: Visit, size: tuple[int, int]
) -> None:
    page, watch = visit(f"{server.url}/wall", *size)
    page.wait_for_selector(".nsm-wall")

    assert page.evaluate(UNCOVERED) == []
    assert page.evaluate(INK) >= size[1] / 8
    assert page.evaluate(OUTSIDE) == 0
    assert page.evaluate(CUT_OFF) == []
    assert page.locator(".nsm-wall article").count() == 3
    assert state(page, ".live") == "visible"
    assert state(page, ".lost") == "hidden"
    assert watch.errors == []
    assert watch.outside == []


def test_on_a_phone_it_scrolls_down_and_not_sideways(server: Server, visit: Visit) -> None:
    page, watch = visit(f"{server.url}/wall", 390, 844)
    page.wait_for_selector(".nsm-wall")
    width, shown = page.locator(".nsm-wall").evaluate(
        "wall => [wall.scrollWidth, wall.clientWidth]"
    )

    assert width <= shown
    page.locator(".nsm-wall article").last.scroll_into_view_if_needed()
    assert page.locator(".nsm-wall article").last.is_visible()
    assert watch.errors == []


def test_the_small_way_out_leads_to_the_dashboard(server: Server, visit: Visit) -> None:
    page, _ = visit(f"{server.url}/wall")
    page.get_by_role("link", name="dashboard").click()
    page.wait_for_url("**/?star=shop")
    page.get_by_role("link", name="Leads").first.wait_for()

    assert page.locator(".nsm-wall").count() == 0


def test_a_screen_whose_server_falls_silent_says_so_and_comes_back(
    shop_url: str, tmp_path: Path, visit: Visit
) -> None:
    with serving(tmp_path, shop_url) as own:
        page, _ = visit(f"{own.url}/wall", 1920, 1080)
        page.wait_for_selector(".nsm-beat .live")
        picture = page.evaluate("document.querySelector('.nsm-wall').innerText")
        # The clock is the browser's: let its animations run twelve times as fast.
        client = page.context.new_cdp_session(page)
        client.send("Animation.enable")
        client.send("Animation.setPlaybackRate", {"playbackRate": 12})
        os.kill(own.process.pid, signal.SIGSTOP)
        try:
            wait_until_visible(page, ".lost", 15)
            assert state(page, ".live") == "hidden"
            assert "No word from the server since" in page.locator(".nsm-beat .lost").inner_text()
            assert page.evaluate("document.querySelector('.nsm-wall').innerText") == picture
            assert page.evaluate(UNCOVERED) == []
        finally:
            client.send("Animation.setPlaybackRate", {"playbackRate": 1})
            os.kill(own.process.pid, signal.SIGCONT)
        wait_until_visible(page, ".live", 45)


def test_a_killed_server_covers_nothing_of_the_picture(
    shop_url: str, tmp_path: Path, visit: Visit
) -> None:
    with serving(tmp_path, shop_url) as own:
        page, _ = visit(f"{own.url}/wall", 1920, 1080)
        page.wait_for_selector(".nsm-wall")
        # All but the line of the heartbeat.
        part = {"x": 0, "y": 0, "width": 1920, "height": 950}
        before = page.screenshot(clip=part)
        own.process.kill()
        own.process.wait()
        page.locator("[data-testid=stDialog]").wait_for(state="attached")
        page.wait_for_timeout(1_000)

        assert page.screenshot(clip=part) == before
        assert page.locator(".nsm-wall").evaluate(OPACITY) == 1
