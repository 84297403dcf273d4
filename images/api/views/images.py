"""/v2/images and one image: its record, not its data."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from images.api.base import ApiView
from images.api.fields import new_image_fields
from images.api.pagination import (
    begin_of,
    find_marker,
    first_address,
    next_page,
    read_limit,
    read_order,
)
from images.api.patch import dialect, read_changes
from images.api.questions import list_images
from images.api.representation import show_image
from images.lifecycle.images import (
    create_image,
    deactivate_image,
    delete_image,
    reactivate_image,
)
from images.lifecycle.location_changes import patch_image
from images.lifecycle.trash import discard_image
from images.permissions import demand_listing
from stores.registry import all_stores


class ImageViewSet(ViewSetMixin, ApiView):
    """The records of images: found, shown, made, changed, deleted, and shut or opened again."""

    def list(self, request: Request) -> Response:
        """Answer one page of the images that the actor's lists show."""
        demand_listing(self.actor)
        query, asked = request.query_params, request.META["QUERY_STRING"]
        limit, order = read_limit(query), read_order(query)
        after = find_marker(query, self.actor)
        found = list_images(query, self.actor, order, limit=limit, after=after)
        images = begin_of(found)
        body = {
            "images": [show_image(image, self.actor) for image in images],
            "first": first_address(asked),
            "schema": "/v2/schemas/images",
        }
        is_cut = len(images) < len(found)
        return Response(body | next_page(asked, images, limit=len(images) if is_cut else limit))

    def create(self, request: Request) -> Response:
        """Make a record; its data come later."""
        fields = new_image_fields(self.json_object())
        image = create_image(fields, actor=self.actor)
        headers = {
            "Location": f"{settings.PUBLIC_URL}/v2/images/{image.pk}",
            "OpenStack-image-store-ids": ",".join(all_stores()),
        }
        return Response(show_image(image, self.actor), status=HTTPStatus.CREATED, headers=headers)

    def retrieve(self, request: Request, image_id: str) -> Response:
        """Show one image."""
        return Response(show_image(self.whole_image(), self.actor))

    def partial_update(self, request: Request, image_id: str) -> Response:
        """Apply a JSON patch, whole or not at all."""
        media_type = dialect(request.content_type)
        changes = read_changes(self.json(), media_type)
        image = patch_image(self.image(), changes, actor=self.actor)
        return Response(show_image(image, self.actor))

    def destroy(self, request: Request, image_id: str) -> Response:
        """Delete the image and its data; the operator may want them in the trash first."""
        delete = discard_image if settings.API_DELETE_TO_TRASH else delete_image
        delete(self.image(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def deactivate(self, request: Request, image_id: str) -> Response:
        """Stop serving the image's data."""
        deactivate_image(self.image(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def reactivate(self, request: Request, image_id: str) -> Response:
        """Serve the image's data again."""
        reactivate_image(self.image(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
