"""`nsm radiate`: the same pictures as files, each whole, the heartbeat last."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nsm.cli import nsm
from nsm.errors import InputError, UnknownStar
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.conftest import SHOP, TODAY


@pytest.fixture
def kiosk(shop: str) -> str:
    """The shop and a second star, which has no data yet."""
    engine = open_store(shop)
    save_star(engine, dataclasses.replace(SHOP, key="kiosk", name="Kiosk"), TODAY)
    engine.dispose()
    return shop


def run(*arguments: str) -> Result:
    return CliRunner().invoke(nsm, list(arguments), catch_exceptions=False)


@pytest.mark.usefixtures("kiosk")
def test_it_writes_the_wall_and_the_answers_of_its_stars(tmp_path: Path) -> None:
    out = tmp_path / "site"
    run("radiate", "--star", "shop", "--star", "kiosk", "--out", str(out), "--screen", "theme=day")
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}

    for_each = ("badge/{}.svg", "spark/{}.svg", "api/v1/stars/{}/review.json")
    assert found == {
        *("wall.html", "wall-kiosk.html", "wall.js", "beat.json", "api/v1/stars.json"),
        *(name.format(star) for star in ("shop", "kiosk") for name in for_each),
        *(f"api/v1/stars/{star}/leads.json" for star in ("shop", "kiosk")),
    }
    review = (out / "api/v1/stars/shop/review.json").read_text(encoding="utf-8")
    assert review == run("review", "--star", "shop", "--json").output
    beat = json.loads((out / "beat.json").read_text(encoding="utf-8"))
    assert [one["star"] for one in beat["pictures"]] == ["shop", "kiosk"]
    for one in beat["pictures"]:
        page = (out / one["href"]).read_text(encoding="utf-8")
        assert f'data-tag="{one["tag"]}"' in page
        assert '<body class="day">' in page
        assert "written " in page
    newest = max(out.rglob("*"), key=lambda path: (path.is_file(), path.stat().st_mtime_ns))
    assert newest.name == "beat.json"


@pytest.mark.usefixtures("shop")
def test_a_star_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownStar):
        run("radiate", "--star", "shop", "--star", "nope", "--out", str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()


@pytest.mark.usefixtures("shop")
def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        run("radiate", "--star", "shop", "--out", str(tmp_path / "file"))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"
