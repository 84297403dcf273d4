"""/v2/images and one image: its record, not its data."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from images.api.base import ApiView
from images.api.fields import new_image_fields
from images.api.filters import filtered
from images.api.pagination import (
    find_marker,
    first_address,
    next_address,
    page,
    read_limit,
    read_order,
)
from images.api.patch import dialect, read_changes
from images.api.representation import ImageSerializer
from images.lifecycle.images import (
    create_image,
    deactivate_image,
    delete_image,
    reactivate_image,
    update_image,
)
from images.models import Image
from images.permissions import demand_listing
from stores.registry import all_stores

if TYPE_CHECKING:
    from rest_framework.request import Request


class ImageViewSet(ViewSetMixin, ApiView):
    """Create, list, show, change, delete, deactivate and reactivate images."""

    bodyless = frozenset({"DELETE"})

    def list(self, request: Request) -> Response:
        """Answer one page of the images that the actor's lists show."""
        demand_listing(self.actor)
        query, limit = request.query_params, read_limit(request.query_params)
        order = read_order(query)
        after = find_marker(Image.objects.visible_to(self.actor), query)
        found = filtered(Image.objects.all(), query, self.actor).with_parts()
        images = page(found, order, limit=limit, after=after)
        body = {
            "images": ImageSerializer(images, many=True).data,
            "first": first_address(query),
            "schema": "/v2/schemas/images",
        }
        if following := next_address(query, images, limit=limit):
            body["next"] = following
        return Response(body)

    def create(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's shape
        """Make a record; its data come later."""
        fields = new_image_fields(self.json_object())
        image = create_image(fields, actor=self.actor)
        response = self._shown(image, status=HTTPStatus.CREATED)
        response["Location"] = self.request.build_absolute_uri(f"/v2/images/{image.pk}")
        response["OpenStack-image-store-ids"] = ",".join(all_stores())
        return response

    def retrieve(self, request: Request, image_id: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Show one image."""
        return Response(ImageSerializer(self.image()).data)

    def partial_update(self, request: Request, image_id: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Apply a JSON patch, whole or not at all."""
        media_type = dialect(request.content_type)
        changes = read_changes(self.json(), media_type)
        image = update_image(self.image(), changes, actor=self.actor)
        return self._shown(image)

    def destroy(self, request: Request, image_id: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Delete the image and its data."""
        delete_image(self.image(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _shown(self, image: Image, *, status: int = HTTPStatus.OK) -> Response:
        fresh = Image.objects.with_parts().get(pk=image.pk)
        return Response(ImageSerializer(fresh).data, status=status)


class ActionView(ApiView):
    """/v2/images/{image_id}/actions/{deactivate,reactivate}."""

    bodyless = frozenset({"POST"})
    acts = {"deactivate": deactivate_image, "reactivate": reactivate_image}

    def post(self, request: Request, image_id: str, act: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Stop or start serving the image's data."""
        self.acts[act](self.image(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
