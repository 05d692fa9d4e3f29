"""What changed between two definitions of a star, and which changes alter what a metric means."""

from __future__ import annotations

from dataclasses import fields

from nsm.formula import parse_formula
from nsm.model import Metric, Star
from nsm.plaintext import shown

# Another name, owner or position leaves a metric the same; these make it another one.
_MEANING = ("formula", "aggregate", "grain", "unit", "description")
_COMPUTED = ("formula", "aggregate")


def differences(old: Star, new: Star) -> tuple[str, ...]:
    """One line per difference, in the order of the definition; empty when there is none."""
    lines = [
        f"{field.name}: {shown(getattr(old, field.name))} -> {shown(getattr(new, field.name))}"
        for field in fields(Star)
        if field.name != "metrics" and getattr(old, field.name) != getattr(new, field.name)
    ]
    before = {metric.key: metric for metric in old.metrics}
    after = {metric.key: metric for metric in new.metrics}
    lines += [f"{key}: retired" for key in before if key not in after]
    for key, metric in after.items():
        lines += _metric_lines(before[key], metric) if key in before else [f"{key}: added"]
    if not lines and list(before) != list(after):
        lines.append("the order of the metrics")
    return tuple(lines)


def changed_meaning(old: Metric, new: Metric) -> tuple[tuple[str, str, str], ...]:
    """(field, old, new) for every change after which older values of a metric mean something else.

    A first description or unit explains a metric and changes nothing.
    """
    return tuple(
        (name, _said(old, name), _said(new, name))
        for name in _MEANING
        if not same(name, _said(old, name), _said(new, name))
        and (_said(old, name) or name in _COMPUTED)
    )


def same(field: str, old: str, new: str) -> bool:
    """Whether two values of a field mean the same: spaces and punctuation are not meaning."""
    if field == "formula" and old and new:
        return parse_formula(old) == parse_formula(new)
    if field == "description":
        return _words(old) == _words(new)
    return old == new


def _metric_lines(old: Metric, new: Metric) -> list[str]:
    return [
        f"{new.key}: {field.name} {shown(_said(old, field.name))} -> "
        f"{shown(_said(new, field.name))}"
        for field in fields(Metric)
        if getattr(old, field.name) != getattr(new, field.name)
    ]


def _said(metric: Metric, field: str) -> str:
    value = getattr(metric, field)
    return "" if value is None else str(value)


def _words(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
