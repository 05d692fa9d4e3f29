"""What the page of the week draws from, and its parts that stand on it more than once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from nsm.answers import StarHistory, standings_of
from nsm.charts.halves import picture_rows
from nsm.charts.review import Mark, circled, six_twelve
from nsm.model import Annotation, DefinitionChange, Role, Star
from nsm.pace import silent
from nsm.periods import WEEK
from nsm.review import Review
from nsm.standing import Standing, known_weeks, newer_weeks
from nsm.ui import answers
from nsm.ui.replay import kept
from nsm.ui.text import plain
from nsm.words.figures import NO_BREAK, arrow, change, number, week_of
from nsm.words.locks import lock_help
from nsm.words.review import (
    SIMULATED,
    behind,
    capital,
    change_text,
    exceptions,
    headline,
    judgement,
    mood,
    note_text,
    pace_sentence,
    picture_alt,
    picture_key,
    plan_share,
    plan_title,
    plan_words,
    readable,
    record,
    short_name,
    silent_plan,
    to_date,
    usual_words,
)
from nsm.words.running import running_week
from nsm.words.sources import filling

MOST_NOTES = 20
MOST_CARDS = 12
CHART_CONFIG = {"displayModeBar": False}
USUAL_HELP = (
    "Where this week was to be expected from the weeks before it: natural process limits, about "
    "three standard deviations wide, around the metric's own level, trend, memory and season."
)
DELTA_COLOUR: dict[str, Literal["green", "orange", "gray"]] = {
    "good": "green",
    "bad": "orange",
    "flat": "gray",
}
DELTA_ARROW: dict[str, Literal["up", "down", "off"]] = {"▲": "up", "▼": "down", "―": "off"}


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """A week of a star: history, review and how each metric stands; notes by their number."""

    known: StarHistory
    review: Review
    standings: Mapping[str, Standing]
    notes: Mapping[int, Annotation]
    changes: tuple[DefinitionChange, ...]

    @property
    def start(self) -> dt.date:
        return self.review.week_starts[-1]

    @property
    def star(self) -> Standing:
        return self.standings[self.known.star.north_star]

    def of(self, role: Role) -> list[Standing]:
        return [one for one in self.standings.values() if one.metric.role is role]

    def rows(self, shown: Sequence[Standing]) -> pd.DataFrame:
        """The table behind the pictures of these metrics."""
        targets = self.known.targets
        tables = [
            picture_rows(one, self.review, self.year(one), targets).assign(
                Metric=short_name(one.metric),
                Unit="%" if one.metric.is_percent else one.metric.unit,
            )
            for one in shown
        ]
        rows = pd.concat([table for table in tables if len(table)], ignore_index=True)
        return rows[["Metric", "Unit", *rows.columns.drop(["Metric", "Unit"])]]

    def year(self, one: Standing) -> pd.Series:
        return known_weeks(self.known.weeks, one.metric.key, self.start)


@kept(64)
def week_of_star(
    star_key: str, version: int, today: dt.date, ending: dt.date, as_of: dt.date | None = None
) -> Week:
    """Everything that is said and drawn about the week that ended then, as known now or then."""
    known = answers.known(star_key, version, today, as_of)
    review = answers.review(star_key, version, today, ending, as_of)
    standing = standings_of(known, review)
    # What the picture spans: its months, its weeks and the week after them.
    first, last = review.month_starts[0], ending + WEEK

    def inside(one: Annotation | DefinitionChange) -> bool:
        return first <= one.date <= last and (one.metric is None or one.metric in standing)

    notes = sorted(filter(inside, known.annotations), key=lambda one: (one.date, one.id))
    return Week(
        known=known,
        review=review,
        standings=standing,
        notes=dict(enumerate(notes[-MOST_NOTES:], start=1)),
        changes=tuple(filter(inside, known.definition_changes)),
    )


def no_history(star: Star) -> None:
    """What the page says of a star without one complete week, and how to fill it."""
    st.header(f"{plain(short_name(star.star_metric))} has no complete week yet", anchor=False)
    st.write(
        "This page shows a week once every day of it is there. Load the history of its metrics, "
        "here with a command or on the Data page:"
    )
    st.code(filling(star), language=None)


def no_inputs(star: Star) -> None:
    """That a star stands alone, and how to give it inputs."""
    st.subheader("Inputs", anchor=False)
    st.write(
        f"{plain(short_name(star.star_metric))} has no inputs yet. Teams move inputs, not the "
        "star: give its definition three to five metrics with `role: input`, and apply it again."
    )
    st.code(f"nsm export {star.key} > star.yaml\nnsm apply star.yaml", language=None)


def draw_answer(week: Week) -> None:
    """What is said of the star: sentences and numbers."""
    draw_sentences(week)
    draw_numbers(week)


def draw_star(week: Week) -> None:
    """The star's picture, and the text of its marks."""
    draw_picture(week, week.star, key="picture_star")
    planned = any(week.star.metric.key == one.metric for one in week.known.targets)
    st.caption(picture_key(week.star, planned))
    draw_notes(week)


