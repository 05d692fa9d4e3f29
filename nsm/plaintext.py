"""Text from outside: how to quote it in one safe line, and which text can be kept at all."""

from __future__ import annotations

import unicodedata

# Fits 64 KB, the most that MariaDB's TEXT holds, at four bytes a character.
LONGEST = 10_000


def shown(text: object, limit: int = 60) -> str:
    """Quote a value for a message: one line, bounded, nothing a terminal would obey."""
    return f"'{harmless(text, limit)}'"


def harmless(text: object, limit: int = 200) -> str:
    """The same without the quotes, for the name of a file."""
    raw = str(text)
    cut = raw[:limit] + ("…" if len(raw) > limit else "")
    return "".join(c if c.isprintable() else _escaped(c) for c in cut)


def why_unkeepable(text: str, *, lines: bool = False, limit: int = LONGEST) -> str | None:
    """Why a text cannot be kept in every database, or None when it can.

    Control characters (NUL among them) and lone surrogates are refused by one database or
    another; ``lines`` allows line breaks and tabs.
    """
    if len(text) > limit:
        return f"is longer than {limit:,} characters"
    for character in text:
        if lines and character in "\n\t":
            continue
        kind = unicodedata.category(character)
        if kind == "Cc":
            return f"has a control character ({_escaped(character)})"
        if kind == "Cs":
            return f"has half a character ({_escaped(character)})"
    return None


def _escaped(character: str) -> str:
    return f"U+{ord(character):04X}"
