"""Every screen in a real browser: the first address a server ever gets, and every size."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nsm.ui.printed import ZOOM
from tests.e2e.browser import Watch, scrolls_sideways, settle
from tests.e2e.conftest import SCREENS
from tests.e2e.serving import Server, serving

pytestmark = pytest.mark.e2e

Visit = Callable[..., tuple[Page, Watch]]
TITLES = {
    "": "This week",
    "inputs": "Inputs",
    "leads": "Leads",
    "wall": "Wall",
    "data": "Data",
    "screens": "Screens",
}

PAPER_PIXELS = 277 / 25.4 * 96  # A4 landscape between margins of 10 mm


def check(page: Page, watch: Watch) -> None:
    assert watch.errors == []
    assert watch.outside == []
    assert scrolls_sideways(page) == []
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("could not be shown").count() == 0


@pytest.mark.parametrize("screen", SCREENS)
def test_a_deep_link_is_the_first_thing_a_fresh_server_gets(
    screen: str, tmp_path: Path, shop_url: str, visit: Visit
) -> None:
    with serving(tmp_path, shop_url) as server:
        page, watch = visit(f"{server.url}/{screen}?star=shop")
        assert page.locator("[role=dialog]").count() == 0
        if screen != "wall":
            chosen = page.locator("[data-testid=stTopNavLink][aria-current=page]")
            expect(chosen).to_have_text(TITLES[screen])
            expect(page.locator(".st-key-star input")).to_have_value("Shop")
        check(page, watch)
        assert "Traceback" not in server.log()


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_fits_without_sideways_scroll_or_console_error(
    screen: str, width: int, height: int, scheme: str, server: Server, visit: Visit
) -> None:
    page, watch = visit(f"{server.url}/{screen}", width, height, scheme)
    check(page, watch)
    background = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    assert (background == "rgb(15, 20, 25)") == (scheme == "dark")


@pytest.mark.parametrize("width", [1440, 1920])
def test_a_page_fits_on_paper_without_its_controls(
    width: int, server: Server, visit: Visit, request: pytest.FixtureRequest
) -> None:
    page, watch = visit(f"{server.url}/", width, 900)
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.main-svg')].map(one => one.clientWidth))"
    )
    assert 800 < widest <= PAPER_PIXELS / ZOOM
    page.emulate_media(media="print")  # the tab is not its own
    request.addfinalizer(lambda: page.emulate_media(media="screen"))
    for control in ("stSelectbox", "stButton", "stHeader"):
        assert not page.locator(f"[data-testid={control}]").first.is_visible()
    assert page.locator("h2").first.is_visible()
    pages = page.pdf(prefer_css_page_size=True, print_background=True)
    assert re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+84[12]", pages), "A4 landscape"
    assert watch.errors == []


def test_the_wall_fills_a_television_and_shows_no_controls(server: Server, visit: Visit) -> None:
    page, watch = visit(f"{server.url}/wall?star=shop", 1920, 1080, "dark")
    check(page, watch)
    assert page.locator("[data-testid=stTopNavLink]").count() == 0
    assert page.locator("[data-testid=stSelectbox]").count() == 0
    assert page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollHeight <= window.innerHeight"
    )


def test_the_chosen_star_goes_along_through_every_screen_and_back(
    tmp_path: Path, visit: Visit
) -> None:
    url = two_stars(tmp_path)
    with serving(tmp_path, url) as server:
        page, watch = visit(f"{server.url}/inputs?star=shop")
        page.get_by_role("link", name="Leads").click()
        expect(page).to_have_url(f"{server.url}/leads?star=shop")
        settle(page)
        page.get_by_role("link", name="Data").click()
        expect(page).to_have_url(f"{server.url}/data?star=shop")
        settle(page)
        choice = page.locator(".st-key-star input")
        # A slow browser may count a new screen and its parameter as two steps.
        for _ in range(4):
            if page.url == f"{server.url}/inputs?star=shop":
                break
            page.go_back()
            settle(page)
            expect(choice).to_have_value("Shop")
        expect(page).to_have_url(f"{server.url}/inputs?star=shop")
        choice.click()
        page.get_by_role("option", name="Other shop").click()
        expect(page).to_have_url(f"{server.url}/inputs?star=other")
        assert watch.errors == []


def test_the_look_back_of_leads_is_not_the_shift_of_inputs(server: Server, visit: Visit) -> None:
    page, watch = visit(f"{server.url}/leads?lag=8")
    page.get_by_role("link", name="Inputs").click()
    expect(page.get_by_role("slider")).to_have_count(1)
    settle(page)
    check(page, watch)


def test_an_address_with_an_unknown_star_says_so_and_shows_another(
    server: Server, visit: Visit
) -> None:
    page, watch = visit(f"{server.url}/?star=%3Cb%3Enobody%3C/b%3E")
    alert = page.locator("[data-testid=stAlert]").first
    expect(alert).to_contain_text("There is no star “<b>nobody</b>” here")
    check(page, watch)


def test_an_address_with_an_unknown_page_says_so_in_one_line(server: Server, visit: Visit) -> None:
    page, watch = visit(f"{server.url}/%3Cb%3Enowhere?star=shop")
    alert = page.locator("[data-testid=stAlert]")
    expect(alert).to_have_text("There is no page “<b>nowhere” here; this is This week.")
    assert page.locator("[role=dialog]").count() == 0
    check(page, watch)


def test_the_way_back_from_an_older_week_leads_to_the_newer_one(
    server: Server, visit: Visit
) -> None:
    page, _ = visit(f"{server.url}/?star=shop")
    week = page.locator(".st-key-week input")
    newest = week.input_value()
    week.click()
    page.get_by_role("option").nth(3).click()
    expect(page).to_have_url(re.compile(r"star=shop&week="))
    settle(page)
    older = week.input_value()
    assert older != newest
    page.get_by_role("link", name="Data").click()
    expect(page).to_have_url(re.compile("/data"))
    settle(page)
    # A slow browser counts a new screen and its parameter as two steps.
    for _ in range(4):
        page.go_back()
        settle(page)
        if "/data" not in page.url:
            expect(week).to_have_value(older if "week=" in page.url else newest)
        if page.url == f"{server.url}/?star=shop":
            break
    expect(page).to_have_url(f"{server.url}/?star=shop")
    expect(week).to_have_value(newest)


def test_a_server_that_is_gone_leaves_the_page_readable(
    tmp_path: Path, shop_url: str, visit: Visit
) -> None:
    with serving(tmp_path, shop_url) as server:
        page, _ = visit(f"{server.url}/?star=shop")
    # The dialog of Streamlit came within two seconds.
    expect(page.locator("[data-testid=stStatusWidget]")).to_be_visible()
    page.wait_for_timeout(4000)
    assert page.locator("[role=dialog]").count() == 0


def test_a_table_opens_and_its_download_is_safe_for_spreadsheets(
    tmp_path: Path, visit: Visit, server: Server
) -> None:
    page, watch = visit(f"{server.url}/")
    page.locator("[data-testid=stExpander] summary").first.click()
    page.wait_for_selector("[data-testid=stDataFrame]")
    settle(page)
    with page.expect_download() as download:
        page.locator("[data-testid=stDownloadButton] button").first.click()
    saved = tmp_path / "rows.csv"
    download.value.save_as(saved)
    content = saved.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") > 1
    check(page, watch)


def two_stars(folder: Path) -> str:
    import dataclasses
    import datetime as dt

    from nsm.periods import today_in
    from tests.conftest import SHOP, fill

    url = f"sqlite:///{folder / 'two.db'}"
    today = today_in("UTC")
    for star in (SHOP, dataclasses.replace(SHOP, key="other", name="Other shop")):
        fill(url, star, until=today - dt.timedelta(days=1), today=today)
    return url
