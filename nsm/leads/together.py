"""Inputs beside each other: shadows of another input, and inputs that carry the same news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.leads.design import AUGMENT, Response, lagged
from nsm.leads.regression import ols
from nsm.leads.series import Series

Floats = NDArray[np.float64]
FADED = 2.0  # |t| beside the others below which an input adds nothing of its own
SAME_NEWS = 5.0  # variance inflation from which inputs can hardly be told apart
_MOST_INPUTS = 30  # beyond that every input is nearly a mixture of the others


@dataclass(frozen=True)
class Beside:
    """One found input in the model with all found inputs: coefficient, HC3 error, t."""

    coefficient: float
    error: float
    t: float


def joint_model(response: Response, found: Sequence[tuple[Series, int]]) -> list[Beside]:
    """What remains of each found input (at its lag) when all of them stand in one model?

    Empty when there are too few rows for it.
    """
    blocks = [lagged(x.standard, np.arange(lag, lag + AUGMENT + 1)) * x.spread for x, lag in found]
    rows = response.rows & ~np.isnan(np.hstack(blocks)).any(axis=1)
    y = response.series.values[rows]
    design = np.hstack([*(b[rows] for b in blocks), response.shared[rows]])
    if rows.sum() < design.shape[1] + 8:
        return []
    coefficient, error = ols(design, y)
    result = []
    for i in range(len(found)):
        j = i * (AUGMENT + 1)
        c, e = float(coefficient[j]), float(error[j])
        result.append(Beside(c, e, c / e if e > 0 else float("inf")))
    return result


def shadows(response: Response, found: Sequence[tuple[Series, int]]) -> dict[str, str]:
    """Found inputs that add nothing beside another found input, with that other's name.

    An input is a shadow when its own t fades beside one other that keeps its own.
    """
    named: dict[str, str] = {}
    for i, (x, lag) in enumerate(found):
        best = 0.0
        for j, other in enumerate(found):
            pair = joint_model(response, [(x, lag), other]) if i != j else []
            if pair and abs(pair[0].t) < FADED <= abs(pair[1].t) and abs(pair[1].t) > best:
                best, named[x.name] = abs(pair[1].t), other[0].name
    return named


def inflation(news: Mapping[str, tuple[NDArray[np.intp], Floats]]) -> dict[str, tuple[float, str]]:
    """Variance inflation of each input's news by the other inputs' news of the same week.

    `news` (by input: rows and values) is what an input's own past and the calendar do not explain:
    in levels every two trending inputs would look alike. Returns factor and nearest other input.
    """
    names = list(news)
    if not 2 <= len(names) <= _MOST_INPUTS:
        return {}
    periods = 1 + max(int(rows[-1]) for rows, _ in news.values())
    table = np.full((periods, len(names)), np.nan)
    for column, (rows, values) in enumerate(news.values()):
        table[rows, column] = values
    table = table[~np.isnan(table).any(axis=1)]
    norms = np.sqrt((table**2).sum(axis=0))
    if len(table) < 3 * len(names) or (norms == 0).any():
        return {}
    alike = (table / norms).T @ (table / norms)
    factor = np.diagonal(np.linalg.inv(alike + 1e-9 * np.eye(len(names))))
    np.fill_diagonal(alike, 0.0)
    nearest = np.abs(alike).argmax(axis=1)
    return {n: (float(factor[i]), names[int(nearest[i])]) for i, n in enumerate(names)}
