"""What is wrong with a definition, in one line that names the file, the metric and the field."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nsm.definitions.fields import METRIC_KEYS, SOURCE_KEYS, STAR_KEYS
from nsm.errors import DefinitionError
from nsm.plaintext import harmless, shown

# So many problems of one file are told, the rest is counted.
MOST_SHOWN = 20


class Wrong(Exception):
    """Raised by a check: where (keys from the top), what, and what to do.

    A hint that takes long to find is given as a function, which is called only when it is shown.
    """

    def __init__(
        self, path: tuple[str, ...], what: str, hint: str | Callable[[], str] = ""
    ) -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.hint = hint


def definition_error(source: str, wrongs: Sequence[Wrong]) -> DefinitionError:
    """The error for all that is wrong with the file ``source``: the first, and how many more."""
    errors = [_error(source, wrong) for wrong in wrongs[:MOST_SHOWN]]
    first, more = errors[0], len(wrongs) - 1
    if not more:
        return first
    lines = [str(error) for error in errors]
    hidden = len(wrongs) - len(lines)
    if hidden:
        lines.append(f"{harmless(source, 1_000)}: and {_problems(hidden)}.")
    hint = f"{first.hint} (And {_problems(more)}.)".strip()
    return DefinitionError(first.message, hint, lines)


def wrongs_in(error: ValidationError) -> list[Wrong]:
    """All problems that pydantic found; beyond those that are shown only where they are."""
    found = []
    for place, problem in enumerate(error.errors(include_url=False)):
        path = tuple(str(step) for step in problem["loc"])
        shown_too = place < MOST_SHOWN
        said = _SAYINGS.get(problem["type"], _other)(problem) if shown_too else ("", "")
        found.append(Wrong(path, *said))
    return found


def _problems(how_many: int) -> str:
    return f"{how_many:,} more problem{'s' * (how_many > 1)} in this file"


def _error(source: str, wrong: Wrong) -> DefinitionError:
    parts, path = [], wrong.path
    if path[:1] == ("metrics",) and len(path) > 1:
        parts.append(f"metric {shown(path[1])}")
        path = path[2:]
    if path:
        parts.append(f"field {shown('.'.join(path))}")
    where = ", ".join(parts)
    return DefinitionError(
        f"{harmless(source, 1_000)}: {where}{': ' if where else ''}{wrong.what}",
        wrong.hint if isinstance(wrong.hint, str) else wrong.hint(),
    )


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
    if not known:
        return ""
    close = difflib.get_close_matches(key[:64], known, n=1)
    if close:
        return f"Did you mean {shown(close[0])}?"
    return f"Known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}."
