"""How one operation of the Identity API is described: its errors are JSON only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from images.api.openapi.components import Schema
from images.api.openapi.operation import BODY_REFUSED, Answers, Operation
from images.api.openapi.parameters import JSON, REQUEST_ID
from portal.identity.api.openapi.components import ERROR

ALWAYS_REFUSED = {
    400: "The request cannot be understood; the text says why.",
    401: "Nobody is logged in, or not so.",
    503: "The database does not answer; try again.",
}


def operation(
    summary: str,
    answers: Answers,
    refusals: Mapping[int, str] | None = None,
    *,
    body: Schema | None = None,
    **described: Any,
) -> Operation:
    """Describe one operation; its id is its *summary*, and its errors are JSON."""
    refused = ALWAYS_REFUSED | (BODY_REFUSED if body else {}) | dict(refusals or {})
    described["parameters"] = [*described.get("parameters", ()), REQUEST_ID]
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"),
        summary=summary,
        request={JSON: body} if body else None,
        responses={
            **answers,
            **{status: OpenApiResponse(ERROR, why) for status, why in sorted(refused.items())},
        },
        **described,
    )
