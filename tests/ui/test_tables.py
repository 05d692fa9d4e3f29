"""Tables behind charts: figures to be read, while the download keeps every digit."""

from __future__ import annotations

import pandas as pd

from nsm.ui.tables import to_read


def test_figures_keep_four_digits_or_all_before_the_point():
    rows = pd.DataFrame(
        {
            "Value": [44_063_119.561, 0.0123456, -12.34567, 0.0, None, float("inf")],
            "Rounded already": pd.array([1, 2, 3, 4, 5, None], dtype="Int64"),
            "Week": ["a", "b", "c", "d", "e", "f"],
        }
    )

    shown = to_read(rows)

    assert shown["Value"].dropna().tolist() == [44_063_120, 0.01235, -12.35, 0.0, float("inf")]
    assert shown["Value"].isna().tolist() == rows["Value"].isna().tolist()
    assert shown[["Rounded already", "Week"]].equals(rows[["Rounded already", "Week"]])
    assert rows["Value"][0] == 44_063_119.561


def test_two_columns_of_one_name_are_two_columns():
    rows = pd.DataFrame([[1.23456, 2.34567]], columns=["Visits", "Visits"])

    assert to_read(rows).to_numpy().tolist() == [[1.235, 2.346]]
