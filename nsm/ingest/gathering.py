"""One pass over a table: cells to values, piece by piece, under one meaning of what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nsm.errors import InputError, UnreadableFile
from nsm.ingest.columns import Columns, MetricNames
from nsm.ingest.dates import NO_DAY, DayColumn
from nsm.ingest.rejections import Rejections
from nsm.ingest.settling import one_scale, one_value
from nsm.ingest.source import Source
from nsm.ingest.table import Chunk, Header, read_chunks
from nsm.ingest.values import DecimalSign, NumberColumn
from nsm.rows import CheckedRows, Flags, Floats, Integers

# What one file may hold: 700 metrics, 40 years, daily. Bounds the memory of a load.
MAX_VALUES = 10_000_000
_REMEMBERED_NAMES = 100_000

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Meaning:
    """How dates and numbers are read: the order of days, and the decimal sign of each column.

    ``assumed`` signs are those of a first reading, which shows what they are.
    """

    day_first: bool | None
    signs: tuple[DecimalSign, ...]
    assumed: bool = False


@dataclass(frozen=True)
class _Pieces:
    """What was found so far, an array a chunk."""

    metric: list[Integers] = field(default_factory=lambda: [np.empty(0, np.int32)])
    day: list[Integers] = field(default_factory=lambda: [np.empty(0, np.int32)])
    value: list[Floats] = field(default_factory=lambda: [np.empty(0, np.float64)])
    line: list[Integers] = field(default_factory=lambda: [np.empty(0, np.int32)])
    percent: list[Flags] = field(default_factory=lambda: [np.empty(0, np.bool_)])


class Gathering:
    """The values of one file under one meaning, and what its cells prove about the meaning."""

    def __init__(
        self,
        header: Header,
        columns: Columns,
        names: MetricNames,
        meaning: Meaning,
        rejections: Rejections,
    ) -> None:
        self.header, self.columns, self.names = header, columns, names
        self.keys = tuple(metric.key for metric in names.star.metrics)
        self.rejections = rejections
        self.days = DayColumn(header.names[columns.day] or "date", meaning.day_first)
        self.numbers = [
            NumberColumn(header.names[place], sign, assumed=meaning.assumed)
            for (place, _), sign in zip(columns.values, meaning.signs, strict=True)
        ]
        self.percent_keys: set[str] = set()
        self._places: dict[str, int] = {}
        self._pieces = _Pieces()

    def read(self, file: Source, progress: Callable[[float], None] | None) -> None:
        """Read the whole file. UnreadableFile when it has no rows, InputError when too many,
        RejectedRows when enough were rejected.
        """
        rows = values = 0
        for chunk in read_chunks(file, self.header, self.rejections, progress):
            rows += len(chunk.lines)
            values += self._add(_with_dates(chunk, self.columns.day))
            if values > MAX_VALUES:
                raise InputError(
                    f"{file.name} holds more than {MAX_VALUES:,} values.",
                    "Split it by years and load the parts.",
                )
        self.rejections.enough = None  # The file is read: now all of them can be counted.
        if not rows and not self.rejections.count:
            raise UnreadableFile(
                f"{file.name} has a header but no rows.", "Export it again with its data."
            )

    def _add(self, chunk: Chunk) -> int:
        if not len(chunk.lines):
            return 0
        days = self.days.read(chunk.columns[self.columns.day], chunk.lines, self.rejections)
        found = 0
        for (place, metric), numbers in zip(self.columns.values, self.numbers, strict=True):
            values, percent = numbers.read(chunk.columns[place], chunk.lines, self.rejections)
            metrics = (
                np.full(len(values), metric, dtype=np.int32)
                if self.columns.metric is None
                else self._metrics(chunk.columns[self.columns.metric], chunk.lines)
            )
            kept = ~np.isnan(values) & (days != NO_DAY) & (metrics >= 0)
            self._pieces.metric.append(metrics[kept])
            self._pieces.day.append(days[kept])
            self._pieces.value.append(values[kept])
            self._pieces.line.append(chunk.lines[kept])
            self._pieces.percent.append(percent[kept])
            found += int(kept.sum())
        return found

    def _metrics(self, cells: tuple[str, ...], lines: Integers) -> Integers:
        """The places of the named metrics in the star; -1, and refused, where it has none."""
        known = self._places
        if len(known) > _REMEMBERED_NAMES:
            known.clear()
        try:
            places = np.fromiter(map(known.__getitem__, cells), np.int32, len(cells))
        except KeyError:
            for cell in set(cells).difference(known):
                place = self.names.find(cell)
                known[cell] = -1 if place is None or self.names.why_not(cell) else place
            places = np.fromiter(map(known.__getitem__, cells), np.int32, len(cells))
        for index in np.flatnonzero(places < 0).tolist():
            reason = self.names.why_not(cells[index])
            self.rejections.add(int(lines[index]), "metric", cells[index], reason)
        return places

    def checked(self, warnings: tuple[str, ...]) -> CheckedRows:
        """All values, sorted, each metric and day once; can be asked for once."""
        metric, day = _joined(self._pieces.metric), _joined(self._pieces.day)
        value, line = _joined(self._pieces.value), _joined(self._pieces.line)
        percent = _joined(self._pieces.percent)
        self.percent_keys = {self.keys[place] for place in np.unique(metric[percent])}
        kept = one_scale(self.keys, metric, value, line, percent, self.rejections)
        # Stable: equal metrics and days stay in the order of their lines.
        order = np.argsort((metric.astype(np.int64) << 32) + day, kind="stable")
        order = order[kept[order]]
        # One by one, so that only one is there twice at a time.
        metric = metric[order]
        day = day[order]
        value = value[order]
        line = line[order]
        del order
        kept = one_value(self.keys, metric, day, value, line, self.rejections)
        used = np.unique(metric[kept])
        return CheckedRows(
            metrics=tuple(self.keys[place] for place in used),
            metric=np.searchsorted(used, metric[kept]).astype(np.int32),
            day=day[kept].astype("datetime64[D]"),
            value=value[kept],
            line=line[kept],
            rejected=self.rejections.rows(),
            rejected_count=self.rejections.count,
            warnings=warnings,
        )


def _joined(pieces: list[npt.NDArray[Kind]]) -> npt.NDArray[Kind]:
    """The pieces as one array; they are given up, so that nothing is there twice for long."""
    joined = np.concatenate(pieces)
    pieces.clear()
    return joined


def _with_dates(chunk: Chunk, day: int) -> Chunk:
    """Without the rows that have no date and nothing else either."""
    if all(map(str.strip, chunk.columns[day])):
        return chunk
    rows = enumerate(zip(*chunk.columns, strict=True))
    kept = [index for index, row in rows if row[day].strip() or any(map(str.strip, row))]
    columns = tuple(tuple(column[index] for index in kept) for column in chunk.columns)
    return Chunk(columns, chunk.lines[kept])
