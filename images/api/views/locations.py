"""Where the data of an image lie: told to services, added to, and let go of."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.locations import read_location
from images.api.representation import show_location
from images.errors import Conflict
from images.lifecycle.locations import add_location, delete_from_store, locations_for
from stores.registry import all_stores


class LocationsView(ApiView):
    """/v2/images/{image_id}/locations."""

    def get(self, request: Request, image_id: str) -> Response:
        """List the locations, bare."""
        locations = locations_for(self.image(), actor=self.actor)
        return Response([show_location(location) for location in locations])

    def post(self, request: Request, image_id: str) -> Response:
        """Give a queued image data that lie somewhere already, in the background."""
        url, proof = read_location(self.json_object())
        add_location(self.image(), url, actor=self.actor, proof=proof)
        return Response(status=HTTPStatus.ACCEPTED)


class StoreImageView(ApiView):
    """/v2/stores/{store}/{image_id}: one image's data in one store."""

    def delete(self, request: Request, store: str, image_id: str) -> Response:
        """Remove them."""
        if store not in all_stores():
            raise Conflict(f"There is no store named {store[:80]}.")
        delete_from_store(self.image(), store, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
