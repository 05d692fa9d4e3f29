"""Any text as text where Streamlit would read Markdown."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=^@/\"'])")


def plain(text: str, longest: int = LONGEST) -> str:
    """Text that shows exactly its characters, on one line, "…" when longer than ``longest``.

    For every string from outside in a place that renders Markdown (titles, captions, labels,
    buttons, metric names): no HTML, links, remote images, formulas, colours, icons or emoji codes.
    """
    visible = "".join(
        " " if unicodedata.category(char) in _UNSEEN else char
        for char in _TURNING.sub("", text[: longest * 20])
    )
    line = " ".join(visible.split())
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return _MARKS.sub(r"\\\1", line)
