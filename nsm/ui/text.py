r"""Any text as text on the screen.

``plain`` where Streamlit renders Markdown: titles, captions, alerts, labels and help of widgets,
metric names, buttons, tabs, expanders, options of radio buttons, pills and segmented controls.
``line`` where it shows characters as they are: options of select boxes, table cells, alt texts.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# A no-break space stays: it holds a number and its unit together.
_BLANKS = re.compile("[^\\S\N{NO-BREAK SPACE}]+")
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit reads these once more when the escapes are gone: addresses become links, arrows and
# dashes other characters, its name its logo. A joiner that nobody sees keeps them apart.
_READ_LATE = re.compile(
    r"(?i)(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[-\w])|(?<=:)(?=streamlit:)"
    r"|(?:(?<=^[-<>~])|(?<=\s[-<>~]))(?=(?:->|>|-|=)(?!\S))"
)


def line(text: str, longest: int = LONGEST) -> str:
    """The visible characters on one line, "…" when there are more than ``longest``.

    Marks that turn the writing direction are dropped, or one name could turn its neighbours.
    """
    visible = "".join(
        " " if unicodedata.category(char) in _UNSEEN else char
        for char in _TURNING.sub("", text[: longest * 20])
    )
    found = _BLANKS.sub(" ", visible).strip()
    return found if len(found) <= longest else found[: longest - 1].rstrip() + "…"


def plain(text: str, longest: int = LONGEST) -> str:
    """The same line, with every mark escaped that Markdown or Streamlit's codes could read.

    No HTML, links, remote images, formulas, colours, icons or emoji codes come of it.
    """
    return _MARKS.sub(r"\\\1", _READ_LATE.sub("\N{WORD JOINER}", line(text, longest)))
