"""What a metric is made of that can be kept apart: sums of counted things, or a ratio of two sums.

A sum over the rows of a source is the sum over its parts, whatever column keeps them apart. So is
every sum and difference of such metrics, and a ratio of two of them has a value in every part. A
product cancels where it can: orders times items per order are items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nsm.formula import Formula, Sign, evaluation_order, parse_formula
from nsm.model import Metric, Star
from nsm.segments import adds_up, is_mean

# A metric's key, and what of it: its value; of a mean its rows, and their total.
What = Literal["value", "rows", "total"]
Term = tuple[str, What]
Sum = dict[Term, float]


@dataclass(frozen=True, slots=True)
class Form:
    """A sum of terms with their factors, over another sum where it is a ratio."""

    above: Sum = field(default_factory=dict)
    below: Sum | None = None

    @property
    def leaves(self) -> tuple[str, ...]:
        """The measured metrics that it is made of."""
        return tuple(dict.fromkeys(key for key, _ in (*self.above, *(self.below or {}))))


# A number of a formula has no parts.
_Value = Form | float | None


def form_of(star: Star, key: str) -> Form | None:
    """The form of a metric; None where its parts say nothing exact about the whole."""
    return forms(star).get(key)


def forms(star: Star) -> dict[str, Form]:
    """The form of every metric that has one."""
    known: dict[str, _Value] = {
        metric.key: _leaf(metric) for metric in star.metrics if metric.formula is None
    }
    for key in evaluation_order(star.metrics):
        known[key] = _computed(parse_formula(str(star.metric(key).formula)), known)
    return {key: one for key, one in known.items() if isinstance(one, Form) and one.above}


def _leaf(metric: Metric) -> Form | None:
    if adds_up(metric):
        return Form({(metric.key, "value"): 1.0})
    if is_mean(metric):
        return Form({(metric.key, "total"): 1.0}, {(metric.key, "rows"): 1.0})
    return None


def _computed(formula: Formula, known: Mapping[str, _Value]) -> _Value:
    stack: list[_Value] = []
    for step in formula.steps:
        if isinstance(step, Sign):
            right = stack.pop()
            left = 0.0 if step.sign == "neg" else stack.pop()
            stack.append(_joined("-" if step.sign == "neg" else step.sign, left, right))
        else:
            stack.append(known[step] if isinstance(step, str) else step)
    return stack.pop()


def _joined(sign: str, left: _Value, right: _Value) -> _Value:
    """The form of one operation; None where there is none."""
    if left is None or right is None:
        return None
    if sign in "+-":
        return _added(left, right, 1.0 if sign == "+" else -1.0)
    if sign == "/":
        return _joined("*", left, _turned(right))
    if isinstance(left, float):
        left, right = right, left
    if isinstance(right, float):
        return left * right if isinstance(left, float) else _scaled(left, right)
    assert isinstance(left, Form)
    return _times(left, right)


def _turned(value: Form | float) -> _Value:
    """One over it. One over a sum stands above nothing: only a product makes it a ratio."""
    if isinstance(value, float):
        return 1 / value if value else None
    return Form(value.below or {}, value.above)


def _added(left: Form | float, right: Form | float, sign: float) -> _Value:
    if isinstance(left, float) and isinstance(right, float):
        return left + sign * right
    if left == 0.0:
        return _scaled(right, sign)
    if isinstance(left, float) or isinstance(right, float) or left.below != right.below:
        return None
    above = dict(left.above)
    for term, factor in right.above.items():
        above[term] = above.get(term, 0.0) + sign * factor
    return Form({term: factor for term, factor in above.items() if factor}, left.below)


def _scaled(form: Form | float, factor: float) -> Form | None:
    if isinstance(form, float) or not factor or not form.above:
        return None
    return Form({term: factor * one for term, one in form.above.items()}, form.below)


def _times(left: Form, right: Form) -> Form | None:
    """A product that is a sum or a ratio of two: what stands below one cancels above the other."""
    for one, other in ((left, right), (right, left)):
        if one.below is None and not other.above:
            return Form(one.above, other.below)
        if one.below is not None and (factor := _ratio(other.above, one.below)):
            return _scaled(Form(one.above, other.below), factor)
    return None


def _ratio(one: Sum, other: Sum) -> float | None:
    """By which factor the one sum is the other; None when it is not."""
    if one.keys() != other.keys() or not one:
        return None
    term = next(iter(one))
    factor = one[term] / other[term]
    return factor if all(one[each] == factor * other[each] for each in one) else None
