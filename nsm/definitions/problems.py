"""What is wrong with a definition, in one line that names the file, the metric and the field."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nsm.definitions.fields import METRIC_KEYS, SOURCE_KEYS, STAR_KEYS
from nsm.errors import DefinitionError
from nsm.plaintext import harmless, shown


class Wrong(Exception):
    """Raised by a check: where (keys from the top), what, and what to do."""

    def __init__(self, path: tuple[str, ...], what: str, hint: str = "") -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.hint = hint


def definition_error(
    source: str, path: tuple[str, ...], what: str, hint: str = ""
) -> DefinitionError:
    """The error for what stands at ``path`` (keys from the top) of the file ``source``."""
    parts = [harmless(source, 1_000)]
    if path[:1] == ("metrics",) and len(path) > 1:
        parts.append(f"metric {shown(path[1])}")
        path = path[2:]
    if path:
        parts.append(f"field {shown('.'.join(path))}")
    where = ", ".join(parts[1:])
    return DefinitionError(f"{parts[0]}: {where}{': ' if where else ''}{what}", hint)


def first_of(error: ValidationError, source: str) -> DefinitionError:
    """The first of the problems that pydantic found, and how many more there are."""
    problems = error.errors(include_url=False)
    first = problems[0]
    path = tuple(str(step) for step in first["loc"])
    what, hint = _SAYINGS.get(first["type"], _other)(first)
    more = len(problems) - 1
    if more:
        hint = f"{hint} (And {more} more problem{'s' * (more > 1)} in this file.)".strip()
    return definition_error(source, path, what, hint)


def _unknown_key(problem: ErrorDetails) -> tuple[str, str]:
    kind, known = "star", STAR_KEYS
    if len(problem["loc"]) > 1:
        in_metric = problem["loc"][0] == "metrics"
        kind, known = ("metric", METRIC_KEYS) if in_metric else ("source", SOURCE_KEYS)
    if kind == "source":
        return (
            "is not a key of a source.",
            "Write url_env with the name of the environment variable that holds the address.",
        )
    return f"is not a key of a {kind}.", meant(str(problem["loc"][-1]), known)


def _missing(problem: ErrorDetails) -> tuple[str, str]:
    return "is missing.", ""


def _own_words(problem: ErrorDetails) -> tuple[str, str]:
    return str(problem["ctx"]["error"]), ""


def _other(problem: ErrorDetails) -> tuple[str, str]:
    expected = "a mapping" if isinstance(problem["input"], str) else "one value, not a mapping"
    return f"must be {expected}.", ""


_SAYINGS: dict[str, Callable[[ErrorDetails], tuple[str, str]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "value_error": _own_words,
}


def meant(key: str, known: Sequence[str]) -> str:
    """What a key that does not exist was probably meant to be."""
    close = difflib.get_close_matches(key[:64], known, n=1)
    if close:
        return f"Did you mean {shown(close[0])}?"
    return f"Known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}."
