"""Any text is only text on the screen."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.ui.text import line, plain

ANY_TEXT = st.text(alphabet=st.characters(), max_size=400)


def unescaped(text: str) -> str:
    """What a Markdown reader shows of text in which every mark is escaped; joiners are unseen."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\N{WORD JOINER}", "")


@given(ANY_TEXT)
def test_every_mark_is_escaped_and_the_characters_stay(text: str) -> None:
    escaped = plain(text)
    assert unescaped(escaped) == line(text).replace("\N{WORD JOINER}", "")
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped))


@given(ANY_TEXT)
def test_it_is_one_line_without_characters_that_turn_the_direction(text: str) -> None:
    shown = line(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in shown)
    assert not any(c in shown for c in "\u202e\u2066\u200f")


def test_ten_thousand_characters_are_cut_with_a_sign() -> None:
    shown = line("A" * 10_000)
    assert len(shown) == 300
    assert shown.endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://evil.example/a.png)",
        "<script>alert(1)</script>",
        ":material/home: :red[x] :smile:",
        "$\\frac{1}{2}$",
        "# heading",
        "1. list",
        "a_b*c`d`",
        "https://evil.example",
        "[^1]",
    ],
)
def test_known_codes_of_markdown_and_streamlit_are_text(text: str) -> None:
    assert unescaped(plain(text)) == text
    assert plain(text) != text
