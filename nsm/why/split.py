"""The change of a formula metric, split over what it computes with, level by level to the leaves.

A formula over formulas is split from the top: the change of each metric that the formula names,
then the change of those again over what they compute with. On every level the parts add up to the
whole (see :mod:`nsm.why.weights` for how one formula is split).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nsm.formula import evaluation_order, leaves, parse_formula
from nsm.model import Star
from nsm.why.weights import Pair, weights

# A formula over formulas over formulas can have more ways to its leaves than there are atoms. The
# leaves are always exact; the levels between are told down to about so many parts.
MOST_PARTS = 200


class CannotSplit(ValueError):
    """A change that cannot be split; the text is the reason, without a full stop."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one metric adds to a change: ``contribution``, in the unit of the whole.

    ``before`` and ``now`` are its own values. ``parts`` are what it computes with itself, and add
    up to its contribution. For a leading input ``lag_weeks`` says how much earlier its values are,
    and ``low`` and ``high`` between what its contribution may lie.
    """

    key: str
    before: float
    now: float
    contribution: float
    parts: tuple[Part, ...] = ()
    low: float | None = None
    high: float | None = None
    lag_weeks: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """A change and its parts, which add up to it; ``leaves`` are those of measured metrics only."""

    before: float
    now: float
    parts: tuple[Part, ...]
    leaves: Mapping[str, float]

    @property
    def change(self) -> float:
        return self.now - self.before


def split(star: Star, key: str, before: Mapping[str, float], now: Mapping[str, float]) -> Split:
    """Which part of a formula metric's change goes with each metric below it?

    ``before`` and ``now`` have the values of measured metrics, by key. Raises CannotSplit, with the
    reason, for a measured metric and where a value is missing or a division is by zero.
    """
    if star.metric(key).formula is None:
        raise CannotSplit("it is measured, not computed")
    order = _below(star, key)
    values = _known(star, order, before, now)
    found: dict[str, dict[str, float]] = {}
    for one in order:
        formula = parse_formula(str(star.metric(one).formula))
        values[one], found[one] = weights(formula, values)
        if not all(math.isfinite(number) for number in (*values[one], *found[one].values())):
            raise CannotSplit(f"{one} has no result (a division by zero, or too large a number)")
    leaves = _leaves(order, found, values)
    parts = _levels(key, found, values)
    if not all(math.isfinite(part) for part in leaves.values()):
        raise CannotSplit("the parts are too large")
    return Split(*values[key], parts, leaves)


def _below(star: Star, key: str) -> tuple[str, ...]:
    """The formula metrics from the leaves up to this one, each after those it computes with."""
    wanted = {key} | leaves(star, key)
    return tuple(one for one in evaluation_order(star.metrics) if one in wanted)


def _known(
    star: Star, order: tuple[str, ...], before: Mapping[str, float], now: Mapping[str, float]
) -> dict[str, Pair]:
    values: dict[str, Pair] = {}
    for one in order:
        for leaf in sorted(parse_formula(str(star.metric(one).formula)).references):
            if star.metric(leaf).formula is not None:
                continue
            pair = (before.get(leaf, math.nan), now.get(leaf, math.nan))
            if not all(math.isfinite(value) for value in pair):
                raise CannotSplit(f"{leaf} is not known on both sides")
            values[leaf] = pair
    return values


def _leaves(
    order: tuple[str, ...], found: Mapping[str, Mapping[str, float]], values: Mapping[str, Pair]
) -> dict[str, float]:
    """The contribution of every measured metric, over all ways that lead to it."""
    carried = {order[-1]: 1.0}
    for one in reversed(order):
        weight = carried.pop(one, 0.0)
        for below, share in found[one].items():
            carried[below] = carried.get(below, 0.0) + weight * share
    return {leaf: weight * _change(values[leaf]) for leaf, weight in carried.items()}


def _levels(
    key: str, found: Mapping[str, Mapping[str, float]], values: Mapping[str, Pair]
) -> tuple[Part, ...]:
    """The parts level by level; breadth first, so that what is cut off is always the deepest."""
    tree: list[tuple[Part, float, list[int]]] = [(Part(key, *values[key], 0.0), 1.0, [])]
    todo = deque([0])
    while todo and len(tree) < MOST_PARTS:
        part, weight, below = tree[todo.popleft()]
        for one, share in found[part.key].items():
            carried = weight * share
            below.append(len(tree))
            tree.append((Part(one, *values[one], carried * _change(values[one])), carried, []))
            if one in found:
                todo.append(len(tree) - 1)
    made: dict[int, Part] = {}
    for place in range(len(tree) - 1, -1, -1):
        part, _, below = tree[place]
        made[place] = replace(part, parts=tuple(made[one] for one in below))
    return made[0].parts


def _change(pair: Pair) -> float:
    return pair[1] - pair[0]
