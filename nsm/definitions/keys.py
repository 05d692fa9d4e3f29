"""How stars, sources and metrics may be called in a definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from nsm.definitions.problems import Wrong
from nsm.plaintext import shown

MOST_METRICS = 1_000
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_KEY_RULE = "a letter, then letters, digits or _, at most 64 in all"


def wrong_keys(raw: dict[str, Any]) -> Iterator[Wrong]:
    """What the keys of a star, its sources and its metrics may not be."""
    star_key = raw.get("star")
    if isinstance(star_key, str) and not _KEY.fullmatch(star_key.replace("-", "_")):
        yield Wrong(("star",), f"is {shown(star_key)}; a key is {_KEY_RULE} (and -).")
    for key in raw["sources"] if isinstance(raw.get("sources"), dict) else ():
        if not _KEY.fullmatch(key.replace("-", "_")):
            yield Wrong(("sources", key), f"is no key: {_KEY_RULE} (and -).")
    metrics = raw.get("metrics")
    if isinstance(metrics, dict):
        yield from _wrong_metrics(list(metrics))


def _wrong_metrics(metrics: Sequence[str]) -> Iterator[Wrong]:
    if not metrics:
        yield Wrong(
            ("metrics",), "is empty.", "A star has at least the metric that it is named for."
        )
    if len(metrics) > MOST_METRICS:
        yield Wrong(("metrics",), f"has more than {MOST_METRICS:,} metrics.")
        return
    spelled: dict[str, str] = {}
    for key in metrics:
        path = ("metrics", key)
        if not _KEY.fullmatch(key):
            yield Wrong(path, f"is no key: {_KEY_RULE}.", "Put any other text into its name.")
        elif key.lower() == "date":
            yield Wrong(path, "is the name of the date column of every file.", "Choose another.")
        other = spelled.setdefault(key.lower(), key)
        if other != key:
            yield Wrong(path, f"differs from {shown(other)} only by capitals.")
