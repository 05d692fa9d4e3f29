"""From a CSV file to checked rows: what the file says, with every bad value named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nsm.errors import UnreadableFile
from nsm.ingest.columns import MetricNames, find_columns
from nsm.ingest.gathering import Gathering, Meaning
from nsm.ingest.rejections import Rejections
from nsm.ingest.source import SAVE_AS_CSV, Source
from nsm.ingest.table import read_header
from nsm.ingest.values import DecimalSign, decimal_signs
from nsm.model import Star
from nsm.plaintext import harmless, shown
from nsm.rows import CheckedRows

Progress = Callable[[float], None]


def read_csv(
    path_or_bytes: Path | str | bytes,
    star: Star,
    *,
    source: str = "",
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
    enough: int | None = None,
    progress: Progress | None = None,
) -> CheckedRows:
    """What does this file say about the metrics of the star?

    Long (date, metric, value) or wide (a date and a column a metric) CSV, gzipped or not; the
    formats are those of docs/loading.md. The file is read in pieces, and again when its end shows
    how its beginning was meant. ``progress`` is called with the part read, 0 to 1.

    Raises UnreadableFile when it is no table, InputError when its columns do not fit the star or
    its dates or numbers can be read in two ways. Bad values do not raise: they are in ``rejected``;
    but ``enough`` of them stop the reading with RejectedRows.
    """
    content = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes)
    name = source or ("the file" if isinstance(content, bytes) else content.name)
    file = Source(content, harmless(name))
    reading = _Reading(
        file, star, day_first, decimal_comma, enough, progress and _forward(progress)
    )
    try:
        return reading.rows()
    except UnicodeDecodeError:
        warning = file.fall_back()
    try:
        return reading.rows(warning)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{file.name} is text neither in UTF-8 nor in Windows-1252.", SAVE_AS_CSV
        ) from error


def _forward(progress: Progress) -> Progress:
    """The same, never going back when the file is read again."""
    furthest = 0.0

    def report(part: float) -> None:
        nonlocal furthest
        furthest = max(furthest, part)
        progress(furthest)

    return report


@dataclass(frozen=True)
class _Reading:
    file: Source
    star: Star
    day_first: bool | None
    decimal_comma: bool | None
    enough: int | None
    progress: Progress | None

    def rows(self, *warnings: str) -> CheckedRows:
        name = self.file.name
        header = read_header(self.file)
        names = MetricNames(self.star)
        columns = find_columns(header, names, name)
        sign = DecimalSign.COMMA if self.decimal_comma else DecimalSign.POINT
        signs = (sign,) * len(columns.values)
        assumed = Meaning(self.day_first, signs, assumed=self.decimal_comma is None)
        gathering = Gathering(header, columns, names, assumed, Rejections(name, self.enough))
        gathering.read(self.file, self.progress)
        proven = Meaning(
            gathering.days.order(name) if self.day_first is None else self.day_first,
            tuple(decimal_signs(gathering.numbers, header.separator, name))
            if self.decimal_comma is None
            else signs,
        )
        if (proven.day_first, proven.signs) != (self.day_first, signs):
            gathering = Gathering(header, columns, names, proven, Rejections(name, self.enough))
            gathering.read(self.file, self.progress)
        rows = gathering.checked((*warnings, *columns.warnings))
        return replace(rows, warnings=(*rows.warnings, *self._notes(gathering, rows)))

    def _notes(self, gathering: Gathering, rows: CheckedRows) -> Iterator[str]:
        name = self.file.name
        if gathering.days.offset:
            line, cell = gathering.days.offset
            yield (
                f"{name}: dates were taken as written, without converting from their time zone "
                f"(line {line}: {shown(cell, 40)})."
            )
        if not len(rows):
            yield f"{name}: no values were found."
        for key, part in rows.parts():
            values = rows.value[part]
            is_percent = self.star.metric(key).is_percent
            signed = key in gathering.percent_keys
            if is_percent and not signed and np.median(abs(values)) > 1.5:
                yield (
                    f"{name}: {key} has the unit percent and values such as {values[-1]:g}, kept "
                    "as written, where 1 is 100 %. If 4.2 means 4.2 %, write 4.2% or 0.042."
                )
            if signed and not is_percent:
                yield f"{name}: {key} is written in percent, its unit is not; 5% is kept as 0.05."
