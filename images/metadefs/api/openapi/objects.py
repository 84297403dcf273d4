"""What may be done with the objects of a namespace, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import JSON
from images.metadefs.api.openapi.components import (
    ABSENT,
    ANY_LIMIT,
    DIRECTION,
    GONE,
    IN_NAMESPACE,
    MARKER,
    NAME,
    OBJECT,
    OBJECTS,
    PROTECTED,
    READ_ONLY,
    SORT_KEY,
    TAKEN,
)


class Objects(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/objects."""

    target_class = "images.metadefs.api.views.objects.ObjectListView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE]
    operations = {
        "get": operation(
            "List objects",
            {200: answer("The objects.", OBJECTS)},
            {404: ABSENT},
            parameters=[ANY_LIMIT, MARKER, SORT_KEY, DIRECTION],
        ),
        "post": operation(
            "Add an object",
            {201: answer("The object.", OBJECT)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: OBJECT},
        ),
        "delete": operation("Delete all objects", {204: GONE}, {403: PROTECTED, 404: ABSENT}),
    }


class Object(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/objects/{name}."""

    target_class = "images.metadefs.api.views.objects.ObjectView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE, NAME]
    operations = {
        "get": operation("Show an object", {200: answer("The object.", OBJECT)}, {404: ABSENT}),
        "put": operation(
            "Replace an object",
            {200: answer("The object as it is now.", OBJECT)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: OBJECT},
        ),
        "delete": operation("Delete an object", {204: GONE}, {403: NOT_PERMITTED, 404: ABSENT}),
    }
