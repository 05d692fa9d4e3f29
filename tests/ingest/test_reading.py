from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsm.errors import InputError, NsmError, RejectedRows, UnreadableFile
from nsm.ingest import gathering, read_csv
from nsm.rows import CheckedRows
from tests.ingest.conftest import STAR

Values = dict[tuple[str, str], float]


def read(text: str, **options: bool) -> CheckedRows:
    return read_csv(text.encode(), STAR, source="test.csv", **options)


def values(rows: CheckedRows) -> Values:
    return {
        (rows.metrics[metric], str(day)): value
        for metric, day, value in zip(rows.metric, rows.day, rows.value.tolist(), strict=True)
    }


def rejected(rows: CheckedRows) -> list[tuple[int, str, str]]:
    assert rows.rejected_count == len(rows.rejected)
    return [(row.line, row.column, row.value) for row in rows.rejected]


WIDE: Values = {
    ("orders", "2020-01-05"): 1234,
    ("orders", "2020-01-06"): 5.5,
    ("visits", "2020-01-05"): 7,
}


@pytest.mark.parametrize(
    "text",
    [
        "date,orders,visits\n2020-01-05,1234,7\n2020-01-06,5.5,\n",
        "visits,orders,Date\n7,1234,2020-01-05\n,5.5,2020-01-06\n",
        "week,Orders,VISITS\n2020-01-06,5.5,\n2020-01-05,1234,7\n",
        'index;orders;visits\n2020-01-05;"1.234";7\n2020-01-06;5,5;\n',
        "DAY\torders\tvisits\n05.01.2020\t1234\t7\n6.1.2020\t5,5\t\n13.1.2020\t\t\n",
        'date|orders|visits\n"Sun, 05-Jan-2020"|1,234|7\n"Mon, 06-Jan-2020"|5.5|\n',
        "sep=;\ndate;orders;visits\n2020-01-05;1234;7\n2020-01-06;5.5;\n",
        "\n\ndate,orders,visits\n\n2020-01-05,1234,7\n,,\n2020-01-06,5.5,\n\n",
        "date,orders,visits,\n2020-01-05,1234,7,\n2020-01-06,5.5,,,,\n",
        ",date,orders,visits\n0,2020-01-05,1234,7\n1,2020-01-06,5.5,\n",
        "date,metric,value\n2020-01-05,orders,1234\n2020-01-06,orders,5.5\n2020-01-05,visits,7\n",
        "Value,METRIC,Week\n1234,Orders,2020-01-05\n5.5, orders ,2020-01-06\n7,visits,2020-01-05\n",
        "index,date,month,orders,visits\n0,2020-01-05,Jan,1234,7\n1,2020-01-06,Jan,5.5,\n",
        "date,metric,value\n2020-01-05,orders,\n2020-01-05,visits,7\n2020-01-05,orders,1234\n"
        "2020-01-06,orders,5.5\n",
    ],
)
def test_long_and_wide_tables_of_any_separator_say_the_same(text: str) -> None:
    rows = read(text)

    assert values(rows) == WIDE
    assert rejected(rows) == []


def test_headers_match_keys_and_names_without_capitals_and_spaces() -> None:
    rows = read("Date,PageViews,Conversion\n2020-01-05,1,2%\n")

    assert values(rows) == {("page_views", "2020-01-05"): 1, ("rate", "2020-01-05"): 0.02}
    assert values(read("date,Pages seen\n2020-01-05,1\n")) == {("page_views", "2020-01-05"): 1}


def test_a_metric_called_na_or_null_is_a_name() -> None:
    assert values(read("date,metric,value\n2020-01-05,NA,1\n")) == {("NA", "2020-01-05"): 1}
    assert values(read("date,null\n2020-01-05,1\n")) == {("NA", "2020-01-05"): 1}


def test_other_columns_are_left_aside_and_named() -> None:
    rows = read("date,orders,basket,<b>x</b>\n2020-01-05,1,2,3\n")

    assert values(rows) == {("orders", "2020-01-05"): 1}
    assert "'basket' is computed by a formula" in rows.warnings[0]
    assert "'<b>x</b>' is no metric" in rows.warnings[1]


def test_unknown_and_computed_metrics_of_the_long_form_are_rejected() -> None:
    rows = read("date,metric,value\n2020-01-05,zzz,1\n2020-01-05,basket,2\n2020-01-05,orders,3\n")

    assert rejected(rows) == [(2, "metric", "zzz"), (3, "metric", "basket")]
    assert values(rows) == {("orders", "2020-01-05"): 3}


def test_bad_cells_are_named_by_line_and_column() -> None:
    rows = read(
        "date,orders,visits\n2020-01-05,#REF!,7\n"
        '2020-01-06,"two\nlines",8\nTotal,9,9\n2020-01-07,inf,NaN\n,1,1\n2020-01-08,1e400,--\n'
    )

    assert rejected(rows) == [
        (2, "orders", "#REF!"),
        (3, "orders", "twoU+000Alines"),
        (5, "date", "Total"),
        (6, "orders", "inf"),
        (6, "visits", "NaN"),
        (7, "date", ""),
        (8, "orders", "1e400"),
        (8, "visits", "--"),
    ]
    assert values(rows) == {("visits", "2020-01-05"): 7, ("visits", "2020-01-06"): 8}


