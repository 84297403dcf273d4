"""What the API's views have in common: find the image, read the body, answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from images.actors import Actor
from images.api.body import check_address, check_text, has_body, read_json
from images.api.errors import BadRequest
from images.models import Image
from images.models.finding import find_image, find_whole
from images.permissions import seen


class ApiView(APIView):
    """A view of the Image API.

    `HEAD` is no method of the API, `OPTIONS` is empty; *bodyless* methods refuse a body.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "options"]
    bodyless = frozenset({"GET", "DELETE"})

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let no cache on the way keep what one actor may see."""
        return super().default_response_headers | {"Cache-Control": "private, no-store"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what no act takes, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        check_address(request)
        check_text(list(kwargs.values()))
        is_bodyless = request.method in self.bodyless & {*self.allowed_methods}
        if is_bodyless and has_body(request):
            raise BadRequest("This request takes no body.")

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override] # DRF's request
        """Answer nothing, with the allowed methods in `Allow`."""
        return Response(status=HTTPStatus.OK)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return cast("Actor", self.request.auth)

    def image(self) -> Image:
        """Return the image of the address if the actor sees it, else raise `NotVisible`."""
        return seen(find_image, self.kwargs["image_id"], self.actor)

    def whole_image(self) -> Image:
        """Return the same with its parts."""
        return seen(find_whole, self.kwargs["image_id"], self.actor)

    def json(self) -> Any:
        """Return the body as JSON."""
        return read_json(self.request)

    def json_object(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        value = self.json()
        if not isinstance(value, dict):
            raise BadRequest("The body must be a JSON object.")
        return value

    def json_text(self, key: str) -> str:
        """Return the text under *key* of the body, which must be there and not empty."""
        value = self.json_object().get(key)
        if not isinstance(value, str) or not value:
            raise BadRequest(f"The body must have '{key}', a text.")
        return value
