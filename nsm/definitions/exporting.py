"""A star back to the YAML that defines it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from nsm.definitions.planning import exported_targets
from nsm.model import MONTHS, WEEKDAYS, Better, Metric, SourceQuery, Star, Target


def export_definition(star: Star, targets: Iterable[Target] = ()) -> str:
    """The YAML that defines a star: in a stable order, without what is the default anyway.

    ``targets`` are written too, where they are given.
    """
    top = {
        "star": star.key,
        "name": star.name if star.name != star.key else "",
        "description": star.description,
        "week_start": WEEKDAYS[star.week_start] if star.week_start else "",
        "timezone": star.timezone if star.timezone != "UTC" else "",
        "fiscal_year_end": MONTHS[star.fiscal_year_end - 1] if star.fiscal_year_end != 12 else "",
        "simulated": star.simulated,
        "north_star": star.north_star,
        "sources": {
            one.key: {"url_env": one.url_env} if one.url_env else {} for one in star.sources
        },
        "metrics": {metric.key: _exported(metric) for metric in star.metrics},
        "targets": exported_targets(targets),
    }
    kept = {key: value for key, value in top.items() if value}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=100)


def _exported(metric: Metric) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": metric.name if metric.name != metric.key else "",
        "role": metric.role.value,
        "aggregate": metric.aggregate and metric.aggregate.value,
        "formula": metric.formula,
        "grain": metric.grain and metric.grain.value,
        "unit": metric.unit,
        "better": metric.better.value if metric.better is not Better.UP else "",
        "dimension": metric.dimension,
        "owner": metric.owner,
        "description": metric.description,
        "lateness": metric.lateness_days or None,
        "believed_lead": metric.believed_lead_weeks,
        "believed_direction": metric.believed_direction and metric.believed_direction.value,
        "believed_confidence": metric.believed_confidence and metric.believed_confidence.value,
    }
    if metric.query is not None:
        found |= _asked(metric.query)
    return {key: value for key, value in found.items() if value not in ("", None, [])}


def _asked(query: SourceQuery) -> dict[str, Any]:
    return {
        "source": query.source,
        "sql": query.sql,
        "table": query.table,
        "where": query.where,
        "date": query.date,
        "value": {query.take.value: query.column} if query.column else query.take.value,
        "segments": list(query.segments),
        "empty": "zero" if query.empty_is_zero else "",
    }