def test_rows_of_another_width_are_rejected() -> None:
    rows = read("date,orders,visits\n2020-01-05,1\n2020-01-06,1,2,3\n2020-01-07,1,2\n")

    assert [(row.line, row.reason) for row in rows.rejected] == [
        (2, "the row has 2 cells, the header has 3"),
        (3, "the row has 4 cells, the header has 3"),
    ]
    assert len(rows) == 2


def test_a_long_cell_is_cut_and_a_hostile_one_harmless() -> None:
    rows = read(
        f"date,orders,visits\n2020-01-05,{'x' * 10_000},\x1b[31m\u202eevil\n".replace("\x1b", "")
    )

    assert len(rows.rejected[0].value) < 300
    assert rows.rejected[1].value == "[31mU+202Eevil"


def test_equal_duplicates_count_once_and_different_ones_are_all_rejected() -> None:
    rows = read(
        "date,orders,visits\n2020-01-05,1,5\n2020-01-06,3,\n2020-01-05,1,6\n2020-01-05,1.0,5\n"
        f"2020-01-06,{2.9999999999999996!r},\n"
    )

    assert values(rows) == {("orders", "2020-01-05"): 1, ("orders", "2020-01-06"): 3}
    assert rejected(rows) == [(2, "visits", "5"), (4, "visits", "6"), (5, "visits", "5")]
    assert "line 4 says 6" in rows.rejected[0].reason
    assert "line 2 says 5" in rows.rejected[1].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2020-01-05,7\n2020-01-06,8\n", "line 1: a row where the header"),
        ("05/01/2020;orders;7\n", "line 1: a row where the header"),
        ("date\n2020-01-05\n", "line 1: one column only"),
        ("date,orders\n", "no rows"),
        ("date,foo\n2020-01-05,1\n", "no column is a metric of the star shop.*orders"),
        ("foo,bar,baz\nx,y,z\n", "no column is a metric"),
        ("date,orders,Orders\n2020-01-05,1,2\n", "columns 2 and 3 are both the metric orders"),
        ("orders,visits\n1,2\n", "no date column"),
        ("date,basket\n2020-01-05,1\n", "no column is a metric"),
        ('date,orders\n2020-01-05,"7\n2020-01-06,8\n', "opened before and not closed"),
        ('date,orders\n2020-01-05,"7"x\n', "line 2: quotation marks that do not match"),
        ('date,orders\n2020-01-05,"' + "x\n" * 100_000, "opened before and not closed"),
        ('date,"orders\n2020-01-05,7\n', "line 1: a quotation mark is opened"),
        ('\ndate,"orders\n2020-01-05,"7"\n', "line 2: quotation marks that do not match"),
        ('"date,orders\n' + "2020-01-05,7\n" * 999, "line 1: a quotation mark is opened"),
        (
            "date,week_ending,orders\n,2020-01-05,1\n2020-01-05,2020-01-11,7\n",
            r"line 1: two columns of dates, 1 \('date'\) and 2 \('week_ending'\)",
        ),
        ("Date,date,orders\n2020-01-05,2020-01-11,7\n", "two columns of dates"),
        ("date;orders\n2020-01-05;1.234\n", "line 2: '1.234' can be 1.234 or 1234"),
        ("date,orders\n5/1/2020,1\n", "line 2: '5/1/2020' can be 2020-01-05 or 2020-05-01"),
        ("d" * 9 + ",x" * 6000 + "\n", "more than 5,000 columns"),
    ],
)
def test_a_table_that_does_not_fit_is_one_clear_line(text: str, words: str) -> None:
    with pytest.raises((InputError, UnreadableFile), match=f"test.csv.*{words}") as caught:
        read(text)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_the_user_may_say_how_dates_and_numbers_are_meant() -> None:
    text = "date;orders\n5/1/2020;1.234\n6/1/2020;2,345\n"

    assert values(read(text, day_first=True, decimal_comma=True)) == {
        ("orders", "2020-01-05"): 1234,
        ("orders", "2020-01-06"): 2.345,
    }
    assert values(read(text, day_first=False, decimal_comma=False)) == {
        ("orders", "2020-05-01"): 1.234,
        ("orders", "2020-06-01"): 2345,
    }


def test_a_comma_file_never_silently_reads_a_decimal_comma_as_something_else() -> None:
    rows = read('date,orders\n2020-01-05,"1.234,5"\n2020-01-06,"1.234"\n')

    assert values(rows) == {("orders", "2020-01-05"): 1234.5, ("orders", "2020-01-06"): 1234}


