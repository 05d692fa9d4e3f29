"""What time does to a wall: midnight, a new week, a clock that is set, an upgrade, the hours."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from nsm.periods import DAY, WEEK, today_in, week_start_of
from tests.conftest import SHOP, fill
from tests.e2e.browser import Watch
from tests.e2e.faults import (
    BACK_SECONDS,
    LIVE,
    LOST,
    PATHS,
    ROUNDS,
    Tally,
    screens,
    seconds_until,
    survives,
)
from tests.e2e.proxy import Proxy
from tests.e2e.serving import Server, serving

pytestmark = pytest.mark.e2e
Visit = Callable[..., tuple[Page, Watch]]

# A clock of the browser that a test can set, with the timers left as they are.
CLOCK = """(() => {
    const Real = Date;
    let ahead = 0;
    window.setClock = seconds => { ahead = seconds * 1000; };
    window.Date = class extends Real {
        constructor(...said) { said.length ? super(...said) : super(Real.now() + ahead); }
        static now() { return Real.now() + ahead; }
    };
})()"""
# The frame among the screens only when it is tried many times: it is the same page.
WAYS = PATHS if ROUNDS > 1 else PATHS[:1]
HEARD = "() => performance.getEntriesByType('resource').filter(r => /beat/.test(r.name)).length"


@dataclasses.dataclass
class Someday:
    """A server whose day and program are what we say."""

    server: Server
    file: Path
    day: dt.date
    program: str = "first"

    def becomes(self, day: dt.date | None = None, program: str = "") -> None:
        self.day, self.program = day or self.day, program or self.program
        draft = self.file.with_suffix(".draft")
        draft.write_text(f"{self.day} {self.program}", encoding="utf-8")
        draft.replace(self.file)


def zone_where_it_is(hour: int) -> str:
    """A time zone in which it is about that hour now."""
    ahead = (hour - dt.datetime.now(dt.UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


@pytest.fixture(scope="module")
def someday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Someday]:
    """Four stars whose data end on a Sunday two weeks ago or more, on the day that we say."""
    folder = tmp_path_factory.mktemp("someday")
    url = f"sqlite:///{folder / 'nsm.db'}"
    sunday = week_start_of(today_in("UTC"), 0) - WEEK - DAY
    for key, hour in (("shop", 12), ("noon", 12), ("evening", 20), ("night", 1)):
        star = dataclasses.replace(SHOP, key=key, name=key, timezone=zone_where_it_is(hour))
        fill(url, star, until=sunday, today=sunday + DAY)
    file = folder / "day"
    file.write_text(f"{sunday} first", encoding="utf-8")
    command = (sys.executable, "-m", "uvicorn", "tests.e2e.another_day:app", "--port", "{port}")
    with serving(folder, url, command=command, environment={"NSM_TEST_DAY": str(file)}) as server:
        yield Someday(server, file, sunday)


def test_midnight_and_a_new_week_come_by_themselves(
    browser: Browser, someday: Someday, tally: Tally
) -> None:
    sunday = someday.day
    with screens(browser, someday.server.url, WAYS) as views:

        def midnight(round_: int) -> tuple[None, float]:
            someday.becomes(sunday + DAY if round_ % 2 == 0 else sunday)
            week = week_start_of(someday.day, 0) - WEEK
            shown = f"() => /week of {week.day} {week:%b}/.test(document.body.innerText)"
            took = seconds_until(shown, views, BACK_SECONDS)
            assert not any(view.evaluate(LOST) for view in views)
            return None, took

        tally.rounds("midnight, the week is over", midnight)


def test_an_upgrade_of_the_program_takes_over_the_screens(
    browser: Browser, someday: Someday, tally: Tally
) -> None:
    with screens(browser, someday.server.url, WAYS) as views:

        def upgrade(round_: int) -> tuple[None, float]:
            someday.becomes(program=f"upgrade{round_}")
            for view in views:
                view.evaluate("() => { window.before = window.nsmWall; }")
            taken = (
                "() => window.nsmWall !== window.before && document.getElementById('wall')"
                f".getAttribute('data-program') === 'upgrade{round_}'"
            )
            took = seconds_until(taken, views, BACK_SECONDS)
            assert not any(view.evaluate(LOST) for view in views)
            return None, took

        tally.rounds("the program is upgraded", upgrade)


def test_a_clock_that_is_set_neither_alarms_nor_hides_a_loss(
    browser: Browser, someday: Someday, tally: Tally
) -> None:
    with (
        Proxy(someday.server.port) as network,
        screens(browser, f"http://localhost:{network.port}", WAYS, CLOCK) as views,
    ):

        def jump(round_: int) -> tuple[float | None, float]:
            for view in views:
                view.evaluate(f"setClock({(3600, -3600, 86_400, -86_400)[round_ % 4]})")
            heard = [int(view.evaluate(HEARD)) for view in views]
            for view, count in zip(views, heard, strict=True):
                view.wait_for_function(f"() => ({HEARD})() >= {count + 2} && !({LOST})()")
            # Swallowed packets alone are tried elsewhere; with a clock that was set, many times.
            return survives(views, network.swallow, network.mend) if ROUNDS > 1 else (None, 0.0)

        tally.rounds("the clock is set, then packets swallowed", jump)


def test_the_screen_is_lit_by_the_hour_of_its_star(someday: Someday, visit: Visit) -> None:
    page, _ = visit(f"{someday.server.url}/wall.html", wait=False)
    for star, lit, dimmed in (
        ("noon", "day", "none"),
        ("evening", "dusk", "brightness(0.85)"),
        ("night", "dark", "brightness(0.7)"),
    ):
        page.goto(f"{someday.server.url}/wall.html?stars={star}&theme=auto")
        page.wait_for_function(LIVE)
        assert set(page.evaluate("document.body.className").split()) - {"night"} == {lit}
        look = "getComputedStyle(document.querySelector('.nsm-wall')).filter"
        assert page.evaluate(look) == dimmed


def test_the_picture_moves_a_few_pixels_every_minute_and_stars_take_turns(
    someday: Someday, visit: Visit
) -> None:
    address = f"{someday.server.url}/wall.html?stars=shop,night&order=weeks&seconds=60"
    page, watch = visit(address, 1280, 720, wait=False)
    # The picture moves with the minutes of the clock: none may begin while the test takes its time.
    page.clock.install(time=dt.datetime.now(dt.UTC).replace(second=0, microsecond=0))
    # Minutes pass in a moment below, and a request ends after some seconds of them: the picture of
    # the other star comes before, in time as it is.
    with page.expect_response(lambda one: "show=night" in one.url) as answer:
        page.reload()
        page.clock.run_for(2_000)
    answer.value.finished()
    at = "() => { const box = document.getElementById('frame').getBoundingClientRect();"
    at += " return [box.x, box.y]; }"
    places, stars = [], []
    for _ in range(8):
        page.wait_for_function("() => /live/.test(document.getElementById('clock').innerText)")
        page.wait_for_timeout(100)
        places.append(tuple(page.evaluate(at)))
        stars.append(page.locator("header bdi").inner_text())
        page.clock.run_for(60_000)
    assert len(set(places)) == 8, "no edge stays where it was"
    assert all(abs(x) <= 8 and abs(y) <= 8 for x, y in places)
    assert stars[:4] in (["shop", "night"] * 2, ["night", "shop"] * 2)
    assert watch.errors == []
