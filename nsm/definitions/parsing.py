"""YAML to a checked star: keys, roles, formulas, and what one file must agree on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nsm.definitions.fields import MetricFields, StarFields
from nsm.definitions.keys import wrong_keys
from nsm.definitions.plainyaml import LONGEST_FILE, NotPlain, read_plain_yaml
from nsm.definitions.planning import targets_of
from nsm.definitions.problems import Wrong, definition_error, meant, wrongs_in
from nsm.definitions.sourcing import over_time, source_query
from nsm.errors import DefinitionError, FormulaError
from nsm.formula import evaluation_order, parse_formula
from nsm.model import Metric, Role, Source, Star, Target
from nsm.plaintext import harmless, shown


@dataclass(frozen=True, slots=True)
class ParsedDefinition:
    """A checked star, and what is allowed but unwise about it.

    ``targets`` are its plans; None where the definition does not speak of them.
    """

    star: Star
    warnings: tuple[str, ...]
    targets: tuple[Target, ...] | None = None


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

    Raises DefinitionError: for each problem one line that names ``source``, the metric and the
    field.
    """
    try:
        raw = _without_empty(read_plain_yaml(text))
    except NotPlain as error:
        line = f", line {error.line}" if error.line else ""
        wrong = Wrong(error.path, f"{error.what}.")
        raise definition_error(f"{source}{line}", [wrong]) from error
    fields, wrongs = _fields(raw)
    wrongs += wrong_keys(raw)
    if fields is not None:
        wrongs += _disagreements(fields, wrongs)
    if wrongs or fields is None:
        raise definition_error(source, wrongs)
    star = _star(fields)
    try:
        targets = targets_of(star, fields.targets) if "targets" in raw else None
    except Wrong as wrong:
        raise definition_error(source, [wrong]) from wrong
    return ParsedDefinition(star, tuple(_warnings(star)), targets)


def _fields(raw: dict[str, Any]) -> tuple[StarFields | None, list[Wrong]]:
    """The fields and what is wrong with single ones; those are left out, to look at the others."""
    try:
        return StarFields.model_validate(raw), []
    except ValidationError as error:
        wrongs = wrongs_in(error)
    try:
        return StarFields.model_validate(_sound_part(raw, [one.path for one in wrongs])), wrongs
    except ValidationError:
        return None, wrongs


def _sound_part(raw: dict[str, Any], paths: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """A definition without what stands at these paths; its metrics stay known by name."""
    sound: dict[str, Any] = {"star": "star", **raw}
    for group in ("metrics", "sources"):
        if isinstance(sound.get(group), dict):
            sound[group] = {
                key: dict(one) if isinstance(one, dict) else {} for key, one in sound[group].items()
            }
    for path in paths:
        at = sound
        for step in path[:-1][:2]:
            at = at[step] if isinstance(at.get(step), dict) else {}
        at.pop(path[:3][-1], None)
        if path == ("star",):
            sound["star"] = "star"
        elif path[:1] == ("metrics",) and len(path) == 2:
            sound["metrics"][path[1]] = {}
    return sound


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


def _disagreements(fields: StarFields, known: Sequence[Wrong]) -> list[Wrong]:
    """What fields that are fine one by one do not agree on, apart from what is ``known``.

    A metric with a wrong field is not looked at as a whole: what it lacks may be that field.
    """
    paths = [one.path for one in known]
    broken = {path[1] for path in paths if path[:1] == ("metrics",) and len(path) > 1}
    found = []
    if not any(path in (("north_star",), ("metrics",)) or path[2:] == ("role",) for path in paths):
        found += _caught(lambda: _north_star(fields))
    sources = [] if any(path[:1] == ("sources",) for path in paths) else list(fields.sources)
    keys, misread = list(fields.metrics), list[Wrong]()
    for key, metric in fields.metrics.items():
        if key not in broken:
            found += _caught(partial(_metric, key, metric, is_star=False, sources=sources))
        if metric.formula is not None:
            misread += _caught(partial(_check_formula, key, metric.formula, keys))
    return [*found, *(misread or _caught(lambda: _check_cycles(fields)))]


def _caught(check: Callable[[], object]) -> list[Wrong]:
    try:
        check()
    except Wrong as wrong:
        return [wrong]
    return []


def _star(fields: StarFields) -> Star:
    north_star = _north_star(fields)
    return Star(
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


def _check_formula(key: str, formula: str, keys: Sequence[str]) -> None:
    path = ("metrics", key, "formula")
    try:
        missing = sorted(parse_formula(formula).references.difference(keys))
    except FormulaError as error:
        raise Wrong(path, error.message, error.hint) from error
    if missing:
        names = ", ".join(shown(one) for one in missing[:3]) + (", ..." if missing[3:] else "")
        said = "there is no metric" if len(missing) == 1 else "there are no metrics"
        raise Wrong(path, f"{said} {names}.", partial(meant, missing[0], keys))


def _check_cycles(fields: StarFields) -> None:
    metrics = [
        Metric(key, key, Role.CANDIDATE, formula=one.formula) for key, one in fields.metrics.items()
    ]
    try:
        evaluation_order(metrics)
    except FormulaError as error:
        raise Wrong((), error.message, error.hint) from error


def _warnings(star: Star) -> Iterator[str]:
    count = len(star.inputs)
    if not 3 <= count <= 5:
        inputs = "1 input" if count == 1 else f"{count} inputs"
        yield f"{star.key} has {inputs}; a star is best steered by three to five."
    seen: dict[str, str] = {}
    for metric in star.metrics:
        other = seen.setdefault(metric.name.strip().casefold(), metric.key)
        if other != metric.key:
            yield f"{other} and {metric.key} have the same name, {shown(metric.name)}."
