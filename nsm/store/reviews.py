"""What the reviews of a star said, week by week; entries are added and closed, never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from nsm.errors import InputError, UnknownStar
from nsm.model import ReviewEntry
from nsm.plaintext import shown, why_unkeepable
from nsm.store.keys import metric_ids
from nsm.store.schema import metric, review_entry
from nsm.store.transactions import reading, writing

LONGEST_TEXT = 4_000
LONGEST_NAME = 200
MOST_READ = 2_000


def read_entries(
    engine: sa.Engine, star_key: str, until: dt.date | None = None
) -> tuple[ReviewEntry, ...]:
    """The review log of a star up to the week ``until``, newest week first; UnknownStar.

    The newest ``MOST_READ`` entries; of metrics that left the definition none.
    """
    with reading(engine) as connection:
        ids = list(metric_ids(connection, star_key).values())
        query = (
            sa.select(metric.c.key, review_entry)
            .join_from(review_entry, metric)
            .where(metric.c.id.in_(ids))
            .order_by(review_entry.c.week.desc(), review_entry.c.id.desc())
            .limit(MOST_READ)
        )
        if until is not None:
            query = query.where(review_entry.c.week <= until)
        rows = connection.execute(query).all()
    return tuple(
        ReviewEntry(
            id=row.id,
            metric=row.key,
            week=row.week,
            explanation=row.explanation,
            known=row.known,
            decision=row.decision,
            owner=row.owner,
            due=row.due,
            written_by=row.written_by,
            written_at=row.written_at,
            closed_by=row.closed_by,
            closed_at=row.closed_at,
            outcome=row.outcome,
        )
        for row in rows
    )


def add_entry(engine: sa.Engine, star_key: str, entry: ReviewEntry) -> int:
    """Write down what a review said; gives the number that the entry is closed by.

    UnknownStar for a star or metric there is not; InputError for an entry that says nothing, or
    whose text cannot be kept.
    """
    _check(entry)
    with writing(engine) as connection:
        ids = metric_ids(connection, star_key)
        _require(ids, star_key, entry.metric)
        done = connection.execute(
            sa.insert(review_entry).values(
                metric_id=ids[entry.metric],
                week=entry.week,
                explanation=entry.explanation.strip(),
                known=entry.known,
                decision=entry.decision.strip(),
                owner=entry.owner.strip(),
                due=entry.due,
                written_by=entry.written_by.strip(),
                written_at=entry.written_at,
                closed_by="",
                closed_at=None,
                outcome="",
            )
        )
        (number,) = done.inserted_primary_key or (0,)
        return int(number)


def close_entry(
    engine: sa.Engine, star_key: str, number: int, by: str, at: dt.datetime, outcome: str = ""
) -> None:
    """Take a follow-up off the next reviews; InputError when it is none that is open."""
    for name, text, longest in (("name", by, LONGEST_NAME), ("outcome", outcome, LONGEST_TEXT)):
        _check_text(name, text, longest)
    with writing(engine) as connection:
        ids = list(metric_ids(connection, star_key).values())
        mine = (review_entry.c.id == number) & review_entry.c.metric_id.in_(ids)
        row = connection.execute(sa.select(review_entry).where(mine)).first()
        if row is None:
            raise InputError(
                f"The review log of {shown(star_key)} has no entry {number}.",
                f"nsm log --star {star_key} lists it.",
            )
        if row.closed_at is not None:
            raise InputError(f"Entry {number} is closed already.", "Nothing was changed.")
        if row.known and not row.decision:
            raise InputError(f"Entry {number} leaves nothing open.", "Nothing was changed.")
        connection.execute(
            sa.update(review_entry)
            .where(mine)
            .values(closed_by=by.strip(), closed_at=at, outcome=outcome.strip())
        )


def _require(ids: Mapping[str, int], star_key: str, key: str) -> None:
    if key not in ids:
        raise UnknownStar(
            f"Star {shown(star_key)} has no metric {shown(key)}.",
            f"It has: {', '.join(list(ids)[:12])}{', ...' if len(ids) > 12 else ''}.",
        )


def _check(entry: ReviewEntry) -> None:
    _check_text("explanation", entry.explanation, LONGEST_TEXT)
    _check_text("decision", entry.decision, LONGEST_TEXT)
    _check_text("owner", entry.owner, LONGEST_NAME)
    _check_text("name", entry.written_by, LONGEST_NAME)
    if entry.known and not entry.explanation.strip():
        raise InputError(
            "An entry needs an explanation.", "“We do not know yet” is one: say that instead."
        )
    if not entry.written_by.strip():
        raise InputError("An entry needs a name: who reads it later will ask.")
    if entry.due is not None and not entry.decision.strip() and entry.known:
        raise InputError(
            "A due date needs a decision.", "Say what shall be done until then, or leave it out."
        )
    if entry.due is not None and not 1900 <= entry.due.year <= 2200:
        raise InputError(f"A follow-up cannot be due on {entry.due}.", "Name a day up to 2200.")


def _check_text(name: str, text: str, longest: int) -> None:
    unkeepable = why_unkeepable(text, lines=True, limit=longest)
    if unkeepable:
        raise InputError(f"The {name} of the entry {unkeepable}.", "Nothing was written.")
