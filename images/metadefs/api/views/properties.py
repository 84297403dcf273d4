"""/v2/metadefs/namespaces/{namespace}/properties and one property."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.errors import NotVisible
from images.metadefs.api.base import CatalogueView
from images.metadefs.api.representation import show_property
from images.metadefs.documents import read_property
from images.metadefs.lifecycle.parts import (
    PROPERTIES,
    add_part,
    change_part,
    delete_part,
    delete_parts,
)
from images.metadefs.lifecycle.resource_types import find_association
from images.metadefs.lifecycle.rows import find
from images.metadefs.models import Namespace


class PropertyListView(CatalogueView):
    """All properties of one namespace."""

    def get(self, request: Request, namespace: str) -> Response:
        """Show the properties by name."""
        rows = self.namespace().metadef_properties.all()
        return Response({"properties": {row.name: row.definition for row in rows}})

    def post(self, request: Request, namespace: str) -> Response:
        """Add a property."""
        document = read_property(self.json())
        row = add_part(PROPERTIES, self.namespace(), document, actor=self.actor)
        return Response(show_property(row), status=HTTPStatus.CREATED)

    def delete(self, request: Request, namespace: str) -> Response:
        """Delete all properties."""
        delete_parts(PROPERTIES, self.namespace(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


class PropertyView(CatalogueView):
    """One property."""

    def get(self, request: Request, namespace: str, name: str) -> Response:
        """Show the property; on a resource type it is asked for by its name there."""
        place = self.namespace()
        if resource_type := request.query_params.get("resource_type"):
            name = own_name(place, name, resource_type)
        return Response(show_property(find(place.metadef_properties.all(), name)))

    def put(self, request: Request, namespace: str, name: str) -> Response:
        """Replace the property, its name too."""
        document = read_property(self.json())
        row = change_part(PROPERTIES, self.namespace(), name, document, actor=self.actor)
        return Response(show_property(row))

    def delete(self, request: Request, namespace: str, name: str) -> Response:
        """Delete the property."""
        delete_part(PROPERTIES, self.namespace(), name, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


def own_name(namespace: Namespace, name: str, resource_type: str) -> str:
    """Return what *namespace* calls the property that is *name* on *resource_type*.

    Raises `NotVisible` for a resource type or a prefix that the namespace does not have.
    """
    prefix = find_association(namespace, resource_type).prefix
    if not prefix or not name.startswith(prefix):
        raise NotVisible(f"No property of {resource_type} is called {name}.")
    return name.removeprefix(prefix)
