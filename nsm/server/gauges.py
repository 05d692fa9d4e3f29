"""What the server counts of itself, in the text format of Prometheus."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Gauges(logging.Handler):
    """Counts answers by status, the time spent drawing, and lines of the log by level."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[str, float] = {}
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        with self._guard:
            self._counts["log", record.levelname.lower()] += 1

    def answered(self, status: int) -> None:
        with self._guard:
            self._counts["status", str(status)] += 1

    @contextmanager
    def drawing(self, what: str) -> Iterator[None]:
        """Count the time that the block takes, whether it succeeds or not."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            with self._guard:
                self._counts["drawn", what] += 1
                self._seconds[what] = self._seconds.get(what, 0.0) + time.perf_counter() - begun

    def families(self) -> list[Family]:
        with self._guard:
            counts, seconds = dict(self._counts), dict(self._seconds)

        def those(kind: str) -> dict[str, float]:
            return {name: float(n) for (what, name), n in sorted(counts.items()) if what == kind}

        return [
            Family(
                "nsm_http_responses_total",
                "counter",
                "Answers of the plain routes, by status.",
                _samples("nsm_http_responses_total", "status", those("status")),
            ),
            Family(
                "nsm_errors_total",
                "counter",
                "Warnings and errors in the log of this process, by level.",
                _samples(
                    "nsm_errors_total",
                    "level",
                    {"warning": 0.0, "error": 0.0, "critical": 0.0} | those("log"),
                ),
            ),
            Family(
                "nsm_render_seconds",
                "summary",
                "Time spent drawing what was not at hand, by what was drawn.",
                (
                    *_samples("nsm_render_seconds_count", "what", those("drawn")),
                    *_samples("nsm_render_seconds_sum", "what", dict(sorted(seconds.items()))),
                ),
            ),
        ]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric of the text format: ``samples`` are (name, label, label's value, number)."""

    name: str
    kind: str
    help: str
    samples: tuple[tuple[str, str, str, float], ...]


def star_families(
    ages: Mapping[str, float], loads: Mapping[str, int], now: float
) -> Sequence[Family]:
    """How old the newest observation of each star is, in seconds, and how often it was loaded."""
    return [
        Family("nsm_up", "gauge", "Whether the database answered.", (("nsm_up", "", "", now),)),
        Family(
            "nsm_newest_observation_age_seconds",
            "gauge",
            "Time since the end of the newest day with a value, by star.",
            _samples("nsm_newest_observation_age_seconds", "star", ages),
        ),
        Family(
            "nsm_loads_total",
            "counter",
            "Loads recorded in the database, by star.",
            _samples("nsm_loads_total", "star", {key: float(n) for key, n in loads.items()}),
        ),
    ]


def exposition(families: Sequence[Family]) -> str:
    """The families as text; one without a sample keeps its two lines of description."""
    lines = []
    for family in families:
        lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
        for name, label, value, number in family.samples:
            told = f'{{{label}="{_escaped(value)}"}}' if label else ""
            lines.append(f"{name}{told} {number:.10g}")
    return "\n".join(lines) + "\n"


def _samples(
    name: str, label: str, values: Mapping[str, float]
) -> tuple[tuple[str, str, str, float], ...]:
    return tuple((name, label, value, number) for value, number in values.items())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
