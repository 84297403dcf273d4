"""/v2/images/{image_id}/tags/{tag}: one tag of an image."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from rest_framework.response import Response

from images.api.base import ApiView
from images.lifecycle.tags import add_tag, remove_tag

if TYPE_CHECKING:
    from rest_framework.request import Request


class TagView(ApiView):
    """Put a tag on an image, or take it away."""

    bodyless = frozenset({"PUT", "DELETE"})

    def put(self, request: Request, image_id: str, tag: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Add the tag; a second time changes nothing."""
        add_tag(self.image(), tag, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def delete(self, request: Request, image_id: str, tag: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Remove the tag."""
        remove_tag(self.image(), tag, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
