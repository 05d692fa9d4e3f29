from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.errors import InputError
from nsm.ingest.rejections import Rejections
from nsm.ingest.values import DecimalSign, NumberColumn, decimal_signs, read_number

SURE = {
    "12": 12,
    "0": 0,
    "007": 7,
    "-12": -12,
    "+12": 12,
    " 12 ": 12,
    "\u221212": -12,
    "\u201312": -12,
    "(12)": -12,
    "$(12)": -12,
    "($12)": -12,
    "($ 1 234)": -1234,
    "1 234": 1234,
    "1\u00a0234\u00a0567": 1234567,
    "1\u202f234": 1234,
    "1'234": 1234,
    "1\u2019234\u2019567": 1234567,
    "$5": 5,
    "-$5": -5,
    "$-5": -5,
    "5 €": 5,
    "€ 5": 5,
    "US$5": 5,
    "R$ 5": 5,
    "USD 5": 5,
    "5 EUR": 5,
    "5%": 0.05,
    "5 %": 0.05,
    "-5%": -0.05,
    "(5%)": -0.05,
    "1e3": 1000,
    "1E+3": 1000,
    "0e-400": 0,
    "5e-324": 5e-324,
}


@pytest.mark.parametrize(("text", "value"), SURE.items())
def test_numbers_without_a_decimal_sign_read_alike(text: str, value: float) -> None:
    reading = read_number(text)

    assert (reading.point, reading.comma) == (value, value)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1.5", 1.5, None),
        (".5", 0.5, None),
        ("5.", 5, None),
        ("0.125", 0.125, None),
        ("1234.125", 1234.125, None),
        ("1,234.5", 1234.5, None),
        ("1,234,567", 1234567, None),
        ("12,34,567", 1234567, None),
        ("1 234.5", 1234.5, None),
        ("1.5e3", 1500, None),
        ("4.2%", 0.042, None),
        ("$1,234.50", 1234.5, None),
        ("(1,234.5)", -1234.5, None),
        ("1,5", None, 1.5),
        ("0,125", None, 0.125),
        (",5", None, 0.5),
        ("1.234,5", None, 1234.5),
        ("1.234.567", None, 1234567),
        ("1'234,5", None, 1234.5),
        ("1.234,50 €", None, 1234.5),
        ("-1.234,5", None, -1234.5),
        ("1,234", 1234, 1.234),
        ("1.234", 1.234, 1234),
        ("-1.234", -1.234, -1234),
    ],
)
def test_a_decimal_sign_is_read_both_ways_where_both_are_possible(
    text: str, point: float | None, comma: float | None
) -> None:
    reading = read_number(text)

    assert (reading.point, reading.comma) == (point, comma)
    assert reading.is_unclear == (point is not None and comma is not None)


@pytest.mark.parametrize(
    "text",
    [
        *("inf", "-Infinity", "1e400", "-1e400", "9" * 400, "NaN", "--", "-", "+", "#REF!", "N/A"),
        *("#DIV/0!", "null", "None", "abc", "1_000", "0x10", "1 2", "1,23,4", "1.2.3", "1,2,3"),
        *(
            "12 34",
            "(5",
            "5)",
            "((5))",
            "-(5)",
            "--5",
            "5-",
            "$",
            "%",
            "5%%",
            "1e",
            "e5",
            "1,234.5e5",
            *("(" + " " * 98 + "x", "1" + " " * 98 + "x", "1 " * 49 + "x", "$ " * 50),
        ),
        *("1e-400", "-1.5e-999", "1e-323%", "0.0001e-320"),
        *("\u0663", "\uff15", "1\n2", "TRUE", "2020-01-05", "x" * 10_000, ".", ",", "1..2", "ABC5"),
    ],
)
def test_what_is_no_finite_number_is_refused_with_a_reason(text: str) -> None:
    reading = read_number(text)

    assert (reading.point, reading.comma) == (None, None)
    assert reading.reason.startswith("is ")


