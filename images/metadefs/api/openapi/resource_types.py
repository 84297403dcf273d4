"""What may be done with resource types, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import JSON
from images.metadefs.api.openapi.components import (
    ABSENT,
    ASSOCIATION,
    ASSOCIATIONS,
    GONE,
    IN_NAMESPACE,
    NAME,
    READ_ONLY,
    RESOURCE_TYPES,
    TAKEN,
)


class Associations(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/resource_types."""

    target_class = "images.metadefs.api.views.resource_types.AssociationListView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE]
    operations = {
        "get": operation(
            "List resource types of a namespace",
            {200: answer("They.", ASSOCIATIONS)},
            {404: ABSENT},
        ),
        "post": operation(
            "Associate a resource type",
            {201: answer("The association.", ASSOCIATION)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: ASSOCIATION},
        ),
    }


class Association(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/resource_types/{name}."""

    target_class = "images.metadefs.api.views.resource_types.AssociationView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE, NAME]
    operations = {
        "delete": operation(
            "Dissociate a resource type", {204: GONE}, {403: NOT_PERMITTED, 404: ABSENT}
        ),
    }


class ResourceTypes(DescribedView):
    """/v2/metadefs/resource_types."""

    target_class = "images.metadefs.api.views.resource_types.ResourceTypeListView"
    tag = "Metadata definitions"
    operations = {
        "get": operation(
            "List resource types",
            {200: answer("Every one that is known.", RESOURCE_TYPES)},
            {403: "Without a role that may list."},
        ),
    }
