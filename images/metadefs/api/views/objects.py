"""/v2/metadefs/namespaces/{namespace}/objects and one object."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.metadefs.api.base import CatalogueView
from images.metadefs.api.lists import PART_KEYS, page, read_paging
from images.metadefs.api.representation import show_object
from images.metadefs.documents import read_object
from images.metadefs.lifecycle.parts import (
    OBJECTS,
    add_part,
    change_part,
    delete_part,
    delete_parts,
)
from images.metadefs.lifecycle.rows import find


class ObjectListView(CatalogueView):
    """All objects of one namespace."""

    bodyless = frozenset({"DELETE"})

    def get(self, request: Request, namespace: str) -> Response:
        """List the objects, all of them unless a limit is given."""
        paging = read_paging(request.query_params, PART_KEYS, least=1)
        place = self.namespace()
        rows = place.metadef_objects.all()
        after = None if paging.marker is None else find(rows, paging.marker)
        shown = [show_object(row, place) for row in page(rows, paging, after)]
        return Response({"objects": shown, "schema": "/v2/schemas/metadefs/objects"})

    def post(self, request: Request, namespace: str) -> Response:
        """Add an object."""
        document, place = read_object(self.json()), self.namespace()
        row = add_part(OBJECTS, place, document, actor=self.actor)
        return Response(show_object(row, place), status=HTTPStatus.CREATED)

    def delete(self, request: Request, namespace: str) -> Response:
        """Delete all objects."""
        delete_parts(OBJECTS, self.namespace(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


class ObjectView(CatalogueView):
    """One object."""

    def get(self, request: Request, namespace: str, name: str) -> Response:
        """Show the object."""
        place = self.namespace()
        return Response(show_object(find(place.metadef_objects.all(), name), place))

    def put(self, request: Request, namespace: str, name: str) -> Response:
        """Replace the object, its name too."""
        document, place = read_object(self.json()), self.namespace()
        row = change_part(OBJECTS, place, name, document, actor=self.actor)
        return Response(show_object(row, place))

    def delete(self, request: Request, namespace: str, name: str) -> Response:
        """Delete the object."""
        delete_part(OBJECTS, self.namespace(), name, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
