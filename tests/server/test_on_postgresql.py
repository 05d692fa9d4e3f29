"""The dashboard with its store on PostgreSQL: filled, served, read and restored."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nsm.periods import DAY, today_in
from nsm.store.backups import back_up, opened, restore
from nsm.store.engine import open_store
from nsm.ui.page import engine as page_engine
from tests.conftest import TODAY, fill
from tests.e2e.serving import ROOT, answer, serving
from tests.engines.servers import DatabaseServer


def test_make_run_on_a_new_postgresql_database(
    postgresql_server: DatabaseServer, tmp_path: Path
) -> None:
    url = postgresql_server.new_database()
    subprocess.run(
        [sys.executable, "-m", "nsm", "demo", "--if-empty"],
        cwd=ROOT,
        env=os.environ | {"NSM_DATABASE_URL": url},
        timeout=240,
        check=True,
    )

    with serving(tmp_path, url) as server:
        status, _, body = answer(f"{server.url}/healthz")
        newest = json.loads(body)["newest"]
        yesterday = (today_in("UTC") - DAY).isoformat()
        assert status == 200
        assert len(newest) == 2
        assert set(newest.values()) == {yesterday}
        star = next(iter(newest))
        review = answer(f"{server.url}/api/v1/stars/{star}/review")
        assert review[0] == 200

        # A backup is made, and restored, under the eyes of the viewers.
        store = open_store(url)
        back_up(store, tmp_path / "all.backup", dt.datetime.fromisoformat("2026-01-02"))
        with opened(tmp_path / "all.backup") as (backup, _):
            restore(backup, store)
        store.dispose()
        again = answer(f"{server.url}/api/v1/stars/{star}/review")
        assert (again[0], again[2]) == (200, review[2])
        assert "keeper" not in server.log()


def test_the_page_says_the_same_on_postgresql(
    postgresql_server: DatabaseServer, shop: str, screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = everything_on(screen("this_week"))
    url = postgresql_server.new_database()
    fill(url, until=TODAY - DAY, today=TODAY)
    monkeypatch.setenv("NSM_DATABASE_URL", url)
    st.cache_resource.clear()
    st.cache_data.clear()

    assert everything_on(screen("this_week")) == expected

    page_engine().dispose()


def everything_on(page: AppTest) -> list[str]:
    """What is written on a page, in its order."""
    assert not page.exception
    said = [str(one.value) for one in (*page.markdown, *page.caption)]
    assert len(said) > 5
    return said