def draw_badges(week: Week, today: dt.date) -> None:
    """What a viewer must know before reading on: simulated, old, or a week still coming in."""
    if week.known.star.simulated:
        st.badge(SIMULATED, icon=":material/science:", color="gray")
    star, weeks = week.known.star, week.known.weeks
    if newer := newer_weeks(star, weeks, week.start, today):
        st.badge(plain(behind(*newer)), icon=":material/schedule:", color="yellow")


def draw_sentences(week: Week) -> None:
    """The sentence of the week, what else is unusual, and what these figures leave out."""
    st.header(plain(headline(week.star, week.start)), anchor=False)
    others = [one for one in week.standings.values() if one is not week.star]
    for said, write in (
        (exceptions(week.star, others), st.markdown),
        (running_week(week.star), st.caption),
    ):
        if said:
            write(plain(said))


def draw_numbers(week: Week) -> None:
    """The star in numbers: the week, on last year, the usual range, the plan."""
    one = week.star
    figures = one.review
    with st.container(horizontal=True, gap="medium"):
        draw_number(one, named=capital(week_of(week.start)), width="content")
        st.metric(
            "On last year",
            plain(change(figures.yoy, figures.change_unit)),
            help=plain(readable(figures.reasons.get("yoy", ""))) or None,
            width="content",
        )
        usual = usual_words(one)
        if usual:
            st.metric("Usual range", plain(usual), width="content", help=usual_help(week, one))
        if one.pace is not None:
            st.metric(
                plan_title(one.pace),
                plain(plan_share(one.pace)),
                help=plain(plan_words(one)),
                width="content",
            )
    held = pace_sentence(one)
    if one.pace is None:
        known = week.known
        plan = silent(known.star, one.metric, figures, known.targets, week.review.week_ending)
        held = silent_plan(one.metric, plan)
    for said in (to_date(one), held):
        if said:
            st.caption(plain(said))


def usual_help(week: Week, one: Standing) -> str:
    """What the usual range is, and who locked it."""
    return plain(USUAL_HELP + lock_help(one.limits.lock, week.known.star.timezone))


def draw_picture(week: Week, one: Standing, key: str, *, small: bool = False) -> None:
    """The six-twelve picture of a metric, with the sentence that says what it shows."""
    about = {one.metric.key} if small else set(week.standings) | {None}
    marks = [Mark(note.date, place) for place, note in week.notes.items() if note.metric in about]
    marks += [Mark(changed.date) for changed in week.changes if changed.metric in about]
    st.plotly_chart(
        six_twelve(
            one,
            week.review,
            week.year(one),
            week.known.targets,
            marks,
            week.known.star.week_start,
            small=small,
        ),
        key=key,
        config=CHART_CONFIG,
        alt=picture_alt(one, week.start),
    )


def draw_notes(week: Week) -> None:
    """The text of the numbered marks and of the dashed lines, below the picture."""
    names = {one.metric.key: short_name(one.metric) for one in week.standings.values()}
    lines = [
        f"{circled(place)}{NO_BREAK}{plain(note_text(note, names))}"
        for place, note in week.notes.items()
    ]
    lines += [f"┆{NO_BREAK}{plain(change_text(changed, names))}" for changed in week.changes]
    if lines:
        st.caption("  \n".join(lines))


def draw_number(
    one: Standing, named: str = "", width: Literal["stretch", "content"] = "stretch"
) -> None:
    """The value of the week with its change on the week before."""
    figures = one.review
    moved = figures.wow is not None
    st.metric(
        plain(named or short_name(one.metric)),
        plain(number(figures.last_week, one.metric.unit, short=True)),
        delta=plain(change(figures.wow, figures.change_unit)) if moved else None,
        delta_color=DELTA_COLOUR[mood(figures.wow, figures.change_unit, one.metric.better)],
        delta_arrow=DELTA_ARROW[arrow(figures.wow, figures.change_unit)],
        delta_description="on the week before" if moved else None,
        help=plain(one.metric.description) or None,
        width=width,
    )


def draw_card(week: Week, one: Standing) -> None:
    """A metric beside the star: its number, whether that is usual, and its picture, small."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        draw_number(one)
        said = capital(judgement(one.signal))
        if one.signal.is_unusual:
            tail = f", {record(one)}" if record(one) else ""
            st.caption(f":orange[:material/priority_high: {plain(said + tail)}]")
        elif one.review.last_week is None:
            st.caption(plain(capital(readable(one.review.reasons.get("last_week", "no data")))))
        else:
            st.caption(plain(said))
        draw_picture(week, one, key=f"picture_{one.metric.key}", small=True)


def draw_cards(week: Week, shown: Sequence[Standing]) -> None:
    """Metrics in the same form side by side, at most twelve; the rest is in the tables."""
    # Three in a row, but no single one left behind: four are two rows of two.
    with st.grid(2 if len(shown) in (1, 2, 4) else 3, min_column_width=320):
        for one in shown[:MOST_CARDS]:
            draw_card(week, one)
    if len(shown) > MOST_CARDS:
        st.caption(f"{len(shown) - MOST_CARDS:,} more are in the tables below.")
