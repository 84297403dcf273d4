"""How one operation is described: what it takes, what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.views import APIView

from images.api.openapi.components import ERROR, Schema
from images.api.openapi.parameters import REQUEST_ID

Operation = Callable[[Any], Any]
Answers = Mapping[int | tuple[int, str], OpenApiResponse]

ALWAYS_REFUSED = {
    400: "The request cannot be understood; the text says why.",
    401: "Nobody is logged in.",
    429: "Too many failed log-ins with HTTP Basic.",
    503: "The database or a store does not answer; try again.",
}
BODY_REFUSED = {
    408: "The body came too slowly, or not at all.",
    413: "The body is too large.",
}

ABSENT = "There is no such image, or it is not yours to see."
NOT_PERMITTED = "Seen, but not permitted."
TOO_MANY = "A limit is reached: the project's, or that of one image's parts."


class Inspector(AutoSchema):
    """Bodies are described by hand: no list is wrapped a second time."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class DescribedView(OpenApiViewExtension):
    """The description of one view: `operations` by the name of the method or action."""

    tag: ClassVar[str]
    path: ClassVar[Sequence[OpenApiParameter]] = ()
    operations: ClassVar[Mapping[str, Operation]]

    def view_replacement(self) -> type[APIView]:
        """Return the view with its descriptions, in a class of its own."""
        view = type(self.target.__name__, (self.target,), {"__doc__": self.target.__doc__})
        for name, describe in self.operations.items():
            describe(isolate_view_method(view, name))
        shared: Operation = extend_schema(tags=[self.tag], parameters=list(self.path))
        described: type[APIView] = shared(view)
        return described


def operation(
    summary: str,
    answers: Answers,
    refusals: Mapping[int, str] | None = None,
    *,
    body: Mapping[str, Schema | OpenApiTypes] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
) -> Operation:
    """Describe one operation; its id is its *summary*.

    *body* is told by media type; *refusals* add to what every operation refuses.
    """
    refused = ALWAYS_REFUSED | (BODY_REFUSED if body else {}) | dict(refusals or {})
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"),
        summary=summary,
        parameters=[*parameters, REQUEST_ID],
        request=body,
        responses={**answers, **errors(refused)},
    )


def answer(sentence: str, schema: Schema | OpenApiTypes | None = None) -> OpenApiResponse:
    """Describe an answer; without *schema* it has no body."""
    return OpenApiResponse(schema, sentence)


def errors(refusals: Mapping[int, str]) -> dict[tuple[int, str], OpenApiResponse]:
    """Describe *refusals*, each in the three dresses that an error has."""
    dresses: dict[str, Schema | OpenApiTypes] = {
        "application/json": ERROR,
        "text/html": OpenApiTypes.STR,
        "text/plain": OpenApiTypes.STR,
    }
    return {
        (status, dress): OpenApiResponse(schema, sentence)
        for status, sentence in sorted(refusals.items())
        for dress, schema in dresses.items()
    }
