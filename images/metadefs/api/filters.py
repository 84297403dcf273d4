"""Which namespaces a list holds."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from images.api.errors import BadRequest
from images.metadefs.models import Association
from images.metadefs.models.namespace import NamespaceQuerySet
from images.metadefs.states import Visibility


def filtered(namespaces: NamespaceQuerySet, query: QueryDict) -> NamespaceQuerySet:
    """Return those of *namespaces* that *query* asks for; an unknown key means nothing.

    Raises `BadRequest` for a visibility that is none.
    """
    visibility, resource_types = query.get("visibility"), query.get("resource_types")
    if visibility is not None:
        if visibility not in Visibility.values:
            raise BadRequest("visibility is public or private.")
        namespaces = namespaces.filter(visibility=visibility)
    if resource_types is not None:
        names = resource_types.split(",")
        rows = Association.objects.filter(namespace=OuterRef("pk"), resource_type__name__in=names)
        namespaces = namespaces.filter(Exists(rows))
    return namespaces
