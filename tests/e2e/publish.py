"""Figures of a long run, written into the page that promises them."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def published(page: str, name: str, command: str) -> str:
    """What stands between the marks now, "" without any."""
    begin, end = f"<!-- {name}: written by {command} -->", f"<!-- end of {name} -->"
    _, _, rest = (DOCS / page).read_text(encoding="utf-8").partition(begin)
    return rest.partition(end)[0].strip()


def publish(page: str, name: str, command: str, text: str) -> None:
    """Put the text between the marks of that name in a page of docs/, at its end without any."""
    begin, end = f"<!-- {name}: written by {command} -->", f"<!-- end of {name} -->"
    path = DOCS / page
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    before = f"{before.rstrip()}\n\n"
    path.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after or chr(10)}", "utf-8")
