"""Steps, turns and odd weeks of one series, found in its own model."""

import numpy as np
import pytest
from scipy.signal import lfilter

from nsm.leads.design import Response, build
from nsm.leads.series import prepare

YEAR = 52.18


def described(values: np.ndarray) -> Response:
    return build(prepare("star", values.copy()), YEAR)


def memory(rng: np.random.Generator, weeks: int, *phi: float) -> np.ndarray:
    """A series that remembers its last weeks by these weights; one of .4 unless given."""
    own = [1.0, *(-one for one in phi or (0.4,))]
    return np.asarray(lfilter([1.0], own, rng.standard_normal(weeks + 100)))[100:]


def step(weeks: int, place: int) -> np.ndarray:
    return (np.arange(weeks) >= place).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_two_steps_that_nearly_cancel_are_both_found(seed):
    noise = memory(np.random.default_rng(seed), 260)

    found = described(noise + 5 * step(260, 130) - 6 * step(260, 189))

    assert len(found.steps) == 2
    # The weeks just after one that was set aside stand on both levels.
    np.testing.assert_allclose(found.steps, [130, 189], atol=7)


@pytest.mark.parametrize("seed", range(5))
def test_a_week_that_stood_out_before_a_step_was_known_is_used_again(seed):
    noise = memory(np.random.default_rng(seed), 260)

    found = described(noise + 8 * step(260, 90) - 8 * step(260, 160))

    assert found.steps == (90, 160)
    assert not set(found.set_aside) & {90, 160}


@pytest.mark.parametrize("seed", range(5))
def test_a_growth_that_turns_is_found_and_is_no_step(seed):
    week = np.arange(260)
    growth = 0.2 * np.minimum(week, 120) - 0.1 * np.maximum(week - 120, 0)

    found = described(memory(np.random.default_rng(seed), 260) + growth)

    assert not found.steps
    assert len(found.turns) >= 1
    assert min(abs(turn - 120) for turn in found.turns) <= 8


def test_a_level_that_is_only_missing_for_a_while_changes_at_the_end_of_what_was_known():
    values = memory(np.random.default_rng(1), 156) + 8 * step(156, 80)
    values[80:86] = np.nan

    assert described(values).steps == (80,)


@pytest.mark.parametrize("phi", [(0.4,), (0.6, 0.35), (0.3, 0.4), (0.2, 0.2, 0.3)])
@pytest.mark.parametrize("weeks", [60, 104, 156, 260])
def test_nothing_is_found_where_nothing_happened(weeks, phi):
    rng = np.random.default_rng([weeks, len(phi)])
    named = sum(
        bool(found.steps or found.turns)
        for found in (described(memory(rng, weeks, *phi)) for _ in range(100))
    )

    assert named <= 10


@pytest.mark.parametrize(
    "values",
    [
        np.full(156, 5.0),
        np.where(np.arange(156) == 70, 6.0, 5.0),
        3 + 0.1 * np.arange(156),
        np.exp(0.01 * np.arange(156)),
    ],
    ids=["constant", "one week differs", "straight line", "growth"],
)
def test_rounding_noise_holds_no_shift(values):
    found = described(values)

    assert not found.steps
    assert not found.turns
