"""From lines of text to a header and rows of cells, each with its line in the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from nsm.errors import UnreadableFile
from nsm.ingest.rejections import Rejections
from nsm.ingest.source import DOS_END, Source
from nsm.plaintext import shown
from nsm.rows import Integers

SEPARATORS = (",", ";", "\t", "|")
ROWS_IN_BATCH = 400
BATCHES_AT_ONCE = 10
MAX_COLUMNS = 5_000
SAMPLE_LINES = 50

_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Header:
    """The column names, the line they stand on, the separator of the file, and the first rows."""

    names: tuple[str, ...]
    line: int
    separator: str
    sample: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Chunk:
    """Some rows, as one tuple of cells a column, and their lines."""

    columns: tuple[tuple[str, ...], ...]
    lines: Integers


def read_header(source: Source) -> Header:
    """What are the columns called, and what separates them? UnreadableFile if it is no table."""
    with source.lines() as (text, _):
        sample = list(islice(text, SAMPLE_LINES))
    first = next((index for index, line in enumerate(sample) if line.strip()), None)
    if first is None:
        raise UnreadableFile(f"{source.name} is empty.", "It needs a header line and rows.")
    declared = _SEPARATOR_LINE.fullmatch(sample[first])
    if declared:
        first += 1
    separator = declared[1] if declared else _separator(sample[first:])
    try:
        names = next(csv.reader(sample[first:], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise _not_quoted(source, first + 1, error) from error
    if len(names) < 2:
        only = shown("".join(sample[first : first + 1]).strip(), 60)
        raise UnreadableFile(
            f"{source.name}, line {first + 1}: one column only ({only}).",
            "It needs a date column and a value column, separated by , ; tab or |.",
        )
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"{source.name}, line {first + 1}: more than {MAX_COLUMNS:,} columns.",
            "Split the file or write it as date,metric,value.",
        )
    rows = tuple(tuple(row) for row in _cells(sample[first:], separator)[1:])
    return Header(tuple(name.strip() for name in names), first + 1, separator, rows)


def _cells(lines: list[str], separator: str) -> list[list[str]]:
    """The rows of a sample, as far as they parse."""
    rows = []
    try:
        for row in csv.reader(lines, delimiter=separator):
            rows.append(row)
    except csv.Error:
        pass
    return rows


def _separator(sample: list[str]) -> str:
    """The separator that splits the header and, most often, other lines into as many cells."""

    def fit(separator: str) -> tuple[float, int]:
        rows = [row for row in _cells(sample, separator) if row]
        width = len(rows[0]) if rows else 0
        if width < 2:
            return (0.0, 0)
        return (sum(len(row) == width for row in rows) / len(rows), width)

    return max(SEPARATORS, key=fit)  # the first of equals


def read_chunks(
    source: Source,
    header: Header,
    rejections: Rejections,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Chunk]:
    """The rows under the header, in pieces; those of another width are refused.

    UnreadableFile where quotes do not match, naming the line.
    """
    with source.lines() as (text, position):
        for _ in range(header.line - 1):
            text.readline()
        batches = _batches(source, header, text, rejections)
        while piece := list(islice(batches, BATCHES_AT_ONCE)):
            if progress:
                progress(position.fraction())
            yield Chunk(
                tuple(
                    tuple(chain.from_iterable(parts))
                    for parts in zip(*(batch.columns for batch in piece), strict=True)
                ),
                np.concatenate([batch.lines for batch in piece]),
            )


def _batches(
    source: Source, header: Header, text: Iterable[str], rejections: Rejections
) -> Iterator[Chunk]:
    """The rows by a few hundred: more row objects at once would wake the garbage collector."""
    width = len(header.names)
    reader = csv.reader(text, delimiter=header.separator, strict=True)
    end = header.line - 1
    try:
        next(reader, None)
        end += reader.line_num
        while True:
            begin, before = end, reader.line_num
            rows = list(islice(reader, ROWS_IN_BATCH))
            if not rows:
                return
            end += reader.line_num - before
            lines = _lines_of(rows, begin, end)
            if set(map(len, rows)) != {width}:
                rows, lines = _of_width(rows, lines, width, rejections)
            if rows:
                yield Chunk(tuple(zip(*rows, strict=True)), lines)
    except csv.Error as error:
        raise _not_quoted(source, header.line + reader.line_num - 1, error) from error


def _lines_of(rows: list[list[str]], begin: int, end: int) -> Integers:
    """On which line does each row start? Cells in quotes may hold line ends."""
    if end - begin == len(rows):
        return np.arange(begin + 1, end + 1, dtype=np.int32)
    heights = [1 + sum(len(_LINE_END.findall(cell)) for cell in row) for row in rows]
    return (begin + 1 + np.cumsum([0, *heights[:-1]])).astype(np.int32)


def _of_width(
    rows: list[list[str]], lines: Integers, width: int, rejections: Rejections
) -> tuple[list[list[str]], Integers]:
    """Without blank rows and without those that have more or fewer cells than the header."""
    kept, kept_lines = [], []
    for row, line in zip(rows, lines.tolist(), strict=True):
        if not any(map(str.strip, row)) or row == [DOS_END]:
            continue
        if len(row) > width and not any(map(str.strip, row[width:])):
            row = row[:width]
        if len(row) == width:
            kept.append(row)
            kept_lines.append(line)
        else:
            cells = "one cell" if len(row) == 1 else f"{len(row)} cells"
            reason = f"the row has {cells}, the header has {width}"
            rejections.add(line, "", ", ".join(row), reason)
    return kept, np.array(kept_lines, dtype=np.int32)


def _not_quoted(source: Source, line: int, error: csv.Error) -> UnreadableFile:
    if "field larger" in str(error):
        return UnreadableFile(
            f"{source.name}, line {line}: a cell of more than {csv.field_size_limit():,} letters.",
            "Perhaps a quotation mark is opened before and not closed.",
        )
    if "unexpected end" in str(error):
        return UnreadableFile(
            f"{source.name}, line {line}: a quotation mark is opened before and not closed.",
            'Close it, or double it ("") where it belongs to the text.',
        )
    return UnreadableFile(
        f"{source.name}, line {line}: quotation marks that do not match.",
        'A quote inside a quoted cell is written twice ("").',
    )
