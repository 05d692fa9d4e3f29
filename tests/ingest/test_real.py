"""Published files, when they are at hand; the project passes without them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from nsm.definitions import parse_definition
from nsm.ingest import load_file
from nsm.model import Aggregate, Metric, Role, Star
from nsm.store.loads import restatements
from nsm.store.observations import as_known_on, read_days
from nsm.store.stars import save_star
from tests.ingest.conftest import TODAY

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
VINTAGES = sorted((REAL / "buffer" / "vintages").glob("*.csv"))
REVIEWS = sorted((REAL / "review").glob("*.csv"))
EVER = [(dt.date(1900, 1, 1), dt.date(2200, 1, 1))]
PAGES = Star(
    "pages",
    "Pages",
    "page_views",
    tuple(
        Metric(key, key, Role.CANDIDATE if place else Role.NORTH_STAR, Aggregate.SUM)
        for place, key in enumerate(["page_views", "impressions", "clicks", "mobile_page_views"])
    ),
    week_start=6,
)


def published(path: Path) -> dict[str, float]:
    rows = [line.split(",") for line in path.read_text().split()[1:]]
    return {week: float(value) for week, value in rows if value}


def test_publications_in_order_leave_the_newest_and_know_what_was_known(
    engine: sa.Engine,
) -> None:
    if not VINTAGES:
        return
    star = parse_definition((REAL / "buffer" / "star.yaml").read_text(), "star.yaml").star
    save_star(engine, star, TODAY)
    newest: dict[str, float] = {}
    replaced = 0
    for path in VINTAGES:
        as_of = dt.date.fromisoformat(path.stem[-10:])
        news = published(path)
        replaced += sum(newest.get(week, value) != value for week, value in news.items())
        newest |= news

        load_file(
            engine, "buffer", path, source=path.name, loaded_by="me", today=TODAY, as_of=as_of
        )

        known = as_known_on(engine, "buffer", "weekly_active_users", as_of)
        assert {str(week.date()): value for week, value in known.items()} == newest
    days = read_days(engine, "buffer", EVER)
    assert dict(zip(days["date"].dt.strftime("%Y-%m-%d"), days["value"], strict=True)) == newest
    assert len(restatements(engine, "buffer")) == min(replaced, 200)


def test_exported_tables_load_unedited_and_twice(engine: sa.Engine) -> None:
    for path in REVIEWS:
        star = replace(PAGES, key=path.stem)
        save_star(engine, star, TODAY)

        first, second = (
            load_file(engine, star.key, path, source=path.name, loaded_by="me", today=TODAY)
            for _ in range(2)
        )

        assert (first.changed, first.rejected, first.warnings) == (0, 0, ())
        assert first.new == second.unchanged > 600
        assert (second.new, second.changed) == (0, 0)
