"""`find_leads`: from series to report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr

from nsm.errors import InputError
from nsm.leads import kernel
from nsm.leads.chance import adjusted, critical_t
from nsm.leads.dates import dated_terms
from nsm.leads.design import Response, build
from nsm.leads.report import PROFILE_COLUMNS, TABLE_COLUMNS, LeadReport, Working
from nsm.leads.scan import Estimates, Scan, Tests, scan
from nsm.leads.second_look import second_look
from nsm.leads.series import Series, align, positions, prepare
from nsm.leads.verdict import Evidence, judge, nothing_left, refusal
from nsm.leads.words import label, season_note, star_notes

SPANS = (3, 6)  # weeks over which a spread-out effect is gathered


@kernel.one_thread
def find_leads(
    target: pd.Series,
    inputs: pd.DataFrame,
    max_lag: int = 12,
    alpha: float = 0.05,
    season: float | None = 52.18,
    seed: int = 0,
    draws: int = 999,
    *,
    identities: Collection[str] = (),
    breaks: Sequence[Any] = (),
    exclude: Sequence[Any] = (),
    transform: str = "values as given",
) -> LeadReport:
    """Which inputs lead the star, by how many periods, and how strongly?

    For input x and lag k: does x, k periods ago, tell something about the star that the star's
    own past, the calendar and x's earlier past do not? All inputs and lags are decided at once:
    if nothing leads, at most `alpha` of all reports name a lead.

    Parameters
    ----------
    target : the star, one value a period (NaN where missing); complete periods only.
    inputs : one column an input, on the same index.
    max_lag : how many periods back to look.
    alpha : share of reports that may name a lead that is not there.
    season : periods in a year (52.18, 12, 365.25), or None for no season.
    seed, draws : of the bootstrap. Same seed, same answer.
    identities : inputs that are part of the star's own formula; refused with that reason.
    breaks : index labels of known level breaks of the star (a changed definition).
    exclude : index labels of periods to leave out (holidays, outages).
    transform : what the caller did to the values; only named in the report.

    Raises
    ------
    InputError : the arguments cannot be used (never for poor data: that is a verdict).

    Notes
    -----
    Regression with own lags p+1 and two older lags of x (Toda & Yamamoto 1995; Montiel Olea &
    Plagborg-Moller 2021), HC3 errors, wild-bootstrap max-t over inputs and lags (Westfall &
    Young 1993). docs/leads.md says it in words, docs/calibration.md how it was checked.
    """
    _check(max_lag, alpha, season, draws)
    target, inputs = align(target, inputs)
    index = inputs.index
    star = prepare(_name(target), target.to_numpy(dtype=float, copy=True))
    series = tuple(
        prepare(str(name), inputs[name].to_numpy(dtype=float, copy=True)) for name in inputs
    )
    steps, excluded = positions(index, breaks), positions(index, exclude)
    signs = kernel.random_signs(len(index), draws, seed)
    tests = Tests(max_lag, tuple(m for m in SPANS if m <= max_lag))
    refused = [refusal(star, x, max_lag, x.name in identities) for x in series]
    dates = dated_terms(index)
    response = build(star, season, steps, excluded, dates)
    exact = response.is_exact
    if exact:
        refused = [reason or nothing_left(response) for reason in refused]
    asked = [i for i, reason in enumerate(refused) if reason is None]
    forward = _spread_out(scan(response, [series[i] for i in asked], tests, signs), asked, series)
    backward: list[Scan | None] = [None] * len(series)
    responses: list[Response | None] = [None] * len(series)
    chance_back = np.zeros(draws, dtype=np.float32)
    for i in asked:
        if forward.estimates[i] is not None:
            answer = build(series[i], season, excluded=excluded, dates=dates)
            if answer.is_exact:
                continue
            found = scan(answer, [star], tests, signs)
            responses[i], backward[i] = answer, found
            np.maximum(chance_back, found.chance_lead, out=chance_back)
    critical = tuple(
        critical_t(chance, alpha)
        for chance in (forward.chance_lead, forward.chance_same, chance_back)
    )
    working = Working(
        star=star,
        inputs=series,
        response=response,
        responses=tuple(responses),
        tests=tests,
        forward=forward,
        backward=tuple(backward),
        chance_back=chance_back,
        critical=(critical[0], critical[1], critical[2]),
        index=index,
    )
    notes = () if exact else star_notes(working, season)
    rows: list[dict[str, Any]] = []
    details: dict[str, dict[str, Any]] = {}
    for i, x in enumerate(series):
        evidence = Evidence(working, i, alpha, refused[i])
        row, detail = judge(evidence, notes)
        rows.append(row)
        details[x.name] = detail
    second_look(working, rows, details)
    return LeadReport(
        table=_table(rows),
        profile=_profile(working, slice(1, max_lag + 1), forward.chance_lead, critical[0]),
        same_week=_profile(working, slice(0, 1), forward.chance_same, critical[1]),
        backward=_profile(working, slice(1, max_lag + 1), chance_back, critical[2], True),
        target=star.name,
        weeks=star.periods,
        max_lag=max_lag,
        alpha=alpha,
        details=details,
        notes=notes,
        provenance=_provenance(working, season, seed, draws, transform),
        working=working,
    )


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in TABLE_COLUMNS}
    for name in ("lag", "lag_low", "lag_high", "weeks_needed"):
        columns[name] = pd.array(columns[name], dtype="Int64")
    return pd.DataFrame(columns)


def _profile(
    working: Working,
    part: slice,
    chance: NDArray[np.float32],
    critical: float,
    backward: bool = False,
) -> pd.DataFrame:
    lags = np.arange(working.tests.max_lag + 1)[part]
    size = len(lags) * len(working.inputs)
    blank = np.full((4, size), np.nan)  # coefficient, error, t, freedom
    for i in range(len(working.inputs)):
        scanned = working.backward[i] if backward else working.forward
        found = None if scanned is None else scanned.estimates[0 if backward else i]
        if found is not None:
            own = slice(i * len(lags), (i + 1) * len(lags))
            parts = (found.coefficient, found.error, found.t, found.freedom)
            blank[:, own] = [values[part] for values in parts]
    coefficient, error, t, freedom = blank
    columns = {
        "input": np.repeat(np.array([x.name for x in working.inputs], dtype=object), len(lags)),
        "lag": np.tile(lags, len(working.inputs)),
        "coefficient": coefficient,
        "error": error,
        "t": t,
        "p": 2 * stdtr(freedom, -np.abs(t)),
        "p_adjusted": adjusted(t, chance),
        "low": coefficient - critical * error,
        "high": coefficient + critical * error,
    }
    return pd.DataFrame({name: columns[name] for name in PROFILE_COLUMNS})


def _provenance(
    working: Working, season: float | None, seed: int, draws: int, transform: str
) -> dict[str, Any]:
    index, response = working.index, working.response
    used = {
        x.name: {} if e is None else {f"{b[0]}-{b[-1]}": len(rows) for b, rows in e.rows}
        for x, e in zip(working.inputs, working.forward.estimates, strict=True)
    }
    return {
        "seed": seed,
        "draws": draws,
        "transform": transform,
        "periods": len(index),
        "first_period": label(index, 0),
        "last_period": label(index, len(index) - 1),
        "rows_used": used,
        "filled": {
            s.name: [label(index, int(p)) for p in np.flatnonzero(s.filled)]
            for s in (working.star, *working.inputs)
        },
        "missing": {s.name: s.missing for s in (working.star, *working.inputs)},
        "own_lags": response.own_lags,
        "breaks": [label(index, s) for s in response.steps],
        "turns": [label(index, t) for t in response.turns],
        "set_aside": [label(index, s) for s in response.set_aside],
        "season": response.season,
        "season_note": season_note(season, response.season),
        "lags": {"max_lag": working.tests.max_lag, "spans": list(working.tests.spans)},
    }


def _spread_out(part: Scan, asked: list[int], series: Sequence[Series]) -> Scan:
    """The scan of the inputs that were asked about, with None for the others."""
    estimates: list[Estimates | None] = [None] * len(series)
    for i, estimate in zip(asked, part.estimates, strict=True):
        estimates[i] = estimate
    return Scan(estimates, part.chance_lead, part.chance_same, part.news)


def _check(max_lag: int, alpha: float, season: float | None, draws: int) -> None:
    if not 1 <= max_lag <= 104:
        raise InputError(f"Maximum lag {max_lag} cannot be used.", "Choose 1 to 104.")
    if not 0 < alpha <= 0.5:
        raise InputError(f"Alpha {alpha} cannot be used.", "Choose above 0 and up to 0.5.")
    if season is not None and not season >= 2:
        raise InputError(f"Season {season} cannot be used.", "Give the periods in a year, or None.")
    if draws < 99 or alpha * (draws + 1) < 1:
        raise InputError(f"{draws} draws are too few.", "Use 999 or more.")


def _name(target: pd.Series) -> str:
    return "target" if target.name is None else str(target.name)
