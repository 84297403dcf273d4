"""What may be done with the properties of a namespace, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import JSON, in_query
from images.metadefs.api.openapi.components import (
    ABSENT,
    GONE,
    IN_NAMESPACE,
    NAME,
    PROPERTIES,
    PROPERTY,
    PROTECTED,
    READ_ONLY,
    TAKEN,
)


class Properties(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/properties."""

    target_class = "images.metadefs.api.views.properties.PropertyListView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE]
    operations = {
        "get": operation(
            "List properties", {200: answer("The properties by name.", PROPERTIES)}, {404: ABSENT}
        ),
        "post": operation(
            "Add a property",
            {201: answer("The property.", PROPERTY)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: PROPERTY},
        ),
        "delete": operation("Delete all properties", {204: GONE}, {403: PROTECTED, 404: ABSENT}),
    }


class Property(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/properties/{name}."""

    target_class = "images.metadefs.api.views.properties.PropertyView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE, NAME]
    operations = {
        "get": operation(
            "Show a property",
            {200: answer("The property.", PROPERTY)},
            {404: ABSENT},
            parameters=[in_query("resource_type", "The name is that on resources of this type")],
        ),
        "put": operation(
            "Replace a property",
            {200: answer("The property as it is now.", PROPERTY)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: PROPERTY},
        ),
        "delete": operation("Delete a property", {204: GONE}, {403: NOT_PERMITTED, 404: ABSENT}),
    }
