"""/v2/images/{image_id}/tags/{tag}: one tag of an image."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.lifecycle.tags import add_tag, remove_tag


class TagView(ApiView):
    """Put a tag on an image, or take it away."""

    bodyless = frozenset({"PUT", "DELETE"})

    def put(self, request: Request, image_id: str, tag: str) -> Response:
        """Add the tag; a second time changes nothing."""
        add_tag(self.image(), tag, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def delete(self, request: Request, image_id: str, tag: str) -> Response:
        """Remove the tag."""
        remove_tag(self.image(), tag, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
