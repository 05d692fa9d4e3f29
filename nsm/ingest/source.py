"""From a path or bytes to lines of text: compression, encoding, and what is no text at all."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nsm.errors import UnreadableFile

# Bounds of what is read from one file, so that a small archive cannot fill the machine.
MAX_BYTES = 512 * 1024**2
MAX_LINES = 20_000_000
MAX_LINE_BYTES = 4 * 1024**2
MAX_HEAD = 64 * 1024

SAVE_AS_CSV = "Save the table as CSV (UTF-8) and load that."
_MAGIC = {
    b"PK\x03\x04": "a zip file or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x1f\x8b": "an archive inside an archive",
    b"<": "an HTML or XML page",
    b"{": "JSON",
    b"[": "JSON",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_UTF_32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
# DOS ends a text with this character, Ctrl-Z.
DOS_END = "\x1a"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))


@dataclass
class Source:
    """One file to read, perhaps several times; ``name`` is how messages call it."""

    content: Path | bytes
    name: str
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        with self._opened() as (raw, _):
            head = raw.read(MAX_HEAD)
        self.encoding = self._encoding_of(head)
        if self.encoding != "utf-16":
            self._refuse_no_text(head)

    @contextmanager
    def lines(self) -> Iterator[tuple[io.TextIOWrapper, Progress]]:
        """The text, line ends untouched, and how much of it has been read."""
        with self._opened() as (raw, progress):
            guard = _Guard(raw, self.name, binary=self.encoding == "utf-16")
            buffered = io.BufferedReader(guard, 256 * 1024)
            with io.TextIOWrapper(buffered, encoding=self.encoding, newline="") as text:
                yield text, progress

    def fall_back(self) -> str:
        """Read as Windows-1252 from now on; the warning to show. UnreadableFile if it was already.

        Spreadsheets on Windows write it by default, and digits look the same in it.
        """
        if self.encoding != "utf-8":
            raise UnreadableFile(f"{self.name} is not text in {self.encoding}.", SAVE_AS_CSV)
        self.encoding = "cp1252"
        return f"{self.name} is not UTF-8; it was read as Windows-1252. Check names with accents."

    @contextmanager
    def _opened(self) -> Iterator[tuple[BinaryIO, Progress]]:
        """The bytes, decompressed; every way in which that fails is an UnreadableFile."""
        try:
            with _open(self.content, self.name) as plain:
                progress = Progress(plain, _size(self.content))
                magic = plain.read(2)
                plain.seek(0)
                if magic == b"\x1f\x8b":
                    with gzip.GzipFile(fileobj=plain) as unpacked:
                        yield unpacked, progress  # type: ignore[misc]
                else:
                    yield plain, progress
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFile(
                f"{self.name} is a damaged gzip file.", "Compress or download it again."
            ) from error
        except OSError as error:
            raise UnreadableFile(f"{self.name}: {_because(error)}.") from error

    def _encoding_of(self, head: bytes) -> str:
        if head.startswith(_UTF_32_MARKS):
            raise UnreadableFile(f"{self.name} is text in UTF-32.", SAVE_AS_CSV)
        for mark, encoding in _MARKS.items():
            if head.startswith(mark):
                return encoding
        return "utf-8"

    def _refuse_no_text(self, head: bytes) -> None:
        bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not bare:
            raise UnreadableFile(f"{self.name} is empty.", "It needs a header line and rows.")
        for magic, kind in _MAGIC.items():
            if bare.startswith(magic):
                raise UnreadableFile(f"{self.name} is {kind}, not CSV.", SAVE_AS_CSV)
        if head[:40].count(0) > 25:
            raise UnreadableFile(f"{self.name} looks like UTF-32 without its mark.", SAVE_AS_CSV)
        if head[1:40:2].count(0) > 10 or head[0:40:2].count(0) > 10:
            raise UnreadableFile(f"{self.name} looks like UTF-16 without its mark.", SAVE_AS_CSV)
        if len(head.translate(None, _CONTROLS)) != len(head):
            raise UnreadableFile(f"{self.name} is a binary file, not CSV.", SAVE_AS_CSV)


@dataclass
class Progress:
    """How far into the file (as stored) the reading is."""

    file: BinaryIO
    size: int

    def fraction(self) -> float:
        return min(1.0, self.file.tell() / self.size) if self.size else 1.0


class _Guard(io.RawIOBase):
    """Passes bytes on and stops at NUL bytes, at endless lines and at endless files."""

    def __init__(self, raw: BinaryIO, name: str, *, binary: bool) -> None:
        self._raw, self._name, self._binary = raw, name, binary
        self._total = self._lines = self._newlines = self._since_newline = 0
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._ahead + self._raw.read(len(buffer) - len(self._ahead))
        self._ahead = b""
        if data.endswith(DOS_END.encode()) and not self._binary:
            self._ahead = self._raw.read(1)
            data = data if self._ahead else data.rstrip(DOS_END.encode())
        buffer[: len(data)] = data
        if not self._binary and b"\0" in data:
            line = self._newlines + data[: data.index(b"\0")].count(b"\n") + 1
            raise UnreadableFile(
                f"{self._name}, line {line}: a NUL byte, so not text.", SAVE_AS_CSV
            )
        self._total += len(data)
        newlines = data.count(b"\n")
        self._newlines += newlines
        self._lines += max(newlines, data.count(b"\r"))
        last_end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_newline = (
            self._since_newline + len(data) if last_end < 0 else len(data) - last_end
        )
        if self._since_newline > MAX_LINE_BYTES:
            raise UnreadableFile(
                f"{self._name}, line {self._newlines + 1} is longer than "
                f"{MAX_LINE_BYTES // 1024**2} MB, so not a table.",
                SAVE_AS_CSV,
            )
        if self._lines > MAX_LINES:
            # Blank lines hardly fill a file, least of all an archive, and each takes its time.
            raise UnreadableFile(
                f"{self._name} holds more than {MAX_LINES:,} lines.",
                "Split it by years and load the parts.",
            )
        if self._total > MAX_BYTES:
            raise UnreadableFile(
                f"{self._name} holds more than {MAX_BYTES // 1024**2} MB of text.",
                "Split it by years and load the parts.",
            )
        return len(data)


def _open(content: Path | bytes, name: str) -> BinaryIO:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if "\0" in str(content):
        raise UnreadableFile(f"{name}: there is no such file.")
    # Opening a pipe would wait for ever, so look before.
    if not stat.S_ISREG(content.stat().st_mode):
        kind = "a directory" if content.is_dir() else "not a regular file"
        raise UnreadableFile(f"{name} is {kind}.", "Give the path of one CSV file.")
    return content.open("rb")


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _because(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "there is no such file",
        errno.ENOTDIR: "there is no such file",
        errno.EACCES: "reading it is not permitted",
        errno.EPERM: "reading it is not permitted",
        errno.ENAMETOOLONG: "the name is too long for a file",
    }
    return reasons.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
