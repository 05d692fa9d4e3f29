"""The OpenAPI document of the plain routes."""

from __future__ import annotations

from typing import Any

from nsm.wall import PARTS, THEMES
from nsm.wall.screen import (
    LARGEST_SCALE,
    LONGEST_SECONDS,
    MOST_STARS,
    SHORTEST_SECONDS,
    SMALLEST_SCALE,
)

Schema = dict[str, Any]
_NUMBER: Schema = {"type": ["number", "null"]}
_NUMBERS: Schema = {"type": "array", "items": _NUMBER}
_LEAD_FIGURES = (
    *("lag", "lag_low", "lag_high", "effect", "effect_low", "effect_high"),
    *("p_adjusted", "reverse_p_adjusted", "weeks_needed", "smallest_detectable_effect"),
)
_KEY: Schema = {"type": "string", "minLength": 1, "example": "shop"}


def document() -> dict[str, Any]:
    """What the routes take and answer, as OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "North Star",
            "version": "1",
            "description": "The very JSON of the command line, read only. Every answer with an "
            "ETag is 304 when If-None-Match names it; an error is one line.",
        },
        "servers": [{"url": "../../"}],
        "paths": {
            "/api/v1/stars": _get("Which stars there are", _json("Stars")),
            "/api/v1/stars/{star}/review": _get(
                "How the week compared with the week before and with last year",
                _json("Review"),
                _star(),
                _query("week_ending", {"type": "string", "format": "date"}),
                _query("months", {"type": "string", "enum": ["trailing", "fiscal"]}),
            ),
            "/api/v1/stars/{star}/leads": _get(
                "Which inputs lead the star, and by how many weeks",
                _json("Leads"),
                _star(),
                _query("max_lag", {"type": "integer", "minimum": 1, "maximum": 104}),
            ),
            "/api/v1/openapi.json": _get("This document", _json("Object")),
            **{
                f"/{name}/{{star}}{end}": _get(summary, _svg(), _star())
                for name, summary in (
                    ("badge", "Value, direction and age"),
                    ("spark", "The weeks as one line"),
                )
                for end in (".svg", "")
            },
            "/wall.html": _get("The wall", _text("text/html"), *_screen()),
            "/wall/beat": _get("The heartbeat of a wall", _json("Object", tag=False), *_screen()),
            "/metrics": _get("Counts for Prometheus", _text("text/plain", tag=False)),
        },
        "components": {"schemas": _schemas()},
    }


def _get(summary: str, found: Schema, *parameters: Schema) -> Schema:
    responses = {"200": found, "403": _error("No key, or a revoked one")}
    if "headers" in found:
        responses["304"] = {"description": "The one who asks has it already"}
    responses["503"] = _error("The database does not answer")
    if parameters:
        responses |= {
            "400": _error("A parameter cannot be used"),
            "404": _error("There is no such star"),
        }
    operation: Schema = {"summary": summary, "responses": dict(sorted(responses.items()))}
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": operation}


def _star() -> Schema:
    return {"name": "star", "in": "path", "required": True, "schema": _KEY}


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _screen() -> list[Schema]:
    listed = {"type": "string", "pattern": f"^[^,]*(,[^,]*){{0,{MOST_STARS - 1}}}$"}
    part = "|".join(PARTS)
    order = {"type": "string", "pattern": f"^({part})(,({part}))*$"}
    seconds = {"type": "integer", "minimum": SHORTEST_SECONDS, "maximum": LONGEST_SECONDS}
    scale = {"type": "integer", "minimum": SMALLEST_SCALE, "maximum": LARGEST_SCALE}
    return [
        _query("stars", listed),
        _query("order", order),
        _query("seconds", seconds),
        _query("theme", {"type": "string", "enum": list(THEMES)}),
        _query("scale", scale),
        _query("pin", {"type": "string"}),
    ]


def _json(schema: str, *, tag: bool = True) -> Schema:
    return _tagged(
        {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}, tag
    )


def _svg() -> Schema:
    return _tagged({"image/svg+xml": {"schema": {"type": "string"}}}, True)


def _text(media: str, *, tag: bool = True) -> Schema:
    return _tagged({media: {"schema": {"type": "string"}}}, tag)


def _tagged(content: Schema, tag: bool) -> Schema:
    found: Schema = {"description": "Found", "content": content}
    if tag:
        found["headers"] = {"ETag": {"required": True, "schema": {"type": "string"}}}
    return found


def _error(description: str) -> Schema:
    """One line, in the form of what was asked for."""
    line = {"schema": {"type": "string"}}
    json = {"schema": {"$ref": "#/components/schemas/Error"}}
    content = {"application/json": json, "text/plain": line, "text/html": line}
    return {"description": description, "content": content}


def _object(required: dict[str, Schema], more: dict[str, Schema] | None = None) -> Schema:
    properties = required | (more or {})
    return {"type": "object", "required": list(required), "properties": properties}


def _schemas() -> dict[str, Schema]:
    changes = ("wow", "yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy", "last_week")
    series = ("weeks", "prior_year_weeks", "months", "prior_year_months")
    verdicts: Schema = {"enum": ["leads", "follows", "both", "together", "none", "insufficient"]}
    metric = _object(
        dict.fromkeys(series, _NUMBERS)
        | dict.fromkeys(changes, _NUMBER)
        | {"change_unit": {"enum": ["percent", "bps"]}}
    )
    lead = _object(
        {"input": {"type": "string"}, "verdict": verdicts}
        | dict.fromkeys(_LEAD_FIGURES, _NUMBER)
        | {
            "effect_unit": {"type": ["string", "null"]},
            "warnings": {"type": "array", "items": {"type": "string"}},
        }
    )
    text: Schema = {"type": "string"}
    return {
        "Object": {"type": "object"},
        "Error": _object({"error": text}, {"closed": {"type": "boolean"}}),
        "Stars": {
            "type": "array",
            "items": _object(
                {
                    "star": text,
                    "name": text,
                    "north_star": text,
                    "metrics": {"type": "integer"},
                    "data_to": {"type": ["string", "null"], "format": "date"},
                    "simulated": {"type": "boolean"},
                }
            ),
        },
        "Review": _object(
            {
                "star": text,
                "week_start": text,
                "week_ending": {"type": "string", "format": "date"},
                "metrics": {"type": "object", "additionalProperties": metric},
            }
        ),
        "Leads": _object(
            {
                "star": text,
                "target": text,
                "weeks": {"type": "integer"},
                "max_lag": {"type": "integer"},
                "alpha": {"type": "number"},
                "inputs": {"type": "array", "items": lead},
            }
        ),
    }
