"""The table behind a chart, with a download that a spreadsheet may open safely."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from nsm.export import export_csv
from nsm.ui.text import plain

Frame = pd.DataFrame | Callable[[], pd.DataFrame]


def data_table(
    frame: Frame,
    *,
    key: str,
    alt: str,
    label: str = "Table",
    file_name: str = "table.csv",
    columns: Mapping[str, Any] | None = None,
) -> None:
    """A closed expander with the rows of a chart and their download.

    ``frame`` may be a function: it is called only when a viewer opens the expander, or downloads.
    ``key`` is unique on the page, ``columns`` is Streamlit's ``column_config``, ``alt`` one
    sentence for those who do not see the table. Not inside a replayed function: it holds widgets.
    """
    with st.expander(
        plain(label), key=f"{key}_table", on_change="rerun", icon=":material/table:"
    ) as part:
        if part.open:
            rows = frame() if callable(frame) else frame
            st.dataframe(rows, hide_index=True, alt=plain(alt), column_config=columns)
            download(rows, key=key, file_name=file_name)


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
