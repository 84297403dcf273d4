"""/api/trash: what was deleted and can come back, for whoever may know of it."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.representation import show_image
from images.api.trash import show_trashed, trash_page
from images.lifecycle.trash import find_in_trash, purge_image, restore_image
from images.models.finding import find_whole


class TrashView(ApiView):
    """/api/trash."""

    def get(self, request: Request) -> Response:
        """Answer one page of the trash."""
        page = trash_page(request.query_params, self.actor)
        return Response({"trash": [show_trashed(one) for one in page.found]} | page.links)


class TrashedView(ApiView):
    """/api/trash/{image_id}: one image there."""

    def get(self, request: Request, image_id: str) -> Response:
        """Show it."""
        return Response(show_trashed(find_in_trash(image_id, actor=self.actor)))

    def delete(self, request: Request, image_id: str) -> Response:
        """Delete it for good."""
        purge_image(find_in_trash(image_id, actor=self.actor).image, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


class RestoreView(ApiView):
    """/api/trash/{image_id}/restore."""

    bodyless = frozenset({"POST"})

    def post(self, request: Request, image_id: str) -> Response:
        """Bring it back, and answer it as the Image API shows it."""
        restore_image(find_in_trash(image_id, actor=self.actor).image, actor=self.actor)
        return Response(show_image(find_whole(image_id), self.actor))
