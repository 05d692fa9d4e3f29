"""Pictures of every screen: python -m tests.e2e.shoot OUTDIR [--url http://localhost:8501].

Without --url a server is started on the database of the settings (NSM_DATABASE_URL).
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, TimeoutError  # noqa: E402

from nsm.config import read_settings  # noqa: E402
from tests.e2e.browser import Watch, chromium, scrolls_sideways, settle  # noqa: E402
from tests.e2e.serving import serving  # noqa: E402

SIZES = ((1920, 1080), (1440, 900), (390, 844))
SCREENS = ("this_week", "inputs", "leads", "wall", "data", "screens")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("outdir", type=Path)
    options.add_argument("--url", default="", help="a server that runs already")
    options.add_argument("--star", default="", help="the star to show")
    options.add_argument("--screens", nargs="*", default=SCREENS, choices=SCREENS)
    options.add_argument("--schemes", nargs="*", default=("light", "dark"))
    given = options.parse_args()
    given.outdir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        url = given.url.rstrip("/")
        if not url:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(serving(folder, read_settings().database_url)).url
        browser = stack.enter_context(chromium())
        for screen in given.screens:
            for scheme in given.schemes:
                for width, height in SIZES:
                    address = f"{url}/{screen}" + (f"?star={given.star}" if given.star else "")
                    target = given.outdir / f"{screen}_{width}_{scheme}.png"
                    print(target, *shoot(browser, address, width, height, scheme, target), sep="  ")


def shoot(
    browser: Browser, address: str, width: int, height: int, scheme: str, target: Path
) -> list[str]:
    """Take one picture of the whole page; returns what is wrong with it."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    watch = Watch().of(page)
    page.goto(address)
    wrong = []
    try:
        settle(page)
    except TimeoutError:
        wrong.append("NOT SETTLED")
    wrong += scrolls_sideways(page)
    # The page scrolls inside its main part, so a tall window shows all of it.
    tall = page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0")
    if tall > height:
        page.set_viewport_size({"width": width, "height": min(int(tall) + 60, 8000)})
        page.wait_for_timeout(800)
    page.screenshot(path=target)
    context.close()
    return [*wrong, *watch.errors, *watch.outside]


if __name__ == "__main__":
    main()
