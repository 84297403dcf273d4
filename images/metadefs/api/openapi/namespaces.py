"""What may be done with namespaces, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import JSON, LIMIT, answered, choice, in_path, in_query
from images.metadefs.api.openapi.components import (
    ABSENT,
    DIRECTION,
    IN_NAMESPACE,
    NAMESPACE,
    NAMESPACES,
    READ_ONLY,
    TAKEN,
)
from images.metadefs.api.schemas import DOCUMENTS
from images.metadefs.api.views.namespaces import KEYS
from images.metadefs.states import Visibility

RESOURCE_TYPE = in_query("resource_type", "Name the properties as on resources of this type")


class Namespaces(DescribedView):
    """/v2/metadefs/namespaces."""

    target_class = "images.metadefs.api.views.namespaces.NamespaceListView"
    tag = "Metadata definitions"
    operations = {
        "get": operation(
            "List namespaces",
            {200: answer("One page of namespaces.", NAMESPACES)},
            {403: "Without a role that may list.", 404: "There is no namespace of the marker."},
            parameters=[
                choice("visibility", "Only such", Visibility.values),
                in_query("resource_types", "Only those of any of these resource types: `a,b`"),
                LIMIT,
                in_query("marker", "The name of the namespace after which the page begins"),
                choice("sort_key", "The key", sorted(KEYS)),
                DIRECTION,
            ],
        ),
        "post": operation(
            "Create a namespace",
            {201: answer("The namespace with all that its document held.", NAMESPACE)},
            {403: READ_ONLY, 409: TAKEN},
            body={JSON: NAMESPACE},
            parameters=[answered("Location", "The namespace's address", 201)],
        ),
    }


class Namespace(DescribedView):
    """/v2/metadefs/namespaces/{namespace}."""

    target_class = "images.metadefs.api.views.namespaces.NamespaceView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE]
    operations = {
        "get": operation(
            "Show a namespace",
            {200: answer("The namespace with its parts.", NAMESPACE)},
            {404: ABSENT},
            parameters=[RESOURCE_TYPE],
        ),
        "put": operation(
            "Replace a namespace",
            {200: answer("Its own fields; what was absent is gone.", NAMESPACE)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: NAMESPACE},
        ),
        "delete": operation(
            "Delete a namespace",
            {204: answer("It and all that lay in it are gone.")},
            {403: f"{NOT_PERMITTED} Nor is a protected one deleted.", 404: ABSENT},
        ),
    }


class Schemas(DescribedView):
    """/v2/schemas/metadefs/{name}."""

    target_class = "images.metadefs.api.views.schemas.CatalogueSchemaView"
    tag = "Metadata definitions"
    path = [in_path("name", "What is described", enum=list(DOCUMENTS))]
    operations = {
        "get": operation(
            "Show a schema of metadata definitions",
            {200: answer("A JSON schema, of which clients make their models.", {"type": "object"})},
            {404: "There is no such schema."},
        ),
    }
