"""Annotations: any text that every database can keep, replaced as a set or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from nsm.errors import InputError, UnknownStar
from nsm.model import Annotation, Star
from nsm.store.annotations import read_annotations, save_annotations
from nsm.store.stars import save_star, star_version
from tests.store.conftest import MONDAY

LATER = MONDAY + dt.timedelta(days=30)
NOTES = (
    Annotation(0, MONDAY, "</script><b>new oven</b> \u202e🍞", "break", "loaves"),
    Annotation(0, MONDAY, "Epiphany\nclosed", "holiday"),
    Annotation(0, LATER, "x" * 10_000, "note", "guests"),
)


def content(annotations: tuple[Annotation, ...]) -> list[Annotation]:
    return [replace(one, id=0) for one in annotations]


def test_annotations_come_back_oldest_first_with_an_id(engine: sa.Engine, bakery: Star) -> None:
    save_annotations(engine, "bakery", [NOTES[2], NOTES[0], NOTES[1]])
    found = read_annotations(engine, "bakery")
    assert content(found) == list(NOTES)
    assert len({one.id for one in found}) == 3


def test_saving_replaces_the_whole_set_and_tells_the_caches(
    engine: sa.Engine, bakery: Star
) -> None:
    save_annotations(engine, "bakery", NOTES)
    version = star_version(engine, "bakery")
    save_annotations(engine, "bakery", read_annotations(engine, "bakery"))
    assert star_version(engine, "bakery") == version
    save_annotations(engine, "bakery", NOTES[1:])
    assert content(read_annotations(engine, "bakery")) == list(NOTES[1:])
    assert star_version(engine, "bakery") == version + 1


def test_the_same_note_twice_is_two_notes(engine: sa.Engine, bakery: Star) -> None:
    save_annotations(engine, "bakery", NOTES[:1])
    save_annotations(engine, "bakery", NOTES[:1] * 2)
    assert content(read_annotations(engine, "bakery")) == [NOTES[0]] * 2


def test_the_note_on_a_retired_metric_waits_for_it(engine: sa.Engine, bakery: Star) -> None:
    save_annotations(engine, "bakery", NOTES)
    save_star(engine, replace(bakery, metrics=bakery.metrics[:1]), MONDAY)
    assert content(read_annotations(engine, "bakery")) == list(NOTES[:2])
    save_annotations(engine, "bakery", ())
    save_star(engine, bakery, MONDAY)
    assert content(read_annotations(engine, "bakery")) == [NOTES[2]]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (Annotation(0, MONDAY, "  \n"), "blank"),
        (Annotation(0, MONDAY, "a\0b"), r"control character \(U\+0000\)"),
        (Annotation(0, MONDAY, "a\x1b[31mb"), "control character"),
        (Annotation(0, MONDAY, "a\ud800b"), "half a character"),
        (Annotation(0, MONDAY, "x" * 10_001), "longer than 10,000"),
        (Annotation(0, MONDAY, "text", "rumour"), "needs a kind"),
        (Annotation(0, MONDAY, "text", "note", "bread"), "no metric of the star"),
        (Annotation(0, dt.date(1, 1, 1), "text"), "before 1900"),
    ],
)
def test_a_wrong_annotation_is_named_and_none_is_saved(
    engine: sa.Engine, bakery: Star, wrong: Annotation, what: str
) -> None:
    save_annotations(engine, "bakery", NOTES[:1])
    with pytest.raises(InputError, match=what) as caught:
        save_annotations(engine, "bakery", [*NOTES, wrong])
    line = str(caught.value)
    assert len(line) < 300
    assert line.isprintable()
    assert content(read_annotations(engine, "bakery")) == [NOTES[0]]


def test_annotations_of_no_star_are_refused(engine: sa.Engine) -> None:
    with pytest.raises(UnknownStar):
        save_annotations(engine, "bakery", NOTES)
