"""The digest on paper: two pages of A4 landscape, whatever stands in it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pytest

from nsm.digest import digest_of, document
from nsm.model import Aggregate, Annotation, Metric, ReviewEntry, Role, Star, Target
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.reviews import add_entry
from nsm.store.targets import save_targets
from nsm.why import SegmentPart, SegmentSplit
from tests.conftest import TODAY
from tests.stores import put

pytestmark = pytest.mark.e2e

WEEK = dt.date(2026, 11, 9)
LONG = "Überlängenwörter and <b>marks</b> that go on " * 80
ROLES = (Role.NORTH_STAR, *[Role.INPUT] * 8, *[Role.RESULT] * 4, *[Role.GUARDRAIL] * 3)
POINTS = {"wide": 297 / 25.4 * 72, "high": 210 / 25.4 * 72}


def full(database):
    """A star of sixteen metrics with long names, all unusual, much planned and much said."""
    metrics = tuple(
        Metric(f"m{place}", f"{place} {LONG[:150]}", role, Aggregate.SUM, unit="customers served")
        for place, role in enumerate(ROLES)
        if role is not Role.NORTH_STAR
    )
    formula = " + ".join(one.key for one in metrics[:7])
    whole = Metric("m0", LONG[:150], Role.NORTH_STAR, formula=formula, unit="customers served")
    star = Star("full", LONG[:200], "m0", (whole, *metrics), simulated=True)
    rng = np.random.default_rng(0)
    begin = TODAY - dt.timedelta(days=500)
    lines = [",".join(["date", *(one.key for one in metrics)])]
    for place in range(500):
        day = begin + dt.timedelta(days=place)
        rise = 1.9 if WEEK <= day < WEEK + dt.timedelta(7) else 1.0
        values = rng.normal(1_234_567, 9_000, len(metrics)) * rise
        lines.append(",".join([str(day), *(f"{value:.0f}" for value in values)]))
    put(database, star, "\n".join(lines).encode(), TODAY)
    engine = open_store(database)
    starts = {"week": WEEK, "month": dt.date(2026, 11, 1), "quarter": dt.date(2026, 10, 1)}
    plans = starts | {"year": dt.date(2026, 1, 1)}
    save_targets(engine, "full", [Target("m0", *plan, 9e8) for plan in plans.items()])
    days = [WEEK - dt.timedelta(days=3 * back) for back in range(8)]
    save_annotations(engine, "full", [Annotation(0, day, LONG[:3000]) for day in days])
    now = dt.datetime.combine(TODAY, dt.time(9))
    for place in range(12):
        entry = ReviewEntry(
            id=0,
            metric=f"m{place}",
            week=WEEK - dt.timedelta(days=7 * (place % 2)),
            explanation=LONG[:2000],
            known=bool(place % 3),
            decision=LONG[:2000],
            owner=LONG[:150],
            due=TODAY,
            written_by=LONG[:150],
            written_at=now,
        )
        add_entry(engine, "full", entry)
    return engine


def split(column):
    """A change of many parts with long names."""
    parts = tuple(
        SegmentPart(f"{place} {LONG[:60]}", 0.0, 1e6 - place, 1e6 - place) for place in range(9)
    )
    change = sum(part.contribution for part in parts)
    return SegmentSplit(
        "m0", column, "week", WEEK, WEEK - dt.timedelta(7), 0.0, change, "sum", parts
    )


def printed(browser, text, folder):
    """The pages that the browser prints of a file, as (width, height) in points."""
    file = folder / "digest.html"
    file.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    (folder / "digest.pdf").write_bytes(pdf)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == len(boxes)
    return [tuple(float(side) for side in box) for box in boxes]


@pytest.mark.parametrize("filled", [full, None], ids=["all there is", "hardly anything"])
def test_it_prints_on_two_pages_of_a4_landscape(browser, database, tmp_path, request, filled):
    if filled is None:
        request.getfixturevalue("shop")
    engine, star = (filled(database), "full") if filled else (open_store(database), "shop")

    digest = digest_of(engine, star, TODAY)
    if filled:
        digest = replace(digest, splits=tuple(split(column) for column in LONG.split()[:4]))
    pages = printed(browser, document(digest), tmp_path)

    assert len(pages) == 2
    for wide, high in pages:
        assert wide == pytest.approx(POINTS["wide"], abs=1)
        assert high == pytest.approx(POINTS["high"], abs=1)