def test_a_late_proof_changes_how_the_beginning_was_read() -> None:
    first = dt.date(1950, 1, 1)
    days = [first + dt.timedelta(days=i) for i in range(12_000)]
    lines = [f"{day.day}/{day.month}/{day.year};1.234" for day in days if day.day <= 12]

    rows = read("date;orders\n" + "\n".join([*lines, "31/12/2020;1,5"]) + "\n")

    assert rows.value[:-1].tolist() == [1234.0] * len(lines)
    assert rows.day[0] == first
    assert rows.value[-1] == 1.5


def test_percent_is_kept_as_a_fraction_and_never_mixed() -> None:
    rows = read("date,rate\n2020-01-05,4.2%\n2020-01-06,4.2\n2020-01-07,0\n2020-01-08,100 %\n")

    assert values(rows) == {
        ("rate", "2020-01-05"): 0.042,
        ("rate", "2020-01-07"): 0,
        ("rate", "2020-01-08"): 1,
    }
    assert [(row.line, row.value, row.reason) for row in rows.rejected] == [
        (3, "4.2", "has no percent sign, while line 2 has one")
    ]


def test_suspicious_percent_is_said() -> None:
    assert "1 is 100 %" in read("date,rate\n2020-01-05,4.2\n").warnings[0]
    assert read("date,rate\n2020-01-05,0.042\n").warnings == ()
    assert "5% is kept as 0.05" in read("date,orders\n2020-01-05,5%\n").warnings[0]


def test_an_offset_is_said() -> None:
    rows = read("date,orders\n2020-01-05T23:00:00+02:00,1\n")

    assert values(rows) == {("orders", "2020-01-05"): 1}
    assert "without converting from their time zone (line 2" in rows.warnings[0]


def test_a_table_without_values_says_so() -> None:
    rows = read("date,orders\n2020-01-05,\n")

    assert len(rows) == 0
    assert rows.warnings == ("test.csv: no values were found.",)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MAX_VALUES", 100)

    with pytest.raises(InputError, match="more than 100 values"):
        read("date,orders\n" + "2020-01-05,1\n" * 101)


def test_a_file_wrong_in_every_line_lists_the_first_ten_thousand() -> None:
    rows = read("date,orders\n" + "2020-01-05,x\n" * 10_500)

    assert rows.rejected_count == 10_500
    assert len(rows.rejected) == 10_000


@pytest.mark.parametrize(
    ("row", "line", "limits"),
    [
        ("2020-01-05,x,y", 1_001, {}),
        ("2020-01-05,1,2,3", 2_001, {}),
        ("today,1,2", 2_001, {}),
        ("2020-01-05,1 5,7", 2_001, {"decimal_comma": False}),
    ],
)
def test_enough_bad_rows_stop_the_reading(row: str, line: int, limits: dict[str, bool]) -> None:
    content = ("date,orders,visits\n" + f"{row}\n" * 9_000).encode()

    with pytest.raises(RejectedRows, match="reading stopped at line") as caught:
        read_csv(content, STAR, enough=2_000, **limits)

    assert (caught.value.count, caught.value.rows[0].line) == (2_000, 2)
    # Cells are read column by column, a piece of the file at a time.
    assert line <= (caught.value.stopped_at or 0) <= line + 4_000


def test_what_only_a_first_guess_rejects_stops_nothing() -> None:
    content = "date;orders\n" + "2020-01-05;1,5\n" * 3_000 + "2020-01-06;x\n"

    rows = read_csv(content.encode(), STAR, enough=100)

    assert values(rows) == {("orders", "2020-01-05"): 1.5}
    assert rejected(rows) == [(3_002, "orders", "x")]


def test_many_values_for_one_day_are_all_rejected_soon() -> None:
    rows = read("date,orders\n" + "".join(f"2020-01-05,{n}\n" for n in range(60_000)))

    assert rows.rejected_count == 60_000
    assert "line 60001 says 59999" in rows.rejected[0].reason
    assert len(rows) == 0


def test_progress_rises_to_the_end() -> None:
    seen: list[float] = []

    # The last line shows how the first was meant, so the file is read twice.
    table = b"date;orders\n" + b"2020-01-05;1.234\n" * 100_000 + b"2020-01-06;1,5\n"
    read_csv(table, STAR, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > 5


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for text in (b"date,orders\n" + content, content):
        with contextlib.suppress(NsmError):
            read_csv(text, STAR)


@given(st.permutations(range(12)), st.sampled_from([",", ";", "\t", "|"]))
def test_the_order_of_rows_and_columns_does_not_matter(order: list[int], separator: str) -> None:
    lines = [[f"2020-01-{i + 1:02d}", str(i), str(i * 2.5)] for i in range(12)]
    turned = [2, 0, 1] if order[0] % 2 else [0, 1, 2]
    table = [["date", "orders", "visits"], *(lines[i] for i in order)]

    text = "\n".join(separator.join(row[i] for i in turned) for row in table)

    assert values(read(text)) == values(
        read("date,orders,visits\n" + "\n".join(",".join(row) for row in lines))
    )
