"""/v2/metadefs/namespaces and one namespace."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from images.metadefs.api.base import CatalogueView
from images.metadefs.api.filters import filtered
from images.metadefs.api.lists import list_address, page, read_paging
from images.metadefs.api.representation import (
    ROOT,
    address,
    show_listed,
    show_namespace,
    show_whole,
)
from images.metadefs.documents import read_namespace
from images.metadefs.lifecycle.namespaces import (
    change_namespace,
    create_namespace,
    delete_namespace,
)
from images.metadefs.permissions import demand_listing

KEYS = frozenset(
    {
        "namespace",
        "display_name",
        "description",
        "visibility",
        "protected",
        "owner",
        "created_at",
        "updated_at",
        "id",
    }
)


class NamespaceListView(CatalogueView):
    """All namespaces."""

    bodyless = frozenset()

    def get(self, request: Request) -> Response:
        """Answer one page of the namespaces that the actor sees."""
        demand_listing(self.actor)
        query = request.query_params
        paging = read_paging(query, KEYS, default=settings.LIST_LIMIT)
        after = None if paging.marker is None else self.visible().get_or_absent(paging.marker)
        rows = page(filtered(self.visible(), query).with_associations(), paging, after)
        body = {
            "namespaces": [show_listed(namespace) for namespace in rows],
            "first": list_address(ROOT, query),
            "schema": "/v2/schemas/metadefs/namespaces",
        }
        if rows and len(rows) == paging.limit:
            body["next"] = list_address(ROOT, query, marker=rows[-1].namespace)
        return Response(body)

    def post(self, request: Request) -> Response:
        """Make a namespace with all that its document holds."""
        document = read_namespace(self.json())
        created = create_namespace(document, actor=self.actor)
        headers = {"Location": settings.PUBLIC_URL + address(created)}
        return Response(show_whole(created), status=HTTPStatus.CREATED, headers=headers)


class NamespaceView(CatalogueView):
    """One namespace."""

    def get(self, request: Request, namespace: str) -> Response:
        """Show the namespace with its parts, as they are named on one resource type if asked."""
        found = self.visible().with_parts().get_or_absent(namespace)
        prefix = found.prefix_for(request.query_params.get("resource_type", ""))
        return Response(show_whole(found, prefix=prefix))

    def put(self, request: Request, namespace: str) -> Response:
        """Replace the namespace's own fields."""
        document = read_namespace(self.json())
        changed = change_namespace(self.namespace(), document, actor=self.actor)
        return Response(show_namespace(changed))

    def delete(self, request: Request, namespace: str) -> Response:
        """Delete the namespace and all that lies in it."""
        delete_namespace(self.namespace(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
