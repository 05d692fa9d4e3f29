"""YAML to a checked star: keys, roles, formulas, and what one file must agree on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nsm.definitions.fields import MetricFields, StarFields
from nsm.definitions.plainyaml import LONGEST_FILE, NotPlain, read_plain_yaml
from nsm.definitions.problems import Wrong, definition_error, first_of, meant
from nsm.definitions.sourcing import over_time, source_query
from nsm.errors import DefinitionError, FormulaError
from nsm.formula import evaluation_order, parse_formula
from nsm.model import Metric, Role, Source, Star
from nsm.plaintext import harmless, shown

MOST_METRICS = 1_000
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_KEY_RULE = "a letter, then letters, digits or _, at most 64 in all"


@dataclass(frozen=True, slots=True)
class ParsedDefinition:
    """A checked star, and what is allowed but unwise about it."""

    star: Star
    warnings: tuple[str, ...]


def read_definition(path: Path) -> ParsedDefinition:
    """The star defined in a file; DefinitionError, one line, when it cannot be read or is wrong."""
    source = harmless(path)
    try:
        if path.is_dir():
            raise DefinitionError(f"{source}: is a folder, not a file.")
        with path.open("rb") as file:
            content = file.read(4 * LONGEST_FILE + 1)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{source}: is not UTF-8 text.", "Save it as UTF-8.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a file"
        raise DefinitionError(f"{source}: cannot be read ({reason}).") from error
    return parse_definition(text, str(path))


def parse_definition(text: str, source: str) -> ParsedDefinition:
    """The star that a YAML text defines (docs/definitions.md lists the keys).

    Raises DefinitionError: one line that names ``source``, the metric and the field.
    """
    try:
        raw = _without_empty(read_plain_yaml(text))
        _check_keys(raw)
        fields = StarFields.model_validate(raw)
        star = _star(fields)
        return ParsedDefinition(star, tuple(_warnings(star)))
    except NotPlain as error:
        line = f", line {error.line}" if error.line else ""
        raise definition_error(f"{source}{line}", error.path, f"{error.what}.") from error
    except ValidationError as error:
        raise first_of(error, source) from error
    except Wrong as error:
        raise definition_error(source, error.path, error.what, error.hint) from error


def _without_empty(raw: dict[str, Any]) -> dict[str, Any]:
    """An empty value is a key left out; an empty metric or source is one without any keys."""
    kept = {key: value for key, value in raw.items() if value != ""}
    for name in ("metrics", "sources"):
        group = kept.get(name)
        if isinstance(group, dict):
            kept[name] = {
                key: _without_empty(one or {}) if isinstance(one or {}, dict) else one
                for key, one in group.items()
            }
    return kept


def _check_keys(raw: dict[str, Any]) -> None:
    star_key = raw.get("star")
    if isinstance(star_key, str) and not _KEY.fullmatch(star_key.replace("-", "_")):
        raise Wrong(("star",), f"is {shown(star_key)}; a key is {_KEY_RULE} (and -).")
    for key in raw["sources"] if isinstance(raw.get("sources"), dict) else ():
        if not _KEY.fullmatch(key.replace("-", "_")):
            raise Wrong(("sources", key), f"is no key: {_KEY_RULE} (and -).")
    metrics = raw.get("metrics")
    if not isinstance(metrics, dict):
        return
    if len(metrics) > MOST_METRICS:
        raise Wrong(("metrics",), f"has more than {MOST_METRICS:,} metrics.")
    spelled: dict[str, str] = {}
    for key in metrics:
        path = ("metrics", key)
        if not _KEY.fullmatch(key):
            raise Wrong(path, f"is no key: {_KEY_RULE}.", "Put any other text into its name.")
        if key.lower() == "date":
            raise Wrong(path, "is the name of the date column of every file.", "Choose another.")
        other = spelled.setdefault(key.lower(), key)
        if other != key:
            raise Wrong(path, f"differs from {shown(other)} only by capitals.")


def _star(fields: StarFields) -> Star:
    north_star = _north_star(fields)
    star = Star(
        key=fields.star,
        name=fields.name or fields.star,
        north_star=north_star,
        metrics=tuple(
            _metric(key, metric, is_star=key == north_star, sources=list(fields.sources))
            for key, metric in fields.metrics.items()
        ),
        week_start=fields.week_start,
        timezone=fields.timezone,
        fiscal_year_end=fields.fiscal_year_end,
        description=fields.description,
        simulated=fields.simulated,
        sources=tuple(Source(key, one.url_env) for key, one in fields.sources.items()),
    )
    _check_formulas(star)
    return star


def _north_star(fields: StarFields) -> str:
    """The metric that is the star: named at the top, or the only one with that role."""
    with_role = [key for key, one in fields.metrics.items() if one.role is Role.NORTH_STAR]
    named = fields.north_star or (with_role[0] if len(with_role) == 1 else "")
    for key in with_role:
        if key != (named or with_role[0]):
            raise Wrong(
                ("metrics", key, "role"),
                f"is north_star, but {shown(named or with_role[0])} is the north star already.",
                "A star has one north star.",
            )
    if not named:
        raise Wrong(("north_star",), "is missing.", "It names the metric that is the star.")
    if named not in fields.metrics:
        raise Wrong(
            ("north_star",),
            f"is {shown(named)}, which is no metric of this file.",
            meant(named, list(fields.metrics)),
        )
    if fields.metrics[named].role not in (None, Role.NORTH_STAR):
        raise Wrong(
            ("metrics", named, "role"),
            f"is {fields.metrics[named].role}, but north_star names this metric.",
            "Its role is north_star.",
        )
    return named


def _metric(key: str, fields: MetricFields, *, is_star: bool, sources: Sequence[str]) -> Metric:
    path = ("metrics", key)
    query = source_query(path, fields, sources)
    aggregate = over_time(path, fields)
    if fields.formula is None and aggregate is None:
        raise Wrong(
            (*path, "aggregate"), "is missing.", "A metric needs an aggregate, or a formula."
        )
    if fields.formula is not None:
        for name in ("aggregate", "grain"):
            if getattr(fields, name) is not None:
                raise Wrong(
                    (*path, name),
                    "stands beside a formula.",
                    "What a formula computes with is aggregated first: leave this out.",
                )
    return Metric(
        key=key,
        name=fields.name or key,
        role=Role.NORTH_STAR if is_star else fields.role or Role.CANDIDATE,
        aggregate=aggregate,
        formula=fields.formula,
        unit=fields.unit,
        better=fields.better,
        grain=fields.grain,
        dimension=fields.dimension,
        owner=fields.owner,
        description=fields.description,
        lateness_days=fields.lateness,
        believed_lead_weeks=fields.believed_lead,
        believed_direction=fields.believed_direction,
        believed_confidence=fields.believed_confidence,
        query=query,
    )


def _check_formulas(star: Star) -> None:
    keys = [metric.key for metric in star.metrics]
    for metric in star.metrics:
        if metric.formula is None:
            continue
        path = ("metrics", metric.key, "formula")
        try:
            references = parse_formula(metric.formula).references
        except FormulaError as error:
            raise Wrong(path, error.message, error.hint) from error
        for key in sorted(references.difference(keys)):
            raise Wrong(path, f"there is no metric {shown(key)}.", meant(key, keys))
    try:
        evaluation_order(star.metrics)
    except FormulaError as error:
        raise Wrong((), error.message, error.hint) from error


def _warnings(star: Star) -> Iterator[str]:
    count = len(star.inputs)
    if not 3 <= count <= 5:
        yield f"{star.key} has {count} inputs; a star is best steered by three to five."
    seen: dict[str, str] = {}
    for metric in star.metrics:
        other = seen.setdefault(metric.name.strip().casefold(), metric.key)
        if other != metric.key:
            yield f"{other} and {metric.key} have the same name, {shown(metric.name)}."
