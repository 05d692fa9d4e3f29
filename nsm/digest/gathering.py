"""What a digest is written from, and from which day on it may go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from nsm import answers
from nsm.answers import Engine, StarHistory
from nsm.formula import leaves
from nsm.habit import Habit
from nsm.model import Annotation, Star
from nsm.periods import DAY, last_complete_week, week_end
from nsm.prospect import Prospect
from nsm.review import Review
from nsm.segmented import splits_of
from nsm.standing import Standing
from nsm.why import SegmentSplit, Why, whys


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """The review of one week with all that is said beside it; ``today`` is the day of writing."""

    known: StarHistory
    review: Review
    standings: Mapping[str, Standing]
    whys: tuple[Why, ...]
    splits: tuple[SegmentSplit, ...]
    prospect: Prospect
    habit: Habit
    today: dt.date

    @property
    def star(self) -> Star:
        return self.known.star

    @property
    def week(self) -> dt.date:
        """The first day of the week under review."""
        return self.review.week_starts[-1]

    @property
    def notes(self) -> tuple[Annotation, ...]:
        """What happened in the six weeks shown, newest first."""
        first, last = self.review.week_starts[0], self.review.week_ending
        found = [one for one in self.known.annotations if first <= one.date <= last]
        return tuple(sorted(found, key=lambda one: (one.date, one.id), reverse=True))


def digest_of(
    engine: Engine, star_key: str, today: dt.date, week_ending: dt.date | None = None
) -> Digest:
    """The digest of a week, by default the newest complete one; UnknownStar, InputError."""
    known = answers.histories(engine, star_key, today)
    review = answers.review_of(engine, known, today, week_ending)
    week = review.week_starts[-1]
    standing = answers.standings_of(known, review)
    leads = answers.leading_of(known)
    return Digest(
        known=known,
        review=review,
        standings=standing,
        whys=whys(known.star, known.weeks.values, week, leads),
        splits=splits_of(engine, known, week),
        prospect=answers.prospect_of(known, review, leads),
        habit=answers.habit(engine, known, review, standing),
        today=today,
    )


def due_week(star: Star, today: dt.date) -> dt.date:
    """The newest week whose digest may go out: over, and the star's usual lateness past."""
    return last_complete_week(today - lateness_days(star) * DAY, star.week_start)


def due_on(star: Star, week: dt.date) -> dt.date:
    """The day from which on the digest of the week that starts on ``week`` may go out."""
    return week_end(week) + (1 + lateness_days(star)) * DAY


def lateness_days(star: Star) -> int:
    """How many days after a week the star usually is there: it waits for the last of its parts."""
    parts = [star.star_metric, *(star.metric(key) for key in leaves(star, star.north_star))]
    return max(metric.lateness_days for metric in parts)
