"""Whatever the OpenAPI document allows, and much that it does not, is answered as it says."""

from __future__ import annotations

import os

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from nsm.server.openapi import document
from tests.e2e.serving import Server

EXAMPLES = int(os.environ.get("API_EXAMPLES", "12"))
schema = schemathesis.openapi.from_dict(document() | {"servers": [{"url": "/"}]})


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_answer_is_one_that_is_described(case: schemathesis.Case, server: Server) -> None:
    path, excluded = case.operation.path, []
    if path.endswith("/review"):
        # No schema can say which days end a week: any other is refused in words.
        excluded = [positive_data_acceptance]
    elif path.startswith("/wall"):
        # An address written by hand may leave a value empty, or say it twice: that is the usual.
        excluded = [negative_data_rejection]
    case.call_and_validate(base_url=server.url, excluded_checks=excluded)


def test_the_routes_that_are_there_are_described() -> None:
    from nsm.server.plain import Plain

    served = {route.path for route in Plain().routes()}
    others = {"/wall.js", "/k/{token}", "/api/{rest:path}"}
    assert served - set(document()["paths"]) == others
