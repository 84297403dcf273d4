"""The resource types of one namespace, and all that are known."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.metadefs.api.base import CatalogueView
from images.metadefs.api.representation import show_association, show_times
from images.metadefs.documents import read_association
from images.metadefs.lifecycle.resource_types import associate, associations_of, dissociate
from images.metadefs.models import ResourceType
from images.metadefs.permissions import demand_listing


class AssociationListView(CatalogueView):
    """All resource types of one namespace."""

    def get(self, request: Request, namespace: str) -> Response:
        """List the associations."""
        shown = [show_association(row) for row in associations_of(self.namespace())]
        return Response({"resource_type_associations": shown})

    def post(self, request: Request, namespace: str) -> Response:
        """Associate a resource type."""
        document = read_association(self.json())
        row = associate(self.namespace(), document, actor=self.actor)
        return Response(show_association(row), status=HTTPStatus.CREATED)


class AssociationView(CatalogueView):
    """One resource type of one namespace."""

    def delete(self, request: Request, namespace: str, name: str) -> Response:
        """Take the resource type from the namespace."""
        dissociate(self.namespace(), name, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


class ResourceTypeListView(CatalogueView):
    """/v2/metadefs/resource_types."""

    def get(self, request: Request) -> Response:
        """List every resource type that is known."""
        demand_listing(self.actor)
        rows = ResourceType.objects.all()
        return Response({"resource_types": [{"name": row.name} | show_times(row) for row in rows]})
