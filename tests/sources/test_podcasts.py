"""The simulated source that a newcomer tries: its events, and the star that reads them."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from nsm import answers
from nsm.cli import nsm
from nsm.definitions import read_definition
from nsm.demo.podcasts import LEAD_WEEKS, LOST, write_events
from nsm.errors import InputError
from nsm.segmented import splits_of
from nsm.sources.sync import Wanted, sync_star
from nsm.store.engine import open_store
from nsm.store.stars import save_star
from tests.stores import new_store


def test_its_lines_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSM_DATABASE_URL", f"sqlite:///{tmp_path / 'nsm.db'}")
    folder = tmp_path / "my folder"
    folder.mkdir()
    run = CliRunner()
    told = run.invoke(nsm, ["demo", "--events", str(folder / "podcasts.db")])
    assert told.exit_code == 0, told.output
    export, *commands = (line.strip() for line in told.output.splitlines()[1:])
    name, url = shlex.split(export)[1].split("=", 1)
    monkeypatch.setenv(name, url)
    for command in commands:
        done = run.invoke(nsm, shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    known = answers.histories(engine, "podcasts", dt.datetime.now(dt.UTC).date())
    assert len(known.weeks.values.dropna()) >= 129
    engine.dispose()


@pytest.mark.parametrize(
    "today", [dt.date(2026, 11, 23), dt.date(2027, 2, 17), dt.date(2025, 6, 1)]
)
def test_what_its_definition_says_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, today: dt.date
) -> None:
    path = tmp_path / "podcasts.db"
    definition = write_events(path, today)
    monkeypatch.setenv("PODCASTS_URL", f"sqlite:///{path}")
    engine = new_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    save_star(engine, read_definition(definition).star, today)
    assert [one.error for one in sync_star(engine, "podcasts", today, Wanted())] == [""] * 4
    known = answers.histories(engine, "podcasts", today)
    found = answers.leads_of(known).table.set_index("input")
    assert (found["verdict"] == "leads").to_dict() == {
        "new_listeners": True,
        "listeners": False,
        "episodes": False,
    }
    assert found.loc["new_listeners", "lag"] == LEAD_WEEKS
    review = answers.review_of(engine, known, today)
    year = [
        split
        for split in splits_of(engine, known, review.week_starts[-1])
        if split.segment == "country" and split.against == "year"
    ]
    assert min(year[0].parts, key=lambda part: part.contribution).part == LOST
    engine.dispose()


@pytest.mark.parametrize("there", ["podcasts.db", "podcasts.yaml"])
def test_nothing_that_is_there_is_written_over(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        write_events(tmp_path / "podcasts.db", dt.date(2026, 11, 23))
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(there, "mine")]


def test_the_database_is_not_called_like_its_definition(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="would be the definition"):
        write_events(tmp_path / "podcasts.yaml", dt.date(2026, 11, 23))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_events(tmp_path / "none" / "podcasts.db", dt.date(2026, 11, 23))
    assert list(tmp_path.iterdir()) == []