def column(cells: list[str], sign: DecimalSign = DecimalSign.POINT) -> tuple[NumberColumn, list]:
    numbers = NumberColumn("visits", sign)
    lines = np.arange(2, 2 + len(cells), dtype=np.int32)
    values, _ = numbers.read(cells, lines, Rejections())
    return numbers, values.tolist()


def test_what_is_too_small_to_hold_is_never_zero() -> None:
    _, values = column(["1e-400", "0", "0.00", "5e-324", ""])

    assert np.array_equal(values, [np.nan, 0, 0, 5e-324, np.nan], equal_nan=True)
    assert "too small" in read_number("1e-400").reason


@pytest.mark.parametrize(
    ("cells", "separator", "sign"),
    [
        (["1.234", "2.5"], ",", DecimalSign.POINT),
        (["1.234", "2.5"], ";", DecimalSign.POINT),
        (["1.234", "2,5"], ";", DecimalSign.COMMA),
        (["1,234", "2,5"], ",", DecimalSign.COMMA),
        (["1.234", "1.234.567"], "\t", DecimalSign.COMMA),
        (["1,234", "1,234,567"], ";", DecimalSign.POINT),
        (["1,234", "5,678"], ",", DecimalSign.POINT),
        (["1.234", "5.678"], "|", DecimalSign.POINT),
        (["12", "13"], ";", DecimalSign.POINT),
    ],
)
def test_the_column_then_the_separator_decide_the_decimal_sign(
    cells: list[str], separator: str, sign: DecimalSign
) -> None:
    numbers, _ = column(cells)

    assert decimal_signs([numbers], separator, "x.csv") == [sign]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("cell", ["1,234", "1.234"])
def test_a_truly_unclear_column_is_asked_about(cell: str, separator: str) -> None:
    numbers, _ = column(["12", cell])

    with pytest.raises(InputError, match=r"line 3.*can be 1.* or .*--decimal-comma or"):
        decimal_signs([numbers], separator, "x.csv")


def test_another_column_of_the_file_may_decide() -> None:
    unclear, _ = column(["1.234"])
    proven, _ = column(["2,5"])

    signs = decimal_signs([unclear, proven], ";", "x.csv")

    assert signs == [DecimalSign.COMMA, DecimalSign.COMMA]


def test_a_column_with_both_signs_is_asked_about_and_names_both_lines() -> None:
    numbers, _ = column(["1.5", "2,5"])

    with pytest.raises(InputError, match=r"line 2 .*1\.5.* line 3 .*2,5"):
        decimal_signs([numbers], ",", "x.csv")


@given(
    st.lists(st.text("0123456789.eE+-", max_size=9) | st.floats(-1e9, 1e9).map(repr), min_size=1),
    st.sampled_from(DecimalSign),
)
def test_the_quick_way_and_the_careful_way_agree(cells: list[str], sign: DecimalSign) -> None:
    quick, values = column(cells, sign)
    careful = NumberColumn("visits", sign)
    lines = np.arange(2, 2 + len(cells), dtype=np.int32)

    expected, _ = careful._read_each(cells, lines, Rejections())

    assert np.array_equal(values, expected, equal_nan=True)
    assert quick.proof == careful.proof
    if not quick.proof:
        assert quick.unclear == careful.unclear


@given(st.floats(-1e12, 1e12), st.sampled_from([",", "\u00a0", "\u202f", "'", "\u2019"]))
def test_grouped_numbers_come_back(value: float, group: str) -> None:
    text = f"{value:,.2f}".replace(",", group)

    assert read_number(text).point == float(f"{value:.2f}") + 0.0


@given(st.floats(-1e12, 1e12), st.sampled_from([".", "\u00a0", "'"]))
def test_grouped_numbers_with_a_decimal_comma_come_back(value: float, group: str) -> None:
    text = f"{value:,.2f}".translate({ord(","): group, ord("."): ","})

    assert read_number(text).comma == float(f"{value:.2f}") + 0.0


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    reading = read_number(text)

    assert reading.reason or np.isfinite([v for v in (reading.point, reading.comma) if v]).all()
