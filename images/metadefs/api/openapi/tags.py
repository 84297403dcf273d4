"""What may be done with the tags of a namespace, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import JSON, in_header
from images.metadefs.api.openapi.components import (
    ABSENT,
    ANY_LIMIT,
    DIRECTION,
    GONE,
    IN_NAMESPACE,
    MARKER,
    NAME,
    PROTECTED,
    READ_ONLY,
    SORT_KEY,
    TAG,
    TAGS_SENT,
    TAKEN,
)


class Tags(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/tags."""

    target_class = "images.metadefs.api.views.tags.TagListView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE]
    operations = {
        "get": operation(
            "List tags of a namespace",
            {200: answer("The tags.", TAGS_SENT)},
            {404: ABSENT},
            parameters=[ANY_LIMIT, MARKER, SORT_KEY, DIRECTION],
        ),
        "post": operation(
            "Set all tags of a namespace",
            {201: answer("The tags as they were sent.", TAGS_SENT)},
            {403: NOT_PERMITTED, 404: ABSENT, 409: TAKEN},
            body={JSON: TAGS_SENT},
            parameters=[in_header("X-Openstack-Append", "`true` keeps those that are there")],
        ),
        "delete": operation(
            "Delete all tags of a namespace", {204: GONE}, {403: PROTECTED, 404: ABSENT}
        ),
    }


class Tag(DescribedView):
    """/v2/metadefs/namespaces/{namespace}/tags/{name}."""

    target_class = "images.metadefs.api.views.tags.TagView"
    tag = "Metadata definitions"
    path = [IN_NAMESPACE, NAME]
    operations = {
        "get": operation(
            "Show a tag of a namespace", {200: answer("The tag.", TAG)}, {404: ABSENT}
        ),
        "post": operation(
            "Add a tag to a namespace",
            {201: answer("The tag.", TAG)},
            {403: NOT_PERMITTED, 404: ABSENT, 409: TAKEN},
        ),
        "put": operation(
            "Rename a tag of a namespace",
            {200: answer("The tag as it is now.", TAG)},
            {403: READ_ONLY, 404: ABSENT, 409: TAKEN},
            body={JSON: TAG},
        ),
        "delete": operation(
            "Delete a tag of a namespace", {204: GONE}, {403: NOT_PERMITTED, 404: ABSENT}
        ),
    }
