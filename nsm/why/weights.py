"""How much of the change of one formula goes with the change of each metric that it names.

Every operation hands the change of its value to the changes of its parts, each with a weight, so
that the weighted changes add up to the whole without a remainder:

- sums and differences: weight 1 or -1;
- products and ratios whose factors keep their sign and are never zero: the additive log-mean
  Divisia index, LMDI-I (Ang 2005, "The LMDI approach to decomposition analysis: a practical guide",
  Energy Policy 33; Ang 2015, Energy Policy 86). A factor's share is L(P) ln(x1 / x0), and with
  ln(x1 / x0) = (x1 - x0) / L(x) its weight is L(P) / L(x), where L is the logarithmic mean;
- where a zero or a change of sign forbids logarithms: the Shapley value of the factors (Ang,
  Liu & Chew 2003 name it so; Sun 1998 "jointly created, equally distributed"). The Shapley value of
  a product is an integral along the straight way from before to now (Owen 1972, multilinear
  extensions), a polynomial that Gauss-Legendre quadrature sums exactly, so that a product of
  hundreds of factors costs no more than the square of their number.

A factor that is itself an operation passes its share on by its own weights: from the whole to the
leaves the weights multiply, and where one metric stands twice they add.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nsm.formula import Formula

Floats = NDArray[np.float64]
Pair = tuple[float, float]  # a value before and now

# From here on the ratio of two values is no longer near one, and its logarithm loses no digit.
NEAR = 0.5


@dataclass(slots=True)
class _Node:
    """A value inside a formula: before and now, and from what it comes.

    ``terms`` are (place, sign) of a sum, or (place, exponent) of a product; neither for a metric
    or a number.
    """

    values: Pair
    terms: tuple[tuple[int, int], ...] = ()
    is_product: bool = False
    key: str = ""


def weights(formula: Formula, values: Mapping[str, Pair]) -> tuple[Pair, dict[str, float]]:
    """The formula's value before and now, and the weight of every metric that it names.

    ``values`` has the value before and now of each of them. The sum of weight times change is the
    change of the formula. What cannot be computed, such as a division by zero, is NaN.
    """
    nodes: list[_Node] = []
    stack: list[int] = []
    for step in formula.steps:
        if isinstance(step, float):
            node = _Node((step, step))
        elif isinstance(step, str):
            node = _Node(values[step], key=step)
        else:
            right = stack.pop()
            left = None if step.sign == "neg" else stack.pop()
            node = _operation(nodes, step.sign, left, right)
        nodes.append(node)
        stack.append(len(nodes) - 1)
    # In the order of the formula, in which people say them.
    found = {step: 0.0 for step in formula.steps if isinstance(step, str)}
    carried = np.zeros(len(nodes))
    carried[-1] = 1.0
    for place in range(len(nodes) - 1, -1, -1):
        node, weight = nodes[place], float(carried[place])
        if node.key:
            found[node.key] += weight
        elif node.terms and weight:
            for (term, _), share in zip(node.terms, _shares(nodes, node), strict=True):
                carried[term] += weight * share
    return nodes[-1].values, found


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean of two values of one sign: (b - a) / ln(b / a), or a where they meet."""
    if a == b:
        return a
    apart = (b - a) / a
    # Near each other the logarithm of the ratio would lose its digits; far apart it would overflow.
    log = math.log1p(apart) if abs(apart) < NEAR else math.log(abs(b)) - math.log(abs(a))
    return (b - a) / log


def _operation(nodes: list[_Node], sign: str, left: int | None, right: int) -> _Node:
    """The node of one operation; a product of products is one product of all their factors."""
    b = nodes[right].values
    a = (0.0, 0.0) if left is None else nodes[left].values
    values = (_computed(sign, a[0], b[0]), _computed(sign, a[1], b[1]))
    if left is None:
        return _Node(values, ((right, -1),))
    if sign in ("+", "-"):
        return _Node(values, ((left, 1), (right, 1 if sign == "+" else -1)))
    turned = 1 if sign == "*" else -1
    terms = (
        *_factors(nodes, left),
        *((place, turned * power) for place, power in _factors(nodes, right)),
    )
    return _Node(values, terms, is_product=True)


def _factors(nodes: list[_Node], place: int) -> tuple[tuple[int, int], ...]:
    node = nodes[place]
    return node.terms if node.is_product else ((place, 1),)


def _computed(sign: str, a: float, b: float) -> float:
    if sign == "+":
        value = a + b
    elif sign == "*":
        value = a * b
    elif sign == "/":
        value = a / b if b else math.nan
    else:
        value = a - b
    return value if math.isfinite(value) else math.nan


def _shares(nodes: list[_Node], node: _Node) -> list[float]:
    """The weight of each term of an operation."""
    if not node.is_product:
        return [float(sign) for _, sign in node.terms]
    factors = [nodes[place].values for place, _ in node.terms]
    powers = [power for _, power in node.terms]
    if all(_one_sign(pair) for pair in (*factors, node.values)):
        whole = log_mean(*node.values)
        return [
            power * whole / log_mean(*pair) for pair, power in zip(factors, powers, strict=True)
        ]
    return _shapley(factors, powers)


def _one_sign(pair: Pair) -> bool:
    before, now = pair
    return (before > 0 and now > 0) or (before < 0 and now < 0)


def _shapley(factors: list[Pair], powers: list[int]) -> list[float]:
    """The weights of factors under the Shapley value; a divisor counts as the factor 1 / x."""
    pairs = [
        pair if power > 0 else (_computed("/", 1.0, pair[0]), _computed("/", 1.0, pair[1]))
        for pair, power in zip(factors, powers, strict=True)
    ]
    nodes, spread = np.polynomial.legendre.leggauss(len(pairs) // 2 + 1)
    way = (nodes + 1) / 2
    before, now = np.array(pairs).T
    with np.errstate(all="ignore"):
        at = before[:, None] * (1 - way) + now[:, None] * way
        ones = np.ones((1, len(way)))
        # What all factors but one come to, without dividing by that one: it may be zero.
        ahead = np.vstack([ones, np.cumprod(at, axis=0)[:-1]])
        behind = np.vstack([np.cumprod(at[::-1], axis=0)[::-1][1:], ones])
        others = (ahead * behind) @ (spread / 2)
        # The change of 1 / x is the change of x times -1 / (x0 x1).
        turned = np.where(np.array(powers) > 0, 1.0, -before * now)
        return [float(share) for share in others * turned]
