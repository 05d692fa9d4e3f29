"""Tables as CSV that a spreadsheet may open safely."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

# What a spreadsheet takes for the start of a formula, also behind blanks and its own escapes.
_FORMULA = re.compile(r"^[\s﻿]*[=+\-@＝＋－＠]|^[\t\r\n|]")


def export_csv(frame: pd.DataFrame) -> bytes:
    """The frame without its index as UTF-8 CSV with a byte-order mark, for any spreadsheet.

    Text cells and headings that a spreadsheet would run get a leading apostrophe (OWASP, "CSV
    injection"); numbers and dates stay as they are.
    """
    safe = frame.rename(columns=lambda name: _neutral(str(name)))
    for place, kind in enumerate(safe.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)):
            cells = [_neutral(cell) for cell in safe.iloc[:, place]]
            safe.isetitem(place, np.array(cells, dtype=object))
    return b"\xef\xbb\xbf" + safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8")


def _neutral(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
