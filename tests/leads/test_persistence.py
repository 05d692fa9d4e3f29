"""The widening compares what it says: the largest |t| beside fixed and regenerated own lags."""

from __future__ import annotations

import numpy as np
import pytest

from nsm.leads import find_leads, persistence, scan
from nsm.leads.design import AUGMENT, build
from nsm.leads.kernel import random_signs
from nsm.leads.series import prepare
from tests.calibration.families import EVERY
from tests.calibration.score import generator

WEEKS, MAX_LAG = 90, 4


def _dashboard(persistence_of_star: float, seed: int = 3):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((WEEKS, 3))
    for t in range(1, WEEKS):
        values[t] += persistence_of_star * values[t - 1]
    star, *inputs = (prepare(f"s{i}", values[:, i].copy()) for i in range(3))
    response = build(star, None)
    rows = np.flatnonzero(scan.usable_rows(response, inputs[0], [MAX_LAG])[0])
    lags = np.stack([scan.lags_at(x, rows, MAX_LAG) for x in inputs])
    return response, rows, lags, scan.Tests(MAX_LAG)


def _plain_t(y, shared, older, tested):
    """|t| of the last column with errors of one size, by a plain regression."""
    design = np.column_stack([shared, older, tested])
    coefficient = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ coefficient
    variance = left @ left / (len(y) - design.shape[1])
    return abs(coefficient[-1]) / np.sqrt(variance * np.linalg.inv(design.T @ design)[-1, -1])


def test_every_world_equals_the_plain_regression_of_that_world():
    response, rows, lags, _ = _dashboard(0.8)
    calendar = response.shared[rows][:, : -response.own_lags]
    basis = np.linalg.qr(calendar)[0]
    rng = np.random.default_rng(1)
    shocks = rng.standard_normal((len(rows), 5))
    pasts = rng.standard_normal((response.own_lags, len(rows), 5)).cumsum(axis=1)

    def bare(values):
        return values - basis @ (basis.T @ values)

    freedom = len(rows) - calendar.shape[1] - response.own_lags - 1 - AUGMENT
    (found,) = persistence._squared_t(
        bare(lags.reshape(-1, len(rows)).T).T.reshape(lags.shape),
        [[bare(past) for past in pasts]],
        bare(shocks),
        freedom,
    )

    for world in range(5):
        shared = np.column_stack([calendar, pasts[:, :, world].T])
        expected = [
            [
                _plain_t(shocks[:, world], shared, lags[i, [k + 1, k + 2]].T, lags[i, k]) ** 2
                for k in range(MAX_LAG + 1)
            ]
            for i in range(2)
        ]
        assert found[:, :, world] == pytest.approx(np.array(expected), rel=1e-7)


def test_the_largest_is_that_of_every_single_lag_and_every_span():
    tests = scan.Tests(MAX_LAG, (2, 3))
    squares = np.random.default_rng(0).uniform(0.0, 6.0, (3, MAX_LAG + 1, 50))

    found = tests.largest(squares)

    single = np.sqrt(squares[:, 1:].max(axis=(0, 1)))
    joint = tests.joint(squares.transpose(1, 0, 2)).max(axis=(0, 1))
    assert found == pytest.approx(np.maximum(single, joint))
    assert (found > single).any()
    assert (found == single).any()


def test_a_persistent_star_widens_chance_and_a_forgetful_one_hardly_does():
    signs = random_signs(WEEKS, 199, seed=0)

    wide, narrow = (
        persistence.widening(response, rows, lags, tests.largest, signs)
        for response, rows, lags, tests in (_dashboard(1.0), _dashboard(0.0))
    )

    assert 1.0 <= narrow < 1.03 < wide < 1.3


def test_a_star_that_grows_out_of_all_bounds_has_worlds_to_compare_with():
    # Its own lags are nearly one column in the worlds that they make: products of raw columns,
    # of which the calendar's part is taken off afterwards, lose all their digits.
    made = EVERY["business cycles"](generator(20_261_128, "business cycles", 104, 64), 104)

    assert find_leads(made.target, made.inputs, draws=499).table["verdict"].notna().all()
