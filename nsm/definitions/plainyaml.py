"""The harmless part of YAML: mappings of text, every value exactly as it is written.

No value is ever taken for a boolean, a number, a date or nothing: a metric called ``no``, ``null``
or ``NA`` is a name. Tags, anchors, lists and keys that stand twice are refused, so neither code nor
a "billion laughs" can come in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from nsm.plaintext import shown

LONGEST_FILE = 1_000_000
DEEPEST = 4
# The keys of a metric whose value may be a list of plain values.
LISTS = ("segments",)

Mapping = dict[str, Any]
Keys = tuple[str, ...]


class NotPlain(Exception):
    """Raised when a text is not plain YAML: says what, where (keys from the top) and the line."""

    def __init__(self, what: str, path: Keys = (), line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.path = path
        self.line = line


def read_plain_yaml(text: str) -> Mapping:
    """The mapping in a YAML text: keys to text, or to further mappings; NotPlain when it has none.

    An empty value is an empty text. Only what `LISTS` names may be a list of text.
    """
    if len(text) > LONGEST_FILE:
        raise NotPlain(f"is longer than {LONGEST_FILE:,} characters")
    try:
        return _document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotPlain(
            f"is not YAML: {error.problem or error.context}", line=mark.line + 1 if mark else None
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise NotPlain(
            f"has a character that YAML refuses (U+{ord(text[error.position]):04X})", line=line
        ) from error


def _document(events: Iterator[yaml.Event]) -> Mapping:
    found: Mapping | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and found is not None:
            raise NotPlain("holds more than one document", line=_line(event))
        if isinstance(event, yaml.NodeEvent):
            value = _value(events, event, ())
            if not isinstance(value, dict):
                raise NotPlain(
                    "is not a mapping of keys to values; a file of figures is loaded by nsm load",
                    line=1,
                )
            found = value
    if found is None:
        raise NotPlain("is empty")
    return found


def _value(
    events: Iterator[yaml.Event], event: yaml.Event, path: Keys
) -> str | Mapping | list[str]:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise NotPlain("has an anchor or an alias (& or *), which are not used here", path, line)
    tag = getattr(event, "tag", None)
    if tag is not None:
        raise NotPlain(f"has the tag {shown(tag)}; tags are not used here", path, line)
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if isinstance(event, yaml.SequenceStartEvent) and path[2:] in [(key,) for key in LISTS]:
        return _list(events, path)
    if not isinstance(event, yaml.MappingStartEvent):
        raise NotPlain("is a list, which is not used here", path, line)
    if len(path) >= DEEPEST:
        raise NotPlain("is a mapping where one value should be", path, line)
    return _mapping(events, path)


def _mapping(events: Iterator[yaml.Event], path: Keys) -> Mapping:
    found: Mapping = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise NotPlain("has a key that is not plain text", path, line)
        key = str(_value(events, event, path))
        if key in found:
            raise NotPlain("stands twice", (*path, key), line)
        found[key] = _value(events, next(events), (*path, key))
    return found


def _list(events: Iterator[yaml.Event], path: Keys) -> list[str]:
    found = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            raise NotPlain("has an entry that is not plain text", path, _line(event))
        found.append(str(_value(events, event, path)))
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
