"""Simulated dashboards whose truth is known: one star, five inputs, weekly.

A world is made from a random generator and a number of weeks, so any of them can be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.signal import lfilter

YEAR = 52.18
INPUTS = 5


@dataclass(frozen=True)
class World:
    """A dashboard and its truth: lag of each leading input (0: spread over the first weeks)."""

    target: pd.Series
    inputs: pd.DataFrame
    leads: dict[str, int] = field(default_factory=dict)
    effects: dict[str, float] = field(default_factory=dict)
    follows: frozenset[str] = frozenset()
    changing: bool = False


Make = Callable[[np.random.Generator, int], World]


def world(columns: np.ndarray, first: object = "2022-01-03", **truth: object) -> World:
    """A world from (weeks, 1 + inputs) columns, the star first, from that Monday on."""
    index = pd.date_range(first, periods=len(columns), freq="7D")
    names = [f"x{i}" for i in range(1, columns.shape[1])]
    inputs = pd.DataFrame(columns[:, 1:], index=index, columns=names)
    return World(pd.Series(columns[:, 0], index=index, name="star"), inputs, **truth)  # type: ignore[arg-type]


def autoregression(
    rng: np.random.Generator, weeks: int, *phi: float, series: int = 1 + INPUTS, warm: int = 300
) -> np.ndarray:
    """(weeks, series) independent autoregressions with unit shocks."""
    shocks = rng.standard_normal((weeks + warm, series))
    return np.asarray(lfilter([1.0], [1.0, *(-p for p in phi)], shocks, axis=0))[warm:]


def white(rng: np.random.Generator, weeks: int) -> World:
    return world(rng.standard_normal((weeks, 1 + INPUTS)))


def ar(phi: float) -> Make:
    return lambda rng, weeks: world(autoregression(rng, weeks, phi))


def walk(drift: float) -> Make:
    def make(rng: np.random.Generator, weeks: int) -> World:
        return world(np.cumsum(rng.standard_normal((weeks, 1 + INPUTS)) + drift, axis=0))

    return make


def season(shifted: bool) -> Make:
    def make(rng: np.random.Generator, weeks: int) -> World:
        noise = autoregression(rng, weeks, 0.5)
        phase = rng.uniform(0, 2 * np.pi, noise.shape[1]) if shifted else np.zeros(noise.shape[1])
        angle = 2 * np.pi * np.arange(weeks)[:, None] / YEAR + phase
        return world(noise + 3 * np.sin(angle) + np.cos(2 * angle))

    return make


def sharp_season(rng: np.random.Generator, weeks: int) -> World:
    """Everything shares a yearly pattern with six waves, each metric to its own degree."""
    angle = 2 * np.pi * np.arange(weeks)[:, None] / YEAR * np.arange(1, 7)
    size = 3 / np.arange(1, 7) * rng.standard_normal((2, 6))
    pattern = np.sin(angle) @ size[0] + np.cos(angle) @ size[1]
    return world(autoregression(rng, weeks, 0.5) + shared(rng, pattern))


def growing_season(rng: np.random.Generator, weeks: int) -> World:
    angle = 2 * np.pi * np.arange(weeks) / YEAR
    pattern = (3 * np.sin(angle) + np.cos(2 * angle)) * np.linspace(0.3, 1.7, weeks)
    return world(autoregression(rng, weeks, 0.5) + shared(rng, pattern))


def pay_day(rng: np.random.Generator, weeks: int) -> World:
    """A wave a month: 12 a year, and no whole number of weeks."""
    angle = 2 * np.pi * np.arange(weeks) * 12 / YEAR + rng.uniform(0, 2 * np.pi)
    return world(autoregression(rng, weeks, 0.5) + shared(rng, 1.5 * np.cos(angle)))


def quarter_end(rng: np.random.Generator, weeks: int) -> World:
    last = (np.arange(weeks) + rng.integers(0, 13)) % 13 == 12
    return world(autoregression(rng, weeks, 0.5) + shared(rng, 3.0 * last))


def fortnights(rng: np.random.Generator, weeks: int) -> World:
    """Everybody is paid every second week."""
    paid = (np.arange(weeks) + rng.integers(0, 2)) % 2 == 1
    return world(autoregression(rng, weeks, 0.5) + shared(rng, 3.0 * paid))


def four_four_five(rng: np.random.Generator, weeks: int) -> World:
    """Quarters of 13 weeks, whose months of 4, 4 and 5 weeks are closed in their last one."""
    closed = np.isin((np.arange(weeks) + rng.integers(0, 13)) % 13, (3, 7, 12))
    return world(autoregression(rng, weeks, 0.5) + shared(rng, 3.0 * closed))


def bent_trend(rng: np.random.Generator, weeks: int) -> World:
    """Growth that turns at one week for all."""
    week, turn = np.arange(weeks), rng.integers(weeks // 4, 3 * weeks // 4)
    grown = 0.15 * np.minimum(week, turn) + rng.uniform(-0.1, 0.05) * np.maximum(week - turn, 0)
    return world(autoregression(rng, weeks, 0.5) + shared(rng, grown))


def saturation(rng: np.random.Generator, weeks: int) -> World:
    """Growth along one S-curve."""
    grown = 15 / (1 + np.exp(-np.linspace(-6, 6, weeks) * rng.uniform(0.7, 1.5)))
    return world(autoregression(rng, weeks, 0.5) + shared(rng, grown))


def two_shifts(rng: np.random.Generator, weeks: int) -> World:
    first, second = np.sort(rng.integers(weeks // 6, 5 * weeks // 6, 2))
    week = np.arange(weeks)
    pattern = 4.0 * (week >= first) - 5.0 * (week >= second)
    return world(autoregression(rng, weeks, 0.4) + shared(rng, pattern))


def shared(rng: np.random.Generator, pattern: np.ndarray) -> np.ndarray:
    """(weeks, series) the pattern, in each metric to its own degree."""
    return np.outer(pattern, rng.uniform(0.5, 1.5, 1 + INPUTS))


def trend(rng: np.random.Generator, weeks: int) -> World:
    slope = rng.uniform(0.02, 0.08, 1 + INPUTS)
    return world(autoregression(rng, weeks, 0.5) + np.arange(weeks)[:, None] * slope)


def shift(shared: bool, size: float = 5.0) -> Make:
    def make(rng: np.random.Generator, weeks: int) -> World:
        noise = autoregression(rng, weeks, 0.3)
        places = rng.integers(weeks // 4, 3 * weeks // 4, noise.shape[1])
        if shared:
            places[:] = places[0]
        return world(noise + size * (np.arange(weeks)[:, None] >= places))

    return make


def heavy_tails(rng: np.random.Generator, weeks: int) -> World:
    shocks = rng.standard_t(3, (weeks + 50, 1 + INPUTS))
    return world(np.asarray(lfilter([1.0], [1.0, -0.5], shocks, axis=0))[50:])


def outliers(rng: np.random.Generator, weeks: int) -> World:
    noise = autoregression(rng, weeks, 0.5)
    hit = rng.random(noise.shape) < 0.02
    return world(noise + hit * rng.choice([-8.0, 8.0], noise.shape))


def growing_variance(rng: np.random.Generator, weeks: int) -> World:
    return world(autoregression(rng, weeks, 0.5) * np.linspace(0.5, 3.0, weeks)[:, None])


def counts(rng: np.random.Generator, weeks: int) -> World:
    growth = np.exp(np.linspace(0, 1.5, weeks))[:, None]
    level = np.exp(0.1 * autoregression(rng, weeks, 0.7))
    return world(rng.poisson(20 * growth * level).astype(float))


def one_off(rng: np.random.Generator, weeks: int) -> World:
    noise = autoregression(rng, weeks, 0.5)
    noise[rng.integers(weeks // 4, 3 * weeks // 4)] -= rng.uniform(5, 10, noise.shape[1])
    return world(noise)


def christmas(rng: np.random.Generator, weeks: int) -> World:
    noise = autoregression(rng, weeks, 0.5)
    place = (np.arange(weeks) + rng.integers(0, 52)) % 52
    depth = rng.uniform(3, 6, noise.shape[1])
    noise -= depth * ((place == 50) * 0.5 + (place == 51) * 1.0)[:, None]
    return world(noise)


def cycles(rng: np.random.Generator, weeks: int) -> World:
    period, damping = rng.uniform(25, 60), 0.95
    phi = 2 * damping * np.cos(2 * np.pi / period)
    return world(autoregression(rng, weeks, phi, -(damping**2)))


def followers(rng: np.random.Generator, weeks: int) -> World:
    """Every input is the star of one to five weeks ago, with noise."""
    star = autoregression(rng, weeks + 10, rng.choice([0.3, 0.6, 0.9]), series=1)[:, 0]
    star = star / star.std()
    delay = rng.integers(1, 6, INPUTS)
    inputs = [star[10 - d : weeks + 10 - d] + 0.7 * rng.standard_normal(weeks) for d in delay]
    return world(
        np.column_stack([star[10:], *inputs]),
        follows=frozenset(f"x{i + 1}" for i in range(INPUTS)),
    )


def together(rng: np.random.Generator, weeks: int) -> World:
    """Inputs move with the star in the same week, and neither has a memory of the other."""
    shock = rng.standard_normal((weeks, 1))
    return world(0.6 * shock + 0.8 * rng.standard_normal((weeks, 1 + INPUTS)))


def missing(share: float, make: Make) -> Make:
    def punched(rng: np.random.Generator, weeks: int) -> World:
        made = make(rng, weeks)
        star = made.target.mask(rng.random(weeks) < share)
        inputs = made.inputs.mask(rng.random(made.inputs.shape) < share)
        return World(star, inputs, made.leads, made.effects, made.follows)

    return punched


def partial_week(rng: np.random.Generator, weeks: int) -> World:
    columns = 20 + autoregression(rng, weeks, 0.5)
    columns[-1] *= 3 / 7
    return world(columns)


def plant(
    share: float,
    kind: str = "white",
    noise: float = 0.5,
    shape: tuple[float, ...] = (1.0,),
    lags: tuple[int, int] = (1, 10),
    stops: bool = False,
) -> Make:
    """x1 leads: what is new in it in a week explains `share` of the star's variance `lag` weeks on.

    The rest of the star is AR(`noise`); from .9 on, the share is of its weekly news, because its
    variance is nearly without bound. `kind` of the inputs: "white", "ar" (.9, smooth) or "walk".
    `shape` are relative weights from the lag on (more than one: a spread-out effect); `stops` ends
    the link half-way.
    """

    def make(rng: np.random.Generator, weeks: int) -> World:
        warm = 60
        phi = {"white": 0.0, "ar": 0.9, "walk": 1.0}[kind]
        shocks = rng.standard_normal((weeks + warm, INPUTS))
        inputs = np.asarray(lfilter([1.0], [1.0, -phi], shocks, axis=0))
        lag = int(rng.integers(lags[0], lags[1] + 1))
        weights = np.asarray(shape) / np.linalg.norm(shape)
        variance = 1 / (1 - noise**2) if noise < 0.9 else 1.0
        size = float(np.sqrt(variance * share / (1 - share))) * rng.choice([-1.0, 1.0])
        reach = lag + len(weights)
        pushed = np.zeros(weeks + warm)
        for j, w in enumerate(weights):
            pushed[reach:] += size * w * inputs[reach - lag - j : weeks + warm - lag - j, 0]
        if stops:
            pushed[warm + weeks // 2 :] = 0.0
        errors = rng.standard_normal(weeks + warm)
        star = pushed + np.asarray(lfilter([1.0], [1.0, -noise], errors))
        return world(
            np.column_stack([star, inputs])[warm:],
            leads={"x1": lag if len(weights) == 1 else 0},
            effects={"x1": size * float(weights[0])},
            changing=stops,
        )

    return make


def correlated(rng: np.random.Generator, weeks: int) -> World:
    """x1 leads; x2 is x1 with noise and adds nothing of its own."""
    made = plant(0.15)(rng, weeks)
    inputs = made.inputs.copy()
    inputs["x2"] = 0.8 * inputs["x1"] + 0.6 * rng.standard_normal(weeks)
    return World(made.target, inputs, {**made.leads, "x2": made.leads["x1"]}, made.effects)


def driver(rng: np.random.Generator, weeks: int) -> World:
    """x1 pushes x2 after one week and the star after three: x2 leads only as its shadow."""
    push = rng.standard_normal(weeks + 3)
    inputs = rng.standard_normal((weeks, INPUTS))
    inputs[:, 0] = push[3:]
    inputs[:, 1] += 0.8 * push[2:-1]
    star = autoregression(rng, weeks, 0.5, series=1)[:, 0] + 0.5 * push[:-3]
    return world(
        np.column_stack([star, inputs]), leads={"x1": 3, "x2": 2}, effects={"x1": 0.5, "x2": 0.0}
    )
