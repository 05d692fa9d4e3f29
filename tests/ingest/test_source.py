from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from nsm.errors import UnreadableFile
from nsm.ingest import read_csv
from nsm.ingest import source as source_module
from tests.ingest.conftest import STAR

TEXT = "date,orders\r\n2020-01-05,7\r\n2020-01-06,8\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(TEXT.encode("utf-8-sig"), mtime=0),
        gzip.compress(TEXT.encode()[:20], mtime=0) + gzip.compress(TEXT.encode()[20:], mtime=0),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.rstrip().encode(),
        TEXT.encode() + b"\x1a",
        TEXT.rstrip().encode() + b"\x1a\x1a",
        TEXT.encode() + b"\x1a\r\n",
    ],
    ids=[
        "utf8",
        "mark",
        "utf16-le",
        "utf16-be",
        "gz",
        "gz-mark",
        "gz-members",
        "unix",
        "old-mac",
        "no-last-end",
        "dos-end",
        "dos-end-at-once",
        "dos-end-and-line-end",
    ],
)
def test_the_same_table_in_any_wrapping(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    for given in (content, path, str(path)):
        rows = read_csv(given, STAR)
        assert rows.value.tolist() == [7, 8]
        assert rows.line.tolist() == [2, 3]


def test_windows_text_is_read_and_said() -> None:
    rows = read_csv("date,orders,Größe\n2020-01-05,£1\u00a0234,1\n".encode("cp1252"), STAR)

    assert rows.value.tolist() == [1234]
    assert "Windows-1252" in rows.warnings[0]


def test_windows_text_is_noticed_however_late_it_comes() -> None:
    many = b"".join(b"2020-01-05,7\n" for _ in range(50_000))

    rows = read_csv(b"date,orders\n" + many + b"2020-01-06,\xa35\n", STAR)

    assert rows.value.tolist() == [7, 5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04" + bytes(100), "Excel"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b"%PDF-1.7 \xff", "PDF"),
        (b"PAR1....", "Parquet"),
        (b"SQLite format 3\0", "SQLite"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "archive inside"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b'{"date": 1}', "JSON"),
        (b"date,orders\n2020-01-05,\x01\n", "binary"),
        (b"date,orders\n" + b"2020-01-05,1\n" * 9000 + b"2020-01-06,\x00\n", "line 9002.*NUL"),
        ("date,orders\n2020-01-05,7\n".encode("utf-16-le"), "UTF-16 without"),
        (TEXT.encode("utf-32"), "is text in UTF-32"),
        (b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"), "is text in UTF-32"),
        (TEXT.encode("utf-32-le"), "UTF-32 without"),
        (TEXT.encode("utf-32-be"), "UTF-32 without"),
        (b"date,orders\n2020-01-05,\x81\x8d\n", "neither in UTF-8 nor"),
        ("date,orders\n2020-01-05,7\n".encode("utf-16") + b"\x00", "utf-16"),
        (gzip.compress(TEXT.encode() * 99, mtime=0)[:-12], "damaged gzip"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-8] + bytes(8), "damaged gzip"),
        (b"\x1f\x8b" + b"junk" * 9, "damaged gzip"),
    ],
)
def test_what_is_no_table_is_one_clear_line(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=f"the file.*{words}") as caught:
        read_csv(content, STAR)

    assert "\n" not in str(caught.value)


def test_a_missing_file_a_directory_and_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(UnreadableFile, match=r"absent\.csv: there is no such file"):
        read_csv(tmp_path / "absent.csv", STAR)
    with pytest.raises(UnreadableFile, match="is a directory"):
        read_csv(tmp_path, STAR)
    with pytest.raises(UnreadableFile, match="pipe is not a regular file"):
        read_csv(tmp_path / "pipe", STAR)
    with pytest.raises(UnreadableFile, match="no such file"):
        read_csv("nul\0.csv", STAR)
    with pytest.raises(UnreadableFile, match="too long"):
        read_csv(tmp_path / ("x" * 300), STAR)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text(TEXT)
    path.chmod(0)
    # As another user where the tests run as root, whom no permission stops.
    script = (
        "import os, sys\n"
        "from nsm.ingest import read_csv\n"
        "from nsm.errors import UnreadableFile\n"
        "from tests.ingest.conftest import STAR\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "try: read_csv(sys.argv[1], STAR)\n"
        "except UnreadableFile as error: print(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )

    assert "secret.csv: reading it is not permitted." in done.stdout


def test_a_small_archive_of_endless_text_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_BYTES", 3_000_000)
    bomb = gzip.compress(b"date,orders\n" + b"2020-01-05,1\n" * 1_000_000, mtime=0)

    with pytest.raises(UnreadableFile, match="more than 2 MB of text"):
        read_csv(bomb, STAR)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_small_archive_of_blank_lines_is_stopped(
    monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(source_module, "MAX_LINES", 1_000)
    rows = b"date,orders" + end + b"2020-01-05,1" + end

    assert len(read_csv(gzip.compress(rows + end * 998, mtime=0), STAR)) == 1
    with pytest.raises(UnreadableFile, match="more than 1,000 lines"):
        read_csv(gzip.compress(rows + end * 999, mtime=0), STAR)


def test_an_endless_line_is_stopped() -> None:
    packer = zlib.compressobj(wbits=31)
    line = b"".join(packer.compress(b"1," * 500_000) for _ in range(20)) + packer.flush()

    with pytest.raises(UnreadableFile, match="line 1 is longer than"):
        read_csv(line, STAR)


def test_the_name_of_a_file_is_shown_harmless(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[31m\nname.csv"
    path.write_bytes(b"")

    with pytest.raises(UnreadableFile) as caught:
        read_csv(path, STAR)

    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)
