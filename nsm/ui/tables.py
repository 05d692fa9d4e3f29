"""The table behind a chart, with a download that a spreadsheet may open safely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from nsm.export import export_csv
from nsm.ui.text import plain

Frame = pd.DataFrame | Callable[[], pd.DataFrame]

DIGITS = 4  # of a figure with decimals that a table shows; its download has them all
THOUSANDS = 1000


def data_table(
    frame: Frame,
    *,
    key: str,
    alt: str,
    label: str = "Table",
    file_name: str = "table.csv",
) -> None:
    """A closed expander with the rows of a chart and their download.

    ``frame`` may be a function: it is called only when a viewer opens the expander, or downloads.
    ``key`` is unique on the page, ``alt`` one sentence for those who do not see the table. Not
    inside a replayed function: it holds widgets.
    """
    with st.expander(
        plain(label), key=f"{key}_table", on_change="rerun", icon=":material/table:"
    ) as part:
        if part.open:
            rows = frame() if callable(frame) else frame
            st.dataframe(
                to_read(rows),
                hide_index=True,
                alt=plain(alt),
                column_config=_as_people_write(rows),
                placeholder="–",
            )
            download(rows, key=key, file_name=file_name)


def to_read(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with figures of four digits, or of as many as stand before the point.

    By figure, not by column: one column may hold millions of minutes and a share, of which
    the form with commas then shows three decimals.
    """
    shown = rows.copy()
    for place, (_, column) in enumerate(rows.items()):
        if pd.api.types.is_float_dtype(column):
            values = column.to_numpy(dtype=float, na_value=np.nan)
            with np.errstate(divide="ignore", invalid="ignore"):
                before = np.floor(np.log10(np.abs(values))) + 1
            decimals = np.where(np.isfinite(before), np.clip(DIGITS - before, 0, 12), 0)
            shown.isetitem(place, [round(x, int(n)) for x, n in zip(values, decimals, strict=True)])
    return shown


def _as_people_write(rows: pd.DataFrame) -> dict[str, Any]:
    """Thousands with their commas, and days as "5 Jan 2026", for every column that has any."""
    found: dict[str, Any] = {}
    for name, column in rows.items():
        known = column.dropna()
        if pd.api.types.is_bool_dtype(column) or known.empty:
            continue
        if pd.api.types.is_numeric_dtype(column):
            # This form keeps three decimals: too few where all figures are small.
            if known.abs().max() >= THOUSANDS:
                found[str(name)] = st.column_config.NumberColumn(format="localized")
        elif isinstance(known.iloc[0], dt.date):
            found[str(name)] = st.column_config.DateColumn(format="D MMM YYYY")
    return found


def download(frame: Frame, *, key: str, file_name: str, label: str = "Download CSV") -> None:
    """A button that downloads the rows; a function is called only when it is pressed."""
    st.download_button(
        label,
        data=lambda: export_csv(frame() if callable(frame) else frame),
        file_name=file_name,
        mime="text/csv",
        key=f"{key}_download",
        on_click="ignore",
        icon=":material/download:",
    )
