"""One pass over a table: cells to values, piece by piece, under one meaning of what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nsm.errors import InputError, UnreadableFile
from nsm.ingest.columns import Columns, MetricNames
from nsm.ingest.dates import NO_DAY, DayColumn
from nsm.ingest.rejections import Rejections
from nsm.ingest.settling import one_scale, one_value
from nsm.ingest.source import Source
from nsm.ingest.table import Chunk, Header, read_chunks
from nsm.ingest.values import DecimalSign, NumberColumn
from nsm.rows import CheckedRows, Flags, Floats, Integers

# What one file may hold: 300 metrics, 45 years, daily. Bounds the memory of a load.
MAX_VALUES = 5_000_000
_REMEMBERED_NAMES = 100_000


@dataclass(frozen=True)
class Meaning:
    """How dates and numbers are read: the order of days, and the decimal sign of each column."""

    day_first: bool | None
    signs: tuple[DecimalSign, ...]


@dataclass(frozen=True)
class _Piece:
    metric: Integers
    day: Integers
    value: Floats
    line: Integers
    percent: Flags


_NOTHING = _Piece(
    metric=np.empty(0, np.int32),
    day=np.empty(0, np.int32),
    value=np.empty(0, np.float64),
    line=np.empty(0, np.int32),
    percent=np.empty(0, np.bool_),
)


class Gathering:
    """The values of one file under one meaning, and what its cells prove about the meaning."""

    def __init__(
        self, header: Header, columns: Columns, names: MetricNames, meaning: Meaning
    ) -> None:
        self.header, self.columns, self.names = header, columns, names
        self.keys = tuple(metric.key for metric in names.star.metrics)
        self.rejections = Rejections()
        self.days = DayColumn(header.names[columns.day] or "date", meaning.day_first)
        self.numbers = [
            NumberColumn(header.names[place], sign)
            for (place, _), sign in zip(columns.values, meaning.signs, strict=True)
        ]
        self.percent_keys: set[str] = set()
        self._places: dict[str, int] = {}
        self._pieces: list[_Piece] = []

    def read(self, file: Source, progress: Callable[[float], None] | None) -> None:
        """Read the whole file. UnreadableFile when it has no rows, InputError when too many."""
        rows = values = 0
        for chunk in read_chunks(file, self.header, self.rejections, progress):
            rows += len(chunk.lines)
            values += self._add(_with_dates(chunk, self.columns.day))
            if values > MAX_VALUES:
                raise InputError(
                    f"{file.name} holds more than {MAX_VALUES:,} values.",
                    "Split it by years and load the parts.",
                )
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
            piece = _Piece(
                metrics[kept], days[kept], values[kept], chunk.lines[kept], percent[kept]
            )
            self._pieces.append(piece)
            found += len(piece.value)
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
        pieces = self._pieces or [_NOTHING]
        metric = np.concatenate([piece.metric for piece in pieces])
        day = np.concatenate([piece.day for piece in pieces])
        value = np.concatenate([piece.value for piece in pieces])
        line = np.concatenate([piece.line for piece in pieces])
        percent = np.concatenate([piece.percent for piece in pieces])
        self._pieces.clear()
        self.percent_keys = {self.keys[place] for place in np.unique(metric[percent])}
        kept = one_scale(self.keys, metric, value, line, percent, self.rejections)
        # Stable: equal metrics and days stay in the order of their lines.
        order = np.argsort((metric.astype(np.int64) << 32) + day, kind="stable")
        order = order[kept[order]]
        metric, day, value, line = metric[order], day[order], value[order], line[order]
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


def _with_dates(chunk: Chunk, day: int) -> Chunk:
    """Without the rows that have no date and nothing else either."""
    if all(map(str.strip, chunk.columns[day])):
        return chunk
    rows = enumerate(zip(*chunk.columns, strict=True))
    kept = [index for index, row in rows if row[day].strip() or any(map(str.strip, row))]
    columns = tuple(tuple(column[index] for index in kept) for column in chunk.columns)
    return Chunk(columns, chunk.lines[kept])
