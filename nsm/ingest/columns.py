"""Which column holds the dates, which the values of which metric, and what is left aside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nsm.errors import InputError, UnreadableFile
from nsm.ingest.dates import read_date
from nsm.ingest.table import Header
from nsm.model import Metric, Star
from nsm.plaintext import shown

NO_METRIC = "is no metric of the star"

# Headers under which exports put the day, as they compare (see `comparable`).
DATE_NAMES = frozenset(
    {"date", "day", "week", "month", "period", "index", "time", "timestamp", "datetime", "ds", "dt"}
    | {"weekof", "weekstart", "weekstarting", "weekbeginning", "weekcommencing"}
    | {"weekend", "weekending", "weekended", "periodstart", "periodend", "periodending"}
    | {"startdate", "enddate", "reportdate", "asof"}
)


@dataclass(frozen=True)
class Columns:
    """Where to look in each row. ``values`` pairs a column with a metric's place in the star;
    in the long form ``metric`` is the column of metric names and ``values`` has one entry.
    """

    day: int
    values: tuple[tuple[int, int], ...]
    metric: int | None
    warnings: tuple[str, ...]


def comparable(text: str) -> str:
    """A name without capitals, spaces, underscores and hyphens: PageViews is page_views."""
    return re.sub(r"[\s_\-]+", "", text).casefold()


class MetricNames:
    """Finds a metric by its key, else by its name; capitals and spaces do not matter."""

    def __init__(self, star: Star) -> None:
        self.star = star
        keys = [metric.key for metric in star.metrics]
        self._exact = {key: place for place, key in enumerate(keys)}
        self._loose: dict[str, int] = {}
        for texts in (keys, [metric.name for metric in star.metrics]):
            found: dict[str, int | None] = {}
            for place, text in enumerate(texts):
                name = comparable(text)
                found[name] = None if name in found else place
            for name, sole in found.items():
                if sole is not None:
                    self._loose.setdefault(name, sole)

    def find(self, text: str) -> int | None:
        """The place of the metric in the star, or None."""
        bare = text.strip()
        return self._exact.get(bare, self._loose.get(comparable(bare)))

    def why_not(self, text: str) -> str:
        """Why values under this name cannot be loaded; empty when they can."""
        place = self.find(text)
        if place is None:
            return NO_METRIC
        metric: Metric = self.star.metrics[place]
        return "is computed by a formula and never loaded" if metric.formula else ""


def find_columns(header: Header, names: MetricNames, source: str) -> Columns:
    """Long (date, metric, value) or wide (a column a metric)? InputError when it is neither."""
    _refuse_headless(header, names, source)
    loose = [comparable(name) for name in header.names]
    called, dated = _day_columns(header, names)
    day = next(iter((*dated, *called)), None)
    if day is not None and "metric" in loose and "value" in loose:
        metric, value = loose.index("metric"), loose.index("value")
        others = [name for i, name in enumerate(header.names) if i not in (day, metric, value)]
        ignored = [f"{source}: column {shown(n)} was ignored (long form)." for n in others if n]
        return Columns(day, ((value, -1),), metric, tuple(ignored))
    if len(dated) > 1:
        one, two = (shown(header.names[place]) for place in dated[:2])
        raise InputError(
            f"{source}, line {header.line}: two columns of dates, {dated[0] + 1} ({one}) and "
            f"{dated[1] + 1} ({two}).",
            "Remove the one that does not say to which day the values belong.",
        )
    return _wide(header, names, 0 if day is None else day, source)


def _day_columns(header: Header, names: MetricNames) -> tuple[list[int], list[int]]:
    """The columns that are called like dates, and those of them that begin with a date."""
    called = [
        place
        for place, name in enumerate(header.names)
        if comparable(name) in DATE_NAMES and names.find(name) is None
    ]
    dated = []
    for place in called:
        cells = (row[place] for row in header.sample if len(row) > place)
        first = read_date(next(filter(str.strip, cells), ""))
        if first.day_first or first.month_first:
            dated.append(place)
    return called, dated


def _refuse_headless(header: Header, names: MetricNames, source: str) -> None:
    """A first line with a date in it is a row: its values must not vanish as a header."""
    for name in header.names:
        reading = read_date(name)
        if names.find(name) is None and (reading.day_first or reading.month_first):
            raise UnreadableFile(
                f"{source}, line {header.line}: a row where the header is expected "
                f"({shown(name, 30)}).",
                "Write a first line that names the columns, such as date,metric,value.",
            )


def _wide(header: Header, names: MetricNames, day: int, source: str) -> Columns:
    at: dict[int, int] = {}
    warnings = []
    for place, name in enumerate(header.names):
        if place == day or not name:
            continue
        reason = names.why_not(name)
        found = names.find(name)
        if reason or found is None:
            warnings.append(f"{source}: column {shown(name)} {reason}; it was ignored.")
        elif found in at:
            raise InputError(
                f"{source}, line {header.line}: columns {at[found] + 1} and {place + 1} are both "
                f"the metric {names.star.metrics[found].key}.",
                "Remove or rename one of them.",
            )
        else:
            at[found] = place
    if not at or names.find(header.names[day]) is not None:
        raise _no_metric(header, names, day, source)
    return Columns(day, tuple((place, found) for found, place in at.items()), None, tuple(warnings))


def _no_metric(header: Header, names: MetricNames, day: int, source: str) -> InputError:
    if names.find(header.names[day]) is not None:
        return InputError(
            f"{source}, line {header.line}: no date column; the first one, "
            f"{shown(header.names[day])}, is a metric.",
            "Name the column of days date.",
        )
    measured = [metric.key for metric in names.star.metrics if not metric.formula]
    keys = ", ".join(measured[:12]) + (", ..." if len(measured) > 12 else "")
    seen = ", ".join(shown(name, 30) for name in header.names[:8])
    return InputError(
        f"{source}, line {header.line}: no column is a metric of the star "
        f"{names.star.key}; found {seen}.",
        f"The first line must name the columns: a date and any of {keys}; or date, metric, value.",
    )
