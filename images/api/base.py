"""What the API's views have in common: find the image, read the body, answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rest_framework.response import Response
from rest_framework.views import APIView

from images.api.body import has_body, read_json
from images.api.errors import BadRequest
from images.models import Image

if TYPE_CHECKING:
    from rest_framework.request import Request

    from images.actors import Actor


class ApiView(APIView):
    """A view of the Image API.

    `HEAD` is no method of the API, `OPTIONS` is empty; *bodyless* methods refuse a body.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "options"]
    bodyless = frozenset({"GET", "DELETE"})

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse a body where none is taken, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        if request.method in self.bodyless and has_body(request):
            raise BadRequest("This request takes no body.")

    def options(self, request: Request, *args: object, **kwargs: object) -> Response:  # noqa: ARG002 -- DRF's shape
        """Answer nothing, with the allowed methods in `Allow`."""
        return Response(status=HTTPStatus.OK)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        actor: Actor = self.request.auth
        return actor

    def image(self) -> Image:
        """Return the image of the address if the actor sees it, else raise `NotVisible`."""
        found = Image.objects.visible_to(self.actor).with_parts()
        return found.get_or_absent(self.kwargs["image_id"])

    def json(self) -> Any:  # noqa: ANN401 -- any JSON value
        """Return the body as JSON."""
        return read_json(self.request)

    def json_object(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        value = self.json()
        if not isinstance(value, dict):
            raise BadRequest("The body must be a JSON object.")
        return value
