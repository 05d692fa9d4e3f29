"""The figures of a weekly review, as the screens and the command line hand them on."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MonthsMode = Literal["trailing", "fiscal"]
Figures = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class SameDays:
    """The first ``days`` of a week that is not over, beside the same days of the week before.

    ``before`` is what those came to; ``change`` is None where it cannot be known, with ``reason``.
    """

    days: int
    before: float | None
    change: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MetricReview:
    """The figures of one metric: None where they cannot be known, with the reason by figure.

    Weeks and months stand oldest first. Changes are in per cent, or in basis points for a metric in
    percent (``change_unit``). ``running`` is about the week after the one under review, while it
    is not complete: no figure of the review, so not part of its JSON.
    """

    name: str
    unit: str
    change_unit: str
    weeks: Figures
    prior_year_weeks: Figures
    months: Figures
    prior_year_months: Figures
    last_week: float | None
    wow: float | None
    yoy: float | None
    mtd: float | None
    mtd_yoy: float | None
    qtd: float | None
    qtd_yoy: float | None
    ytd: float | None
    ytd_yoy: float | None
    reasons: dict[str, str] = field(default_factory=dict)
    running: SameDays | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The weekly review of a star for the week that ended on ``week_ending``.

    ``week_start`` is the name of the weekday on which the star's weeks start; ``week_starts`` and
    ``month_starts`` are the first days of the six weeks and twelve months shown.
    """

    star: str
    week_start: str
    week_ending: dt.date
    week_starts: tuple[dt.date, ...]
    month_starts: tuple[dt.date, ...]
    metrics: dict[str, MetricReview]

    def to_json(self) -> dict[str, Any]:
        """The review as plain JSON values; what cannot be known is null."""
        metrics = {key: asdict(metric) for key, metric in self.metrics.items()}
        for figures in metrics.values():
            del figures["name"], figures["unit"], figures["running"]
        return {
            "star": self.star,
            "week_start": self.week_start,
            "week_ending": self.week_ending.isoformat(),
            "metrics": metrics,
        }
