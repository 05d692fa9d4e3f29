"""Hundreds of other metrics: which of them might be inputs worth a closer look?

A different promise from `find_leads`: not "one page in twenty shows a false lead", but "of the
candidates listed, at most a tenth are expected to be false" (Benjamini & Hochberg 1995). A
candidate is a suggestion to be looked at, not a lead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr

from nsm.errors import InputError
from nsm.leads import kernel
from nsm.leads.dates import dated_terms
from nsm.leads.design import build
from nsm.leads.scan import Tests, scan
from nsm.leads.series import align, positions, prepare
from nsm.leads.shape import TIED
from nsm.leads.verdict import nothing_left, refusal
from nsm.leads.words import as_much_at_once

CANDIDATE_COLUMNS = ("candidate", "listed", "lag", "coefficient", "t", "p", "q", "reason")
NOT_REACHED = "Not reached: the scan was stopped."
_AT_ONCE = 50
_WORLDS = 99  # only for how much the star's persistence widens chance


@kernel.one_thread
def scan_candidates(
    target: pd.Series,
    candidates: pd.DataFrame,
    max_lag: int = 12,
    false_share: float = 0.10,
    season: float | None = 52.18,
    seed: int = 0,
    *,
    identities: Collection[str] = (),
    breaks: Sequence[Any] = (),
    exclude: Sequence[Any] = (),
    progress: Callable[[int, int], bool] | None = None,
) -> pd.DataFrame:
    """Which of many metrics may lead the star, if a known share of the list may be false?

    Parameters
    ----------
    target, candidates, max_lag, season, seed : as in `find_leads`, and so are `identities`,
        `breaks` and `exclude`.
    false_share : expected share of false entries among those listed.
    progress : called with (done, all) after each part; returning False stops the scan, and what
        was not reached says so.

    Returns
    -------
    DataFrame
        One row a candidate, most convincing first. `p` is the smallest over the lags, times the
        lags (Bonferroni); `q` the false-discovery-adjusted p; `reason` why it was not tested, or
        of one that is listed, that the same period tells as much as the one before.
    """
    if not 0 < false_share < 1:
        raise InputError(f"False share {false_share} cannot be used.", "Choose between 0 and 1.")
    target, candidates = align(target, candidates)
    star = prepare(str(target.name), target.to_numpy(dtype=float, copy=True))
    names = [str(name) for name in candidates]
    rows: list[dict[str, object]] = []
    alike: dict[str, str] = {}
    index = candidates.index
    known, excluded = positions(index, breaks), positions(index, exclude)
    response = build(star, season, known, excluded, dated_terms(index))
    exact = nothing_left(response) if response.is_exact else None
    signs = kernel.random_signs(len(candidates), _WORLDS, seed)
    stopped = False
    for start in range(0, len(names), _AT_ONCE):
        part = [
            prepare(name, candidates[name].to_numpy(dtype=float, copy=True))
            for name in names[start : start + _AT_ONCE]
        ]
        refused = [refusal(star, x, max_lag, x.name in identities) or exact for x in part]
        asked = [x for x, why in zip(part, refused, strict=True) if why is None and not stopped]
        found = iter(scan(response, asked, Tests(max_lag), signs).estimates)
        for x, why in zip(part, refused, strict=True):
            row: dict[str, object] = {"candidate": x.name, "reason": ""}
            estimate = next(found) if why is None and not stopped else None
            if why is not None:
                row["reason"] = why.reason
            elif stopped:
                row["reason"] = NOT_REACHED
            elif estimate is None or np.isnan(estimate.t[1:]).all():
                row["reason"] = "Too few periods are left once gaps, breaks and lags are taken out."
            else:
                t, freedom = estimate.t[1:] / estimate.widening, estimate.freedom[1:]
                p = 2 * stdtr(freedom, -np.abs(t))
                best = int(np.nanargmin(p))
                row |= {"lag": best + 1, "coefficient": estimate.coefficient[best + 1]}
                row |= {"t": estimate.t[best + 1], "p": min(1.0, float(p[best]) * max_lag)}
                at_once = best == 0 and estimate.t[0] ** 2 > estimate.t[1] ** 2 - TIED
                alike |= {x.name: as_much_at_once(x)} if at_once else {}
            rows.append(row)
        if progress is not None and not progress(min(start + _AT_ONCE, len(names)), len(names)):
            stopped = True
    table = pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))
    table["lag"] = table["lag"].astype("Int64")
    for column in ("coefficient", "t", "p"):
        table[column] = table[column].astype(float)
    table["q"] = discovery_rate(table["p"].to_numpy(dtype=float))
    table["listed"] = table["q"] <= false_share
    said = [alike.get(name, "") for name in table["candidate"]]
    table["reason"] = table["reason"].where(~table["listed"], said)
    return table.sort_values(["p", "candidate"], kind="stable", ignore_index=True)


def discovery_rate(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini-Hochberg adjusted p-values; NaN stays NaN and does not count."""
    q = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return q
