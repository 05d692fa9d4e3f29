"""How much a persistent star widens what chance produces.

The bootstrap worlds keep the star's own lags as they were. In truth they are themselves made of
past shocks: for a series near a random walk, fitted beside a trend and a season, they explain
more of the shocks than their number suggests (Dickey & Fuller 1979), and every t-statistic
spreads a little wider than in a world with fixed lags. Worlds that do regenerate the own lags
would cost too much with HC3 errors, but not with ordinary ones: the largest |t| of both kinds of
worlds, made of the same shocks, are compared where a page is decided, and their ratio widens
the chance maxima.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nsm.leads.design import AUGMENT, Response
from nsm.leads.regression import scaled

Floats = NDArray[np.float64]
_WORLDS = 199  # half of it for a single tested series
_TAIL = 0.2  # share of the worlds that is compared: those where a page is decided
_RUN_AWAY = 1e60  # shocks that these own lags make of one: no world to compare with
_LOST = 1e-10  # share of its square under which a column is rounding noise
_NOTHING = 1e-200  # square of a column of zeros, so that it can be divided by


def widening(
    response: Response,
    rows: NDArray[np.intp],
    lags: Floats,
    largest: Callable[[Floats], Floats],
    signs: NDArray[np.int8],
) -> float:
    """The factor (1 or more) by which chance spreads wider than with fixed own lags.

    `lags` is (inputs, lags, rows), the tested series 0, 1, ... periods before each row; `largest`
    turns (inputs, lags, worlds) squared t into the (worlds,) that decide a page.
    """
    own = np.array([name.startswith("own lag") for name in response.names])
    shared = response.shared[rows]
    basis = np.linalg.qr(scaled(shared[:, ~own]))[0]
    y, past = _without(basis, response.series.values[rows]), _without(basis, shared[:, own])
    phi: Floats = np.linalg.lstsq(past, y, rcond=None)[0].astype(float)
    shocks = y - past @ phi
    size = float(np.sqrt(np.mean(shocks**2)))
    if size <= 1e-9 * float(np.sqrt(np.mean(y**2))):
        return 1.0
    phi[0] += _persistence(phi, past, shocks, basis.shape[1]) - phi.sum()
    worlds = _WORLDS if len(lags) > 1 else _WORLDS // 2
    errors = np.zeros((len(signs), min(worlds, signs.shape[1])))
    errors[rows] = signs[rows, : errors.shape[1]] * (shocks / size)[:, None]
    stars = _regenerate(phi, errors)
    if not np.abs(stars).max() < _RUN_AWAY:
        return 1.0
    tested = _without(basis, lags.reshape(-1, len(rows)).T).T.reshape(lags.shape)
    freedom = len(rows) - basis.shape[1] - len(phi) - 1 - AUGMENT
    few = max(1, round(_TAIL * errors.shape[1]))
    news = _without(basis, errors[rows])
    pasts = (
        [own[:, None] for own in past.T],
        [_without(basis, stars[rows - 1 - j]) for j in range(len(phi))],
    )
    fixed, free = (
        np.sort(largest(squares))[-few:].mean()
        for squares in _squared_t(tested, pasts, news, freedom)
    )
    return max(1.0, float(free / fixed)) if fixed > 0 else 1.0


def _squared_t(
    tested: Floats, pasts: Sequence[Sequence[Floats]], news: Floats, freedom: int
) -> Iterator[Floats]:
    """For each kind of past, (inputs, lags, worlds) the squared t of every test, errors alike.

    `tested` (inputs, lags and the older two, rows), each own lag of a past (rows, 1 or worlds) and
    `news` (rows, worlds) come without the calendar.
    """
    inputs, count, rows = tested.shape
    flat = tested.reshape(-1, rows)
    alike = [
        np.einsum("ilr,ilr->il", tested[:, : count - k], tested[:, k:])[:, :, None]
        for k in range(1 + AUGMENT)
    ]
    met, size = flat @ news, _product(news, news)
    for past in pasts:
        gram = np.empty((past[0].shape[1], len(past), len(past)))
        for i, one in enumerate(past):
            for j in range(i + 1):
                gram[:, i, j] = gram[:, j, i] = _product(one, past[j])
        # Own lags of a series that hardly ever moves may all be zero.
        least = np.maximum(_LOST * np.einsum("wpp->w", gram), _NOTHING)
        gram += least[:, None, None] * np.eye(len(past))
        root = np.linalg.inv(np.linalg.cholesky(gram)).transpose(1, 2, 0)
        shadow = _turned(root, [flat @ own for own in past])
        own = _turned(root, [_product(own, news)[None, :] for own in past])
        score = (met - (shadow * own).sum(axis=0)).reshape(inputs, count, -1)
        shadow = shadow.reshape(len(past), inputs, count, -1)
        products = [
            alike[k] - (shadow[:, :, : count - k] * shadow[:, :, k:]).sum(axis=0)
            for k in range(1 + AUGMENT)
        ]
        yield freedom * _explained(products, score, size - (own[:, 0] ** 2).sum(axis=0))


def _product(one: Floats, other: Floats) -> Floats:
    """(worlds,) the product of two columns in every world."""
    return np.asarray(np.einsum("rw,rw->w", one, other))


def _explained(products: Sequence[Floats], score: Floats, size: Floats) -> Floats:
    """(inputs, tests, worlds) what each lag explains beside its older ones, over what is left.

    `products[k]` (inputs, lags, worlds) of each lag with the one k older, `score` with the news.
    """
    tests = score.shape[1] - AUGMENT
    scores = [score[:, k : k + tests] for k in range(1 + AUGMENT)]
    square = {
        (i, j): products[j - i][:, i : i + tests] for j in range(1 + AUGMENT) for i in range(j + 1)
    }
    left = size
    for j in range(AUGMENT, 0, -1):  # the oldest lag first
        pivot = _pivot(square[j, j], products[0][:, j : j + tests])
        left = left - scores[j] ** 2 / pivot
        for i in range(j):
            share = square[i, j] / pivot
            scores[i] = scores[i] - share * scores[j]
            for k in range(i, j):
                square[i, k] = square[i, k] - share * square[k, j]
    gain = scores[0] ** 2 / _pivot(square[0, 0], products[0][:, :tests])
    return np.asarray(gain / np.maximum(left - gain, _LOST * size))


def _pivot(square: Floats, before: Floats) -> Floats:
    return np.where(square > _LOST * before, square, np.inf)


def _turned(root: Floats, values: Sequence[Floats]) -> Floats:
    """root @ values of each world, for (lags, lags, worlds) lower triangles."""
    return np.stack([sum(root[i, j] * values[j] for j in range(i + 1)) for i in range(len(root))])


def _persistence(phi: Floats, lags: Floats, shocks: Floats, fixed: int) -> float:
    """The sum of the own-lag coefficients, as high as it may well be and at most 1.

    Least squares finds it too low by about (2 s + d (1 + s)) / T beside d fixed regressors
    (Kendall 1954; Marriott & Pope 1954, extended); one standard error is added.
    """
    rows, found = len(shocks), float(phi.sum())
    if found <= 0:
        return found
    corrected = (found + fixed / rows) / (1 - (2 + fixed) / rows)
    inverse = np.linalg.pinv(lags.T @ lags)
    variance = float(shocks @ shocks) / max(1, rows - fixed - len(phi))
    return min(max(found, 1.0), corrected + float(np.sqrt(variance * inverse.sum())))


def _regenerate(phi: Floats, errors: Floats) -> Floats:
    """(periods, worlds) the star that these own lags make of these shocks."""
    stars, oldest_first = errors.copy(), phi[::-1].copy()
    with np.errstate(all="ignore"):  # a run-away star is no world to compare with
        for t in range(1, len(stars)):
            past = stars[max(0, t - len(phi)) : t]
            stars[t] += oldest_first[-len(past) :] @ past
    return stars


def _without(basis: Floats, values: Floats) -> Floats:
    return np.asarray(values - basis @ (basis.T @ values))
