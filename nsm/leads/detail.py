"""One input and one lag as a statsmodels fit: the reference, and the detail view."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nsm.errors import InputError
from nsm.leads.design import AUGMENT, Response, lagged
from nsm.leads.kernel import NO_SLACK, independent
from nsm.leads.report import LeadReport
from nsm.leads.series import Series
from nsm.leads.words import label


def fit_detail(report: LeadReport, name: str, lag: int, *, backward: bool = False) -> Any:
    """What does the regression behind one number of the profile look like in full?

    Parameters
    ----------
    report : from `find_leads`.
    name : an input of the report. lag : 0 (same period) to `report.max_lag`.
    backward : the reverse regression, of the input on the star's past.

    Returns
    -------
    statsmodels RegressionResultsWrapper
        OLS with HC3 errors and t distribution; the coefficient of interest is named
        "<input> lag <k>" and equals the profile's.

    Raises
    ------
    InputError : no such input or lag, or it was not estimated.
    """
    import statsmodels.api as sm  # over a second and 140 MB: only the detail view pays

    working = report.working
    names = [x.name for x in working.inputs]
    if name not in names:
        raise InputError(f"There is no input called {name!r} in this report.", "Choose one of it.")
    if not 0 <= lag <= report.max_lag:
        raise InputError(f"Lag {lag} was not looked at.", f"Choose 0 to {report.max_lag}.")
    place = names.index(name)
    scanned = working.backward[place] if backward else working.forward
    answer = working.responses[place] if backward else working.response
    found = None if scanned is None else scanned.estimates[0 if backward else place]
    if found is None or answer is None:
        raise InputError(f"{name} was not estimated.", "Its warnings in the table say why.")
    x = working.star if backward else working.inputs[place]
    rows = found.rows_at(lag)
    design = _design(answer, x, lag, rows, working.index)
    basis = np.linalg.qr(design.to_numpy())[0]
    taken = 1 - (basis**2).sum(axis=1) < NO_SLACK
    if taken.any():
        # Weeks that one column takes whole tell nothing of the others, and HC3 would divide 0/0.
        rows = rows[~taken]
        design = _design(answer, x, lag, rows, working.index)
    star = answer.series
    y = pd.Series(star.values[rows], index=design.index, name=star.name)
    return sm.OLS(y, design).fit(cov_type="HC3", use_t=True)


def _design(
    answer: Response, x: Series, lag: int, rows: np.ndarray[Any, Any], index: pd.Index
) -> pd.DataFrame:
    shared = answer.shared[rows]
    kept = independent(shared)
    older = np.arange(lag, lag + AUGMENT + 1)
    tested = lagged(x.values, older)[rows]
    names = [_dated(n, index) for n, k in zip(answer.names, kept, strict=True) if k]
    names += [f"{x.name} lag {k}" for k in older]
    return pd.DataFrame(np.hstack([shared[:, kept], tested]), index=index[rows], columns=names)


def _dated(name: str, index: pd.Index) -> str:
    """A step or turn by its period, not by its position."""
    kind, _, place = name.partition(" ")
    return f"{kind} {label(index, int(place))}" if kind in ("step", "turn") else name
