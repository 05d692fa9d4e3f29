"""Formulas: arithmetic over metric keys (``+ - * /``, parentheses, numbers) and nothing else.

A formula becomes a postfix program for a small stack machine: it never reaches ``eval`` or SQL,
and no nesting, however deep, can exhaust the interpreter's stack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pandas as pd

from nsm.errors import FormulaError
from nsm.model import Metric, Star
from nsm.plaintext import shown

LONGEST_FORMULA = 2_000
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<key>[A-Za-z_]\w*)|(?P<sign>\S))", re.ASCII
)
_NEGATE = "neg"
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, _NEGATE: 3}
_HINT = "A formula is metric keys, plain numbers, + - * / and parentheses."


@dataclass(frozen=True, slots=True)
class Sign:
    """An operation of a formula."""

    sign: str


Step = float | str | Sign


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula. Two that compute the same steps are equal, however they are spaced.

    ``steps`` is the postfix program: a number, a metric key, or one of ``+ - * / neg`` as a
    ``Sign``.
    """

    steps: tuple[Step, ...]
    text: str = field(compare=False)

    @property
    def references(self) -> frozenset[str]:
        """The keys of the metrics it computes with."""
        return frozenset(step for step in self.steps if isinstance(step, str))


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Formula:
    """What a formula computes; FormulaError, which says where and why, when it is not one."""
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(f"is longer than {LONGEST_FORMULA:,} characters.", _HINT)
    steps: list[Step] = []
    waiting: list[str] = []
    wants_value = True
    for kind, word in _words(text):
        if wants_value:
            wants_value = _take_value(kind, word, steps, waiting)
        else:
            wants_value = _take_operation(word, steps, waiting)
    if wants_value:
        raise FormulaError("is empty." if not steps else "ends too early.", _HINT)
    _settle(waiting, steps, 1)
    if waiting:
        raise FormulaError("has a '(' without its ')'.", _HINT)
    formula = Formula(tuple(steps), text)
    if not formula.references:
        raise FormulaError("names no metric.", _HINT)
    return formula


def evaluate(formula: Formula, series: Mapping[str, pd.Series]) -> pd.Series:
    """The formula over aligned series: NaN where a part is missing or a division is by zero.

    Never infinite: what has no finite value has none. Raises FormulaError when a metric it
    computes with is not among ``series``.
    """
    missing = sorted(formula.references - series.keys())
    if missing:
        raise FormulaError(f"{shown(formula.text)} needs {shown(missing[0])}, which is not there.")
    frame = pd.DataFrame({key: series[key] for key in sorted(formula.references)})
    stack: list[np.ndarray] = []
    for step in formula.steps:
        if isinstance(step, float):
            stack.append(np.full(len(frame), step))
        elif isinstance(step, str):
            stack.append(frame[step].to_numpy(dtype=float))
        else:
            right = stack.pop()
            left = np.zeros(1) if step.sign == _NEGATE else stack.pop()
            stack.append(_apply(step.sign, left, right))
    return pd.Series(stack.pop(), index=frame.index, dtype=float)


def evaluation_order(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """The formula metrics, each after those it computes with.

    Raises FormulaError for a reference to no metric, and for a cycle, whose path it names.
    """
    metrics = tuple(metrics)
    keys = {metric.key for metric in metrics}
    graph: dict[str, list[str]] = {}
    for metric in metrics:
        if metric.formula is None:
            continue
        wanted = sorted(parse_formula(metric.formula).references)
        for key in wanted:
            if key not in keys:
                raise FormulaError(
                    f"metric {shown(metric.key)}, field 'formula': there is no metric {shown(key)}."
                )
        graph[metric.key] = wanted
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        path = list(reversed(error.args[1]))
        steps = " -> ".join(path if len(path) <= 8 else [*path[:4], "...", *path[-3:]])
        raise FormulaError(
            f"metric {shown(path[0])}, field 'formula': computes with itself ({steps})."
        ) from error
    return tuple(key for key in order if key in graph)


def leaves(star: Star, key: str) -> frozenset[str]:
    """Every metric that a metric's formula rests on, through other formulas too.

    Empty for a measured metric. An input among those of the star is a part of it, so that finding
    it again by the lead test would be an identity and no discovery.
    """
    found: set[str] = set()
    formulas = {metric.key: metric.formula for metric in star.metrics}
    todo = [key]
    while todo:
        formula = formulas[todo.pop()]
        if formula is None:
            continue
        new = parse_formula(formula).references - found
        found |= new
        todo.extend(new)
    return frozenset(found)


def _words(text: str) -> Iterable[tuple[str, str]]:
    end = len(text.rstrip(" \t\r\n\f\v"))
    at = 0
    while at < end and (match := _TOKEN.match(text, at)):
        at = match.end()
        kind = str(match.lastgroup)
        yield kind, match.group(kind)


def _take_value(kind: str, word: str, steps: list[Step], waiting: list[str]) -> bool:
    """Read where a value should stand; whether one should still stand next."""
    if kind == "number":
        steps.append(_number(word))
    elif kind == "key":
        steps.append(word)
    elif word in ("(", "-"):
        waiting.append("(" if word == "(" else _NEGATE)
        return True
    else:
        raise FormulaError(f"has {shown(word)} where a value should be.", _HINT)
    return False


def _take_operation(word: str, steps: list[Step], waiting: list[str]) -> bool:
    """Read what follows a value; whether a value should stand next."""
    if word in ("+", "-", "*", "/"):
        _settle(waiting, steps, _RANK[word])
        waiting.append(word)
        return True
    if word != ")":
        raise FormulaError(f"has {shown(word)} where an operation should be.", _HINT)
    _settle(waiting, steps, 1)
    if not waiting:
        raise FormulaError("has a ')' without its '('.", _HINT)
    waiting.pop()
    return False


def _number(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise FormulaError(f"has the number {shown(word)}, which is too large.", _HINT)
    return value


def _settle(waiting: list[str], steps: list[Step], rank: int) -> None:
    """Move to the program what binds at least as strongly as ``rank``, up to a parenthesis."""
    while waiting and waiting[-1] != "(" and _RANK[waiting[-1]] >= rank:
        steps.append(Sign(waiting.pop()))


def _apply(sign: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        if sign == "+":
            result = left + right
        elif sign == "*":
            result = left * right
        elif sign == "/":
            result = np.divide(left, right)
        else:
            result = left - right
    return np.where(np.isfinite(result), result, np.nan)
