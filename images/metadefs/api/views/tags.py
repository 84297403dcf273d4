"""/v2/metadefs/namespaces/{namespace}/tags and one tag."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.metadefs.api.base import CatalogueView
from images.metadefs.api.lists import PART_KEYS, page, read_paging
from images.metadefs.api.representation import show_tag
from images.metadefs.documents import check_name, read_tag, read_tags
from images.metadefs.lifecycle.parts import TAGS, add_part, change_part, delete_part, delete_parts
from images.metadefs.lifecycle.rows import find
from images.metadefs.lifecycle.tags import set_tags

TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})


class TagListView(CatalogueView):
    """All tags of one namespace."""

    bodyless = frozenset({"DELETE"})

    def get(self, request: Request, namespace: str) -> Response:
        """List the tags, all of them unless a limit is given."""
        paging = read_paging(request.query_params, PART_KEYS)
        rows = self.namespace().metadef_tags.all()
        after = None if paging.marker is None else find(rows, paging.marker)
        return Response({"tags": [{"name": row.name} for row in page(rows, paging, after)]})

    def post(self, request: Request, namespace: str) -> Response:
        """Set all tags, or add some if a header says so; the answer is what was sent."""
        names = read_tags(self.json())
        append = request.headers.get("X-Openstack-Append", "").strip().lower() in TRUE
        set_tags(self.namespace(), names, append=append, actor=self.actor)
        shown = [{"name": name} for name in names]
        return Response({"tags": shown}, status=HTTPStatus.CREATED)

    def delete(self, request: Request, namespace: str) -> Response:
        """Delete all tags."""
        delete_parts(TAGS, self.namespace(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)


class TagView(CatalogueView):
    """One tag."""

    bodyless = frozenset({"GET", "POST", "DELETE"})

    def get(self, request: Request, namespace: str, name: str) -> Response:
        """Show the tag."""
        return Response(show_tag(find(self.namespace().metadef_tags.all(), name)))

    def post(self, request: Request, namespace: str, name: str) -> Response:
        """Add the tag."""
        wanted = {"name": check_name(name)}
        row = add_part(TAGS, self.namespace(), wanted, actor=self.actor)
        return Response(show_tag(row), status=HTTPStatus.CREATED)

    def put(self, request: Request, namespace: str, name: str) -> Response:
        """Rename the tag."""
        wanted = {"name": read_tag(self.json())}
        row = change_part(TAGS, self.namespace(), name, wanted, actor=self.actor)
        return Response(show_tag(row))

    def delete(self, request: Request, namespace: str, name: str) -> Response:
        """Delete the tag."""
        delete_part(TAGS, self.namespace(), name, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)
