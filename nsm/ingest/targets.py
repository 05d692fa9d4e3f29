"""A file of plans: which value a metric should reach in which week, month, quarter or year."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nsm.errors import InputError, UnreadableFile
from nsm.ingest.columns import MetricNames, comparable
from nsm.ingest.dates import NO_DAY, DayColumn
from nsm.ingest.rejections import Rejections
from nsm.ingest.source import Source
from nsm.ingest.table import Chunk, Header, read_chunks, read_header
from nsm.ingest.values import DecimalSign, NumberColumn, decimal_signs
from nsm.model import RejectedRow, Star, Target
from nsm.periods import period_start
from nsm.plaintext import harmless, shown
from nsm.rows import Integers
from nsm.store.targets import PERIODS, Merged, merge_targets

COLUMNS = "It needs the columns metric, period, start and value."
STARTS = ("start", "date", "starton", "startson", "startdate")
SPELLED = {
    **{period: period for period in PERIODS},
    **{f"{period}ly": period for period in PERIODS},
    "annual": "year",
}
_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What a file of targets did, or would do."""

    star: str
    source: str
    new: int
    changed: int
    unchanged: int
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def load_targets(
    engine: Any,
    star: Star,
    path_or_bytes: Path | bytes,
    *,
    source: str,
    on: dt.date | None = None,
    dry_run: bool = False,
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
) -> TargetReport:
    """Add the targets of a file to those of the star; one for the same period is changed.

    ``on`` is the day, from which on those that are new or changed are known.

    All or none: InputError, which names the first wrong row, where any is wrong.
    """
    targets = read_targets_csv(
        path_or_bytes, star, source=source, day_first=day_first, decimal_comma=decimal_comma
    )
    merged: Merged = merge_targets(engine, star.key, targets, on, dry_run=dry_run)
    return TargetReport(
        star.key, source, merged.new, merged.changed, merged.unchanged, dry_run=dry_run
    )


def read_targets_csv(
    path_or_bytes: Path | bytes,
    star: Star,
    *,
    source: str,
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
) -> tuple[Target, ...]:
    """The targets that a CSV file says: columns metric, period, start (or date) and value.

    Any day of a period stands for it. UnreadableFile for no table; InputError for missing columns,
    dates or numbers that can be read in two ways, and for wrong rows, of which the first is named.
    """
    file = Source(path_or_bytes, harmless(source))
    try:
        return _read(file, star, day_first, decimal_comma)
    except UnicodeDecodeError:
        file.fall_back()
    try:
        return _read(file, star, day_first, decimal_comma)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{file.name} is text neither in UTF-8 nor in Windows-1252.", "Save it as CSV (UTF-8)."
        ) from error


def _read(
    file: Source, star: Star, day_first: bool | None, decimal_comma: bool | None
) -> tuple[Target, ...]:
    header = read_header(file)
    places = _places(header, file.name)
    rejections = Rejections(file.name)
    chunk = _whole(list(read_chunks(file, header, rejections)), len(header.names))
    metric, period, start, value = (chunk.columns[place] for place in places)
    names = [header.names[place] for place in places]
    days = DayColumn(names[2], day_first)
    when = days.read(start, chunk.lines, rejections)
    if day_first is None and (order := days.order(file.name)) is not None:
        days = DayColumn(names[2], order)
        when = days.read(start, chunk.lines, rejections)
    values = _numbers(file, header, names[3], value, chunk.lines, rejections, decimal_comma)
    known = MetricNames(star)
    found: dict[tuple[str, str, dt.date], tuple[int, Target]] = {}
    for row, line in enumerate(chunk.lines.tolist()):
        place, spelled = known.find(metric[row]), SPELLED.get(comparable(period[row]))
        if place is None:
            rejections.add(line, names[0], metric[row], "is no metric of this star")
        if spelled is None:
            rejections.add(line, names[1], period[row], f"is not one of {', '.join(PERIODS)}")
        if not value[row].strip():
            rejections.add(line, names[3], value[row], "is empty")
        if place is None or spelled is None or when[row] == NO_DAY or math.isnan(values[row]):
            continue
        first = period_start(
            spelled,
            dt.date.fromordinal(int(when[row]) + _EPOCH),
            star.week_start,
            star.fiscal_year_end,
        )
        target = Target(star.metrics[place].key, spelled, first, float(values[row]))
        key = (target.metric, target.period, target.start)
        if key in found and found[key][1] != target:
            reason = f"is another target for the same {spelled} than that of line {found[key][0]}"
            rejections.add(line, names[3], value[row], reason)
        found.setdefault(key, (line, target))
    _refuse_bad(file.name, rejections.rows(), rejections.count)
    return tuple(target for _, target in found.values())


def _places(header: Header, source: str) -> tuple[int, int, int, int]:
    loose = [comparable(name) for name in header.names]
    starts = next((name for name in STARTS if name in loose), "start")
    for name in ("metric", "period", starts, "value"):
        if name not in loose:
            raise InputError(f"{source}, line {header.line}: there is no column {name}.", COLUMNS)
    return (
        loose.index("metric"),
        loose.index("period"),
        loose.index(starts),
        loose.index("value"),
    )


def _whole(chunks: Sequence[Chunk], width: int) -> Chunk:
    if not chunks:
        return Chunk(((),) * width, np.array([], dtype=np.int32))
    columns = tuple(
        tuple(cell for chunk in chunks for cell in chunk.columns[place]) for place in range(width)
    )
    return Chunk(columns, np.concatenate([chunk.lines for chunk in chunks]))


def _numbers(
    file: Source,
    header: Header,
    name: str,
    cells: Sequence[str],
    lines: Integers,
    rejections: Rejections,
    decimal_comma: bool | None,
) -> Sequence[float]:
    sign = DecimalSign.COMMA if decimal_comma else DecimalSign.POINT
    if decimal_comma is None:
        asked = NumberColumn(name, sign, assumed=True)
        asked.read(cells, lines, Rejections(file.name))
        sign = decimal_signs([asked], header.separator, file.name)[0]
    values, _ = NumberColumn(name, sign).read(cells, lines, rejections)
    return [float(value) for value in values]


def _refuse_bad(source: str, rows: Sequence[RejectedRow], count: int) -> None:
    if not rows:
        return
    first = rows[0]
    column = f", column {first.column}" if first.column else ""
    more = f" ({count:,} rows are wrong)" if count > 1 else ""
    raise InputError(
        f"{source}, line {first.line}{column}: {shown(first.value, 60)} {first.reason}{more}.",
        "No target was changed.",
    )
