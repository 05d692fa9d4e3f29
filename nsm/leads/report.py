"""What a lead scan hands back: a table, the profile behind it, and what made them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsm.leads.design import Response
from nsm.leads.scan import Scan, Tests
from nsm.leads.series import Series

Verdict = Literal["leads", "follows", "both", "together", "none", "insufficient"]
VERDICTS: tuple[Verdict, ...] = ("leads", "follows", "both", "together", "none", "insufficient")

TABLE_COLUMNS = (
    "input",
    "verdict",
    "lag",
    "lag_low",
    "lag_high",
    "effect",
    "effect_low",
    "effect_high",
    "effect_unit",
    "p_adjusted",
    "reverse_p_adjusted",
    "weeks_needed",
    "smallest_detectable_effect",
    "warnings",
)
PROFILE_COLUMNS = (
    "input",
    "lag",
    "coefficient",
    "error",
    "t",
    "p",
    "p_adjusted",
    "low",
    "high",
)


@dataclass(frozen=True)
class Working:
    """The prepared series and models behind a report, for the detail view and the tests.

    `forward` is the scan of every input on the star, `backward` one scan of the star on each
    input (None where that could not be done). `critical` is the largest |t| that chance produces
    in all but `alpha` of the worlds: of any lead, of the same week, of any lead backwards.
    """

    star: Series
    inputs: tuple[Series, ...]
    response: Response
    responses: tuple[Response | None, ...]
    tests: Tests
    forward: Scan
    backward: tuple[Scan | None, ...]
    chance_back: NDArray[np.float32]
    critical: tuple[float, float, float]
    index: pd.Index

    @property
    def news(self) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """By tested input: rows, and what its own past and the calendar do not explain there."""
        pairs = zip(self.inputs, self.backward, strict=True)
        return {x.name: found.news for x, found in pairs if found is not None and found.news}


@dataclass(frozen=True)
class LeadReport:
    """The answer to "which of these inputs lead the star?"

    Attributes
    ----------
    table : one row an input, `TABLE_COLUMNS`. Lags in periods; effects in `effect_unit`;
        intervals and p-values hold for the whole page at once. `warnings` is a list of sentences.
    profile : one row an input and lag (1 to `max_lag`), `PROFILE_COLUMNS`; `low` and `high` are
        the simultaneous band, `p` the ordinary p-value, `p_adjusted` the one to read.
    same_week : the same columns for lag 0, one row an input, adjusted over the inputs alone.
    backward : the same columns for the star as the lead of each input.
    target : name of the star. weeks : its observed periods. max_lag, alpha : as asked.
    notes : sentences about the star that hold for every input (also among the warnings).
    details : by input, what the pages say beyond the table (onset, peak, tied lags, ...).
    provenance : everything that made the report; plain values, ready for JSON.
    """

    table: pd.DataFrame
    profile: pd.DataFrame
    same_week: pd.DataFrame
    backward: pd.DataFrame
    target: str
    weeks: int
    max_lag: int
    alpha: float
    notes: tuple[str, ...]
    details: Mapping[str, Mapping[str, Any]]
    provenance: Mapping[str, Any]
    working: Working = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """The report as plain values: same data and seed, same bytes. Unknown numbers are None."""
        inputs = [
            {column: _plain(row[column]) for column in TABLE_COLUMNS}
            for row in self.table.to_dict(orient="records")
        ]
        return {
            "target": self.target,
            "weeks": self.weeks,
            "max_lag": self.max_lag,
            "alpha": self.alpha,
            "inputs": inputs,
        }


def _plain(value: Any) -> Any:
    """A JSON value; numbers to ten digits, so that a rounding bit never changes the bytes."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str) or value is None:
        return value
    if pd.isna(value) or (isinstance(value, float) and math.isinf(value)):
        return None
    if isinstance(value, int | np.integer):
        return int(value)
    return float(f"{float(value):.10g}")
