"""/v2/images/{image_id}/file: the data themselves, in and out."""

from __future__ import annotations

from http import HTTPStatus

from csp.decorators import csp_update
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.body import declared_length, open_body, read_whole
from images.api.download import download
from images.api.errors import WrongMediaType
from images.api.numbers import read_number
from images.lifecycle.data import receiving
from images.lifecycle.reading import open_data
from images.lifecycle.whole import receive_whole
from stores.registry import get_store

OCTETS = "application/octet-stream"


class DataView(ApiView):
    """Upload and download an image's data."""

    def put(self, request: Request, image_id: str) -> Response:
        """Take the body as the image's data."""
        demand_octets(request)
        size, store, image = declared_size(request), wanted_store(request), self.whole_image()
        whole = read_whole(request, size)
        if not (whole and receive_whole(image, whole, actor=self.actor, store=store)):
            with receiving(image, actor=self.actor, size=size, store=store) as session:
                session.fill([whole] if whole else open_body(request))
        return Response(status=HTTPStatus.NO_CONTENT)

    @method_decorator(csp_update({"sandbox": True}))
    def get(self, request: Request, image_id: str) -> HttpResponseBase:
        """Send the image's data, or one range of them."""
        image = self.image()
        reader = open_data(image, actor=self.actor, prefer=preferred_stores(request))
        if reader is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        return download(reader, request.headers, image=image)


def demand_octets(request: Request) -> None:
    """Raise `WrongMediaType` unless the body is said to be plain bytes, not encoded further."""
    if request.content_type.split(";")[0].strip().lower() != OCTETS:
        raise WrongMediaType(f"The content type must be {OCTETS}.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise WrongMediaType("The body must not be encoded (Content-Encoding).")


def declared_size(request: Request) -> int | None:
    """Return the bytes that the client says will come; None if it does not say.

    `X-OpenStack-Image-Size` wins over `Content-Length`. Raises `BadRequest`.
    """
    text = request.headers.get("X-OpenStack-Image-Size", "").strip()
    length = declared_length(request)
    if not text:
        return length
    return read_number("X-OpenStack-Image-Size", text) or length


def wanted_store(request: Request) -> str | None:
    """Return the store that the client names, None for the default. Raises `UnknownStore`."""
    name = request.headers.get("X-Image-Meta-Store")
    return None if name is None else get_store(name).name


def preferred_stores(request: Request) -> list[str]:
    """Return the stores that `?prefer=` names, the one to be tried first in front.

    Raises `UnknownStore`.
    """
    names = map(str.strip, request.query_params.get("prefer", "").split(","))
    return [get_store(name).name for name in names if name]
