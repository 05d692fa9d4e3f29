"""What a load refused, as a terminal shows it."""

from __future__ import annotations

from nsm.model import RejectedRow
from nsm.words.rejected import refused_line, rejected_lines


def row(line: int, value: str = "x", reason: str = "is not a number") -> RejectedRow:
    return RejectedRow(line, "orders", value, reason)


def test_equal_reasons_are_one_line_and_everything_is_counted() -> None:
    rows = [row(line, f"v{line}") for line in range(2, 12)] + [row(5, "", "is blank")]

    assert rejected_lines(rows, 100) == [
        "lines 2, 3, 4, 5, 6, 7 and 4 more, orders: 'v2', 'v3', 'v4' ... is not a number",
        "line 5, orders: '' is blank",
        "... and 89 more",
    ]


def test_many_reasons_are_cut_and_the_rest_counted() -> None:
    said = rejected_lines([row(n, reason=f"is wrong in way {n}") for n in range(2, 40)], 38)

    assert len(said) == 21
    assert said[-1] == "... and 18 more"


def test_a_long_value_is_cut() -> None:
    assert rejected_lines([row(2, "y" * 200)], 1) == [
        f"line 2, orders: '{'y' * 60}…' is not a number"
    ]


def test_a_refusal_says_how_much_and_where_it_begins() -> None:
    assert refused_line("a.csv", [row(7)], 1, 0) == (
        "a.csv: 1 value was rejected and nothing was loaded (line 7, column orders)."
    )
    assert refused_line("a.csv", [RejectedRow(7, "", "x", "y")], 1_200, 1_300) == (
        "a.csv: 1,200 values were rejected, reading stopped at line 1,300 and nothing was loaded "
        "(first in line 7)."
    )
