"""Annotations: what happened on a date, for a metric or for the whole star."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from nsm.errors import InputError
from nsm.model import Annotation
from nsm.plaintext import shown, why_unkeepable
from nsm.store.keys import bump_version, metric_ids, require_star
from nsm.store.schema import annotation, metric
from nsm.store.transactions import reading, writing

KINDS = ("note", "holiday", "break", "work")


def read_annotations(engine: sa.Engine, star_key: str) -> tuple[Annotation, ...]:
    """The annotations of a star, oldest first; UnknownStar when there is no such star."""
    with reading(engine) as connection:
        return _read(connection, require_star(connection, star_key).id)


def save_annotations(
    engine: sa.Engine, star_key: str, annotations: Iterable[Annotation], on: dt.date | None = None
) -> None:
    """Replace the annotations of a star, all or none; their ids are given anew.

    ``on`` is the day, for those that are new.
    Raises InputError, which names the annotation, for an unknown metric or kind, or a text that is
    blank or cannot be kept in every database.
    """
    wanted = tuple(annotations)
    with writing(engine) as connection:
        star_id = require_star(connection, star_key).id
        ids = metric_ids(connection, star_key)
        for one in wanted:
            _check(one, ids)
        there = _read(connection, star_id)
        if _content(there) == _content(wanted):
            return
        since = {replace(one, id=0): one.since for one in there}
        connection.execute(
            sa.delete(annotation).where(
                annotation.c.star_id == star_id,
                # Those of a metric that left the definition wait for it.
                annotation.c.metric_id.is_(None) | annotation.c.metric_id.in_(list(ids.values())),
            )
        )
        if wanted:
            connection.execute(
                sa.insert(annotation),
                [
                    {
                        "star_id": star_id,
                        "metric_id": None if one.metric is None else ids[one.metric],
                        "date": one.date,
                        "kind": one.kind,
                        "text": one.text,
                        "since": since.get(replace(one, id=0), on),
                    }
                    for one in wanted
                ],
            )
        bump_version(connection, star_id)


def _read(connection: sa.Connection, star_id: int) -> tuple[Annotation, ...]:
    rows = connection.execute(
        sa.select(annotation, metric.c.key)
        .join_from(annotation, metric, isouter=True)
        .where(
            annotation.c.star_id == star_id,
            annotation.c.metric_id.is_(None) | metric.c.retired.is_(False),
        )
        .order_by(annotation.c.date, annotation.c.id)
    )
    return tuple(
        Annotation(row.id, row.date, row.text, row.kind, row.key, row.since) for row in rows
    )


def _content(annotations: Iterable[Annotation]) -> Counter[Annotation]:
    return Counter(replace(one, id=0) for one in annotations)


def _check(one: Annotation, ids: Mapping[str, int]) -> None:
    unkeepable = why_unkeepable(one.text, lines=True)
    if unkeepable:
        problem = f"{unkeepable}."
    elif not one.text.strip():
        problem = "is blank."
    elif one.kind not in KINDS:
        problem = f"needs a kind: {', '.join(KINDS)}."
    elif one.metric is not None and one.metric not in ids:
        problem = f"is for {shown(one.metric)}, which is no metric of the star."
    elif not 1900 <= one.date.year <= 2200:
        problem = "has a date before 1900 or after 2200."
    else:
        return
    raise InputError(
        f"The annotation {shown(one.text)} of {one.date} {problem}", "No annotation was changed."
    )
