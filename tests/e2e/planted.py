"""A database in which every text field holds hostile text."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

import sqlalchemy as sa

from nsm.ingest import load_file
from nsm.model import Aggregate, Annotation, LimitLock, Metric, Role, Star, Target
from nsm.store.annotations import save_annotations
from nsm.store.engine import open_store
from nsm.store.limits import save_lock
from nsm.store.screens import LONGEST_NAME, add_screen
from nsm.store.stars import save_star
from nsm.store.targets import save_targets
from tests.e2e.hostile import strings

# As many as the wall shows at once: the star and five inputs.
IN_A_STAR = 6
# As the store keeps times: UTC, without a zone.
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
DAYS = 400
# When most of the history was known; the rest came, and some of it changed, today.
KNOWN = TODAY - 30 * DAY


def groups(canary: str) -> list[tuple[str, ...]]:
    every = strings(canary)
    return [every[start : start + IN_A_STAR] for start in range(0, len(every), IN_A_STAR)]


def definition(key: str, texts: Sequence[str], turn: int = 1) -> Star:
    """A star with each of the texts in all of its text fields; ``turn`` is the version.

    The star is the sum of candidates with the same names as its inputs, so that its parts have
    every name, and the inputs may be tested.
    """

    def text(place: int) -> str:
        return texts[place % len(texts)]

    def several(place: int) -> str:
        """All texts that leave room for others, or the one that does not."""
        turned = [text(place + after) for after in range(len(texts))]
        fits = [one for one in turned if len(one) <= 100]
        return " ".join(fits) if turned[0] in fits else turned[0]

    def metric(key: str, place: int, role: Role, formula: str | None = None) -> Metric:
        return Metric(
            key,
            name=text(place),
            role=role,
            aggregate=None if formula else Aggregate.SUM,
            formula=formula,
            unit=text(place + 1)[:64],
            dimension=several(place + 2),
            owner=several(place + 3),
            description=f"{several(place + 4 + turn)} {turn}",
        )

    numbers = range(1, len(texts))
    metrics = (
        metric("m0", 0, Role.NORTH_STAR, " + ".join(f"c{place}" for place in numbers)),
        *(metric(f"m{place}", place, Role.INPUT) for place in numbers),
        metric("r", 1, Role.RESULT),
        *(metric(f"c{place}", place, Role.CANDIDATE) for place in numbers),
        metric("x", 0, Role.CANDIDATE),
    )
    short = " ".join(one[: 280 // len(texts)] for one in texts)
    return Star(key, short, "m0", metrics, description=several(0))


def history(star: Star, *, until: dt.date, change: int = 0) -> bytes:
    """The days of all measured metrics; ``change`` is added to one of them."""
    keys = [one.key for one in star.metrics if one.aggregate]
    lines = [",".join(("date", *keys))]
    for back in range(DAYS, (TODAY - until).days - 1, -1):
        extra = change if back == 40 else 0
        values = (
            200 + (back * (place + 7)) % 31 + back // 50 + extra for place in range(len(keys))
        )
        lines.append(",".join(map(str, (TODAY - back * DAY, *values))))
    return "\n".join(lines).encode()


def bad_rows(texts: Sequence[str]) -> bytes:
    """A long file in which each text stands as a date, as a metric and as a value."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(("date", "metric", "value"))
    rows.writerow((TODAY - DAY, "m1", 231))
    for text in texts:
        rows.writerow((text, "m1", 1))
        rows.writerow((TODAY - 2 * DAY, text, 1))
        rows.writerow((TODAY - 2 * DAY, "m1", text))
    return file.getvalue().encode()


def plant(url: str, canary: str) -> list[Star]:
    """As many stars as the texts need."""
    engine = open_store(url)
    stars = [_star(engine, f"g{number}", texts) for number, texts in enumerate(groups(canary))]
    for text in strings(canary):
        add_screen(engine, text[:LONGEST_NAME], "stars=g0", NOW)
    engine.dispose()
    return stars


def _star(engine: sa.Engine, key: str, texts: Sequence[str]) -> Star:
    save_star(engine, definition(key, texts, turn=0), TODAY - 60 * DAY)
    star = definition(key, texts)
    save_star(engine, star, TODAY - 20 * DAY)
    before, now = history(star, until=KNOWN - DAY), history(star, until=TODAY - DAY, change=5)
    load_file(engine, key, before, source="days", loaded_by="test", today=TODAY, as_of=KNOWN)
    load_file(engine, key, now, source="days", loaded_by="test", today=TODAY)
    for text in texts:
        row = f"date,m1\n{TODAY - DAY},231\n".encode()
        load_file(engine, key, row, source=text, loaded_by=text, today=TODAY)
    load_file(
        engine,
        key,
        bad_rows(texts),
        source=" ".join(texts),
        loaded_by="test",
        today=TODAY,
        skip_bad=True,
    )
    kinds = ("note", "holiday", "break", "work")
    notes = [
        Annotation(
            0,
            TODAY - (6 * place + 9) * DAY,
            text,
            kinds[place % 4] if place > len(texts) - 4 else "note",
            None if place % 2 else f"m{place % 3}",
        )
        for place, text in enumerate(texts)
    ]
    save_annotations(engine, key, notes)
    begin = TODAY.replace(day=1)
    save_targets(
        engine, key, [Target(f"m{place}", "month", begin, 6000.0) for place in range(len(texts))]
    )
    lock = LimitLock("m0", None, TODAY - 60 * DAY, texts[1], NOW, star.description)
    save_lock(engine, key, lock)
    return star
